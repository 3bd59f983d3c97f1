"""A class of thousands: small notebooks of a handful of kinds, no two the same, for a lesson of their own."""

from __future__ import annotations

from pathlib import Path

from tests.cli.making import lesson, notebook

F = "def f(x):\n    return x + 1"
CHECKS = """
def test_adds_one(student, draw):
    number = int(draw.integers(0, 1000, 1)[0])
    assert student.f(number) == number + 1

def test_adds_one_to_negative_numbers(student):
    assert student.f(-5) == -4

@pytest.mark.points(2)
def test_takes_fractions(student):
    assert student.f(0.5) == 1.5
"""
HIDDEN = """
@pytest.mark.points(3)
def test_large(student, draw):
    number = int(draw.integers(10**6, 10**7, 1)[0])
    assert student.f(number) == number + 1
"""
TALK = "for n in range(40):\n    print('step', n, 'loss', 1 / (n + 1))"
KINDS: tuple[tuple[str, ...], ...] = (
    ("#md # My notebook", "import torch", F, TALK),
    ("#md # My notebook", "import torch", "def f(x):\n    return x", TALK),
    ("import numpy as np", "def f(x):\n    raise NotImplementedError()"),
    ("def f(x):\n    return int(x) + 1", "1 / 0", TALK),
    (F, "torch.zeros(3)"),
    ("def f(x):\n    return abs(x) + 1", "f(3)"),
)


def course(root: Path, count: int) -> None:
    """The lesson, and `count` submissions in `root/class`; one in fifty is no notebook."""
    lesson(root, checks=CHECKS, hidden=HIDDEN, reference=notebook(F))
    folder = root / "class"
    folder.mkdir()
    for number in range(count):
        name = f"{20240000 + number}" if number % 3 else f"학생{number:05}"
        content = notebook(*KINDS[number % len(KINDS)], f"# handed in by number {number}")
        (folder / f"{name}.ipynb").write_bytes(content[: len(content) // 2] if number % 50 == 49 else content)
