"""What stands around a test: the cells of the notebook that it was written for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Setting:
    """What a notebook defines before and around the tests."""

    given: tuple[str, ...]
    """Sources of code cells that are not the student's to write: imports, constants, helpers, plots."""
    solution: tuple[str, ...]
    """Sources of cells with a solution, as in the reference."""
