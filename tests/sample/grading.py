"""The sample class, graded by the command line as a teacher would: once for all processes of a test run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.cli.making import once
from tests.sample import make

LESSONS = ["rnn_basics", "packed_sequence"]
CELL_SECONDS = 6
"""In place of the lesson's own limit: the notebook that never ends would take a minute to show it."""


def graded(lesson: str, base: Path) -> Path:
    """What grading the class of a lesson wrote, below `base`, which all processes share."""

    def grade(folder: Path) -> None:
        copied = folder / lesson
        shutil.copytree(make.FOLDER.parents[1] / "assignments" / lesson, copied)
        toml = copied / "lesson.toml"
        text = re.sub(r"^cell_cpu = .*\n", "", toml.read_text("utf-8"), flags=re.MULTILINE)
        toml.write_text(text.replace("[limits]", f"[limits]\ncell_cpu = {CELL_SECONDS}"), "utf-8")
        secret = folder / "secret"
        secret.write_bytes(b"a secret of the tests alone")
        class_, out = make.FOLDER / "class" / lesson, folder / "reports"
        command = ["grade", str(class_), "--lesson", str(copied), "--out", str(out), "--secret", str(secret)]
        ran = subprocess.run(
            [sys.executable, "-m", "grader", *command],
            cwd=make.FOLDER.parents[1],
            env={**os.environ, "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=500,
        )
        assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]

    return once(base, f"sample-{lesson}", grade) / "reports" / lesson
