"""Gradescope's autograder: `zipped` makes the zip, `python -I -m grader.autograder` runs in its container."""
