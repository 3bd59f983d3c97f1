"""`grader check`: what a student sees of their own notebook."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.classes import CHECKS, HIDDEN, F
from tests.cli.making import lesson, notebook, record, run, states


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("check")
    lesson(root, checks=CHECKS, hidden=HIDDEN, reference=notebook(F))
    return root


def test_a_right_notebook_passes_and_hears_of_hidden_checks(course: Path) -> None:
    (course / "right.ipynb").write_bytes(notebook(F))
    done = run(course, "check", "right.ipynb", "--sandbox", "none", "--out", "mine")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("✓") == 2
    assert "large" not in done.stdout
    assert "3" in done.stdout.strip().splitlines()[-1]
    found = record(course / "mine" / "tiny" / "right.json")
    assert list(states(found)) == ["test_adds_one", "test_adds_one_to_negative_numbers"]
    assert (found.score, found.max_score) == (3.0, 3.0)
    assert "test_adds_one_to_large" not in (course / "mine" / "tiny" / "right.html").read_text("utf-8")


def test_the_starter_fails_and_says_what_to_do_first(course: Path) -> None:
    done = run(course, "check", "assignments/tiny/tiny.ipynb", "--sandbox", "none")
    assert done.returncode == 1, done.stderr
    assert "✓" not in done.stdout
    assert "NotImplementedError" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_one_check_and_what_it_needs(course: Path) -> None:
    (course / "half.ipynb").write_bytes(notebook("def f(x):\n    return abs(x) + 1", "def g(:\n    pass"))
    done = run(
        course,
        *("check", "half.ipynb", "--sandbox", "none", "--lang", "ko", "--all"),
        *("--only", "test_adds_one_to_negative_numbers"),
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout.count("✓") == 1
    assert max(done.stdout) >= "가"


def test_a_check_that_does_not_exist_is_a_usage_error(course: Path) -> None:
    (course / "any.ipynb").write_bytes(notebook(F))
    done = run(course, "check", "any.ipynb", "--sandbox", "none", "--only", "test_adds_one_to_large_numbers")
    assert done.returncode == 2
    assert "no public check" in done.stderr
    assert "test_adds_one_to_negative_numbers" in done.stderr


def test_a_file_that_is_no_notebook_is_explained(course: Path) -> None:
    (course / "text.ipynb").write_text("no notebook")
    done = run(course, "check", "text.ipynb", "--sandbox", "none", "--lesson", "tiny")
    assert done.returncode == 1
    assert "cannot be read" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
