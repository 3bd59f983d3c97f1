"""The files of a run: written whole or not at all, each under the name that its student gets."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from grader.errors import UsageError

Signature = tuple[int, int, int]
"""Of a file: where this is what it was, nobody has written to it since."""

_NEW = ".new-"


class Shelf:
    """The folder of one lesson's records and pages under the output folder."""

    def __init__(self, out: Path, lesson: str) -> None:
        self.folder = out / lesson
        try:
            (self.folder / "instructor").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"Nothing can be written to {self.folder}: {error.strerror}. Choose --out."
            ) from error

    def write(self, name: str, content: str | bytes) -> Path:
        """Writes `name` (a path below the folder) through a new file and a rename."""
        path = self.folder / name
        write(path, content)
        return path

    def tidy(self) -> None:
        """Removes what a run that was killed left half written. To be called before any `write`."""
        for folder in (self.folder, self.folder / "instructor"):
            for path in folder.glob(f"{_NEW}*-*"):
                if not _alive(path.name.removeprefix(_NEW).partition("-")[0]):
                    path.unlink(missing_ok=True)

    def records(self) -> list[Path]:
        """The records that lie here, in the order of their names."""
        return sorted(p for p in self.folder.glob("*.json") if p.is_file())


def write(path: Path, content: str | bytes) -> None:
    """Replaces `path` in one step. Raises `UsageError` where the disk refuses."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{_NEW}{os.getpid()}-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error


def signature(path: Path) -> Signature | None:
    """None where there is no such file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _alive(pid: str) -> bool:
    """Whether another process of this number is there."""
    if not pid.isdecimal() or int(pid) == os.getpid():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True
