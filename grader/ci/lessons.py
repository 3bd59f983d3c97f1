"""What a repository of lessons keeps besides proved checks: starters in step, nothing hidden released."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader import lesson as lessons
from grader.errors import GraderError, UsageError
from grader.lesson import Lesson
from grader.reading import json_of
from grader.starter import BEGIN, starter_of

_SHORTEST = 24
"""Characters of a line of code below which it may stand in a released file by chance."""


def chosen(names: Sequence[str]) -> list[Lesson]:
    """The named lessons, or all below `assignments/`. Raises `UsageError` where there is none."""
    found = [lessons.find(name) for name in names] or list(lessons.lessons())
    if not found:
        raise UsageError(
            "There are no lessons here: run this where assignments/ lies, or name a lesson's folder."
        )
    return found


def out_of_step(of: Sequence[Lesson]) -> Iterator[str]:
    """A sentence for each starter that is not the one that its reference gives."""
    for lesson in of:
        reference = lesson.solutions / "reference.ipynb"
        if not reference.is_file():
            continue
        try:
            made = starter_of(reference)
        except GraderError as error:
            yield str(error)
            continue
        if not lesson.starter.is_file() or lesson.starter.read_bytes() != made:
            yield (
                f"{lesson.starter} is not the starter of {reference}: "
                "run python -m grader.starter and commit what it writes."
            )


def let_out(lesson: Lesson, released: Path) -> Iterator[str]:
    """A sentence for each file below `released` that holds something of what students must not have.

    Looked for: files that are equal to hidden ones or solutions, names of hidden checks, lines of hidden
    checks that stand in no public file, regions with solutions.
    """
    public = "\n".join(
        path.read_text("utf-8", "replace")
        for folder in (lesson.folder / "checks", lesson.folder / "data", lesson.words)
        for path in _files(folder)
    )
    held = [*_files(lesson.folder / "hidden"), *_files(lesson.solutions)]
    contents = {path.read_bytes(): path for path in held if path.stat().st_size > 0}
    for path in _files(lesson.folder / "checks"):
        contents.pop(path.read_bytes(), None)
    names = {name for name, kind in lesson.expected_checks(hidden=True).items() if kind == "hidden"}
    lines = {
        line.strip()
        for path in _files(lesson.folder / "hidden")
        if path.suffix == ".py"
        for line in path.read_text("utf-8", "replace").splitlines()
        if len(line.strip()) >= _SHORTEST and not line.strip().startswith(("#", "from ", "import "))
    }
    lines = {line for line in lines if line not in public}
    for path in _files(released):
        content = path.read_bytes()
        if content in contents:
            yield f"{path} is the same file as {contents[content]}."
            continue
        text = _text(path, content)
        for secret in sorted(name for name in names if name in text):
            yield f"{path} names the hidden check {secret}."
        for line in sorted(line for line in lines if line in text):
            yield f"{path} holds a line of a hidden check: {line}"
        if path.suffix == ".ipynb" and BEGIN in text:
            yield f"{path} holds a solution: {BEGIN}"


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and "__pycache__" not in path.parts
    )


def _text(path: Path, content: bytes) -> str:
    """The text of a file; of a notebook the sources, as they are written."""
    text = content.decode("utf-8", "replace")
    if path.suffix != ".ipynb":
        return text
    try:
        cells = json_of(text).get("cells", [])
        return "\n".join("".join(cell.get("source", "")) for cell in cells)
    except (ValueError, AttributeError, TypeError):
        return text
