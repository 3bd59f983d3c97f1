"""Files beside a source notebook that it may read: which of them come along, and why others stay."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.errors import LessonError

KINDS = (".npz", ".npy", ".csv", ".tsv", ".txt", ".json", ".md", ".png", ".jpg", ".jpeg", ".svg")
"""Those that `grader release` lets out."""
_TELLING = ("hidden", "solution", "secret", "expected", "answer", "curves")
_OWN = ("nbgrader_config.py", "gradebook.db", "requirements.txt", "otter_config.json", ".OTTER_LOG")
_SETTINGS = (".ipynb", ".otter", ".yml", ".yaml", ".zip", ".pdf")
_MOST = 100_000_000


def beside(notebook: Path, root: Path | None = None) -> tuple[tuple[tuple[str, Path], ...], tuple[str, ...]]:
    """Files in the notebook's folder (or `root`) by path below data/, and a sentence for each that stays.

    A folder data/ of the source becomes the lesson's own: notebooks find both at ./ and at ./data. Raises
    `LessonError` where the files are too large together.
    """
    folder = root or notebook.parent
    taken: dict[str, Path] = {}
    left: list[str] = []
    for path in _below(folder):
        name = path.relative_to(folder).as_posix()
        if path.suffix in _SETTINGS or path.name in _OWN:
            continue
        place = name.removeprefix("data/")
        if path.suffix.lower() not in KINDS:
            left.append(f"{name} stays behind: {_why(path)}.")
        elif any(word in path.name.lower() for word in _TELLING):
            left.append(f"{name} stays behind: its name says that students must not have it.")
        elif place in taken:
            left.append(f"{name} stays behind: there is a {place} beside the notebook already.")
        else:
            taken[place] = path
    size = sum(path.stat().st_size for path in taken.values())
    if size > _MOST:
        raise LessonError(
            f"The files beside {notebook} have {size:,} bytes; a lesson takes up to {_MOST:,}. "
            "Move away what the notebook does not read."
        )
    return tuple(sorted(taken.items())), tuple(left)


def _why(path: Path) -> str:
    if path.suffix == ".py":
        return "modules do not go along. Paste what the notebook imports from it into its first cell"
    kinds = ", ".join(KINDS)
    return f"files of the kind {path.suffix or path.name!r} are not handed out. Save it as one of {kinds}"


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith((".", "__")) or path.is_symlink():
            continue
        if path.is_dir():
            if path.name not in ("tests", "autograder", "student", "dist"):
                yield from _below(path)
        elif path.is_file():
            yield path
