"""Records are the same with and without shared beginnings: one lesson a day, and a class of a tiny one.

`python -m tests.beginnings` asks all solutions of all lessons.
"""

from __future__ import annotations

import datetime
import random
from pathlib import Path

from grader.lesson import Lesson
from grader.solutions import variants
from tests.beginnings.__main__ import compared
from tests.beginnings.starters import BUSY
from tests.cli.making import ROOT, lesson, notebook, records, run, timeless

LESSONS = ("cnn", "cross_entropy", "lstm", "time_series")
"""Whose starters begin with more than imports."""
DAY = datetime.date.today().toordinal()
F = "def f(x):\n    return x + 1"
DRAWN = (
    "import random\nimport numpy as np\nimport torch\nprint(random.random(), np.random.rand(), torch.rand(1))"
)


def test_solutions_get_the_same_records() -> None:
    chosen = Lesson.open(ROOT / "assignments" / LESSONS[DAY % len(LESSONS)])
    all_ = list(variants(chosen))
    mistake = random.Random(DAY).choice([one for one in all_ if one.kind == "mistake"])
    found = compared(chosen, [all_[0], mistake])
    assert found.different == []
    assert (found.shared, found.longest > 0) == (2, True), chosen.name


def test_the_flag_changes_no_record(tmp_path: Path) -> None:
    starter = notebook(BUSY, DRAWN, "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()")
    checks = "def test_f(student):\n    assert student.f(1) == 2\n"
    lesson(tmp_path, checks=checks, starter=starter, reference=notebook(BUSY, DRAWN, F))
    (tmp_path / "class").mkdir()
    for number, cells in enumerate(
        ([BUSY, DRAWN, F, DRAWN], [F], [BUSY, F], [BUSY, DRAWN, "1 / 0", F], [BUSY, DRAWN, "f = 3", DRAWN])
    ):
        (tmp_path / "class" / f"student{number}.ipynb").write_bytes(notebook(*cells))
    for out, more in (("shared", []), ("apart", ["--no-shared-beginnings"])):
        done = run(tmp_path, "grade", "class", "--out", out, "--jobs", "1", *more)
        assert done.returncode == 0, done.stderr
    shared, apart = (records(tmp_path / out / "tiny") for out in ("shared", "apart"))
    assert len(shared) == 5
    assert {name: timeless(one) for name, one in shared.items()} == {
        name: timeless(one) for name, one in apart.items()
    }
