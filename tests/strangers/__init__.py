"""Notebooks by people who knew the contracts and nothing else: no check, no solution, no starter.

`right_*` are right, each `wrong_*` has one mistake; `expected.toml` says which, and which are still missed.
They were graded for the first time when the checks were done, and stay as they came, outputs taken out.
"""
