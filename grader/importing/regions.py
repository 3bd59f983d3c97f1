"""Regions between two delimiters of nbgrader, line by line as nbgrader itself finds them.

A line is a delimiter where it holds the delimiter's text anywhere; an end without a beginning is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.errors import LessonError
from grader.starter import BEGIN, BEGIN_BARE, END, PROMPT


@dataclass(frozen=True)
class Delimiters:
    """Texts that begin and end a region."""

    begin: str
    end: str


def split(source: str, marks: Delimiters, place: str) -> tuple[str, str, bool]:
    """What stands outside the regions, everything without the delimiters, and whether there is a region.

    Raises `LessonError` for a region that is opened twice or never closed.
    """
    outside: list[str] = []
    whole: list[str] = []
    inside = found = False
    for line in source.split("\n"):
        if marks.begin in line:
            if inside:
                raise LessonError(f"{place} opens {marks.begin!r} twice. Close the first region.")
            inside = found = True
        elif marks.end in line:
            inside = False
        else:
            whole.append(line)
            if not inside:
                outside.append(line)
    if inside:
        raise LessonError(f"{place} opens {marks.begin!r} and never closes it. Add {marks.end!r}.")
    return "\n".join(outside), "\n".join(whole), found


def marked(source: str, marks: Delimiters, place: str, prompt: Sequence[str] | None) -> str:
    """The source with our marks in place of the delimiters; the same where there are none.

    `prompt`: lines that stand in the starter; None: our own blank. Raises `LessonError` as `split` does.
    """
    kept: list[str] = []
    inside = False
    for line in source.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        code = bool(line.strip()) and not line.lstrip().startswith(("#", "<!--"))
        if marks.begin in line:
            if inside:
                raise LessonError(f"{place} opens {marks.begin!r} twice. Close the first region.")
            inside = True
            kept += opened(prompt, indent)
            if code:
                kept.append(line)
        elif marks.end in line:
            if code and inside:
                kept.append(line)
            if inside:
                kept.append(f"{indent}{END}")
            inside = False
        else:
            kept.append(line)
    if inside:
        raise LessonError(f"{place} opens {marks.begin!r} and never closes it. Add {marks.end!r}.")
    return "\n".join(kept)


def whole(source: str, prompt: Sequence[str] | None) -> str:
    """All of the source between our marks."""
    return "\n".join([*opened(prompt, ""), source, END])


def opened(prompt: Sequence[str] | None, indent: str) -> list[str]:
    """The lines that open a region of ours whose blank is `prompt`; None: the starter's own, []: none."""
    if prompt is None:
        return [f"{indent}{BEGIN}"]
    if not prompt:
        return [f"{indent}{BEGIN_BARE}"]
    return [f"{indent}{BEGIN}", *(f"{indent}{PROMPT} {line}".rstrip() for line in prompt)]
