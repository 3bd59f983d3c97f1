"""nbgrader_config.py: the settings that change what students get. Read as a tree, never executed."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.errors import LessonError
from grader.importing.regions import Delimiters
from grader.importing.trees import parsed

NAME = "nbgrader_config.py"
_LEVELS = 3
_SOLUTION = Delimiters("BEGIN SOLUTION", "END SOLUTION")
_TESTS = Delimiters("BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
_SCHEME = Delimiters("BEGIN MARK SCHEME", "END MARK SCHEME")


@dataclass(frozen=True)
class Config:
    """The delimiters and stubs of a course; nbgrader's own where it does not say."""

    root: Path | None = None
    """The course's folder, where a file was found."""
    solution: Delimiters = _SOLUTION
    tests: Delimiters = _TESTS
    scheme: Delimiters = _SCHEME
    autotest: str = "AUTOTEST"
    code_stub: str = "# YOUR CODE HERE\nraise NotImplementedError()"
    text_stub: str = "YOUR ANSWER HERE"
    header: str = ""
    footer: str = ""
    unread: tuple[str, ...] = field(default=())
    """Settings among these that are no plain values."""


def config_for(folder: Path) -> Config:
    """The settings for notebooks in `folder`: of nbgrader_config.py in it, or the nearest of three above."""
    for place in [folder, *folder.resolve().parents][: _LEVELS + 1]:
        if (place / NAME).is_file():
            return read(place / NAME)
    return Config()


def read(path: Path) -> Config:
    """The settings in the file at `path`. Raises `LessonError` where it is no Python."""
    try:
        tree = parsed(path.read_text("utf-8"), str(path))
    except (SyntaxError, UnicodeDecodeError) as error:
        raise LessonError(
            f"{path} is no Python ({error}), so its delimiters cannot be read. Mend it."
        ) from error
    except OSError as error:
        raise LessonError(f"{path} cannot be read: {error.strerror}.") from error
    said: dict[str, Any] = {}
    unread = []
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1):
            continue
        name = ast.unparse(node.targets[0]).removeprefix("c.")
        if name not in _KNOWN:
            continue
        try:
            said[name] = ast.literal_eval(node.value)
        except (ValueError, TypeError):  # {[]: 1} is no key
            unread.append(name)
    default = Config()

    def text(name: str, otherwise: str) -> str:
        value = said.get(name, otherwise)
        if isinstance(value, dict):
            value = value.get("python", otherwise)
        if isinstance(value, str):
            return value
        unread.append(name)
        return otherwise

    def pair(name: str, what: str, otherwise: Delimiters) -> Delimiters:
        return Delimiters(
            text(f"{name}.begin_{what}_delimeter", otherwise.begin),
            text(f"{name}.end_{what}_delimeter", otherwise.end),
        )

    return Config(
        path.resolve().parent,
        pair("ClearSolutions", "solution", default.solution),
        pair("ClearHiddenTests", "test", default.tests),
        pair("ClearMarkScheme", "mark_scheme", default.scheme),
        text("InstantiateTests.autotest_delimiter", default.autotest),
        text("ClearSolutions.code_stub", default.code_stub),
        text("ClearSolutions.text_stub", default.text_stub),
        text("IncludeHeaderFooter.header", ""),
        text("IncludeHeaderFooter.footer", ""),
        tuple(dict.fromkeys(unread)),
    )


_KNOWN = (
    "ClearSolutions.begin_solution_delimeter", "ClearSolutions.end_solution_delimeter",
    "ClearSolutions.code_stub", "ClearSolutions.text_stub",
    "ClearHiddenTests.begin_test_delimeter", "ClearHiddenTests.end_test_delimeter",
    "ClearMarkScheme.begin_mark_scheme_delimeter", "ClearMarkScheme.end_mark_scheme_delimeter",
    "InstantiateTests.autotest_delimiter", "IncludeHeaderFooter.header", "IncludeHeaderFooter.footer",
)  # fmt: skip
