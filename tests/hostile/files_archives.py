"""Archives: in a student's place, and as the download of a class with everything in it that nobody needs."""

from __future__ import annotations

import io
import stat
import zipfile
from collections.abc import Iterator

from tests.hostile.files_notebooks import WHOLE
from tests.hostile.tiny import FULL

_LONG = "n" * 300


def zipped(entries: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


def _entries() -> Iterator[tuple[zipfile.ZipInfo, bytes]]:
    plain = {
        "kim.ipynb": WHOLE,
        "lee/homework.ipynb": WHOLE,
        "../up.ipynb": WHOLE,
        "a/../../dots.ipynb": WHOLE,
        "/absolute.ipynb": WHOLE,
        "C:\\drive.ipynb": WHOLE,
        "..\\back.ipynb": WHOLE,
        f"{_LONG}.ipynb": WHOLE,
        "bomb.ipynb": b'{"cells": [' + b" " * 19_000_000,
        "nested.zip": zipped({"inner.ipynb": WHOLE}),
        "mina/nested.zip": zipped({"inner.zip": zipped({"inner.ipynb": WHOLE})}),
        "folder.ipynb/inner.ipynb": WHOLE,
        "__MACOSX/._kim.ipynb": b"\x00\x05",
        ".ipynb_checkpoints/kim-checkpoint.ipynb": b"{}",
        ".DS_Store": b"\x00",
        "../../../../etc/cron.d/hostile_left_behind": b"* * * * * root true",
        "conftest.py": b"raise SystemExit",
        "lee/sitecustomize.py": b"raise SystemExit",
    }
    for name, content in plain.items():
        yield zipfile.ZipInfo(name, (2026, 3, 1, 0, 0, 0)), content
    for name, form, target in (
        ("link.ipynb", stat.S_IFLNK, b"/etc/passwd"),
        ("pipe.ipynb", stat.S_IFIFO, b""),
        ("device.ipynb", stat.S_IFCHR, b""),
    ):
        info = zipfile.ZipInfo(name, (2026, 3, 1, 0, 0, 0))
        info.create_system, info.external_attr = 3, (form | 0o644) << 16
        yield info, target


def download() -> bytes:
    """The download of a class in which nearly every entry is hostile."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for info, content in _entries():
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return made.getvalue()


DOWNLOADED: dict[str, tuple[str, float]] = {
    "kim": ("", FULL),
    "lee": ("", FULL),
    "up": ("bad_path", 0),
    "dots": ("bad_path", 0),
    "absolute": ("bad_path", 0),
    "drive": ("bad_path", 0),
    "back": ("bad_path", 0),
    _LONG[-249:]: ("bad_path", 0),
    "bomb": ("compression", 0),
    "mina": ("archive", 0),
    "folder": ("folder", 0),
    "link": ("link", 0),
    "pipe": ("not_a_file", 0),
    "device": ("not_a_file", 0),
}
"""Who has a record of it: the reason of the refusal (empty: graded) and the score."""

PLATFORM: dict[str, bytes] = {
    "Kim_Min_101_assignsubmission_file/homework.ipynb": WHOLE,
    "Kim_Min_102_assignsubmission_file_/homework.ipynb": WHOLE,
    "Lee_103_assignsubmission_file/homework.zip": zipped({"homework.ipynb": WHOLE}),
    "Park_104_assignsubmission_file/notes.txt": b"later",
    "Choi_105_assignsubmission_file/a.ipynb": b"{",
    "Choi_105_assignsubmission_file/b.ipynb": WHOLE,
    "kangmina_LATE_201_9001_homework.ipynb": WHOLE,
    "seo_202_9002_homework.ipynb": b"{",
    "seo_202_9003_homework-1.ipynb": WHOLE,
}
"""A folder in which downloads of two learning platforms lie together."""

PEOPLE: dict[str, tuple[str, str, float, tuple[str, ...]]] = {
    "101": ("Kim_Min", "", FULL, ()),
    "102": ("Kim_Min", "", FULL, ()),
    "103": ("Lee", "archive", 0, ()),
    "104": ("Park", "no_notebook", 0, ()),
    "105": ("Choi", "", FULL, ("note.resubmitted",)),
    "201": ("kangmina", "", FULL, ("note.late",)),
    "202": ("seo", "", FULL, ("note.resubmitted",)),
}
"""By id: the name, the reason of a refusal, the score, and codes of notes."""
