"""Lines of otter's solution cells: what students see of them becomes the blank of a region of ours.

| otter | reference | starter |
|---|---|---|
| `x = 3 # SOLUTION` | `x = 3` | `x = ...` |
| `print(x) # SOLUTION` | `print(x)` | `...` |
| `y = f(x) # SOLUTION NO PROMPT`, `# SEED` | the line | nothing |
| `# BEGIN SOLUTION` to `# END SOLUTION` | the lines | `...` |
| `# BEGIN SOLUTION NO PROMPT` | the lines | nothing |
| a text from `# BEGIN PROMPT` to `# END PROMPT` | nothing | the lines |
| `# IGNORE`, `# BEGIN IGNORE` to `# END IGNORE` | nothing | nothing |
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.errors import LessonError
from grader.importing.regions import opened
from grader.starter import END

_SOLVED = re.compile(r"#\s?SOLUTION\b")
_TARGET = re.compile(r"\s*[\w.,\s\[\]'\"]+?\s*=(?!=)")
"""What is assigned to, up to the sign: names, attributes, items, no operator and no call."""
_BEGINS = re.compile(r"(?P<indent>\s*)# BEGIN SOLUTION(?P<bare> NO PROMPT)?")
_IGNORES = re.compile(r"\s*#\s*begin\s+ignore\b", re.IGNORECASE)
_COMMENT = re.compile(r"\s*#\s?(?:SOLUTION(?: NO PROMPT)?|SEED)\s*$")


@dataclass(frozen=True)
class _Line:
    """A line of a solution cell: as it stands in the reference, and in the starter; None: in neither."""

    right: str | None
    shown: str | None


def converted(source: str, place: str) -> str:
    """The cell with regions of ours. Raises `LessonError` for a block that is not closed, or not opened."""
    kept: list[str] = []
    answer: list[_Line] = []
    for line in [*_lines(source.split("\n"), place), None]:
        if line is not None and line.right != line.shown:
            answer.append(line)
            continue
        kept += _region(answer)
        answer = []
        if line is not None and line.right is not None:
            kept.append(line.right)
    return "\n".join(kept)


def without_ignored(source: str, place: str) -> str:
    """The source without lines that otter leaves out of everything. Raises `LessonError` as `converted`."""
    kept = []
    inside = False
    for line in source.split("\n"):
        if line.rstrip().endswith("# END IGNORE"):
            if not inside:
                raise LessonError(f"{place} has # END IGNORE without # BEGIN IGNORE. Add the beginning.")
            inside = False
        elif inside or line.rstrip().endswith("# IGNORE"):
            continue
        elif _IGNORES.match(line):
            inside = True
        else:
            kept.append(line)
    if inside:
        raise LessonError(f"{place} has # BEGIN IGNORE without # END IGNORE. Add the end.")
    return "\n".join(kept)


def _region(answer: list[_Line]) -> list[str]:
    right = [line.right for line in answer if line.right is not None]
    shown = [line.shown for line in answer if line.shown is not None]
    if not answer:
        return []
    lines = [line for line in (*right, *shown) if line.strip()]
    indent = min((line[: len(line) - len(line.lstrip())] for line in lines), key=len, default="")
    return [*opened([line.removeprefix(indent) for line in shown], indent), *right, f"{indent}{END}"]


def _lines(lines: list[str], place: str) -> Iterator[_Line]:
    solving = prompting = False
    for line in lines:
        end = line.rstrip()
        if prompting:
            if end.endswith("# END PROMPT"):
                prompting = False
            elif _BEGINS.match(line) or end.endswith("# END SOLUTION"):
                raise LessonError(f"{place} has a solution inside of a prompt. Close the prompt first.")
            elif solved := _SOLVED.search(line):
                yield _Line(None, _asked(line[: solved.start()]))
            else:
                yield _Line(None, line)
        elif end.endswith("# BEGIN PROMPT"):
            prompting = True
        elif end.endswith("# END SOLUTION"):
            if not solving:
                raise LessonError(f"{place} has # END SOLUTION without # BEGIN SOLUTION. Add the beginning.")
            solving = False
        elif begun := _BEGINS.match(line):
            if solving:
                raise LessonError(f"{place} has # BEGIN SOLUTION twice. Close the first one.")
            solving = True
            if not begun["bare"]:
                yield _Line(None, f"{begun['indent']}...")
        elif solving or end.endswith(("# SOLUTION NO PROMPT", "# SEED")):
            yield _Line(_plain(line), None)
        elif solved := _SOLVED.search(line):
            yield _Line(_plain(line), _asked(line[: solved.start()]))
        else:
            yield _Line(line, line)
    if solving or prompting:
        what = "SOLUTION" if solving else "PROMPT"
        raise LessonError(f"{place} has # BEGIN {what} without # END {what}. Add the end.")


def _asked(code: str) -> str:
    target = _TARGET.match(code)
    return f"{target[0] if target else code[: len(code) - len(code.lstrip())]}{' ' if target else ''}..."


def _plain(line: str) -> str:
    return _COMMENT.sub("", line)
