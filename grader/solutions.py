"""A lesson's solutions as submissions: what is right, what is wrong and under which name."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from grader.errors import LessonError
from grader.lesson import Lesson
from grader.submission import Submission

Kind = Literal["reference", "alternative", "starter", "mistake"]


@dataclass(frozen=True)
class Variant:
    """One notebook of which we know what has to come out.

    A mistake has to fail `check` (any check, where None) with a finding among `findings`. `common` mistakes
    are made in every training loop: under the same name they are the same mistake in several lessons.
    """

    lesson: str
    kind: Kind
    name: str
    content: bytes
    findings: tuple[str, ...] = ()
    check: str | None = None
    common: bool = False

    def submission(self) -> Submission:
        name = f"{self.kind}-{self.name}"
        return Submission(self.lesson, name, name, f"{name}.ipynb", self.content)


def variants(lesson: Lesson) -> Iterator[Variant]:
    """Every variant of the lesson. Raises `LessonError` where a file is missing or an edit does not fit."""
    folder = lesson.solutions
    reference = folder / "reference.ipynb"
    yield Variant(lesson.name, "reference", "reference", _bytes(reference))
    for path in sorted((folder / "alternatives").glob("*.ipynb")):
        yield Variant(lesson.name, "alternative", path.stem, _bytes(path))
    yield Variant(lesson.name, "starter", "starter", _bytes(lesson.starter))
    for path in sorted((folder / "mistakes").glob("*.toml")):
        yield _mistake(lesson, path)


def _mistake(lesson: Lesson, path: Path) -> Variant:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        findings, edits = content["finding"], content["edit"]
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise LessonError(
            f"{path} is no mistake: it needs finding = [...] and [[edit]] tables ({error})."
        ) from error
    base = content.get("base", "reference")
    notebook = json.loads(_bytes(lesson.solutions / f"{base}.ipynb"))
    for edit in edits:
        _replace(notebook, edit["find"], edit["replace"], path)
    changed = json.dumps(notebook, ensure_ascii=False).encode("utf-8")
    common = content.get("common") is True
    return Variant(lesson.name, "mistake", path.stem, changed, tuple(findings), content.get("check"), common)


def rotated(by_lesson: Mapping[str, Sequence[Variant]], turn: int) -> dict[str, list[Variant]]:
    """The variants that one run proves: of a common mistake those of two lessons, which ones changes with
    `turn`, so that as many turns as there are lessons prove each of them twice. All else stays."""
    holders: dict[str, list[str]] = {}
    for name, found in by_lesson.items():
        for variant in found:
            if variant.common:
                holders.setdefault(variant.name, []).append(name)
    kept = {
        (lessons[(turn + step) % len(lessons)], name) for name, lessons in holders.items() for step in (0, 1)
    }
    return {
        name: [variant for variant in found if not variant.common or (name, variant.name) in kept]
        for name, found in by_lesson.items()
    }


def _replace(notebook: dict[str, Any], find: str, replace: str, path: Path) -> None:
    sources = {
        number: "".join(cell["source"])
        for number, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "code"
    }
    count = sum(source.count(find) for source in sources.values())
    if count != 1:
        raise LessonError(
            f"{path}: {find!r} occurs {count} times in the code cells; an edit needs it exactly once."
        )
    for number, source in sources.items():
        if find in source:
            notebook["cells"][number]["source"] = source.replace(find, replace)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LessonError(
            f"{path} cannot be read: {error.strerror}. A lesson needs it to be proved."
        ) from error
