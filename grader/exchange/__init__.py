"""Where submissions come from, and where grades go."""
