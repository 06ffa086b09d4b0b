"""Agreement of raters, and measurements on a scale."""
