"""Commands that students have, too: check a notebook, and say what this machine can do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import LANG, SANDBOX
from grader.cli.told import told

if TYPE_CHECKING:
    from grader.report.words import Lang


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
@told
def doctor() -> int:
    """What this machine can do: sandbox, limits, versions."""
    from grader.commands.doctor import run

    return run()
