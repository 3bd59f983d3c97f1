"""What lies in a folder or an archive, as a flat list, so that both are understood by one set of rules."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.exchange import names
from grader.submission import Problem, unreadable

Kind = Literal["notebook", "archive", "other"]
Refusal = Literal[
    "link", "folder", "not_a_file", "no_permission", "read_error", "too_large", "too_many_files",
    "no_notebook", "archive", "bad_archive", "bad_path", "encrypted", "compression", "unknown_lesson",
]  # fmt: skip

_MESSAGES: dict[Refusal, str] = {
    "link": "This is a link, and links are never followed. Hand in the notebook itself.",
    "folder": "This is a folder that is called like a notebook. Hand in the .ipynb file itself.",
    "not_a_file": "This is a pipe, a device or a socket, not a file. Hand in the .ipynb file itself.",
    "no_permission": "The grader may not read this. Change its permissions and grade again.",
    "read_error": "The system could not read this file. Check the disk and grade again.",
    "too_large": "The file is larger than what is read. Clear the outputs, save it and hand it in again.",
    "too_many_files": "There are too many notebooks here to tell which one counts. Hand in one notebook.",
    "no_notebook": "None of the files handed in is a notebook (.ipynb). Hand in the notebook.",
    "archive": "An archive was handed in, and archives are not opened. Hand in the .ipynb file itself.",
    "bad_archive": "The archive is damaged or no zip file, so nothing in it could be read. Make it again.",
    "bad_path": "The archive puts this file outside of its folder, so it was refused. Make it again.",
    "encrypted": "The file is encrypted inside the archive. Make the archive again without a password.",
    "compression": "The archive holds this file in a form that is refused. Make it again as a plain zip.",
    "unknown_lesson": "It cannot be told which lesson this is for. Grade it with --lesson.",
}


@dataclass(frozen=True)
class Entry:
    """A file, or something in a file's place. `parts` are the names on the way to it, its own last.

    `time` orders files of one source. `read` returns the content or the reason why there is none, and
    raises nothing; it may be called for each owner of a file that a group handed in.
    """

    parts: tuple[str, ...]
    kind: Kind
    time: int
    read: Callable[[], bytes | Problem]


def refusal(reason: Refusal) -> Problem:
    """The problem of this reason, with its message."""
    return unreadable(reason, _MESSAGES[reason])


def refused(parts: tuple[str, ...], reason: Refusal, time: int = 0) -> Entry:
    """An entry in a notebook's place that gives nothing but a problem."""
    problem = refusal(reason)
    return Entry(parts, "notebook", time, lambda: problem)


def with_empty(found: Sequence[Entry], folders: Collection[tuple[str, ...]]) -> list[Entry]:
    """`found`, and an entry for each of `folders` that a platform made and that holds nothing of `found`.

    Whoever such a folder names has handed something in, even where nothing is left of it.
    """
    filled = {entry.parts[:depth] for entry in found for depth in range(1, len(entry.parts) + 1)}
    empty = [
        parts
        for parts in sorted(folders)
        if parts and parts not in filled and names.is_platform_folder(parts[-1])
    ]
    return [*found, *(Entry(parts, "other", 0, lambda: refusal("no_notebook")) for parts in empty)]


def kind_of(name: str) -> Kind:
    """What a file's name says it is."""
    if names.is_notebook(name):
        return "notebook"
    return "archive" if names.is_archive(name) else "other"
