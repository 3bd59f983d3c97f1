"""A lesson's folder as the grader uses it: what it asks, its checks, data, words and limits.

assignments/<lesson>/   <lesson>.ipynb  lesson.toml  data/  checks/  hidden/  words/  README.md
solutions/<lesson>/     reference.ipynb  alternatives/  mistakes/
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from grader.errors import LessonError, UsageError
from grader.goals import DEFAULT, Goals
from grader.late import deadline, due_of
from grader.near import meant
from grader.reading import UnreadableError, toml
from grader.record import Deadline, Showing, When
from grader.sandbox.limits import Limits

Option = str | int | float | bool

_KEYS = (
    "lesson", "number", "names", "points", "seed", "limits", "options", "due", "hidden_findings", "late",
    "hidden_points", "mutation",
)  # fmt: skip


@dataclass(frozen=True)
class Lesson:
    """One lesson, read and checked. Raises `LessonError` on reading what its author has to mend."""

    name: str
    folder: Path
    number: int
    names: tuple[str, ...]
    """Names that the contract asks the notebook to define."""
    seed: int
    limits: Limits
    options: dict[str, Option]
    showing: Showing
    deadline: Deadline | None
    """When it is due and what lateness costs; None where lesson.toml has no due date."""
    points: float | None
    """What all checks have to add up to; None where lesson.toml does not say."""
    hidden_points: float | None = None
    """Of a student's copy: what the hidden checks that are not in it are worth together; else None."""
    goals: Goals = DEFAULT
    """What a mutation run has to reach."""

    @classmethod
    def open(cls, folder: Path) -> Lesson:
        """Reads `lesson.toml` in `folder`."""
        path = folder / "lesson.toml"
        try:
            content = toml(path.read_bytes())
        except FileNotFoundError:
            raise LessonError(
                f"{path} is missing: a lesson's folder needs one (docs/writing-a-lesson.md)."
            ) from None
        except (UnreadableError, OSError) as error:
            said = error.strerror if isinstance(error, OSError) else error
            raise LessonError(f"{path} cannot be read: {said}. Mend the file.") from error
        for key in content:
            if key not in _KEYS:
                raise LessonError(f"{path} has a key {key} that means nothing here.{meant(key, _KEYS)}")
        folder = folder.resolve()  # `grader prove .` is a folder with a name, too
        name = _field(content, "lesson", str, path)
        hidden_points = _hidden_points(content, path)
        if name != folder.name and hidden_points is None:  # students may call their copy what they like
            raise LessonError(
                f"{path} says lesson = {name!r}, but its folder is called {folder.name!r}. "
                "Rename one of them."
            )
        return cls(
            name=name,
            folder=folder,
            number=_field(content, "number", int, path),
            names=_names(content, path),
            seed=_field({"seed": 0, **content}, "seed", int, path),
            limits=Limits.from_table(_field({"limits": {}, **content}, "limits", dict, path), str(path)),
            options=_field({"options": {}, **content}, "options", dict, path),
            showing=_showing(content, path),
            deadline=deadline(content, str(path)),
            points=_points(content, path),
            hidden_points=hidden_points,
            goals=Goals.from_table(_field({"mutation": {}, **content}, "mutation", dict, path), str(path)),
        )

    @property
    def starter(self) -> Path:
        return self.folder / f"{self.name}.ipynb"

    @property
    def solutions(self) -> Path:
        return self.folder.parent.parent / "solutions" / self.name

    @property
    def words(self) -> Path:
        return self.folder / "words"

    @property
    def data(self) -> Path | None:
        """The students' data, where the lesson has any."""
        folder = self.folder / "data"
        return folder if folder.is_dir() else None

    def check_files(self, *, hidden: bool) -> list[Path]:
        """Files that hold checks: the public ones, and with `hidden` the others too."""
        folders = ["checks", "hidden"] if hidden else ["checks"]
        return [path for f in folders for path in sorted((self.folder / f).glob("test_*.py"))]

    def expected_checks(self, *, hidden: bool) -> dict[str, Literal["public", "hidden"]]:
        """Names of the check functions that the files define, read without running them.

        Raises `LessonError` where a file is no Python or a name stands twice.
        """
        found: dict[str, Literal["public", "hidden"]] = {}
        for path in self.check_files(hidden=hidden):
            try:
                tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
            except SyntaxError as error:
                raise LessonError(f"{path} line {error.lineno} is no Python: {error.msg}.") from error
            except (ValueError, RecursionError, MemoryError) as error:
                raise LessonError(f"{path} is nothing that Python can read: {error}. Mend it.") from error
            for node in tree.body:
                if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                    if node.name in found:
                        raise LessonError(
                            f"{path}: the check {node.name} exists twice; a check's id is its name."
                        )
                    found[node.name] = "hidden" if path.parent.name == "hidden" else "public"
        if not found:
            raise LessonError(f"{self.folder} has no checks: put test_*.py files into checks/ or hidden/.")
        return found

    @cached_property
    def digest(self) -> str:
        """sha256 over everything of the lesson that can change a verdict."""
        digest = hashlib.sha256()
        for folder in (self.folder / "checks", self.folder / "hidden", self.folder / "data"):
            for path in sorted(p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts):
                digest.update(str(path.relative_to(self.folder)).encode() + b"\0" + path.read_bytes() + b"\0")
        digest.update((self.folder / "lesson.toml").read_bytes())
        return digest.hexdigest()


