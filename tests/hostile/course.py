"""Grades a class of hostile and honest notebooks in one call, and keeps all that there is to see of it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.record import Record
from tests.cli.making import SECRET, environment, records

SECONDS = 900
MARK = "hostile_left_behind"
"""What the notebooks call each file that they plant."""


@dataclass(frozen=True)
class Operator:
    """Who runs the command: a user, with which interpreter, which finds its packages at these paths."""

    user: int
    python: str
    paths: tuple[str, ...]

    def environment(self, place: Path) -> str:
        """Makes an environment in `place` whose packages are those at the paths; its interpreter."""
        version = f"python3.{sys.version_info[1]}"
        packages = place / "lib" / version / "site-packages"
        packages.mkdir(parents=True)
        (packages / "paths.pth").write_text("\n".join(self.paths))
        (place / "bin").mkdir()
        (place / "bin" / "python").symlink_to(self.python)
        (place / "pyvenv.cfg").write_text(f"home = {Path(self.python).parent}\n")
        return str(place / "bin" / "python")


@dataclass(frozen=True)
class Graded:
    """One run of the command. `folder` holds `out`; `touched`: files of the course that were changed."""

    folder: Path
    status: int
    stdout: str
    stderr: str
    processes: list[str]
    files: list[str]
    touched: list[str]

    def records(self, lesson: str) -> dict[str, Record]:
        return records(self.folder / "out" / lesson)

    @classmethod
    def kept(cls, folder: Path) -> Graded:
        """What `keep` has written."""
        told: dict[str, Any] = json.loads((folder / "told.json").read_text("utf-8"))
        return cls(folder, **told)


def keep(
    folder: Path,
    make: Callable[[Path], None],
    *arguments: str,
    operator: Operator | None = None,
) -> None:
    """`make` fills a place; there `grader ARGUMENTS` is run; what it wrote to `out` is kept in `folder`.

    The place lies beside the test's own folders, which nobody but their owner can enter.
    """
    with _place() as place:
        (place / "secret").write_text(SECRET)
        make(place)
        temporary = place / "tmp"
        temporary.mkdir(mode=0o711)
        variables = environment(place, TMPDIR=str(temporary))
        python, user = sys.executable, None
        if operator is not None:
            python, user = operator.environment(place / "python"), operator.user
        before = _digests(place)
        if user is not None:
            _give(place, user)
        command = [python, str(Path(__file__).with_name("watched.py")), str(place / "report.json")]
        command += [str(temporary), python, "-m", "grader", *arguments]
        done = subprocess.run(
            command,
            cwd=place,
            env=variables,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        told = json.loads((place / "report.json").read_text("utf-8"))
        after = _digests(place)
        told["touched"] = sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
        (folder / "told.json").write_text(json.dumps(told), "utf-8")
        if (place / "out").is_dir():
            shutil.copytree(place / "out", folder / "out")


def planted() -> list[str]:
    """Files under the notebooks' mark in places that anybody can write to."""
    names = {"/tmp", "/var/tmp", "/dev/shm", tempfile.gettempdir(), os.path.expanduser("~")}
    return [str(path) for place in map(Path, names) if place.is_dir() for path in place.glob(f"*{MARK}*")]


@contextmanager
def _place() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="hostile-"))
    try:
        place.chmod(0o755)
        yield place
    finally:
        shutil.rmtree(place)


def _give(place: Path, user: int) -> None:
    for path in (place, *place.rglob("*")):
        os.chown(path, user, user, follow_symlinks=False)


def _digests(place: Path) -> dict[str, str]:
    """By name: the contents of every file of the course, but not of what grading has to write."""
    found = {}
    for path in place.rglob("*"):
        name = path.relative_to(place)
        if name.parts[0] in ("out", "tmp", "report.json"):
            continue
        regular = path.is_file() and not path.is_symlink()
        found[str(name)] = hashlib.sha256(path.read_bytes()).hexdigest() if regular else ""
    return found
