"""`grader import`: lessons out of the assignments of nbgrader and otter."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from grader.commands.trying import not_holding
from grader.errors import LessonError, SandboxError, UsageError
from grader.importing.assignment import Assignment
from grader.importing.check_files import points
from grader.importing.ids import lesson_name
from grader.importing.kinds import Check, Kind, checks_of, reason_of, weakened
from grader.importing.lesson_files import files_of
from grader.importing.packages import present
from grader.importing.sources import Tool, assignments_in
from grader.importing.writing import rewrite, write
from grader.new import Place, next_number, place
from grader.report.sentences import one_line

_LONGEST = 600
_MEANINGS: dict[Kind, str] = {
    "judged": "judged on our side",
    "weak": "weak: the test runs on the student's side, and is believed",
    "refused": "refused: a person marks it",
    "by hand": "marked by a person, as before",
}


@dataclass(frozen=True)
class _Lesson:
    assignment: Assignment
    checks: Sequence[Check]
    place: Place


def run(tool: Tool, source: Path, out: str) -> int:
    """Writes a lesson for each notebook and says what became of its tests.

    Raises `UsageError` where nothing can be written, `LessonError` where a notebook has to be mended; then
    no lesson is written.
    """
    try:
        found = assignments_in(tool, source)
        modules = present()
        places = _places([one.slug for one in found], out)
        made = [_Lesson(one, checks_of(one, modules), at) for one, at in zip(found, places, strict=True)]
    except LessonError as error:
        # It may hold what stands in the notebook: names of cells, settings, a line of code.
        raise LessonError(one_line(str(error), _LONGEST)) from error
    for lesson in made:
        if not any(check.written for check in lesson.checks):
            raise UsageError(
                f"{lesson.assignment.source} has no test and nothing that a person marks, so no lesson comes "
                "of it. Give it points first, or name the other notebooks one by one."
            )
    told = [_written(lesson) for lesson in made]
    _next(told)
    return 0


def _written(lesson: _Lesson) -> _Lesson:
    """Writes one lesson and tries it on its own solution; what does not hold on our side is made weak."""
    number = next_number(lesson.place)
    files = files_of(lesson.assignment, lesson.checks, lesson.place.name, number)
    write(lesson.place, files, dict(lesson.assignment.data))
    failing: list[str] = []
    try:
        found = {check.id for check in not_holding(lesson.place.folder, None)}
        doubtful = [check for check in lesson.checks if check.kind == "judged" and check.piece.id in found]
        if doubtful:
            changed = [weakened(one, lesson.assignment) if one in doubtful else one for one in lesson.checks]
            lesson = replace(lesson, checks=changed)
            files = files_of(lesson.assignment, lesson.checks, lesson.place.name, number)
            rewrite(lesson.place, files)
            found = {check.id for check in not_holding(lesson.place.folder, None)}
        failing = [check.said for check in lesson.checks if check.written and check.piece.id in found]
    except SandboxError as error:
        click.echo(f"The checks were not tried: {error}")
    _tell(lesson, number, failing)
    return lesson


def _places(slugs: Sequence[str], out: str) -> list[Place]:
    """Where each lesson goes: one is called as asked, of several each gets its notebook's name after that."""
    if len(slugs) == 1:
        return [place(out)]
    names = [f"{out}_{lesson_name(slug)}" for slug in slugs]
    if len(set(names)) != len(names):
        raise UsageError("Two notebooks of the folder would get one name. Import them one by one.")
    return [place(name) for name in names]


def _tell(lesson: _Lesson, number: int, failing: Sequence[str]) -> None:
    written = [check for check in lesson.checks if check.written]
    total = sum(check.piece.points for check in written)
    click.echo(
        f"Lesson {number}, {lesson.assignment.title}: {lesson.assignment.source} is now "
        f"{_said(lesson.place)}, {points(total)} points\n"
    )
    for kind, meaning in _MEANINGS.items():
        these = [check for check in lesson.checks if check.kind == kind]
        if these:
            worth = sum(check.piece.points for check in these)
            click.echo(f"  {len(these):3}  {points(worth):>5} points  {meaning}")
        if kind in ("weak", "refused"):
            for check in these:
                click.echo(f"       {one_line(f'{check.said}: {reason_of(check)}', _LONGEST)}")
    notes = [f"the source's own solution does not pass {one}. `grader prove` says why." for one in failing]
    notes += [
        f"{check.said} is worth nothing to a person, and became no check."
        for check in lesson.checks
        if not check.written
    ]
    for note in (*notes, *lesson.assignment.notes):
        click.echo(f"  note: {one_line(note, _LONGEST)}")
    click.echo()


def _next(made: Sequence[_Lesson]) -> None:
    names = " ".join(shlex.quote(_said(lesson.place)) for lesson in made)
    first = shlex.quote(_said(made[0].place))
    click.echo(
        "Next:\n"
        f"  grader prove {names}    the solution of the source has to get full marks, the starter none\n"
        f"  grader release {first} --out handout    what students get\n"
        f"  grader grade SUBMISSIONS --lesson {first}\n"
        "docs/moving-over.md goes through all of it, and says how a weak check becomes a strong one."
    )


def _said(at: Place) -> str:
    """The lesson as one would type it from here."""
    if at.root == Path.cwd():
        return at.name
    try:
        return str(at.folder.relative_to(Path.cwd()))
    except ValueError:
        return str(at.folder)
