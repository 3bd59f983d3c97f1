"""Builds the wheel that students install: `python packaging/students/build.py [--out dist]`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from contents import ROOT, NotForStudents, code  # noqa: E402

from grader import lesson as lessons  # noqa: E402
from grader import secret  # noqa: E402
from grader.errors import GraderError  # noqa: E402
from grader.output import write  # noqa: E402
from grader.releasing import Collector, student_copy  # noqa: E402

_DATE = "1735689600"
"""Of every file in the wheel, in seconds since 1970: what is the same has the same bytes."""


def public_lessons(root: Path) -> dict[str, bytes]:
    """Bytes by path of the students' copies of all lessons below `root`, as `grader release` makes them."""
    known = secret.existing()
    files = {}
    with Collector.open() as collector:
        for path in sorted(root.glob("*/lesson.toml")):
            copy = student_copy(lessons.Lesson.open(path.parent), collector, known)
            files |= {f"grader/assignments/{copy.lesson}/{name}": data for name, data in copy.files.items()}
    return files


def build(out: Path) -> Path:
    """Writes the wheel into the folder `out`; the same bytes for the same files."""
    files = {**code(), **public_lessons(ROOT / "assignments")}
    for name in ("pyproject.toml", "README.md"):
        files[name] = (HERE / name).read_bytes()
    files["LICENSE"] = (ROOT / "LICENSE").read_bytes()
    with tempfile.TemporaryDirectory() as stage:
        _fill(Path(stage), files)
        done = subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", "built"],
            cwd=stage,
            env={**os.environ, "SOURCE_DATE_EPOCH": _DATE},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"The wheel was not built.\n{done.stdout}{done.stderr}")
        (wheel,) = Path(stage, "built").glob("*.whl")
        out.mkdir(parents=True, exist_ok=True)
        write(out / wheel.name, wheel.read_bytes())
    return out / wheel.name


def _fill(stage: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the wheel goes")
    try:
        print(build(parser.parse_args().out))
    except (GraderError, NotForStudents) as error:
        raise SystemExit(f"The wheel was not built. {error}") from error


if __name__ == "__main__":
    main()
