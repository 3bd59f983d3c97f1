"""What submissions share with the starter runs once, and nobody can tell from the records."""
