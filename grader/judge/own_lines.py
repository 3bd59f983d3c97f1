"""Exceptions in a lesson's own files: whether a check asserted, and at which of its lines it broke."""

from __future__ import annotations

import traceback
from pathlib import Path


def own_assert(error: AssertionError, folder: Path) -> bool:
    """Whether a file of the lesson in `folder` raised it, and nothing that it called."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and Path(frames[-1].filename).is_relative_to(folder)


def own_line(error: BaseException, folder: Path) -> str:
    """The lesson's line that an exception came through last, in brackets; nothing where there is none."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(folder)]
    return f" ({Path(frames[-1].filename).relative_to(folder)}, line {frames[-1].lineno})" if frames else ""
