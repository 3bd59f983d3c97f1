"""`grader gradescope`: the zip of an autograder for one lesson."""

from __future__ import annotations

import os
from pathlib import Path

import click

from grader import lesson as lessons
from grader import secret
from grader.autograder.zipped import zipped
from grader.errors import UsageError
from grader.output import write


def run(lesson: str, out: Path) -> int:
    """Writes the zip to `out`, readable for its owner alone, and says what to do with it. Returns 0."""
    if out.is_dir():
        raise UsageError(
            f"{out} is a folder: give --out the name of the zip, such as {out / 'autograder.zip'}."
        )
    if not out.parent.is_dir():
        raise UsageError(f"There is no folder {out.parent}. Make it, or choose another --out.")
    found = lessons.find(lesson)
    counts = found.expected_checks(hidden=True)
    index = os.environ.get("TORCH_INDEX", "")
    write(out, zipped(found, secret.load(None), index))
    out.chmod(0o600)
    hidden = sum(kind == "hidden" for kind in counts.values())
    click.echo(f"{out}: the autograder of {found.name}, {len(counts)} checks, {hidden} of them hidden.")
    click.echo("It holds the hidden checks, the reference and a secret: give it to nobody but Gradescope.")
    if not index:
        click.echo(
            "Set TORCH_INDEX to PyTorch's index of CPU builds and make it again, "
            "if building the container takes too long: pip may fetch gigabytes of CUDA libraries."
        )
    click.echo("Where to upload it, and what container it needs: docs/gradescope.md.")
    return 0
