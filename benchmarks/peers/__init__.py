"""Other software that a benchmark runs in an environment of its own."""
