"""Trials of earlier runs, a small file each: a run that was ended early goes on.

A file is named by all that a trial depends on, is written whole or not at all, and holds no student.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec
from platformdirs import user_cache_path

import grader
from grader.digests import below, digest_below
from grader.mutation.trial import Trial

_FORM = 1
"""Counts up where trials are made in another way."""
_NO_PART = (
    "assignments", "autograder", "ci", "cli", "cluster", "commands", "exchange", "live", "mutation", "people",
    "releasing", "report", "templates",
)  # fmt: skip
"""Folders of ours that have no say in what a check finds. How a mutant is made stands in its notebook."""
_COMPARING = (
    "alike.py", "drawing.py", "messages.py", "redrawing.py", "searching.py", "server.py", "trial.py",
    "trying.py", "twins.py",
)  # fmt: skip
_DAYS = 90
"""After which a file that no run has asked for is removed."""


def source() -> str:
    """A digest of the grader's own files that have a say in a trial."""
    root = Path(grader.__file__).parent
    files = [
        path
        for path in below(root)
        if path.suffix == ".py"
        and (
            path.relative_to(root).parts[0] not in _NO_PART
            or (path.parent.name == "mutation" and path.name in _COMPARING)
        )
    ]
    return digest_below(root, files)


class Kept:
    """The trials of one lesson. Thread-safe: no two threads have the same notebook in hand."""

    def __init__(self, base: bytes, folder: Path | None = None) -> None:
        """base: everything that all trials of the lesson depend on (`journal.basis`, and `source`)."""
        self._base = base
        self._folder = folder or user_cache_path("grader") / "mutation"

    def key(self, parts: Sequence[bytes]) -> str:
        """The name of a trial that depends on these besides: the notebook, and what it is compared with."""
        whole = hashlib.sha256(f"{_FORM}".encode() + self._base)
        for part in parts:
            whole.update(hashlib.sha256(part).digest())
        return whole.hexdigest()

    def look(self, key: str) -> Trial | None:
        path = self._path(key)
        try:
            trial = msgspec.json.decode(path.read_bytes(), type=Trial)
            os.utime(path)
        except (OSError, msgspec.MsgspecError):
            return None
        return trial

    def keep(self, key: str, trial: Trial) -> None:
        """Nothing is lost but time where the disk refuses it."""
        path = self._path(key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.json.encode(trial))
            os.replace(name, path)

    def tidy(self) -> None:
        """Removes what no run has asked for lately."""
        oldest = time.time() - _DAYS * 86400
        for path in self._folder.glob("*/*"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key[2:]}.json"
