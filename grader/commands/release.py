"""`grader release`: the student's copy of a lesson."""

from __future__ import annotations

from pathlib import Path

import click

from grader import lesson as lessons
from grader import secret
from grader.releasing import Collector, Released, release


def run(lesson: str, out: Path) -> int:
    """Releases one lesson to `out` and says what lies there; raises what its author has to mend."""
    of = lessons.find(lesson)
    with Collector.open() as collector:
        released = release(of, out, collector, secret=secret.existing())
    click.echo(_said(released))
    return 0


def _said(released: Released) -> str:
    copy = released.copy
    public = sum(one.points for one in copy.public)
    lines = [f"{copy.lesson}: the student's copy is in {released.folder}", ""]
    lines += [f"  {name}" for name in sorted(released.files)]
    lines += [
        "",
        f"Public checks: {len(copy.public)}, worth {public:g} points. "
        f"Hidden checks stay; README.md says that they are worth {copy.hidden_points:g}.",
    ]
    if copy.left:
        lines.append(f"Left behind: {', '.join(copy.left)}")
    return "\n".join(lines)
