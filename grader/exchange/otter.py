"""Zips that otter-grader makes of one student's notebook: `<notebook>_2026_11_01T10_20_30_123456.zip`.

Only the notebook is read. Such a zip also holds a log of pickled Python objects, which would run code when
it is loaded; it is never opened.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from grader.exchange import names
from grader.exchange.archives import Caps, inside
from grader.exchange.entries import Entry, refusal
from grader.submission import Problem


def opened(entries: Sequence[Entry], caps: Caps) -> list[Entry]:
    """The same entries, otter's zips among them in place of the notebook that each holds."""
    return [_as_notebook(entry, caps) if _is_otters(entry) else entry for entry in entries]


def _is_otters(entry: Entry) -> bool:
    return entry.kind == "archive" and names.otter_time(entry.parts[-1]) is not None


def _as_notebook(entry: Entry, caps: Caps) -> Entry:
    # Otter's own clock orders a student's zips: they may all have been copied at one moment.
    time = int("".join(filter(str.isdigit, names.otter_time(entry.parts[-1]) or "0")))
    return replace(entry, kind="notebook", time=time, read=partial(_read, entry, caps))


def _read(entry: Entry, caps: Caps) -> bytes | Problem:
    content = entry.read()
    if isinstance(content, Problem):
        return content
    with inside(io.BytesIO(content), caps) as found:
        if isinstance(found, Problem):
            return found
        notebooks = [one for one in found if one.kind == "notebook"]
        wanted = names.otter_notebook(entry.parts[-1])
        meant = [one for one in notebooks if names.stem(one.parts[-1]) == wanted] or notebooks
        if len(meant) > 1:
            return refusal("too_many_files")
        return meant[0].read() if meant else refusal("no_notebook")
