"""Data only: page templates, the style sheet, fonts."""
