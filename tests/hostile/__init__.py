"""The hostile corpus: every row of the threats once at least, each with what must happen."""
