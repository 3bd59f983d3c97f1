"""Lessons as their authors break them: the message names the file, the line if any, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from grader.cli import main
from grader.errors import GraderError
from grader.lesson import Lesson
from grader.proofreading import miscounted, proofread
from grader.report.words import Words
from grader.solutions import variants
from tests.judge.lessons import collected, lesson, verdict

TOML = "assignments/base/lesson.toml"
CHECK = "assignments/base/checks/test_1_carry.py"
HIDDEN = "assignments/base/hidden/test_2_formula.py"
EN, KO = "assignments/base/words/en.toml", "assignments/base/words/ko.toml"
MISTAKE = "solutions/base/mistakes/tanh_missing.toml"
REFERENCE = "solutions/base/reference.ipynb"


def edited(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text("utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new, 1), "utf-8")


def complaint(root: Path) -> str:
    """What is said of the lesson `base` before anything of it runs."""
    try:
        of = Lesson.open(root / "assignments" / "base")
        return "\n".join(proofread(of, list(variants(of)), Words.load(of.words)))
    except GraderError as error:
        return str(error)


def test_a_sound_lesson_gets_no_complaint(fresh: Path) -> None:
    assert complaint(fresh) == ""


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (TOML, "number = 1", "number = ", ["lesson.toml", "line 2"]),
        (TOML, "points = 10", "point = 10", ["lesson.toml", "point ", "Did you mean points"]),
        (TOML, 'lesson = "base"', 'lesson = "bass"', ["'bass'", "'base'", "Rename"]),
        (TOML, '["carry"]', "[3]", ["lesson.toml", "names", "3 is no name"]),
        (TOML, "points = 10", 'points = "ten"', ["lesson.toml", "points is the number"]),
        (TOML, "[limits]", "limits = 5", ["lesson.toml", "limits = a table"]),
        (TOML, "# cell_cpu", "cell_cpus = 3 #", ["lesson.toml", "cell_cpus", "cell_cpu,"]),
        (CHECK, "probes, draw):", "probes, draw)", ["test_1_carry.py line 10", "no Python"]),
        (HIDDEN, 'needs("test_carry_reads', 'needs("test_carry_read', ["formula.py line 18", "Did you"]),
        (MISTAKE, '["rnn.no_tanh"]', '"rnn.no_tanh"', ["tanh_missing.toml", "finding = ["]),
        (MISTAKE, "finding", "findings", ["tanh_missing.toml", "findings", "Did you mean finding"]),
        (MISTAKE, "rnn.no_tanh", "rnn.no_than", ["tanh_missing.toml", "no words", "rnn.no_tanh"]),
        (MISTAKE, "test_carry_follows_the", "test_follows_the", ["tanh_missing.toml", "no check", "Did"]),
        (MISTAKE, "tanh(x_t + h)", "tanh(x + h)", ["tanh_missing.toml", "0 times", "reference", "Copy"]),
        (MISTAKE, "[[edit]]", "[edit]", ["tanh_missing.toml", "[[edit]]"]),
        (MISTAKE, "find =", "fnd =", ["tanh_missing.toml", "[[edit]]", "find ="]),
        (KO, "[checks.test_carry_follows_the_formula]", "[checks.test_x]", ["ko.toml has no title for test"]),
        (KO, '[findings."rnn.tanh_on_part"]', '[findings."rnn.no_state"]', ["ko.toml has no findings.rnn"]),
        (EN, "every step.", "{step!r}.", ["en.toml", "placeholder", "plain {name}"]),
        (EN, "every step.", "{step}.", ["placeholders", "findings.rnn.no_tanh.expected"]),
        (EN, "title =", "title", ["en.toml", "line 1"]),
        (REFERENCE, "Try it.", "Try this.", ["base.ipynb is not the starter", "python -m grader.starter"]),
        (REFERENCE, '"cells"', "cells", ["reference.ipynb", "no notebook"]),
    ],
)  # fmt: skip
def test_a_broken_file_is_named_with_what_to_do(
    fresh: Path, file: str, old: str, new: str, said: list[str]
) -> None:
    edited(fresh, file, old, new)
    found = complaint(fresh)
    assert [part for part in said if part not in found] == [], found


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (REFERENCE, ["reference.ipynb", "solutions/<lesson>"]),
        ("assignments/base/base.ipynb", ["base.ipynb is missing", "python -m grader.starter"]),
        (KO, ["ko.toml is missing"]),
        (TOML, ["lesson.toml is missing"]),
    ],
)
def test_a_missing_file_is_named(fresh: Path, file: str, said: list[str]) -> None:
    (fresh / file).unlink()
    found = complaint(fresh)
    assert [part for part in said if part not in found] == [], found


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("@pytest.mark.points('four')\ndef test_a():\n    pass", ["checks/test_checks.py line 2", "'four'"]),
        ("@pytest.mark.points(-1)\ndef test_a():\n    pass", ["checks/test_checks.py line 2", "-1"]),
        ("@pytest.mark.point(4)\ndef test_a():\n    pass", ["checks/test_checks.py", "Did you mean points"]),
        (
            "import torhc\ndef test_a():\n    pass",
            ["checks/test_checks.py line 2", "torhc", "Mend that line"],
        ),
        ("@pytest.mark.needs('test_a')\ndef test_a():\n    pass", ["test_a -> test_a", "go first"]),
    ],
)
def test_what_cannot_be_collected_is_told_on_one_line(tmp_path: Path, source: str, said: list[str]) -> None:
    trouble = collected(lesson(tmp_path, source)).trouble or ""
    assert [part for part in said if part not in trouble] == [], trouble
    assert len(trouble.splitlines()) == 1


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def test_a(student, probe):\n    pass", ["no fixture 'probe'", "Did you mean probes", "line 2)"]),
        (
            "def test_a(draw):\n    draw.normal(3).flaot()",
            ["Did you mean float", "(checks/test_checks.py, line 3)"],
        ),
        ("def test_a(probes):\n    probes.has_shap()", ["Did you mean has_shape", "line 3)"]),
        ("def f():\n    return 1 / 0\ndef test_a():\n    f()", ["division by zero", "line 3)"]),
    ],
)
def test_a_check_that_breaks_says_at_which_line(tmp_path: Path, source: str, said: list[str]) -> None:
    (outcome,) = verdict(lesson(tmp_path, source), "x = 1").outcomes
    assert outcome.state == "crashed"
    last = (outcome.trouble or "").splitlines()[-1]
    assert [part for part in said if part not in last] == [], last


def test_points_that_do_not_add_up_are_listed(fresh: Path) -> None:
    edited(fresh, CHECK, "points(4)", "points(5)")
    of = Lesson.open(fresh / "assignments" / "base")
    (found,) = miscounted(of, collected(of).listed)
    assert "points = 10" in found
    assert "give 11: test_carry_reads_each_row_in_time_order 5, test_carry_follows_the_formula 6" in found


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["base", "--mistake", "tanh_mising"], "Did you mean tanh_missing"),
        (["base", "--check", "test_carry_follows"], "Did you mean test_carry_follows_the_formula"),
        (["base", "--check", "test_carry_follows_the_formula", "--all"], "leave one of them out"),
        (["bass"], "Did you mean base"),
        (["assignments"], "assignments/base"),
        (["solutions"], "grader new"),
    ],
)
def test_names_that_do_not_exist_are_told_before_anything_starts(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(fresh)
    found = CliRunner().invoke(main, ["prove", *arguments])
    assert found.exit_code == 2
    assert said in found.output


def test_a_lesson_is_found_from_inside_it(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.lesson import find

    found: Callable[[str], Path] = lambda name: find(name).folder  # noqa: E731
    folder = (fresh / "assignments" / "base").resolve()
    monkeypatch.chdir(folder)
    assert found(".") == found("lesson.toml") == found("../base/") == folder
