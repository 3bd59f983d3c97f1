"""Engines: how many submissions are graded at once, and where."""
