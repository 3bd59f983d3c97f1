"""A lesson of one function with small limits, so that what has no end ends in seconds."""

from __future__ import annotations

from pathlib import Path

from tests.cli.making import lesson
from tests.hostile.answers import notebook

NAME = "tiny"
F = "def f(x):\n    return x + 1"
CHECKS = """
@pytest.mark.points(2)
def test_adds_one(student, draw):
    number = int(draw.integers(0, 1000, 1)[0])
    assert student.f(number) == number + 1

@pytest.mark.needs("test_adds_one")
def test_adds_one_to_negative_numbers(student):
    assert student.f(-5) == -4
"""
HIDDEN = """
@pytest.mark.points(3)
def test_adds_one_to_large_numbers(student, draw):
    number = int(draw.integers(10**6, 10**7, 1)[0])
    assert student.f(number) == number + 1
"""
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
