"""Test code of other graders as a check of ours: judged on our side where that is possible, else weak."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from grader.errors import LessonError
from grader.importing.setting import Setting
from grader.importing.weak import quoted


@dataclass(frozen=True)
class Translated:
    """What a check file needs for one piece of test code."""

    imports: tuple[str, ...]
    """Import lines."""
    body: str
    """Statements of the check's function, not indented; they use the fixtures `fixtures`."""
    fixtures: tuple[str, ...]
    """For example ("student", "probes", "draw")."""
    helpers: tuple[str, ...]
    """Definitions that stand above the check: given constants and helper functions that it uses."""
    weak: str | None
    """None: judged on our side; else the key of the reason why not."""
    proposals: tuple[str, ...]
    """Of a weak check: probes that would say the same, as lines to be commented out."""


class Untranslatable(LessonError):
    """Code that cannot run as a test at all. `reason` is the key of why."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def translate(source: str, setting: Setting) -> Translated:
    """The check of one piece of test code. Raises `Untranslatable` where it is no Python."""
    try:
        ast.parse(source)
    except SyntaxError as error:
        raise Untranslatable("no_python", f"line {error.lineno}: {error.msg}") from error
    return Translated((), f"student.weakly({quoted(source)})", ("student",), (), "naive", ())
