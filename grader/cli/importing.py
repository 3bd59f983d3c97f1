"""The command that takes courses over from other graders."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from grader.cli.told import told


@click.command("import")
@click.argument("tool", type=click.Choice(["nbgrader", "otter"]), metavar="nbgrader|otter")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--out",
    required=True,
    metavar="LESSON",
    help="The new lesson: a name, or a path that ends in assignments/NAME. "
    "Of several notebooks each lesson is called NAME_NOTEBOOK.",
)
@told
def import_(tool: Literal["nbgrader", "otter"], source: Path, out: str) -> int:
    """Make a lesson of an assignment of nbgrader or otter: a notebook, or the folder it lies in."""
    from grader.commands.importing import run

    return run(tool, source, out)
