"""Stub."""

DOCUMENTS = ()
PAPERS = ("A4", "Letter")


def build(*a, **k): ...
