"""The files of a run: written whole or not at all, each under the name that its student gets."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from grader.errors import UsageError


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

    def records(self) -> list[Path]:
        """The records that lie here, in the order of their names."""
        return sorted(p for p in self.folder.glob("*.json") if p.is_file())


def write(path: Path, content: str | bytes) -> None:
    """Replaces `path` in one step. Raises `UsageError` where the disk refuses."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
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
