"""Models that choose among classes, or find several labels in one case."""
