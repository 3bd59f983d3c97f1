"""Commands that grade, and show and hand on what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import LANG, OUT, SANDBOX
from grader.cli.told import told

if TYPE_CHECKING:
    from grader.commands.export import Form
    from grader.report.words import Lang


@click.command()
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("--lesson", help="A name under assignments/ or a path to a lesson's folder.")
@OUT
@click.option(
    "--jobs", type=click.IntRange(1, 256), help="How many at once; else what cores and memory allow."
)
@click.option("--engine", type=click.Choice(["local", "dask"]), default="local", show_default=True)
@click.option("--scheduler", help="Address of a Dask scheduler (engine dask).")
@SANDBOX
@click.option(
    "--secret", type=click.Path(path_type=Path, dir_okay=False), help="File with the course's secret."
)
@click.option(
    "--fail-under", type=click.FloatRange(0, 100), help="Exit 1 where a score is below this percentage."
)
@LANG
@click.option("--fresh", is_flag=True, help="Grade everything again.")
@click.option(
    "--no-shared-beginnings",
    "apart",
    is_flag=True,
    help="Run the starter's own first cells for each submission; the records are the same.",
)
@told
def grade(
    submissions: Path,
    lesson: str | None,
    out: Path,
    jobs: int | None,
    engine: str,
    scheduler: str | None,
    sandbox: str | None,
    secret: Path | None,
    fail_under: float | None,
    lang: Lang,
    fresh: bool,
    apart: bool,
) -> int:
    """Grade a notebook, or every notebook of a folder or an LMS download."""
    from grader.commands.grade import run

    return run(
        submissions, lesson, out, jobs, engine, scheduler, sandbox, secret, fail_under, lang, fresh, not apart
    )


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--lesson", help="A path to the lesson's folder, where it is not under assignments/.")
@LANG
@told
def report(folder: Path, lesson: str | None, lang: Lang) -> int:
    """Render every page below DIR again from its records; runs nothing."""
    from grader.commands.report import run

    return run(folder, lang, lesson)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--to",
    required=True,
    type=click.Choice(["csv", "canvas", "moodle", "gradescope", "nbgrader", "junit"]),
    help="For whom.",
)
@click.option(
    "--roster",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The gradebook or worksheet as the platform gave it out; canvas and moodle need it.",
)
@click.option("--provisional", is_flag=True, help="Also write points that a person has still to look at.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write; else to standard output.")
@told
def export(folder: Path, to: Form, roster: Path | None, provisional: bool, out: Path | None) -> int:
    """Write the grades in DIR for a learning platform; runs nothing."""
    from grader.commands.export import run

    return run(folder, to, roster, provisional, out)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True))
@click.option("--lesson", help="A name under assignments/ or a path to a lesson's folder.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write; else reports, or DIR where that holds records.",
)
@LANG
@told
def similar(folder: Path, lesson: str | None, out: Path | None, lang: Lang) -> int:
    """List pairs whose own code is alike beyond what the class shares; runs nothing.

    DIR holds submissions as `grader grade` takes them, or the records that it wrote.
    """
    from grader.commands.similar import run

    return run(folder, lesson, out, lang)
