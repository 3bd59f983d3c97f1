"""`grader release` from outside, and `grader check` in what it has made."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.making import notebook, run
from tests.release.making import NAME, made

F = "def f(x):\n    return x + 1"
NONE = ("--sandbox", "none")


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course whose lesson has been released to `handout`."""
    root = tmp_path_factory.mktemp("release")
    made(root)
    done = run(root, "release", NAME, "--out", "handout")
    assert done.returncode == 0, done.stderr
    listed = {line.strip() for line in done.stdout.splitlines() if line.startswith("  ")}
    assert listed == {p.relative_to(root / "handout").as_posix() for p in (root / "handout").rglob("*.*")}
    assert "Left behind: README.md, curves.json, hidden, notes.txt" in done.stdout
    return root


def test_the_copy_works_by_itself(course: Path, tmp_path: Path) -> None:
    """Wherever it was moved to, called what it likes, and from any folder."""
    copy = tmp_path / "my homework (1)"
    shutil.copytree(course / "handout", copy)
    blank = run(tmp_path, "check", copy / f"{NAME}.ipynb", *NONE)
    assert (blank.returncode, blank.stderr) == (1, "")
    assert "0/3" in blank.stdout
    assert "✓" not in blank.stdout
    (copy / f"{NAME}.ipynb").write_bytes(notebook(F))
    solved = run(copy, "check", f"{NAME}.ipynb", *NONE)
    assert solved.returncode == 0, solved.stderr
    assert "Hidden checks still hold 4" in solved.stdout


def test_checks_beside_a_notebook_count_only_when_asked_for_by_path(course: Path) -> None:
    copy = course / "changed"
    shutil.copytree(course / "handout", copy)
    check = copy / "checks" / "test_checks.py"
    check.write_text(check.read_text("utf-8").replace("== 2", "== 7"), "utf-8")
    (copy / f"{NAME}.ipynb").write_bytes(notebook("def f(x):\n    return x + 6"))
    assert run(course, "check", copy / f"{NAME}.ipynb", *NONE).returncode == 1
    assert run(course, "check", copy / f"{NAME}.ipynb", "--lesson", copy, *NONE).returncode == 0


def test_a_refusal_is_one_message(course: Path) -> None:
    plant = course / "assignments" / NAME / "data" / "answers.csv"
    plant.write_text("2\n")
    try:
        done = run(course, "release", NAME, "--out", "refused")
    finally:
        plant.unlink()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("grader: Nothing was released:")
    assert "data/answers.csv" in done.stderr
    assert not (course / "refused").exists()


def test_public_checks_that_need_hidden_files_are_refused(course: Path) -> None:
    """Seen by collecting them alone, whatever their text looks like."""
    conftest = course / "assignments" / NAME / "checks" / "conftest.py"
    conftest.write_text(
        "from pathlib import Path\nROWS = next(Path(__file__).parents[1].glob('h*/large.csv')).read_text()\n"
    )
    try:
        done = run(course, "release", NAME, "--out", "refused")
    finally:
        conftest.unlink()
    assert done.returncode == 2
    assert "large.csv" in done.stderr or "cannot be collected" in done.stderr
    assert not (course / "refused").exists()
