"""Subgroups cut, crossed and compared: gaps, fairness criteria, the slices where a model errs."""
