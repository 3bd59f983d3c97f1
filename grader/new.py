"""A new lesson: the files of `templates/lesson` under a name of its own. It proves as it is.

assignments/<lesson>/   everything but the starter comes from templates/lesson/assignments/
solutions/<lesson>/     from templates/lesson/solutions/; the starter is made from its reference
"""

from __future__ import annotations

import json
import keyword
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import LessonError, UsageError
from grader.lesson import Lesson
from grader.starter import starter_of

_TEMPLATE = Path(__file__).parent / "templates" / "lesson"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TAKEN = ("index", "gradebook", "instructor", "assignments", "solutions", "con", "nul", "aux", "prn")
_LONGEST_TITLE = 80
_MARK = re.compile(r"LESSON_(?:NAME|NUMBER|TITLE_KO|TITLE)")


@dataclass(frozen=True)
class Place:
    """Where a lesson goes: `root` holds assignments/ and solutions/."""

    root: Path
    name: str

    @property
    def folder(self) -> Path:
        return self.root / "assignments" / self.name

    @property
    def solutions(self) -> Path:
        return self.root / "solutions" / self.name


def place(said: str) -> Place:
    """The place of `attention`, which is below the working folder, or of `some/where/assignments/attention`.

    Raises `UsageError` for a name that no lesson can have, and where its files would lie over others.
    """
    path = Path(said)
    alone = len(path.parts) == 1 and not path.is_absolute()
    here = Path.cwd()
    folder = here / "assignments" / said if alone and here.name != "assignments" else here / path
    name = folder.name
    if not said.isprintable() or not _NAME.fullmatch(name) or keyword.iskeyword(name) or name in _TAKEN:
        raise UsageError(
            f"{name!r} cannot be the name of a lesson. It names folders, files and columns, so it has up to "
            f"40 small letters a to z, digits and _, and begins with a letter, such as {_proposed(name)!r}. "
            "A title in any script is said with --title."
        )
    if folder.parent.name != "assignments":
        raise UsageError(
            f"A lesson lies in a folder called assignments, with its solutions in solutions beside that. "
            f"Say {folder.parent / 'assignments' / name}, or the name alone to put it below this folder."
        )
    found = Place(folder.parent.parent, name)
    for taken in (found.folder, found.solutions):
        if taken.exists() or taken.is_symlink():
            raise UsageError(f"{taken} is there already, and nothing is written over it. Take another name.")
    return found


def title_of(said: str) -> str:
    """A title on one line. Raises `UsageError` where it is empty, too long or holds what no title holds."""
    title = said.strip()
    if not title or len(title) > _LONGEST_TITLE or not title.isprintable():
        raise UsageError(f"A title is one line of 1 to {_LONGEST_TITLE} printable characters, not {said!r}.")
    return title


def next_number(place: Place) -> int:
    """One more than the largest number of a lesson beside it."""
    return max((lesson.number for lesson in _beside(place)), default=0) + 1


def make(place: Place, titles: tuple[str, str], number: int) -> list[Path]:
    """Writes the lesson, titled in English and Korean, whole or not at all; returns its files.

    Raises `UsageError` where nothing can be written there.
    """
    marks = {
        "LESSON_NAME": place.name,
        "LESSON_NUMBER": str(number),
        "LESSON_TITLE_KO": titles[1],
        "LESSON_TITLE": titles[0],
    }
    try:
        place.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.root, prefix=".grader-new-") as scratch:
            for part in ("assignments", "solutions"):
                _copy(_TEMPLATE / part, Path(scratch) / part, marks)
            starter = starter_of(Path(scratch) / "solutions" / "reference.ipynb")
            (Path(scratch) / "assignments" / f"{place.name}.ipynb").write_bytes(starter)
            for part, final in (("solutions", place.solutions), ("assignments", place.folder)):
                final.parent.mkdir(exist_ok=True)
                (Path(scratch) / part).rename(final)
    except OSError as error:
        raise UsageError(f"The lesson cannot be written below {place.root}: {error.strerror}.") from error
    return sorted(
        path for top in (place.folder, place.solutions) for path in top.rglob("*") if path.is_file()
    )


def _copy(source: Path, target: Path, marks: dict[str, str]) -> None:
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        # Checks of the template end in .in: they are a lesson's, not modules of ours.
        end = target / path.relative_to(source).with_name(path.name.removesuffix(".in"))
        plain = path.suffix == ".md"
        said = {m: v if plain else json.dumps(v, ensure_ascii=False)[1:-1] for m, v in marks.items()}
        text = _MARK.sub(lambda found: said[found[0]], path.read_text(encoding="utf-8"))  # noqa: B023
        end.parent.mkdir(parents=True, exist_ok=True)
        end.write_text(text, encoding="utf-8", newline="\n")


def _beside(place: Place) -> Iterator[Lesson]:
    for path in sorted(place.folder.parent.glob("*/lesson.toml")):
        try:
            yield Lesson.open(path.parent)
        except LessonError:
            continue  # one that is being written has no number yet


def _proposed(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_0123456789")[:40]
    return f"{plain}_lesson" if plain in _TAKEN or keyword.iskeyword(plain) else plain or "attention"
