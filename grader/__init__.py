"""A grader for the notebooks of a PyTorch course on sequence models."""

__version__ = "0.1.0"
