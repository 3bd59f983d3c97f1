"""The command line. Commands, flags and exit codes are fixed in the interface; what a command does lives in a
module of `grader.commands`, which is imported when it is called."""

from __future__ import annotations

import click

from grader import __version__
from grader.cli import authoring, checking, grading, importing, people


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="grader")
def main() -> None:
    """Grades the notebooks of a PyTorch course on sequence models."""


for _command in (
    grading.grade,
    checking.check,
    grading.report,
    people.override,
    authoring.new,
    importing.import_,
    authoring.prove,
    authoring.release,
    grading.export,
    grading.similar,
    authoring.gradescope,
    checking.doctor,
):
    main.add_command(_command)
