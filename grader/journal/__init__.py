"""What was graded before, so that it need not be graded again: results by all that they depend on."""
