"""Otter's test files and the tests in a notebook's metadata: read as literals and trees, never executed."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from grader.errors import LessonError
from grader.importing.assignment import Refusal
from grader.importing.doctests import Refused, statements
from grader.importing.otter_cases import Case, Question
from grader.importing.otter_functions import body_of
from grader.importing.trees import parsed


def question_in(path: Path) -> Question:
    """The question that a test file is about. Raises `LessonError` where it is no test of otter's."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LessonError(f"{path} cannot be read: {error}.") from error
    return question_of(text, str(path), f"tests/{path.name}")


def question_of(text: str, where: str, place: str) -> Question:
    """The question in the text of a test file, of either format. `where` names it in messages."""
    try:
        tree = parsed(text)
    except SyntaxError as error:
        raise LessonError(f"{where} is no Python: {error}. Mend it.") from error
    values = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    if "test" in values:
        return from_table(_literal(values["test"], where, "test"), where, place)
    if any(_decorator(node) is not None for node in tree.body):
        return _of_functions(tree, values, where, place)
    raise LessonError(
        f"{where} holds neither test = {{...}} nor a function with @test_case, so it is no test of otter's."
    )


def from_table(said: Any, where: str, place: str) -> Question:
    """The question of an OK-format table. Raises `LessonError` where it has another form."""
    try:
        name = str(said["name"])
        cases = [case for suite in said["suites"] for case in suite["cases"]]
        codes = [case["code"] for case in cases]
        set_up = any(suite.get("setup") or suite.get("teardown") for suite in said["suites"])
    except (KeyError, TypeError, AttributeError) as error:
        raise LessonError(
            f"{where} is no OK-format test: it needs name, and suites with cases that have code ({error})."
        ) from error
    if not all(isinstance(code, str) for code in codes):
        raise LessonError(f"{where}: the code of a case is a text. One of these is none.")
    made = []
    for case in cases:
        refused = Refusal("setup") if set_up else None
        try:
            code = statements(case["code"])
        except Refused as error:
            code, refused = case["code"], error.why
        message = case.get("failure_message")
        # A case that does not say so is hidden: so otter reads it.
        hidden = case.get("hidden", True) is not False
        made.append(
            Case(code, hidden, case.get("points"), message if isinstance(message, str) else "", refused)
        )
    return Question(
        name,
        place,
        said.get("points"),
        all_or_nothing=said.get("all_or_nothing") is True,
        cases=tuple(made),
    )


def _of_functions(tree: ast.Module, values: dict[str, ast.expr], where: str, place: str) -> Question:
    if "name" not in values:
        raise LessonError(f"{where} does not say its name. Add a line such as name = 'q1'.")
    around = [node for node in tree.body if _decorator(node) is None and not _of_otter(node)]
    cases = []
    for node in tree.body:
        decorator = _decorator(node)
        if decorator is None or not isinstance(node, ast.FunctionDef):
            continue
        said = {
            keyword.arg: _literal(keyword.value, where, f"{keyword.arg} of {node.name}")
            for keyword in decorator.keywords
            if keyword.arg in ("points", "hidden", "failure_message")
        }
        message = said.get("failure_message")
        cases.append(
            Case(
                body_of(node, around),
                said.get("hidden") is True,
                said.get("points"),
                message if isinstance(message, str) else "",
            )
        )
    return Question(
        str(_literal(values["name"], where, "name")),
        place,
        _literal(values["points"], where, "points") if "points" in values else None,
        all_or_nothing="all_or_nothing" in values and _literal(values["all_or_nothing"], where, "") is True,
        cases=tuple(cases),
    )


def _literal(node: ast.expr, where: str, what: str) -> Any:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, RecursionError) as error:
        raise LessonError(
            f"{where} line {node.lineno}: {what} is no plain value, and nothing of a test file is executed. "
            "Write the value out."
        ) from error


def _decorator(node: ast.stmt) -> ast.Call | None:
    for one in getattr(node, "decorator_list", []):
        match one:
            case ast.Call(func=ast.Name(id="test_case") | ast.Attribute(attr="test_case")):
                return one
    return None


def _of_otter(node: ast.stmt) -> bool:
    match node:
        case ast.ImportFrom(module=str(module)) if module.partition(".")[0] == "otter":
            return True
        case ast.Assign(targets=[ast.Name(id="OK_FORMAT" | "name" | "points" | "all_or_nothing")]):
            return True
    return False
