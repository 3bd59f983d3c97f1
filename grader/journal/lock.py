"""One run at a time into one folder of records."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from grader.errors import UsageError

FOLDER = ".journal"
"""Beside the lessons' folders of records: it holds what students handed in, so only its owner may look."""


@contextlib.contextmanager
def alone(records: Path) -> Iterator[Path]:
    """The journal's folder of the lesson whose records lie in `records`, for this run alone until it ends.

    Raises `UsageError` where another run holds it, or it cannot be made.
    """
    folder = records.parent / FOLDER / records.name
    try:
        for one in (folder.parent, folder):
            one.mkdir(exist_ok=True, mode=0o700)
        handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UsageError(f"Nothing can be written to {folder}: {error.strerror}. Choose --out.") from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"Another run is grading into {records}. Wait for its end, or choose another --out."
            ) from None
        except OSError as error:
            # Some file systems have no locks: then nobody can be told apart, and nobody is refused.
            if error.errno not in (errno.ENOTSUP, errno.ENOLCK, errno.ENOSYS, errno.EINVAL):
                raise UsageError(f"{folder} cannot be locked: {error.strerror}.") from error
        yield folder
    finally:
        os.close(handle)
