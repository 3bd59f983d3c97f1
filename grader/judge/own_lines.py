"""Exceptions in a lesson's own files: whether a check asserted, at which of its lines it broke, and why."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

import pytest

from grader.near import meant

_FIXTURES = ("student", "probes", "draw", "options", "passed", "notebook", "weakly")
_MARKS = ("points", "needs", "prefers", "certified_by", "certifies", "manual", "parametrize")
_PLACE = re.compile(r"^(\S.*?\.py):(\d+): in ", re.MULTILINE)
_RAISED = re.compile(r"^E   +(\S.*)$", re.MULTILINE)


def own_assert(error: AssertionError, folder: Path) -> bool:
    """Whether a file of the lesson in `folder` raised it, and nothing that it called."""
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and Path(frames[-1].filename).is_relative_to(folder)


def why_broken(error: BaseException, item: pytest.Item, folder: Path) -> str:
    """One line: what a check of the lesson in `folder` raised, and at which of the lesson's lines."""
    if isinstance(error, pytest.FixtureLookupError):
        known = f" There are {', '.join(_FIXTURES)}, and yours in conftest.py."
        file, line, _ = item.location
        wanted = error.argname or ""
        near = meant(wanted, _FIXTURES, known)
        return f"there is no fixture {wanted!r}.{near} ({file}, line {(line or 0) + 1})"
    said = traceback.format_exception_only(error)[-1].strip()
    if isinstance(error, AttributeError) and error.name is not None and error.obj is not None:
        names = [name for name in dir(error.obj) if not name.startswith("_")]
        said += f".{meant(error.name, names)}".removesuffix(".")
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_relative_to(folder)]
    at = f" ({Path(frames[-1].filename).relative_to(folder)}, line {frames[-1].lineno})" if frames else ""
    return said + at


def why_not_collected(name: str, text: str) -> str:
    """What pytest says of a file that it cannot collect, on one line where it can be told so."""
    if mark := re.search(r"'(\w+)' not found in `markers`", text):
        known = f" Those of checks are {', '.join(_MARKS)}."
        return f"{name}: there is no mark {mark[1]!r}.{meant(mark[1], _MARKS, known)}"
    places, raised = _PLACE.findall(text), _RAISED.findall(text)
    if not raised:
        return f"{name}: {text}"
    at = f" line {places[-1][1]}" if places and Path(places[-1][0]).name == Path(name).name else ""
    return f"{name}{at}: {raised[-1]}. Mend that line.".replace("..", ".")
