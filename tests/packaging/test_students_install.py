"""The students' distribution as installed, beside a PyTorch that was there before it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from grader import pytorch
from grader.commands.versions import caution
from grader.errors import UsageError
from grader.lesson import find
from grader.report.words import Words
from tests.cli.making import SECONDS, environment

sys.path.insert(0, str(Path(__file__).parents[2] / "packaging" / "students"))
import contents

LESSON = "rnn_basics"
IMPORT_ALL = """
import importlib, json, pkgutil, sys
import grader
found = pkgutil.walk_packages(grader.__path__, "grader.")
names = [one.name for one in found if ".assignments." not in one.name]
for name in names:
    if not name.endswith("__main__") and name != "grader.guest.stub":
        importlib.import_module(name)
print(json.dumps([grader.__file__, len(names)]))
"""


def run(python: Path, folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    env = environment(folder)
    del env["PYTHONPATH"], env["GRADER_SECRET"]
    return subprocess.run(
        [python, *arguments],
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )


def test_every_module_imports_by_itself(python: Path, tmp_path: Path) -> None:
    done = run(python, tmp_path, "-I", "-c", IMPORT_ALL)
    assert done.returncode == 0, done.stderr
    file, count = json.loads(done.stdout)
    assert Path(file).is_relative_to(python.parents[1])
    assert count > 100


def test_check_works_on_the_starter_and_on_the_reference(python: Path, tmp_path: Path) -> None:
    """From a folder that holds nothing but the notebook: the lesson comes with the distribution."""
    lesson = find(LESSON)
    blank, solved = tmp_path / "과제.ipynb", tmp_path / "풀이.ipynb"
    blank.write_bytes(lesson.starter.read_bytes())
    solved.write_bytes((lesson.solutions / "reference.ipynb").read_bytes())
    done = run(python, tmp_path, "-m", "grader", "check", blank.name, "--sandbox", "none", "--lang", "ko")
    assert done.returncode == 1, done.stderr
    assert "NotImplementedError" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    done = run(python, tmp_path, "-m", "grader", "check", solved.name, "--sandbox", "none")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("✓") == len(lesson.expected_checks(hidden=False))
    assert "Hidden checks still hold 8" in done.stdout


def test_there_are_two_commands(python: Path, tmp_path: Path) -> None:
    said = run(python, tmp_path, "-m", "grader", "--help").stdout
    assert [line.split()[0] for line in said.partition("Commands:")[2].splitlines() if line.strip()] == [
        "check",
        "doctor",
    ]
    assert run(python, tmp_path, "-m", "grader", "grade", ".").returncode == 2


def test_code_of_the_teacher_ends_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "grader/warm.py" in contents.code()
    monkeypatch.setattr(contents, "NEVER", ("grader.warm",))
    with pytest.raises(contents.NotForStudents, match=r"grader\.warm would go to students: grader\."):
        contents.code()


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_a_missing_torch_is_named_with_the_command(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytorch, "version", _version_of_nothing)
    with pytest.raises(UsageError, match="pip install torch"):
        caution(Words.load(None), lang)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "said"),
    [("2.13.0+cpu", False), ("2.13.1", False), ("2.8.0+cu126", True), ("3.0", True), ("x", True)],
)
def test_another_torch_is_taken_with_a_word(found: str, said: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pytorch, "version", lambda name: found)
    word = caution(Words.load(None), "en")
    assert (word is not None and found in word) == said


def _version_of_nothing(name: str) -> str:
    raise pytorch.PackageNotFoundError(name)
