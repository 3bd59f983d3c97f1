"""Commands that run notebooks, show what came of it, and say what this machine can do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import LANG, OUT, SANDBOX
from grader.cli.told import told

if TYPE_CHECKING:
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
) -> int:
    """Grade a notebook, or every notebook of a folder or an LMS download."""
    from grader.commands.grade import run

    return run(submissions, lesson, out, jobs, engine, scheduler, sandbox, secret, fail_under, lang, fresh)


@click.command()
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option("--lesson", help="A name under assignments/ or a path to a lesson's folder.")
@click.option("--only", metavar="CHECK", help="Run this check, and what it needs, alone.")
@click.option("--all", "all_", is_flag=True, help="Explain every failed check, not only the first.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Write the report here too.")
@SANDBOX
@LANG
@told
def check(
    notebook: Path,
    lesson: str | None,
    only: str | None,
    all_: bool,
    out: Path | None,
    sandbox: str | None,
    lang: Lang,
) -> int:
    """Check your own notebook against the lesson's public checks."""
    from grader.commands.check import run

    return run(notebook, lesson, only, all_, out, sandbox, lang)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@LANG
@told
def report(folder: Path, lang: Lang) -> int:
    """Render every page below DIR again from its records; runs nothing."""
    from grader.commands.report import run

    return run(folder, lang)


@click.command()
@told
def doctor() -> int:
    """What this machine can do: sandbox, limits, versions."""
    from grader.commands.doctor import run

    return run()
