"""A lesson's folder as the grader uses it: what it asks, its checks, data, words and limits.

assignments/<lesson>/   <lesson>.ipynb  lesson.toml  data/  checks/  hidden/  words/  README.md
solutions/<lesson>/     reference.ipynb  alternatives/  mistakes/
"""

from __future__ import annotations

import ast
import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, get_args

from grader.errors import LessonError, UsageError
from grader.record import Showing, When
from grader.sandbox.limits import Limits

Option = str | int | float | bool


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

    @classmethod
    def open(cls, folder: Path) -> Lesson:
        """Reads `lesson.toml` in `folder`."""
        path = folder / "lesson.toml"
        try:
            content = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise LessonError(
                f"{path} is missing: a lesson's folder needs one (docs/writing-a-lesson.md)."
            ) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise LessonError(f"{path} cannot be read: {error}.") from error
        known = {"lesson", "number", "names", "seed", "limits", "options", "due", "hidden_findings"}
        unknown = sorted(set(content) - known)
        if unknown:
            raise LessonError(f"{path} has keys that mean nothing here: {', '.join(unknown)}.")
        name = _field(content, "lesson", str, path)
        if name != folder.name:
            raise LessonError(f"{path} says lesson = {name!r}, but its folder is called {folder.name!r}.")
        return cls(
            name=name,
            folder=folder.resolve(),
            number=_field(content, "number", int, path),
            names=tuple(_field(content, "names", list, path)),
            seed=content.get("seed", 0),
            limits=Limits.from_table(content.get("limits", {}), str(path)),
            options=content.get("options", {}),
            showing=_showing(content, path),
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
    """`assignments/` of the working folder, else the one beside the installed package."""
    here = Path.cwd() / "assignments"
    return here if here.is_dir() else Path(__file__).resolve().parent.parent / "assignments"


def lessons() -> Iterator[Lesson]:
    """Every lesson under the assignments folder, in the order of the course."""
    root = assignments_root()
    found = [Lesson.open(p.parent) for p in root.glob("*/lesson.toml")] if root.is_dir() else []
    yield from sorted(found, key=lambda lesson: (lesson.number, lesson.name))


def find(name: str) -> Lesson:
    """The lesson of this name, or in this folder. Raises `UsageError` with the names that exist."""
    path = Path(name)
    if (path / "lesson.toml").is_file():
        return Lesson.open(path)
    folder = assignments_root() / name
    if "/" not in name and (folder / "lesson.toml").is_file():
        return Lesson.open(folder)
    known = ", ".join(lesson.name for lesson in lessons()) or "none found"
    raise UsageError(
        f"There is no lesson {name!r}. Lessons here: {known}. A path to a lesson's folder works too."
    )


def _showing(content: dict[str, Any], path: Path) -> Showing:
    due, when = content.get("due"), content.get("hidden_findings", "always")
    if when not in get_args(When):
        choices = ", ".join(f'"{one}"' for one in get_args(When))
        raise LessonError(f"{path}: hidden_findings is one of {choices}.")
    if due is not None and not (isinstance(due, datetime) and due.tzinfo is not None):
        raise LessonError(f"{path}: due needs a date, a time and an offset, as 2026-12-01T23:59:00+09:00.")
    if when == "after_due" and due is None:
        raise LessonError(f'{path}: hidden_findings = "after_due" needs a due date beside it.')
    return Showing(when, due)


def _field(content: dict[str, Any], key: str, kind: type, path: Path) -> Any:
    value = content.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise LessonError(f"{path} needs {key} = a {kind.__name__}.")
    return value
