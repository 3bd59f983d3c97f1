"""A lesson's solutions as submissions: what is right, what is wrong and under which name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from grader.errors import LessonError, UsageError
from grader.lesson import Lesson
from grader.near import meant
from grader.reading import UnreadableError, json_of, toml
from grader.submission import Submission

Kind = Literal["reference", "alternative", "starter", "mistake"]

_KEYS = ("finding", "check", "edit", "base", "common")


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
    path: Path | None = None
    """The file that says so."""

    def submission(self) -> Submission:
        name = f"{self.kind}-{self.name}"
        return Submission(self.lesson, name, name, f"{name}.ipynb", self.content)


def variants(lesson: Lesson) -> Iterator[Variant]:
    """Every variant of the lesson. Raises `LessonError` where a file is missing or an edit does not fit."""
    folder = lesson.solutions
    reference = folder / "reference.ipynb"
    yield Variant(lesson.name, "reference", "reference", _bytes(reference), path=reference)
    for path in sorted((folder / "alternatives").glob("*.ipynb")):
        yield Variant(lesson.name, "alternative", path.stem, _bytes(path), path=path)
    if not lesson.starter.exists():
        raise LessonError(
            f"{lesson.starter} is missing. Make the starter from the reference: "
            f"python -m grader.starter {lesson.folder}"
        )
    yield Variant(lesson.name, "starter", "starter", _bytes(lesson.starter), path=lesson.starter)
    for path in sorted((folder / "mistakes").glob("*.toml")):
        yield _mistake(lesson, path)


def _mistake(lesson: Lesson, path: Path) -> Variant:
    content = _table(path)
    findings, edits = content.get("finding"), content.get("edit")
    if not _texts(findings) or not findings:
        raise LessonError(
            f'{path} needs finding = ["group.name"], the names that the mistake may be given '
            "(docs/findings.md lists those there are)."
        )
    if not isinstance(edits, list) or not edits or not all(map(_is_edit, edits)):
        raise LessonError(
            f'{path} needs a table [[edit]] for each change, with find = "..." (text of the notebook) and '
            'replace = "..." (what the mistake says instead).'
        )
    base, check = content.get("base", "reference"), content.get("check")
    if not _texts([base, "" if check is None else check]):
        raise LessonError(f"{path}: base and check are names, written in quotes.")
    original = lesson.solutions / f"{base}.ipynb"
    try:
        notebook = json_of(_bytes(original))
        for edit in edits:
            _replace(notebook, edit["find"], edit["replace"], path, original)
    except (ValueError, KeyError, TypeError) as error:
        raise LessonError(
            f"{original} is no notebook of nbformat 4 ({error}), so {path.name} cannot edit it. "
            "Save it again."
        ) from error
    changed = json.dumps(notebook, ensure_ascii=False).encode("utf-8")
    common = content.get("common") is True
    return Variant(lesson.name, "mistake", path.stem, changed, tuple(findings), check, common, path)


def _table(path: Path) -> dict[str, Any]:
    """What a mistake's file says. Raises `LessonError` where it is no TOML, or has a key of no meaning."""
    try:
        content = toml(path.read_bytes())
    except UnreadableError as error:
        raise LessonError(f"{path} is no TOML: {error}. Mend that line.") from error
    for key in content:
        if key not in _KEYS:
            said = meant(key, _KEYS)
            raise LessonError(f"{path} has a key {key} that means nothing here.{said}")
    return content


def _is_edit(edit: Any) -> bool:
    return isinstance(edit, dict) and set(edit) == {"find", "replace"} and _texts([*edit.values()])


def _texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


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


def narrowed(found: Sequence[Variant], *, check: str | None, mistakes: Sequence[str]) -> list[Variant]:
    """The variants that one check or some mistakes are about: these mistakes, asked of that check where both
    are given; else what is right, the starter, and the mistakes that the check has to find.

    Raises `UsageError` for a mistake that does not exist, with those of nearly its name.
    """
    named = {variant.name: variant for variant in found if variant.kind == "mistake"}
    for name in mistakes:
        if name not in named:
            of = f" Its mistakes are the files in {found[0].lesson}/mistakes." if found else ""
            raise UsageError(f"There is no mistake {name!r}.{meant(name, named, of)}")
    if mistakes:
        picked = [named[name] for name in dict.fromkeys(mistakes)]
        return picked if check is None else [replace(variant, check=check) for variant in picked]
    return [variant for variant in found if variant.kind != "mistake" or variant.check == check]


def _replace(notebook: dict[str, Any], find: str, replace: str, path: Path, original: Path) -> None:
    sources = {
        number: "".join(cell["source"])
        for number, cell in enumerate(notebook["cells"])
        if cell["cell_type"] == "code"
    }
    count = sum(source.count(find) for source in sources.values())
    if count != 1:
        todo = (
            "Copy the text as it stands there" if count == 0 else "Take more of the line, or the line before"
        )
        raise LessonError(
            f"{path}: {find!r} occurs {count} times in the code cells of {original.name}; "
            f"an edit needs it exactly once. {todo}."
        )
    for number, source in sources.items():
        if find in source:
            notebook["cells"][number]["source"] = source.replace(find, replace)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LessonError(
            f"{path} cannot be read: {error.strerror}. A lesson at <folder>/assignments/<lesson> is proved "
            "by <folder>/solutions/<lesson>, which holds reference.ipynb, alternatives/ and mistakes/."
        ) from error
