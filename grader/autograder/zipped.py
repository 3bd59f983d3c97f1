"""The zip that Gradescope builds a container from: two scripts, the grader, and one lesson with all it hides.

    setup.sh  run_autograder  requirements.txt  secret  grader/
    course/assignments/<lesson>/   course/solutions/<lesson>/reference.ipynb

Whoever has the zip has the hidden checks. The secret in it is made from the course's own for this use alone:
the same each time, so that a submission meets the same inputs in every version of the zip, and of no use
for anything else.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import zipfile
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

import grader
from grader.errors import UsageError
from grader.lesson import Lesson
from grader.sandbox.closure import PACKAGES

DISTRIBUTION = "sequence-grader"
_FILES = Path(__file__).parent / "files"
_SKIPPED = ("__pycache__", ".pytest_cache", ".ipynb_checkpoints", ".DS_Store")
_LESSON_PARTS = ("checks", "hidden", "data", "words", "lesson.toml", "curves.json")


def zipped(lesson: Lesson, course_secret: bytes, torch_index: str = "") -> bytes:
    """The bytes of the zip, the same for the same lesson, secret and grader.

    torch_index: address of a package index with CPU builds of torch, for setup.sh
    Raises `UsageError` where the grader is not installed whole, or the address is none.
    """
    if any(mark.isspace() or not mark.isprintable() or mark in "'\"\\$`" for mark in torch_index):
        raise UsageError("TORCH_INDEX is the address of a package index; this one holds blanks or quotes.")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data, mode in _parts(lesson, course_secret, torch_index):
            info = zipfile.ZipInfo(name)
            info.external_attr = (0o100000 | mode) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return content.getvalue()


def secret_for(lesson: str, course_secret: bytes) -> bytes:
    """The secret of a lesson's autograder: 64 hexadecimal digits that do not lead back to the course's."""
    message = b"\0".join([b"grader gradescope", lesson.encode()])
    return hmac.new(course_secret, message, hashlib.sha256).hexdigest().encode()


def requirements() -> str:
    """The grader's dependencies in the versions that are installed here, which the lesson was proved with.

    Raises `UsageError` where they cannot be told.
    """
    try:
        asked = [Requirement(line) for line in requires(DISTRIBUTION) or []]
        needed = [one for one in asked if one.marker is None or one.marker.evaluate({"extra": ""})]
        pins = {one.name: Version(version(one.name)).public for one in needed}
    except PackageNotFoundError as error:
        raise UsageError(f"{error.name} is not installed here. Install the grader with pip first.") from error
    missing = sorted(set(PACKAGES) - set(pins))
    if missing:
        raise UsageError(f"The grader's own package does not name {', '.join(missing)}. Install it again.")
    return "".join(f"{name}=={pin}\n" for name, pin in sorted(pins.items()))


def _parts(lesson: Lesson, course_secret: bytes, torch_index: str) -> Iterator[tuple[str, bytes, int]]:
    setup = (_FILES / "setup.sh").read_text("utf-8")
    yield "setup.sh", setup.replace("TORCH_INDEX=''", f"TORCH_INDEX='{torch_index}'").encode(), 0o755
    yield "run_autograder", (_FILES / "run_autograder").read_bytes(), 0o755
    yield "requirements.txt", requirements().encode(), 0o644
    yield "secret", secret_for(lesson.name, course_secret) + b"\n", 0o600
    for path in _below(Path(grader.__file__).parent):
        if "assignments" not in path.relative_to(Path(grader.__file__).parent).parts[:1]:
            yield (
                f"grader/{path.relative_to(Path(grader.__file__).parent).as_posix()}",
                path.read_bytes(),
                0o644,
            )
    for part in _LESSON_PARTS:
        for path in _below(lesson.folder / part):
            inner = path.relative_to(lesson.folder).as_posix()
            yield f"course/assignments/{lesson.name}/{inner}", path.read_bytes(), 0o600
    reference = lesson.solutions / "reference.ipynb"
    if reference.is_file():
        yield f"course/solutions/{lesson.name}/reference.ipynb", reference.read_bytes(), 0o600


def _below(place: Path) -> list[Path]:
    """The file, or the files below the folder, in the order of their names; no links."""
    if place.is_file() and not place.is_symlink():
        return [place]
    found = place.rglob("*") if place.is_dir() and not place.is_symlink() else []
    return sorted(
        path
        for path in found
        if path.is_file() and not path.is_symlink() and not set(path.parts) & set(_SKIPPED)
    )
