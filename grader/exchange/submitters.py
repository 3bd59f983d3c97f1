"""Gradescope's `submission_metadata.yml`: who handed in which folder, and when.

    submission_123456:
      :submitters:
      - :name: Kim Mina
        :sid: '20261234'
        :email: mina@example.com
      :created_at: 2026-11-02 10:21:07.346000000 Z
      :results: ...                                      what a student's program printed, too

Read narrowly, line by line, and only as far as that: what Gradescope writes is indented block style, where
text of a student always stands deeper than the keys that are read. Tags, anchors, aliases and flow
collections mean nothing here, so there is nothing in them that could run, refer or grow.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grader.errors import UsageError
from grader.exchange import names
from grader.exchange.entries import Entry
from grader.exchange.layout import METADATA
from grader.exchange.names import Owner
from grader.exchange.times import moment
from grader.submission import Problem

_KEY = re.compile(r":?(?P<key>\w+):(?:\s+(?P<value>.*))?", re.DOTALL)
_FOLDER = re.compile(r"(?P<folder>submission_\w{1,40}):\s*")
_ESCAPE = re.compile(r'\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(["\\/]))')
_LONGEST_LINE = 2000
_MOST_SUBMITTERS = 50


@dataclass
class Handed:
    """One folder of the export."""

    people: list[dict[str, str]] = field(default_factory=list)
    """name, sid and email of each submitter, as far as they are said."""
    created: str = ""


def read(entries: Sequence[Entry]) -> dict[str, Handed]:
    """What the class's metadata file says of each folder; nothing where there is no such file.

    Raises `UsageError` where it cannot be read: nobody could tell whose the folders are.
    """
    file = next((entry for entry in entries if entry.parts == (METADATA,)), None)
    if file is None or not any(names.is_gradescope_folder(entry.parts[0]) for entry in entries):
        return {}
    content = file.read()
    if isinstance(content, Problem):
        raise UsageError(
            f"{METADATA} cannot be read, so nobody can tell whose these submissions are. {content.message}"
        )
    return parsed(content.decode("utf-8", "replace"))


def owners(handed: Mapping[str, Handed]) -> dict[str, list[Owner]]:
    """Whose each folder is; several where a group handed in together.

    The id is the student number (`sid`), where that stands for one person only; else the address, else the
    folder's name with a number.
    """
    mails: dict[str, set[str]] = defaultdict(set)
    for one in handed.values():
        for person in one.people:
            mails[person.get("sid", "")].add(person.get("email") or person.get("name", ""))
    return {
        folder: [
            _owner(person, mails, folder if len(one.people) == 1 else f"{folder}-{number}")
            for number, person in enumerate(one.people, start=1)
        ]
        or [Owner(folder, folder, platform=True)]
        for folder, one in handed.items()
    }


def times(handed: Mapping[str, Handed]) -> dict[str, datetime]:
    """When each folder was handed in; folders without a time that can be read are left out."""
    said = {folder: moment(one.created) for folder, one in handed.items()}
    return {folder: when for folder, when in said.items() if when is not None}


def _owner(person: Mapping[str, str], mails: Mapping[str, set[str]], folder: str) -> Owner:
    sid, email = person.get("sid", ""), person.get("email", "")
    student_id = sid if sid and len(mails[sid]) == 1 else email or folder
    return Owner(person.get("name") or student_id, student_id, platform=True)


def parsed(content: str) -> dict[str, Handed]:
    """What the file says of each folder. Lines that say anything else are passed over."""
    handed: dict[str, Handed] = {}
    current = Handed()
    inside = ""
    for indent, text in _lines(content):
        if indent == 0 and not text.startswith("- "):
            inside = ""
            found = _FOLDER.fullmatch(text)
            current = handed.setdefault(found["folder"], Handed()) if found else Handed()
        elif indent == 2 and not text.startswith("- ") and (found := _KEY.fullmatch(text)):
            inside = found["key"]
            if inside == "created_at" and not current.created:
                current.created = scalar(found["value"] or "")
        elif inside == "submitters" and len(current.people) <= _MOST_SUBMITTERS:
            _submitter(current, indent, text)
    return handed


def _submitter(current: Handed, indent: int, text: str) -> None:
    # A list may stand at the indent of its key or two further in.
    begins = indent in (2, 4) and text.startswith("- ")
    if begins:
        current.people.append({})
        text = text[2:].lstrip(" ")
    elif indent not in (4, 6) or not current.people:
        return
    if (found := _KEY.fullmatch(text)) and found["key"] in ("name", "sid", "email"):
        current.people[-1].setdefault(found["key"], scalar(found["value"] or ""))


def _lines(content: str) -> Iterator[tuple[int, str]]:
    """(indent, text) of every line that holds something; long ones cannot be keys that are read."""
    lines: Iterable[str] = content.removeprefix("\ufeff").split("\n")
    for line in lines:
        text = line.strip(" \r")
        if text and len(line) <= _LONGEST_LINE and not text.startswith(("#", "---", "...")):
            yield len(line) - len(line.lstrip(" ")), text


def scalar(text: str) -> str:
    """The string that a scalar of YAML on one line stands for; empty for null and what is no plain text."""
    text = text.strip(" ")
    if text.startswith('"'):
        return _double_quoted(text)
    if text.startswith("'"):
        return text[1:-1].replace("''", "'") if len(text) > 1 and text.endswith("'") else ""
    if text in ("", "~", "null", "Null", "NULL") or text[0] in "&*!|>[{%@`":
        return ""
    return re.split(r"\s#", text, maxsplit=1)[0].rstrip(" ")


def _double_quoted(text: str) -> str:
    try:
        value = json.loads(_ESCAPE.sub(_json_escape, text))
    except ValueError:
        return ""
    return value if isinstance(value, str) else ""


def _json_escape(found: re.Match[str]) -> str:
    digits = found[1] or found[2] or found[3]
    if digits is None:
        return found[0]
    code = int(digits, 16)
    return json.dumps(chr(code))[1:-1] if code < 0x110000 else "?"
