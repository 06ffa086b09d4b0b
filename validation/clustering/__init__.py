"""Patients with several cases: the same values, with errors that respect it."""
