"""Operators of an author's own: `mutations.py` beside a lesson's reference."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from grader.errors import LessonError
from grader.lesson import Lesson
from grader.mutation.operator import Operator

FILE = "mutations.py"


def operators(lesson: Lesson) -> tuple[Operator, ...]:
    """What the lesson's `mutations.py` lists as OPERATORS; none where there is no such file. It is the
    author's code and runs here, as the lesson's checks run in the judge.

    Raises LessonError where it cannot be imported, or lists something else.
    """
    path = lesson.solutions / FILE
    if not path.exists():
        return ()
    try:
        found = getattr(_imported(lesson), "OPERATORS", None)
    except Exception as error:
        raise LessonError(f"{path} cannot be imported: {type(error).__name__}: {error}.") from error
    if not isinstance(found, tuple | list) or not all(isinstance(one, Operator) for one in found):
        raise LessonError(
            f"{path} needs OPERATORS = (...), a list of functions under @operator "
            "(docs/writing-a-lesson.md, Mutations of your own)."
        )
    return tuple(found)


def _imported(lesson: Lesson) -> ModuleType:
    path = lesson.solutions / FILE
    spec = importlib.util.spec_from_file_location(f"mutations_of_{lesson.name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no module")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
