"""What cannot be done is said in one message, with status 2, before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.making import environment, lesson, notebook, run


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("usage")
    lesson(root, checks="def test_f(student):\n    assert student.f(1) == 2\n")
    (root / "kim.ipynb").write_bytes(notebook("1"))
    (root / "nobody").mkdir()
    (root / "notes.txt").write_text("not handed in")
    (root / "untold.ipynb").write_bytes(notebook("1", lesson=None))
    (root / "short").write_text("short")
    (root / "broken").mkdir()
    (root / "broken" / "lesson.toml").write_text("lesson = ")
    return root


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["grade", "missing"], ["missing", "No such file"]),
        (["grade", "nobody"], ["No notebook", "nobody"]),
        (["grade", "notes.txt"], ["notes.txt", "no notebook"]),
        (["grade", "untold.ipynb"], ["--lesson", "tiny"]),
        (["grade", "kim.ipynb", "--lesson", "nothing"], ["no lesson 'nothing'", "tiny"]),
        (["grade", "kim.ipynb", "--lesson", "broken"], ["lesson.toml", "cannot be read"]),
        (["grade", "kim.ipynb", "--engine", "dask"], ["--engine dask needs --scheduler", "docs/cluster.md"]),
        (["grade", "kim.ipynb", "--scheduler", "tcp://127.0.0.1:1"], ["dask"]),
        (["grade", "kim.ipynb", "--engine", "dask", "--scheduler", "here"], ["--scheduler here", "tls://"]),
        (
            ["grade", "kim.ipynb", "--engine", "dask", "--scheduler", "tcp://192.0.2.1:8786"],
            ["without encryption", "docs/cluster.md"],
        ),
        (["grade", "kim.ipynb", "--secret", "missing"], ["secret", "missing"]),
        (["grade", "kim.ipynb", "--secret", "short"], ["too short"]),
        (["grade", "kim.ipynb", "--sandbox", "paper"], ["--sandbox", "paper"]),
        (["grade", "kim.ipynb", "--jobs", "0"], ["--jobs"]),
        (["grade", "kim.ipynb", "--fail-under", "101"], ["--fail-under"]),
        (["grade", "kim.ipynb", "--out", "notes.txt"], ["notes.txt"]),
        (["check", "nobody"], ["nobody is a folder", "grade"]),
        (["check", "missing.ipynb"], ["missing.ipynb", "No such file"]),
        (["report", "missing"], ["missing"]),
        (["report", "nobody"], ["no record"]),
        (["prove", "nothing"], ["no lesson 'nothing'"]),
    ],
    ids=lambda value: " ".join(value) if value and value[0] in ("grade", "check", "report", "prove") else "",
)
def test_a_command_that_cannot_be_carried_out(course: Path, arguments: list[str], said: list[str]) -> None:
    done = run(course, *arguments)
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for part in said:
        assert part in done.stderr


def test_ci_needs_the_courses_own_secret(course: Path) -> None:
    env = {**environment(course), "CI": "true"}
    del env["GRADER_SECRET"]
    done = run(course, "grade", "kim.ipynb", env=env)
    assert done.returncode == 2
    assert "--secret FILE or set GRADER_SECRET" in done.stderr
    assert list((course / "home").rglob("secret")) == []
