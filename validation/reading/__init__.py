"""The parts of a reader study (`validation.readers` is its face)."""
