"""Clinical findings that a report asserts, denies or leaves open."""
