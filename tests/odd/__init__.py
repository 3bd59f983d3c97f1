"""Right answers in notebooks with every kind of oddity: none of it may cost a point."""
