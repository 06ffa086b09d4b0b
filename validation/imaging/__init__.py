"""Images: acquisition metadata and intensity summaries as columns of the case table."""
