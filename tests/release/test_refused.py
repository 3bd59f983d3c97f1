"""What hides in a lesson is found wherever an author may have left it, and nothing is written then."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from grader.errors import LessonError
from grader.lesson import Lesson
from grader.releasing import Collector, release
from grader.starter import write_all
from tests.release.making import HIDDEN, NAME, SECRET, Collected, made

COLLECTOR = cast(Collector, Collected())


def add(path: str, text: str) -> Callable[[Lesson], None]:
    """Adds `text` to the end of a file of the lesson, which may be new."""

    def plant(lesson: Lesson) -> None:
        place = lesson.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(place, "a", encoding="utf-8") as file:
            file.write(text)

    return plant


def copied(source: str, target: str) -> Callable[[Lesson], None]:
    def plant(lesson: Lesson) -> None:
        (lesson.folder / target).write_bytes((lesson.folder / source).read_bytes())

    return plant


def linked(target: str, to: str) -> Callable[[Lesson], None]:
    def plant(lesson: Lesson) -> None:
        (lesson.folder / target).symlink_to(lesson.folder / to)

    return plant


def zipped(source: str, target: str) -> Callable[[Lesson], None]:
    def plant(lesson: Lesson) -> None:
        with zipfile.ZipFile(lesson.folder / target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(lesson.folder / source, "array.npy")

    return plant


def starter(change: Callable[[dict[str, Any]], None], *, both: bool = False) -> Callable[[Lesson], None]:
    """Changes the starter; with `both` the reference, and the starter is made from it anew."""

    def plant(lesson: Lesson) -> None:
        path = lesson.solutions / "reference.ipynb" if both else lesson.starter
        notebook = json.loads(path.read_bytes())
        change(notebook)
        path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", "utf-8")
        if both:
            write_all(lesson.folder.parent.parent)

    return plant


def said(text: str) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"][0].update(source=f"# Tiny\n{text}")


def cell(**what: Any) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["cells"][1].update(what)


def whole(**what: Any) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook.update(what)


def told(**what: Any) -> Callable[[dict[str, Any]], None]:
    return lambda notebook: notebook["metadata"].update(what)


LINES = "\n".join(HIDDEN.strip().splitlines()[3:])
SOLUTION = "remembered_from_the_solution = x + 1 if x is not None else None"
SHOWN = {"output_type": "stream", "name": "stdout", "text": "2"}
PLANTS: dict[str, tuple[Callable[[Lesson], None], str]] = {
    "link in data": (linked("data/more.csv", "hidden/large.csv"), "data/more.csv"),
    "data folder a link": (
        lambda lesson: (
            os.rename(lesson.folder / "data", lesson.folder / "other"),
            os.symlink(lesson.folder / "other", lesson.folder / "data"),
        )[0],
        "data",
    ),
    "link in checks": (linked("checks/test_more.py", "hidden/test_hidden.py"), "checks/test_more.py"),
    "fifo": (lambda lesson: os.mkfifo(lesson.folder / "data" / "a.csv"), "data/a.csv"),
    "hidden data, whole": (copied("hidden/large.csv", "data/more.csv"), "data/more.csv"),
    "hidden data, a part": (
        lambda lesson: (
            (lesson.folder / "data" / "more.csv").write_bytes(
                b"n,m\n" + (lesson.folder / "hidden" / "large.csv").read_bytes()[500:900]
            )
            and None
        ),
        "data/more.csv",
    ),
    "hidden data in an archive": (zipped("hidden/large.csv", "data/more.npz"), "data/more.npz"),
    "curves under another name": (copied("curves.json", "data/losses.json"), "data/losses.json"),
    "curves": (add("data/curves.json", "{}"), "data/curves.json"),
    "expected answers": (add("data/expected.json", "[2, 3]"), "data/expected.json"),
    "answers": (add("data/numbers_answers.csv", "2"), "data/numbers_answers.csv"),
    "pickle": (add("data/model.pkl", "x"), "data/model.pkl"),
    "git": (add("data/.git/config", "[core]"), "data/.git"),
    "checkpoint": (add("checks/.ipynb_checkpoints/test_a.py", ""), "checks/.ipynb_checkpoints"),
    "file not on the list": (add("checks/hints.txt", "x"), "checks/hints.txt"),
    "secret as bytes": (add("data/more.txt", SECRET.decode()), "data/more.txt"),
    "secret in digits": (add("data/more.txt", f"x {SECRET.hex().upper()} y"), "data/more.txt"),
    "secret in base 64": (
        add("checks/conftest.py", "KEY = 'dGhlIHNlY3JldCBvZiB0aGlzIGNvdXJzZSwgb2Ygbm8gb3RoZXIgb25l'\n"),
        "checks/conftest.py",
    ),
    "somebody's secret": (add("data/more.txt", "5" * 64 + "\n"), "data/more.txt"),
    "import of hidden": (add("checks/conftest.py", "import hidden.conftest\n"), "checks/conftest.py"),
    "import from hidden": (add("checks/conftest.py", "from hidden import conftest\n"), "checks/conftest.py"),
    "path into hidden": (
        add("checks/conftest.py", "from pathlib import Path\nROWS = Path(__file__).parents[1] / 'hidden'\n"),
        "checks/conftest.py",
    ),
    "path into solutions": (
        add("checks/conftest.py", "A = '../../solutions/tiny/a.csv'\n"),
        "checks/conftest.py",
    ),
    "hidden check named": (
        add("checks/conftest.py", "LAST = 'test_adds_one_to_large_numbers'\n"),
        "checks/conftest.py",
    ),
    "hidden check named in a comment": (
        add("checks/test_checks.py", "# as test_adds_one_to_large_numbers does\n"),
        "checks/test_checks.py",
    ),
    "lines of a hidden check": (
        add("checks/test_more.py", f"def test_x(student):\n{LINES}\n"),
        "checks/test_more.py",
    ),
    "line of a hidden check in data": (add("data/more.txt", LINES), "data/more.txt"),
    "teacher's page": (copied("README.md", "data/more.md"), "data/more.md"),
    "solution in data": (add("data/more.txt", f"    {SOLUTION}\n"), "data/more.txt"),
    "solution in a comment": (
        add("checks/conftest.py", f"# ### BEGIN SOLUTION {SOLUTION}\n"),
        "checks/conftest.py",
    ),
    "solution in the text": (starter(said(f"```\n{SOLUTION}\n```"), both=True), f"{NAME}.ipynb"),
    "hidden line in the text": (starter(said(LINES), both=True), f"{NAME}.ipynb"),
    "hidden check in the text": (starter(said("test_adds_one_to_large_numbers"), both=True), f"{NAME}.ipynb"),
    "solution mark in the text": (starter(said("### BEGIN SOLUTION"), both=True), f"{NAME}.ipynb"),
    "solution in the starter": (starter(cell(source=f"def f(x):\n    {SOLUTION}")), f"{NAME}.ipynb"),
    "starter out of step": (starter(said("An older text.")), f"{NAME}.ipynb"),
    "outputs": (starter(cell(outputs=[SHOWN])), "outputs in cell 2"),
    "execution count": (starter(cell(execution_count=7)), "execution count in cell 2"),
    "times of cells": (
        starter(cell(metadata={"execution": {"iopub.status.idle": "2026"}}), both=True),
        "execution",
    ),
    "widgets": (starter(told(widgets={"state": {}}), both=True), "widgets"),
    "author": (starter(told(authors=[{"name": "Kim (invented)"}]), both=True), "authors"),
    "field of a cell": (starter(cell(history=["f(1)"]), both=True), "history"),
    "field of the notebook": (starter(whole(history=["f(1)"]), both=True), "fields that no notebook has"),
    "no solution marked": (
        starter(cell(source="def f(x):\n    return x + 1"), both=True),
        "marks no solution",
    ),
    "reference missing": (
        lambda lesson: (lesson.solutions / "reference.ipynb").unlink(),
        "reference.ipynb",
    ),
    "hidden check in words": (
        add(
            "words/en.toml",
            '[findings."check.assertion".by.text.x]\nwhy = "See test_adds_one_to_large_numbers."\n',
        ),
        "words/en.toml",
    ),
    "a copy itself": (add("lesson.toml", "hidden_points = 3\n"), "student's copy"),
}


@pytest.mark.parametrize("what", PLANTS)
def test_what_is_hidden_is_refused_by_the_name_of_its_file(what: str, tmp_path: Path) -> None:
    lesson = made(tmp_path)
    plant, named = PLANTS[what]
    if what == "a copy itself":
        text = (lesson.folder / "lesson.toml").read_text("utf-8")
        (lesson.folder / "lesson.toml").write_text("hidden_points = 3\n" + text, "utf-8")
    else:
        plant(lesson)
    with pytest.raises(LessonError) as refused:
        release(Lesson.open(lesson.folder), tmp_path / "out", COLLECTOR, secret=SECRET)
    assert named in str(refused.value)
    assert str(refused.value).endswith(".")
    assert not (tmp_path / "out").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["assignments", "secret", "solutions"]


def test_without_a_plant_it_is_released(tmp_path: Path) -> None:
    """Else the test above would show nothing."""
    assert release(made(tmp_path), tmp_path / "out", COLLECTOR, secret=SECRET).files
