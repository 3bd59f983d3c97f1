"""The command line of the students' distribution. There this file is `grader/cli/__init__.py`."""

from __future__ import annotations

import click

from grader import __version__
from grader.cli import checking


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grader")
def main() -> None:
    """Checks your own notebooks of a PyTorch course on sequence models."""


for _command in (checking.check, checking.doctor):
    main.add_command(_command)
