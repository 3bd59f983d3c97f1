"""Names of files, and what stands in a file's place and is none."""

from __future__ import annotations

import os
import socket
import unicodedata
from collections.abc import Callable
from pathlib import Path

from tests.hostile.files_notebooks import WHOLE

HANGUL = "기말_김하늘"
NAMES: dict[str, str] = {
    "blanks and (brackets) [2]": "F11",
    "이름 없는 학생": "F11",
    unicodedata.normalize("NFC", HANGUL): "F11",
    unicodedata.normalize("NFD", HANGUL): "F11",
    "🎓👩‍🎓": "F11",
    "-rf": "F11",
    "--help": "F11",
    "a..b": "F11",
    "..%2f..%2fetc%2fpasswd": "F11",
    "..\\..\\windows": "F11",
    "x" * 249: "F11",
    "가" * 82: "F11",
    "\u202egnp.exe": "F11",
    "zero\u200bwidth": "F11",
    "Kim": "F11",
    "kim": "F11",
    "KIM": "F11",
    "con": "F11",
    "index": "F11",
    "gradebook": "F11",
    "instructor": "F11",
    "=HYPERLINK(A1)": "F11 A16",
    "+1+1": "F11 A16",
    "@sum": "F11 A16",
    "red\x1b[31m": "F11 A15",
    "two\nlines": "F11 A15",
    "\r::error::forged": "F11 A15",
    "<script>alert(1)": "F11 A14",
    '"onload="alert(1)': "F11 A14",
    "'; drop table students": "F11",
    "$(touch hostile_left_behind)": "F11",
    "%s%n{0}": "F11",
}
"""Names of students, each of whom has handed in a right notebook."""
BYTES = b"\xff\xfe\x80"
"""A name that is no text."""


def put_names(folder: Path, suffix: str = ".ipynb") -> None:
    for name in NAMES:
        (folder / f"{name}{suffix}").write_bytes(WHOLE)
    with open(os.fsencode(folder) + b"/" + BYTES + suffix.encode(), "wb") as file:
        file.write(WHOLE)


def _socket(path: Path) -> None:
    # The way to a socket may have no more than a hundred bytes.
    above = os.open(path.parent, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(f"/proc/self/fd/{above}/{path.name}")
    finally:
        os.close(above)


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "inner.ipynb").write_bytes(WHOLE)


PLACES: dict[str, tuple[str, str, Callable[[Path], None]]] = {
    "link": ("F12", "link", lambda path: path.symlink_to(path.with_name("Kim.ipynb"))),
    "link_nowhere": ("F12", "link", lambda path: path.symlink_to("nowhere")),
    "link_to_itself": ("F12", "link", lambda path: path.symlink_to(path.name)),
    "link_to_a_device": ("F12", "link", lambda path: path.symlink_to("/dev/zero")),
    "link_to_a_secret": ("F12", "link", lambda path: path.symlink_to("../secret")),
    "pipe": ("F12", "not_a_file", os.mkfifo),
    "socket": ("F12", "not_a_file", _socket),
    "folder": ("F12", "folder", _folder),
}
"""By the student's name: the row, the reason of the refusal, and what makes it."""
