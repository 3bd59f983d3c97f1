"""The real command line on the odd notebooks, each right."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.record import Record
from tests.cli.making import SECRET, once, records, run
from tests.odd.notebooks import written
from tests.odd.oddities import FAILING, ODDITIES, TOLD


def grade_them(root: Path) -> None:
    """Grades the odd notebooks of each lesson into `root/out`."""
    for name, (lesson, change) in ODDITIES.items():
        folder = root / lesson
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.ipynb").write_bytes(written(lesson, change))
    (root / "secret").write_text(SECRET, "utf-8")
    for folder in [path for path in root.iterdir() if path.is_dir()]:
        done = run(root, "grade", folder, "--lesson", folder.name, "--out", root / "out")
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def odd(base: Path) -> dict[str, Record]:
    root = once(base, "odd", grade_them)
    lessons = {lesson for lesson, _ in ODDITIES.values()}
    return {name: record for lesson in lessons for name, record in records(root / "out" / lesson).items()}


@pytest.mark.parametrize("name", ODDITIES)
def test_no_oddity_costs_a_point(odd: dict[str, Record], name: str) -> None:
    record = odd[name]
    lost = [
        (check.id, [found.facts for found in check.findings]) for check in record.checks if not check.points
    ]
    assert record.state == "graded"
    assert record.score == record.max_score == 20, lost


@pytest.mark.parametrize("name", ODDITIES)
def test_the_cells_run_as_far_as_they_can(odd: dict[str, Record], name: str) -> None:
    run_ = odd[name].run
    if name in FAILING:
        assert run_.state == "cell_failed"
        assert (run_.message or "").startswith(FAILING[name])
        assert [cell.state for cell in run_.cells].count("failed") == 1
        assert "skipped" not in [cell.state for cell in run_.cells]
    else:
        assert run_.state == "finished", run_.message


@pytest.mark.parametrize("name", TOLD)
def test_a_stand_in_says_that_it_is_one(odd: dict[str, Record], name: str) -> None:
    outputs = [output for cell in odd[name].run.cells for output in cell.outputs]
    said = "".join(output.data.get("text/plain", "") for output in outputs if output.name == "stderr")
    assert said.count(TOLD[name]) == 1


def test_an_odd_notebook_says_its_own_lesson(odd: dict[str, Record], tmp_path: Path) -> None:
    """Without --lesson, from a folder with both lessons."""
    for name in ("old_worksheets", "colab_metadata"):
        lesson, change = ODDITIES[name]
        (tmp_path / f"{name}.ipynb").write_bytes(written(lesson, change))
    (tmp_path / "secret").write_text(SECRET, "utf-8")
    done = run(tmp_path, "grade", tmp_path, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("old_worksheets", "colab_metadata"):
        path = tmp_path / "out" / ODDITIES[name][0] / f"{name}.json"
        assert json.loads(path.read_bytes())["score"] == odd[name].score
