"""Readers with and without AI: benefit, automation bias, appropriate reliance."""
