"""Commands for those who write lessons."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.durations import Duration
from grader.cli.options import SANDBOX
from grader.cli.told import told
from grader.errors import UsageError


@click.command()
@click.argument("lessons", nargs=-1, metavar="[LESSON ...]")
@click.option(
    "--json", "json_", type=click.Path(path_type=Path, dir_okay=False), help="Write the tables here."
)
@click.option("--all", "all_", is_flag=True, help="Every mistake in every lesson, and every check on each.")
@click.option(
    "--check", metavar="ID", help="This check alone: what is right, and the mistakes it has to find."
)
@click.option(
    "--mistake", "mistakes", multiple=True, metavar="NAME", help="This mistake alone; may be repeated."
)
@click.option(
    "--mutate", is_flag=True, help="Make wrong versions of the solutions, and say which get full marks."
)
@click.option(
    "--budget", type=Duration(), metavar="TIME", help="With --mutate: a sample within 60s, 10m or 1h."
)
@click.option(
    "--write",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With --mutate: put the tables into this Markdown page.",
)
@SANDBOX
@told
def prove(
    lessons: tuple[str, ...],
    json_: Path | None,
    all_: bool,
    check: str | None,
    mistakes: tuple[str, ...],
    mutate: bool,
    budget: float | None,
    page: Path | None,
    sandbox: str | None,
) -> int:
    """Are the checks any good? Right answers full marks, starter zero, mistakes caught and named."""
    if not mutate:
        if budget is not None or page is not None:
            raise UsageError("--budget and --write belong to --mutate: add it, or leave them out.")
        from grader.commands.prove import run

        return run(lessons, json_, sandbox, all_, check, mistakes)
    if check is not None or mistakes:
        raise UsageError("--check and --mistake are about the mistakes on file: leave them out of --mutate.")
    from grader.commands.mutate import run as run_mutants

    return run_mutants(lessons, json_, sandbox, all_, budget, page)


@click.command()
@click.argument("lesson")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="A new or empty folder, or an earlier release of the lesson.",
)
@told
def release(lesson: str, out: Path) -> int:
    """The student's copy: starter, data, public checks; nothing hidden."""
    from grader.commands.release import run

    return run(lesson, out)


@click.command()
@click.argument("lesson")
@click.option("--title", help="In English; else made of the name.")
@click.option("--title-ko", help="In Korean; else the English one.")
@click.option(
    "--number", type=click.IntRange(0, 999), help="Its place in the course; else the next free one."
)
@told
def new(lesson: str, title: str | None, title_ko: str | None, number: int | None) -> int:
    """Write a lesson to fill in, that already proves: a name, or a path that ends in assignments/NAME."""
    from grader.commands.new import run

    return run(lesson, title, title_ko, number)


@click.command()
@click.argument("lesson", metavar="LESSON")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="ZIP", help="Where to write the zip."
)
@told
def gradescope(lesson: str, out: Path) -> int:
    """Make the autograder of a lesson for Gradescope: a zip, to be kept from students."""
    from grader.commands.gradescope import run

    return run(lesson, out)
