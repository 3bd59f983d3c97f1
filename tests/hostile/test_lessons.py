"""A lesson that is not whole gives nobody points: checks lost or doubled, a starter that is the answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.making import lesson, run
from tests.hostile import tiny
from tests.hostile.answers import notebook

TWICE = tiny.CHECKS + tiny.CHECKS.replace("@pytest.mark.points(2)\n", "@pytest.mark.points(50)\n")
BROKEN = {
    "none_collected": "import not_there\n" + tiny.CHECKS,
    "doubled": TWICE,
    "no_check_at_all": "def check_nothing():\n    pass\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_checks_lost_or_doubled_are_said_before_anybody_is_graded(name: str, tmp_path: Path) -> None:
    """T22."""
    lesson(tmp_path, name=tiny.NAME, checks=BROKEN[name], reference=notebook([tiny.F], tiny.NAME))
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "kim.ipynb").write_bytes(notebook([tiny.F], tiny.NAME))
    done = run(tmp_path, "grade", "class", "--lesson", tiny.NAME, "--out", "out")
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.startswith("grader: "), "what is said is meant for the lesson's author"
    assert not list((tmp_path / "out").rglob("*.json"))


def test_a_starter_that_earns_points_is_not_proved(tmp_path: Path) -> None:
    """T23. Here the starter is the answer."""
    answer = notebook([tiny.F], tiny.NAME)
    lesson(tmp_path, name=tiny.NAME, checks=tiny.CHECKS, reference=answer, starter=answer)
    done = run(tmp_path, "prove", tiny.NAME)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "starter" in done.stdout
