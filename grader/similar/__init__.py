"""Similarity: pairs of submissions whose own code is alike beyond what the class shares. Never a verdict."""
