"""Lessons that were sent to this node: one folder a digest, for the grader's own user alone.

Written beside its place and renamed, so that several workers of a node may fill it at once; read again and
compared with its digest before every use, so that nothing else is ever run from it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from platformdirs import user_cache_path

from grader.cluster import bundle
from grader.errors import ClusterError, LessonError
from grader.lesson import Lesson, assignments_root


class Kept:
    """The cache of one node."""

    def __init__(self, root: Path | None = None) -> None:
        """root: else a folder in the user's cache folder, or where `GRADER_CACHE` says."""
        own = os.environ.get("GRADER_CACHE")
        self._root = root or (Path(own) if own else user_cache_path("grader")) / "lessons"

    def find(self, name: str, digest: str, folder: str) -> Lesson | None:
        """The lesson of this digest: in `folder`, in this machine's own course, else kept here."""
        kept = self._root / digest / "assignments" / name
        for place in (Path(folder), assignments_root() / name, kept):
            with contextlib.suppress(LessonError, OSError, ValueError):
                if (place / "lesson.toml").is_file():
                    lesson = Lesson.open(place)
                    if lesson.name == name and bundle.digest(lesson) == digest:
                        return lesson
        return None

    def keep(self, name: str, digest: str, content: bytes) -> None:
        """Unpacks a bundle. Raises `ClusterError` where it is not the one announced, or cannot be written."""
        files = bundle.unpack(content, name, digest)
        place = self._root / digest
        try:
            self._own_root()
            made = Path(tempfile.mkdtemp(dir=self._root, prefix=".new-"))
            try:
                _write(made, files)
                try:
                    made.rename(place)
                except OSError:
                    # Another worker of this node was faster; or what lies there is broken, and goes.
                    if self.find(name, digest, str(place / "assignments" / name)) is None:
                        place.rename(made / "broken")
                        shutil.rmtree(made / "broken")
                        made.rename(place)
            finally:
                shutil.rmtree(made, ignore_errors=True)
        except OSError as error:
            raise ClusterError(
                f"The lesson cannot be kept in {self._root}: {error.strerror}. Set GRADER_CACHE there."
            ) from error

    def _own_root(self) -> None:
        self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = self._root.lstat()
        if found.st_uid != os.geteuid() or self._root.is_symlink():
            raise ClusterError(
                f"{self._root} belongs to somebody else, and lessons hold hidden checks. "
                "Set GRADER_CACHE on the worker to a folder of its own."
            )
        self._root.chmod(0o700)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    # Notebooks see the data as a user of their own: only the root keeps others out.
    folder.chmod(0o755)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    for found in folder.rglob("*"):
        found.chmod(0o755 if found.is_dir() else 0o644)
