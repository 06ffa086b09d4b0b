"""A binary test: from the 2x2 table, the ROC curve and the probabilities, to estimates."""
