"""Studies to simulate, each with the true values that its intervals should cover."""