def assignments_root() -> Path:
    """`assignments/` of the working folder where it holds lessons, else that of the project, else the public
    parts that the students' distribution brings along."""
    ours = Path(__file__).resolve().parent
    places = [Path.cwd() / "assignments", ours.parent / "assignments", ours / "assignments"]
    return next((one for one in places if any(one.glob("*/lesson.toml"))), places[0])


def lessons() -> Iterator[Lesson]:
    """Every lesson under the assignments folder, in the order of the course."""
    root = assignments_root()
    found = [Lesson.open(p.parent) for p in root.glob("*/lesson.toml")] if root.is_dir() else []
    yield from sorted(found, key=lambda lesson: (lesson.number, lesson.name))


def known(*folders: Path) -> dict[str, Lesson]:
    """Every lesson by its name; and those whose copies `folders` are, where no lesson has that name already.

    So the checks that were installed count, not those that lie beside a notebook, unless asked for by path.
    """
    found = {lesson.name: lesson for lesson in lessons()}
    for folder in folders:
        if (folder / "lesson.toml").is_file():
            beside = Lesson.open(folder)
            found.setdefault(beside.name, beside)
    return found


def find(name: str) -> Lesson:
    """The lesson of this name, or in this folder. Raises `UsageError` with the names that exist."""
    path = Path(name)
    if (path / "lesson.toml").is_file():
        return Lesson.open(path)
    folder = assignments_root() / name
    if "/" not in name and (folder / "lesson.toml").is_file():
        return Lesson.open(folder)
    if path.name == "lesson.toml" and path.is_file():
        return Lesson.open(path.parent)
    if path.is_dir():
        inside = [
            str(at.parent) for depth in ("*", "*/*") for at in sorted(path.glob(f"{depth}/lesson.toml"))
        ][:3]
        said = f" Lessons below it: {', '.join(inside)}." if inside else " `grader new` makes a lesson."
        raise UsageError(f"The folder {name} is no lesson: it has no lesson.toml.{said}")
    known = [lesson.name for lesson in lessons()]
    raise UsageError(
        f"There is no lesson {name!r}.{meant(name, known)} Lessons here: {', '.join(known) or 'none found'}. "
        "A path to a lesson's folder works too."
    )


def _showing(content: dict[str, Any], path: Path) -> Showing:
    due, when = content.get("due"), content.get("hidden_findings", "always")
    if when not in get_args(When):
        choices = ", ".join(f'"{one}"' for one in get_args(When))
        raise LessonError(f"{path}: hidden_findings is one of {choices}.")
    if when == "after_due" and due is None:
        raise LessonError(f'{path}: hidden_findings = "after_due" needs a due date beside it.')
    return Showing(when, due_of(content, str(path)))


def _names(content: dict[str, Any], path: Path) -> tuple[str, ...]:
    names = _field(content, "names", list, path)
    for name in names:
        if not (isinstance(name, str) and name.isidentifier()):
            raise LessonError(
                f"{path}: names lists what the notebook defines, in quotes; {name!r} is no name."
            )
    return tuple(names)


def _points(content: dict[str, Any], path: Path) -> float | None:
    points = content.get("points")
    if points is not None and (
        isinstance(points, bool) or not isinstance(points, int | float) or points <= 0
    ):
        raise LessonError(f"{path}: points is the number that all checks add up to, such as 20.")
    return points


def _hidden_points(content: dict[str, Any], path: Path) -> float | None:
    points = content.get("hidden_points")
    if points is not None and (isinstance(points, bool) or not isinstance(points, int | float) or points < 0):
        raise LessonError(
            f"{path}: hidden_points is a number, which `grader release` writes. Release it again."
        )
    return points


def _field(content: dict[str, Any], key: str, kind: type, path: Path) -> Any:
    value = content.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        form = {str: 'a text such as "rnn"', int: "a whole number", list: "a list [...]", dict: "a table"}[
            kind
        ]
        raise LessonError(f"{path} needs {key} = {form}; it says {value!r}.")
    return value
