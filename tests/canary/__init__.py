"""Secrets planted wherever an operator has some, and a submission that looks for them everywhere."""
