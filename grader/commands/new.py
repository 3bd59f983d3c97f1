"""`grader new`: a lesson to change into one's own, that already proves."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from grader.new import make, next_number, place, title_of


def run(lesson: str, title: str | None, title_ko: str | None, number: int | None) -> int:
    """Writes the lesson and says what to do next. Raises `UsageError` where it cannot be written."""
    where = place(lesson)
    english = title_of(title if title is not None else where.name.replace("_", " ").capitalize())
    korean = title_of(title_ko if title_ko is not None else english)
    number = next_number(where) if number is None else number
    files = make(where, (english, korean), number)
    folder, solved = _short(where.folder), _short(where.solutions)
    click.echo(f"Lesson {number}, {english}: {len(files)} files in {folder} and {solved}\n")
    said = shlex.quote(where.name if where.root == Path.cwd() else str(folder))
    click.echo(
        "It proves as it is. Now make it yours, in this order:\n"
        f"  1. {solved / 'reference.ipynb'}    the answer, and the text around it\n"
        f"  2. {folder / 'lesson.toml'}    names that the notebook defines, points\n"
        f"  3. {folder / 'checks'} and {folder / 'hidden'}    what has to hold\n"
        f"  4. {solved / 'mistakes'} and {solved / 'alternatives'}    what is wrong, and what is right, too\n"
        f"  5. {folder / 'words'}    titles and hints, en.toml and ko.toml\n"
        "Then write the starter from the reference and prove:\n"
        f"  python -m grader.starter {shlex.quote(str(folder))}\n"
        f"  grader prove {said}\n"
        "docs/writing-a-lesson.md goes through all of it."
    )
    return 0


def _short(path: Path) -> Path:
    """The path as one would type it from here."""
    relative = Path(os.path.relpath(path))
    return path if relative.parts[:2] == ("..", "..") else relative
