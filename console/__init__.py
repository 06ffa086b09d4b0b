"""The operator's doors: the same verbs behind each."""
