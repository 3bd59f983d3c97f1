"""Commands for what people say over what the checks found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.told import told

if TYPE_CHECKING:
    from grader.report.words import Lang


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("student", required=False)
@click.argument("check", required=False)
@click.option("--points", type=float, metavar="P", help="What the check gives this student, from 0.")
@click.option("--comment", default="", metavar="TEXT", help="Why; the student reads it.")
@click.option("--remove", is_flag=True, help="Take back the points (or, without CHECK, the times).")
@click.option("--due", metavar="WHEN", help="Another due date for this student: 2026-12-01T23:59:00+09:00.")
@click.option("--submitted", metavar="WHEN", help="When it was handed in, where no platform says so.")
@click.option("--lesson", help="A path to the lesson's folder, where it is not under assignments/.")
@click.option(
    "--lang", type=click.Choice(["en", "ko"]), help="Language that the pages open in; else as they are."
)
@told
def override(
    folder: Path,
    student: str | None,
    check: str | None,
    points: float | None,
    comment: str,
    remove: bool,
    due: str | None,
    submitted: str | None,
    lesson: str | None,
    lang: Lang | None,
) -> int:
    """Give points by hand, or another due date; with DIR alone list what was given and what waits.

    DIR is what `grader grade` wrote to, or one lesson's folder in it. STUDENT is an id or an exact name.
    Without CHECK and options a student's checks are listed.
    """
    from grader.commands.override import Wish, run

    return run(folder, student, check, Wish(points, comment, remove, due, submitted), lesson, lang)
