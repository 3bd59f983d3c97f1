"""Otter's test cases: what each is worth, and the checks that a question becomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from grader.errors import LessonError
from grader.importing.assignment import Piece, Refusal
from grader.importing.ids import check_id
from grader.importing.python import does_something, tree_of


@dataclass(frozen=True)
class Case:
    """One test case. `code` holds statements; `points` is None where the question's are shared out."""

    code: str
    hidden: bool
    points: float | None
    message: str = ""
    refused: Refusal | None = None


@dataclass(frozen=True)
class Question:
    """A question with its test cases, as its source says."""

    name: str
    place: str
    """Where it stands, for people: a cell, or a test file."""
    points: Any = None
    manual: bool = False
    all_or_nothing: bool = False
    cases: tuple[Case, ...] = ()


def pieces_of(question: Question, taken: set[str], where: str) -> Iterator[Piece]:
    """The checks of one question. `where`: the file, for messages. Raises `LessonError` for its points.

    A question that gives its points only for all cases together gives them with its last case, a hidden one
    if there is any; that check needs all the others.
    """
    cases = shared_out(question, where)
    taken = set(taken)
    if question.manual:
        name = check_id(question.name, taken)
        yield Piece(name, question.name, question.place, _whole(question, where), False, None)
        taken.add(name)
        cases = [replace(case, points=0.0) for case in cases]
    together = question.all_or_nothing and not question.manual
    if together:
        refused = next((case.refused for case in cases if case.refused), None)
        total = sum(case.points or 0.0 for case in cases)
        carrier = max(range(len(cases)), key=lambda index: (cases[index].hidden, index), default=0)
        cases = [
            replace(case, points=total if index == carrier else 0.0, refused=case.refused or refused)
            for index, case in enumerate(cases)
        ]
    made: list[Piece] = []
    for number, case in enumerate(cases, start=1):
        name = check_id(f"{question.name}_{number}" if len(cases) > 1 else question.name, taken)
        taken.add(name)
        said = f"{question.name}, test {number}" if len(cases) > 1 else question.name
        made.append(_piece(name, said, question, case))
    if together and len(made) > 1:
        others = tuple(piece.id for index, piece in enumerate(made) if index != carrier)
        made[carrier] = replace(made[carrier], needs=others)
    yield from made


def _piece(name: str, said: str, question: Question, case: Case) -> Piece:
    refused = case.refused
    tree = tree_of(case.code)
    if refused is None and tree is not None and not does_something(tree):
        refused = Refusal("tests_nothing")
    message = case.message if not case.hidden else ""
    return Piece(
        name,
        said,
        question.place,
        case.points or 0.0,
        case.hidden,
        case.code,
        message=message,
        refused=refused,
    )


def shared_out(question: Question, where: str) -> list[Case]:
    """The cases with what each is worth, by otter's rules. Raises `LessonError` where these do not fit.

    A list gives the points of each case. A number is the total: cases with points of their own take theirs,
    the others share the rest. Without either, cases with points keep them and others get none; if no case
    has any, the question is worth 1.
    """
    cases = list(question.cases)
    points = question.points
    if isinstance(points, dict):
        points = points.get("each", 1) * len(cases)
    if isinstance(points, list):
        if len(points) != len(cases):
            raise LessonError(
                f"{where}: question {question.name} has points for {len(points)} tests and {len(cases)} "
                "tests. Make them as many."
            )
        cases = [replace(case, points=own) for case, own in zip(cases, points, strict=True)]
        points = None
    for value in (points, *(case.points for case in cases)):
        if value is not None and (
            isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6
        ):
            raise LessonError(f"{where}: question {question.name} has points {value!r}, which is no number.")
    own = [case.points for case in cases if case.points is not None]
    without = len(cases) - len(own)
    if points is not None:
        if sum(own) > points:
            raise LessonError(
                f"{where}: the tests of question {question.name} are worth {sum(own):g} points, and the "
                f"question {points:g}. Make them fit."
            )
        share = (points - sum(own)) / without if without else 0.0
    else:
        share = 1 / without if without and not any(own) else 0.0
    return [replace(case, points=share if case.points is None else float(case.points)) for case in cases]


def _whole(question: Question, where: str) -> float:
    points = question.points if question.points is not None else 0
    if isinstance(points, list | dict):
        return sum(case.points or 0.0 for case in shared_out(question, where))
    if isinstance(points, bool) or not isinstance(points, int | float) or not 0 <= points < 1e6:
        raise LessonError(f"{where}: question {question.name} has points {points!r}, which is no number.")
    return float(points)


def total(questions: Sequence[Question], where: str) -> float:
    """What all questions are worth together."""
    return sum(
        _whole(one, where) if one.manual else sum(case.points or 0.0 for case in shared_out(one, where))
        for one in questions
    )
