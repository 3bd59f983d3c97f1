"""A lesson with everything that has to stay, small enough to release in a moment."""

from __future__ import annotations

import json
from pathlib import Path

from grader.judge.outcome import Listed
from grader.lesson import Lesson
from grader.starter import starter_of
from tests.cli.making import lesson, notebook

NAME = "tiny"
SECRET = b"the secret of this course, of no other one"
SOLVED = '''
def f(x):
    """One more."""
    ### BEGIN SOLUTION
    remembered_from_the_solution = x + 1 if x is not None else None
    return remembered_from_the_solution
    ### END SOLUTION
'''
PUBLIC = """
@pytest.mark.points(3)
def test_adds_one(student):
    assert student.f(1) == 2
"""
HIDDEN = """
@pytest.mark.points(4)
@pytest.mark.certifies("test_adds_one")
def test_adds_one_to_large_numbers(student):
    numbers_that_nobody_may_know = [10**6, 10**7, 10**8]
    answers = [student.f(number) for number in numbers_that_nobody_may_know]
    assert answers == [number + 1 for number in numbers_that_nobody_may_know]
"""
WORDS = """
title = "Tiny"
[checks.test_adds_one]
title = "`f` adds one"
[checks.test_adds_one_to_large_numbers]
title = "`f` adds one to numbers beyond a million"
[findings."check.assertion"]
why = "Counting is the first thing that a computer has to do."
[findings."rnn.b_hh_missing"]
tried = "We went as far as a hundred million with it."
"""


def made(root: Path) -> Lesson:
    """The lesson below `root`, ready to be released."""
    folder = lesson(
        root,
        checks=PUBLIC,
        hidden=HIDDEN,
        limits="cell_cpu = 7  # the reference takes a blink",
        reference=notebook("#md # Tiny", SOLVED),
    )
    (folder / f"{NAME}.ipynb").write_bytes(starter_of(root / "solutions" / NAME / "reference.ipynb"))
    for lang in ("en", "ko"):
        (folder / "words").mkdir(exist_ok=True)
        (folder / "words" / f"{lang}.toml").write_text(WORDS, "utf-8")
    (folder / "data").mkdir()
    (folder / "data" / "numbers.csv").write_text("x,y\n1,2\n2,3\n", "utf-8")
    (folder / "hidden" / "large.csv").write_text(
        "".join(f"{n},{n * 7919 % 10007}\n" for n in range(400)), "utf-8"
    )
    (folder / "README.md").write_text(
        "For the teacher: a hundred million is enough to catch everybody.\n", "utf-8"
    )
    (folder / "curves.json").write_text(json.dumps({"test_adds_one_to_large_numbers": {}}), "utf-8")
    (folder / "notes.txt").write_text("mine", "utf-8")
    mistake = (
        'finding = ["check.assertion"]\ncheck = "test_adds_one"\n[[edit]]\nfind = "+ 1"\nreplace = "+ 2"\n'
    )
    (root / "solutions" / NAME / "mistakes" / "two.toml").write_text(mistake, "utf-8")
    return Lesson.open(folder)


class Collected:
    """A collector that has seen the checks: `releasing.Collector` without a judge."""

    def listed(self, folder: Path, *, hidden: bool) -> list[Listed]:
        public = Listed("test_adds_one", "public", 3.0, [])
        late = Listed("test_adds_one_to_large_numbers", "hidden", 4.0, [])
        return [public, late] if hidden and (folder / "hidden").is_dir() else [public]
