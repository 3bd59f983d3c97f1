"""What strangers wrote: right in styles that nobody here chose, wrong in one place."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from grader.record import Record
from tests.cli.making import SECRET, once, records, run

HERE = Path(__file__).parent
EXPECTED = tomllib.loads((HERE / "expected.toml").read_text("utf-8"))
LESSONS = sorted(path.name for path in HERE.iterdir() if any(path.glob("*.ipynb")))


@pytest.fixture(scope="module", params=LESSONS)
def graded(base: Path, request: pytest.FixtureRequest) -> dict[str, Record]:
    """By the name of the file: its record."""

    def make(root: Path) -> None:
        (root / "secret").write_text(SECRET, "utf-8")
        done = run(root, "grade", HERE / request.param, "--lesson", request.param, "--out", "out")
        assert done.returncode == 0, done.stdout + done.stderr

    return records(once(base, f"strangers-{request.param}", make) / "out" / request.param)


def test_what_is_right_gets_full_marks(graded: dict[str, Record]) -> None:
    for name, record in graded.items():
        if name.startswith("right"):
            lost = [(check.id, check.findings) for check in record.checks if check.state != "passed"]
            assert record.score == record.max_score, (name, lost)


def test_what_is_wrong_loses_points_at_the_right_check_under_its_name(graded: dict[str, Record]) -> None:
    wrong = {name: record for name, record in graded.items() if name.startswith("wrong")}
    lesson = next(iter(graded.values())).lesson
    assert wrong.keys() == EXPECTED[lesson].keys()
    for name, record in wrong.items():
        expected = EXPECTED[lesson][name]
        if "missed" in expected:
            assert record.score == record.max_score, f"{name} is seen now: say so in expected.toml"
            continue
        failed = {check.id: check.findings[0].code for check in record.checks if check.state == "failed"}
        assert failed.get(expected["check"]) in expected["finding"], (name, failed)
        assert record.score < record.max_score


def test_nobody_is_suspected_of_anything(graded: dict[str, Record]) -> None:
    for name, record in graded.items():
        assert [note.facts for note in record.notes if note.code == "note.suspicion"] == [], name
