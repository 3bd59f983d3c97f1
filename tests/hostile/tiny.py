"""A lesson of one function with small limits, so that what has no end ends in seconds."""

from __future__ import annotations

from pathlib import Path

from tests.cli.classes import CHECKS, HIDDEN, F
from tests.cli.making import lesson
from tests.hostile.answers import notebook

NAME = "tiny"
LIMITS = """
cell_cpu = 3
cells_wall = 12
request_cpu = 2
request_wall = 4
memory = "512 MiB"
disk = "32 MiB"
processes = 32
output = 20000
"""
FULL = 6.0
WRONG = "def f(x):\n    return abs(x) + 1"
HONEST: dict[str, tuple[str, ...]] = {"nothing": ("x = 1",), "right": (F,), "wrong": (WRONG,)}


def make(place: Path) -> None:
    """The lesson, in a folder to run the command line in."""
    folder = lesson(
        place, name=NAME, checks=CHECKS, hidden=HIDDEN, limits=LIMITS, reference=notebook([F], NAME)
    )
    (folder / "data").mkdir()
    (folder / "data" / "words.txt").write_text("hello")
