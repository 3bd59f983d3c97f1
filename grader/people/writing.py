"""Changing the sheet: one table is put in or taken out, and what a person wrote around it stays as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from grader.errors import UsageError
from grader.output import write
from grader.people.sheet import NAME, Given, Sheet, Timed, parsed

HEAD = """\
# What people said over what the checks found. `grader override` writes this file.
# Edit it by hand if you like: `grader report` then applies it and renders the pages again.
"""
_HEADER = re.compile(r"\s*\[\[\s*(override|late)\s*\]\]\s*(?:#.*)?")


def put(folder: Path, entry: Given | Timed) -> None:
    """Writes `entry` in the place of what stands there for the same student (and check)."""
    _change(folder, entry, keep=True)


def take_out(folder: Path, entry: Given | Timed) -> None:
    """Takes `entry` out. Raises `UsageError` where nothing stands there for it."""
    _change(folder, entry, keep=False)


def _change(folder: Path, entry: Given | Timed, *, keep: bool) -> None:
    path = folder / NAME
    text = path.read_text("utf-8-sig") if path.exists() else HEAD
    write(path, changed(text, entry, keep=keep, where=str(path)))


def changed(text: str, entry: Given | Timed, *, keep: bool, where: str = NAME) -> str:
    """The sheet `text` with `entry` (`keep`), or without what it says of the same student (and check)."""
    sheet = parsed(text, where)
    kind = "override" if isinstance(entry, Given) else "late"
    entries: list[Given | Timed] = [*sheet.override] if isinstance(entry, Given) else [*sheet.late]
    at = next((at for at, one in enumerate(entries) if _key(one) == _key(entry)), None)
    if at is None and not keep:
        raise UsageError(
            f"{where} says nothing of {' and '.join(_key(entry))}: there is nothing to take back."
        )
    new = [entry] if keep else []
    entries[slice(len(entries), None) if at is None else slice(at, at + 1)] = new
    wanted = Sheet(
        [one for one in entries if isinstance(one, Given)] if kind == "override" else sheet.override,
        [one for one in entries if isinstance(one, Timed)] if kind == "late" else sheet.late,
    )
    edited = _edited(text, kind, at, _table(entry) if keep else [])
    try:
        if parsed(edited) == wanted:
            return edited
    except UsageError:
        pass
    # Written in another way than ours (tables on one line, say): then all of it is written anew.
    every: list[Given | Timed] = [*wanted.override, *wanted.late]
    tables = ["", *(line for one in every for line in (*_table(one), ""))]
    return HEAD + "\n".join(tables)


def _edited(text: str, kind: str, at: int | None, table: Sequence[str]) -> str:
    lines = text.split("\n")
    if at is None:
        while lines and not lines[-1].strip():
            lines.pop()
        return "\n".join([*lines, "", *table, ""])
    heads = [number for number, line in enumerate(lines) if _HEADER.fullmatch(line)]
    own = [number for number in heads if (found := _HEADER.fullmatch(lines[number])) and found[1] == kind]
    if at >= len(own):
        return text
    begin = own[at]
    end = next((number for number in heads if number > begin), len(lines))
    # A comment above the next table belongs to that one.
    while end > begin and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    if not table and end < len(lines) and not lines[end].strip():
        end += 1
    return "\n".join([*lines[:begin], *table, *lines[end:]])


def _key(entry: Given | Timed) -> tuple[str, ...]:
    return (entry.student_id, entry.check) if isinstance(entry, Given) else (entry.student_id,)


def _table(entry: Given | Timed) -> list[str]:
    kind = "override" if isinstance(entry, Given) else "late"
    order = ("student_id", "student", "check", "points", "due", "submitted", "comment", "digest", "when")
    pairs = [(name, getattr(entry, name, None)) for name in order]
    return [f"[[{kind}]]", *(f"{name} = {_said(value)}" for name, value in pairs if value not in (None, ""))]


def _said(value: str | float | datetime) -> str:
    if isinstance(value, str):
        # A TOML string is written as JSON's are, but for one character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds" if not value.microsecond else "auto")
    return repr(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))
