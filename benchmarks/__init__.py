"""Speed, side by side with what it replaces. Run one as ``python -m benchmarks.NAME``."""
