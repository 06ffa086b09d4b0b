"""Synthetic data: fidelity, privacy and utility against the real data."""
