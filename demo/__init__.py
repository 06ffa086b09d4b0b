"""A real clinical data set, and the story told on it. It shows software, not a device."""
