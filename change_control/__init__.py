"""The change-control board: from a trigger to a recorded decision."""
