"""What can be said of a lesson without running a notebook: names that lead nowhere, words amiss, points."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from grader.errors import LessonError
from grader.judge.outcome import Listed
from grader.lesson import Lesson
from grader.near import meant
from grader.report.sentences import placeholders
from grader.report.words import LANGS, Words
from grader.solutions import Variant
from grader.starter import BEGIN, starter_of

_TABLES = ("title", "checks", "findings")
_TITLE = re.compile(r"checks\..+\.title")


def proofread(lesson: Lesson, found: Sequence[Variant], words: Words) -> list[str]:
    """What its author has to mend, a sentence each.

    Raises `LessonError` for what keeps checks from running: no Python, or names of checks that lead nowhere.
    """
    checks = list(lesson.expected_checks(hidden=True))
    _follow(lesson, found, checks)
    return [*_findings(lesson, found, words), *_starter(lesson), *_words(lesson, words, checks)]


def miscounted(lesson: Lesson, listed: Sequence[Listed]) -> list[str]:
    """Where the points of the checks are not what lesson.toml promises."""
    total = sum(check.points for check in listed)
    # Thirds of a point, which other graders give, add up to a whole only nearly.
    if lesson.points is None or math.isclose(total, lesson.points):
        return []
    each = ", ".join(f"{check.id} {check.points:g}" for check in listed)
    return [
        f"{lesson.folder / 'lesson.toml'} promises points = {lesson.points:g}, and the checks give "
        f"{total:g}: {each}. Change a @pytest.mark.points, or the promise."
    ]


def _follow(lesson: Lesson, found: Sequence[Variant], checks: Sequence[str]) -> None:
    known = f" The checks are {', '.join(checks)}."
    for variant in found:
        name = variant.check
        if name is not None and name.partition("[")[0] not in checks:
            raise LessonError(
                f"{variant.path}: check = {name!r} is no check of this lesson.{meant(name, checks, known)}"
            )
    for path in lesson.check_files(hidden=True):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for name, line in _asked_for(node):
                if name.partition("[")[0] not in checks:
                    raise LessonError(
                        f"{path} line {line}: there is no check {name}.{meant(name, checks, known)}"
                    )


def _findings(lesson: Lesson, found: Sequence[Variant], words: Words) -> Iterator[str]:
    known = [*words.findings["en"], *words.lesson["en"].get("findings", {})]
    for variant in found:
        if variant.findings and not any(map(words.knows, variant.findings)):
            code = variant.findings[0]
            new = f" If it is new, give it words in {lesson.words}/en.toml and ko.toml."
            yield f"{variant.path}: the finding {code!r} has no words.{meant(code, known)}{new}"


def _asked_for(node: ast.AST) -> Iterator[tuple[str, int]]:
    """Names of checks, with their line, in `@pytest.mark.needs("...")` and the like."""
    match node:
        case ast.Call(func=ast.Attribute(attr="needs" | "prefers" | "certified_by" | "certifies"), args=args):
            yield from ((str(arg.value), arg.lineno) for arg in args if isinstance(arg, ast.Constant))


def _starter(lesson: Lesson) -> Iterator[str]:
    reference = lesson.solutions / "reference.ipynb"
    if BEGIN not in reference.read_text("utf-8", errors="replace"):
        return
    if lesson.starter.read_bytes() != starter_of(reference):
        yield (
            f"{lesson.starter} is not the starter of {reference}. Never edit it; make it again: "
            f"python -m grader.starter {lesson.folder}"
        )


def _words(lesson: Lesson, words: Words, checks: Sequence[str]) -> Iterator[str]:
    if not lesson.words.is_dir():
        return
    said: dict[str, Mapping[str, str]] = {}
    for lang in LANGS:
        path = lesson.words / f"{lang}.toml"
        if not path.is_file():
            yield f"{path} is missing: words/ holds en.toml and ko.toml, with the same keys."
            return
        table = words.lesson[lang]
        yield from (
            f"{path}: [{key}] means nothing.{meant(key, _TABLES)}" for key in table if key not in _TABLES
        )
        titled: dict[str, Any] = table.get("checks", {})
        for check in checks:
            if not any(
                name.partition("[")[0] == check and entry.get("title") for name, entry in titled.items()
            ):
                yield f'{path} has no title for {check}. Add [checks.{check}] with title = "...".'
        for name in titled:
            if name.partition("[")[0] not in checks:
                yield f"{path}: [checks.{name}] is about no check of this lesson.{meant(name, checks)}"
        said[lang] = dict(_texts(table))
        yield from _badly_filled(str(path), said[lang])
    for one, other in (("en", "ko"), ("ko", "en")):
        for key in said[one]:
            if key not in said[other] and not _TITLE.fullmatch(key):  # titles are asked for above
                yield f"{lesson.words / other}.toml has no {key}, which {one}.toml has. Say it in both."
    for key in said["en"].keys() & said["ko"].keys():
        facts = [_placeholders(said[lang][key]) for lang in LANGS]
        if None not in facts and facts[0] != facts[1]:
            yield f"{lesson.words}: {key} uses other {{placeholders}} in en.toml than in ko.toml."


def _badly_filled(path: str, said: Mapping[str, str]) -> Iterator[str]:
    for key, text in said.items():
        if _placeholders(text) is None:
            yield f"{path}: {key} has a placeholder that is no plain {{name}}. Write {{{{ for a brace itself."


def _placeholders(text: str) -> set[str] | None:
    try:
        return placeholders(text)
    except ValueError:
        return None


def _texts(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a table by its dotted key; the hints of a list are counted from 1."""
    if isinstance(value, Mapping):
        for name, inside in value.items():
            yield from _texts(inside, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list):
        for number, inside in enumerate(value, start=1):
            yield from _texts(inside, f"{key} {number}")
    else:
        yield key, str(value)
