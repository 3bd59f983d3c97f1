"""Small lessons made for tests of the judge."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import msgspec

from grader.judge.outcome import Verdict
from grader.judge.run import OneGuest, collect_checks, run_checks
from grader.lesson import Lesson
from tests.fakes import InProcessGuest
from tests.forked import in_fork


def lesson(folder: Path, public: str = "", hidden: str = "", options: str = "") -> Lesson:
    """A lesson whose check files hold these sources."""
    root = folder / "assignments" / "tiny"
    for name, source in (("checks", public), ("hidden", hidden)):
        (root / name).mkdir(parents=True, exist_ok=True)
        if source:
            (root / name / f"test_{name}.py").write_text("import pytest\n" + dedent(source), encoding="utf-8")
    (root / "lesson.toml").write_text(
        f'lesson = "tiny"\nnumber = 99\nnames = ["f"]\nseed = 0\n[limits]\n[options]\n{options}',
        encoding="utf-8",
    )
    return Lesson.open(root)


def verdict(
    of: Lesson, *cells: str, hidden: bool = True, only: str | None = None, key: bytes = b"key"
) -> Verdict:
    """The verdict on a notebook with these cells, judged in a fork of this process."""

    def work() -> bytes:
        return msgspec.json.encode(
            run_checks(of, OneGuest(InProcessGuest(*cells)), key, hidden=hidden, only=only)
        )

    return msgspec.json.decode(in_fork(work), type=Verdict)


def collected(of: Lesson, *, hidden: bool = True) -> Verdict:
    """The lesson's checks, collected in a fork."""
    return msgspec.json.decode(
        in_fork(lambda: msgspec.json.encode(collect_checks(of, hidden=hidden))), type=Verdict
    )
