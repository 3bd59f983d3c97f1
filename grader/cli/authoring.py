"""Commands for those who write lessons."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import SANDBOX
from grader.cli.told import told


@click.command()
@click.argument("lessons", nargs=-1, metavar="[LESSON ...]")
@click.option(
    "--json", "json_", type=click.Path(path_type=Path, dir_okay=False), help="Write the tables here."
)
@click.option("--all", "all_", is_flag=True, help="Every mistake in every lesson, and every check on each.")
@SANDBOX
@told
def prove(lessons: tuple[str, ...], json_: Path | None, sandbox: str | None, all_: bool) -> int:
    """Are the checks any good? Right answers full marks, starter zero, mistakes caught and named."""
    from grader.commands.prove import run

    return run(lessons, json_, sandbox, all_)
