"""Students' own checks without walls: of a live notebook, and of a file where nothing can be forked."""
