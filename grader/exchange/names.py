"""What the names of files and folders say: whose a file is, which attempt, which lesson, or rubbish.

Learning platforms put the student in front (Canvas, Moodle's flat download) or into the folder's name
(Moodle). What follows their part is the student's own choice, so it is never searched for an owner.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

NOTEBOOK = ".ipynb"
_ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".7z", ".rar", ".egg", ".alz", ".xz", ".bz2")

_MOODLE_FOLDER = re.compile(r"(?P<name>.*)_(?P<id>[0-9]+)_assignsubmission_(?:file|onlinetext)_?", re.DOTALL)
_MOODLE_FILE = re.compile(r"(?P<name>.*?)_(?P<id>[0-9]+)_assignsubmission_file_(?P<file>.+)", re.DOTALL)
# Canvas takes everything but letters, digits and `_` out of the name.
_CANVAS = re.compile(
    r"(?P<name>\w+?)(?P<late>_LATE)?_(?P<id>[0-9]+)_(?P<attachment>[0-9]+)_(?P<file>.+)", re.DOTALL
)
_CANVAS_ANONYMOUS = re.compile(
    r"anon(?P<late>_LATE)?_(?P<id>[0-9A-Za-z]+)_(?P<attachment>[0-9]+)_(?P<file>.+)", re.DOTALL
)
_OTTER = re.compile(
    r"(?P<notebook>.+)_(?P<time>[0-9]{4}_[0-9]{2}_[0-9]{2}T[0-9]{2}_[0-9]{2}_[0-9]{2}_[0-9]{6})"
    r"(?P<again>-[0-9]{1,6})?(?P<extension>\.zip)",
    re.DOTALL | re.IGNORECASE,
)
_GRADESCOPE_FOLDER = re.compile(r"submission_[0-9]+")
_GRADESCOPE_EXPORT = re.compile(r"assignment_[0-9]+_export")
_RESUBMITTED = re.compile(r"(?P<first>.*)-(?P<times>[0-9]{1,6})", re.DOTALL)
_SEPARATORS = re.compile(r"[\s_.\-]+")


@dataclass(frozen=True)
class Owner:
    """Whose a file is. `attempt` orders the files that a platform numbers; (0, 0) where it does not."""

    student: str
    student_id: str
    attempt: tuple[int, int] = (0, 0)
    late: bool = False
    platform: bool = False
    """Whether a learning platform wrote the name, so that whoever it names has handed something in."""
    folder: str = ""
    """The platform's folder, where it gives each student one: feedback goes back under the same name."""


def is_notebook(name: str) -> bool:
    return name.lower().endswith(NOTEBOOK)


def is_archive(name: str) -> bool:
    return name.lower().endswith(_ARCHIVES)


def is_rubbish(name: str) -> bool:
    """What systems and editors leave behind: hidden files and folders, `__MACOSX`, byte code.

    Two dots begin no name that any of them gives, but may begin a student's.
    """
    hidden = name.startswith((".", "~$")) and not name.startswith("..")
    return hidden or name.lower() in {
        "__macosx", "__pycache__", "thumbs.db", "desktop.ini", "node_modules",
    }  # fmt: skip


def stem(name: str) -> str:
    """A file's name without the extension of a notebook or an archive."""
    base, dot, extension = name.rpartition(".")
    return base if base and (is_notebook(dot + extension) or is_archive(dot + extension)) else name


def moodle_folder(name: str) -> Owner | None:
    """`Full Name_123_assignsubmission_file`, before Moodle 4.1 with a trailing `_`; names may hold `_`."""
    found = _MOODLE_FOLDER.fullmatch(name)
    return Owner(found["name"], found["id"], platform=True, folder=name) if found else None


def is_platform_folder(name: str) -> bool:
    """Whether a folder's name is one that a platform gives to each student's folder."""
    return moodle_folder(name) is not None or is_gradescope_folder(name)


def is_gradescope_folder(name: str) -> bool:
    """`submission_123456`, one folder of Gradescope's export."""
    return _GRADESCOPE_FOLDER.fullmatch(name) is not None


def is_gradescope_export(name: str) -> bool:
    """`assignment_123_export`, the folder around all of them."""
    return _GRADESCOPE_EXPORT.fullmatch(name) is not None


def otter_time(name: str) -> str | None:
    """The time in the name of a zip of otter's, by the student's own clock; None where it is no such name."""
    found = _OTTER.fullmatch(name)
    return found["time"] if found else None


def otter_notebook(name: str) -> str:
    """What the notebook in a zip of otter's is called, without a platform's part and the extension."""
    found = _OTTER.fullmatch(handed_in_name(name))
    return found["notebook"] if found else ""


def platform_file(name: str) -> Owner | None:
    """The owner in a file's name of a Canvas download or of Moodle's download without folders."""
    if found := _MOODLE_FILE.fullmatch(name):
        return Owner(found["name"], found["id"], platform=True)
    if otter := _OTTER.fullmatch(name):
        # The year and the month of otter's would pass for Canvas's two numbers.
        name = f"{otter['notebook']}{otter['again'] or ''}{otter['extension']}"
    anonymous = _CANVAS_ANONYMOUS.fullmatch(name)
    found = anonymous or _CANVAS.fullmatch(name)
    if found is None:
        return None
    again = _RESUBMITTED.fullmatch(stem(found["file"]))
    return Owner(
        student=f"anon_{found['id']}" if anonymous else found["name"],
        student_id=found["id"],
        attempt=(int(found["attachment"]), int(again["times"]) if again else 0),
        late=found["late"] is not None,
        platform=True,
    )


def handed_in_name(name: str) -> str:
    """What the student called a file: without what a platform put in front."""
    # Searched in the part before otter's time, whose numbers would pass for a platform's.
    otter = _OTTER.fullmatch(name)
    own = otter["notebook"] if otter else name
    for pattern in (_MOODLE_FILE, _CANVAS_ANONYMOUS, _CANVAS):
        if found := pattern.fullmatch(own):
            return name[len(own) - len(found["file"]) :]
    return name


def first_name(name: str) -> str:
    """What the student called the file at first: Canvas puts `-1` behind it when it is handed in again."""
    own = stem(handed_in_name(name))
    again = _RESUBMITTED.fullmatch(own)
    return again["first"] if again else own


def lesson_called(name: str, lessons: Collection[str]) -> str | None:
    """The lesson whose name this is, but for case and separators."""
    return next((lesson for lesson in sorted(lessons) if _plain(lesson) == _plain(name)), None)


def lesson_in(name: str, lessons: Collection[str]) -> str | None:
    """The one lesson whose name occurs in `name` as whole words; None where none does or several do."""
    text = _plain(name)
    found = {
        lesson: _plain(lesson)
        for lesson in lessons
        if re.search(rf"(?<![^\W_]){re.escape(_plain(lesson))}(?![^\W_])", text)
    }
    longest = [
        lesson
        for lesson, plain in found.items()
        if not any(plain in other for other in found.values() if other != plain)
    ]
    return longest[0] if len(longest) == 1 else None


def decoded(name: bytes) -> str:
    """A name as text: UTF-8, else Korean Windows, else with the bytes that are no text spelt out."""
    for encoding in ("utf-8", "cp949"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("utf-8", "backslashreplace")


def as_text(name: str) -> str:
    """A name from the file system, which may hold bytes that are no UTF-8, as text."""
    return decoded(os.fsencode(name)) if any("\ud800" <= c <= "\udfff" for c in name) else name


def _plain(name: str) -> str:
    return _SEPARATORS.sub("_", unicodedata.normalize("NFC", name).casefold()).strip("_")
