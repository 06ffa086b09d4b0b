"""Answers to questions: read from free text and scored by a named rule."""
