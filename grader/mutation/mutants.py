"""All mutants of a solution, in an order that does not change from run to run."""

from __future__ import annotations

import ast
import difflib
import hashlib
from collections.abc import Iterator, Sequence

import libcst as cst

from grader.lesson import Lesson
from grader.mutation import authors
from grader.mutation.code import Code
from grader.mutation.free import rule
from grader.mutation.mutant import Mutant
from grader.mutation.names import role
from grader.mutation.operator import Edit, Operator
from grader.mutation.operators import OPERATORS
from grader.mutation.own import cells, with_source
from grader.solutions import Variant


def mutants(lesson: Lesson, base: Variant, operators: Sequence[Operator] | None = None) -> list[Mutant]:
    """Every mutant that the operators make of a solution: none twice, none that is the solution itself, none
    that is no Python. The order is that of the cells, and in each that of the operators; without `operators`
    those of the lesson's author come first, then ours."""
    chosen = (*authors.operators(lesson), *OPERATORS) if operators is None else operators
    return list(_made(lesson, base, chosen))


def _made(lesson: Lesson, base: Variant, operators: Sequence[Operator]) -> Iterator[Mutant]:
    name = base.name if base.kind == "reference" else f"{base.kind}s/{base.name}"
    for code in cells(base.content, lesson.names):
        seen = {code.meaning}
        for operator in operators:
            for node in (one for one in code.own if isinstance(one, operator.on)):
                for edit in operator.edits(node, code):
                    source = code.changed(edit.changes)
                    meaning = meaning_of(source)
                    if meaning is None or meaning in seen:
                        continue
                    seen.add(meaning)
                    yield _mutant(lesson, base, name, code, operator, node, edit, source)


def _mutant(
    lesson: Lesson,
    base: Variant,
    name: str,
    code: Code,
    operator: Operator,
    node: cst.CSTNode,
    edit: Edit,
    source: str,
) -> Mutant:
    part = code.part(node)
    about = role(part.about if part else ())
    names = edit.names if edit.names is not None else operator.names
    diff = diff_of(code, source)
    return Mutant(
        lesson=lesson.name,
        base=name,
        operator=operator.name,
        group=operator.group,
        probes=operator.probes or about.probes,
        names=about.names if names is None else names,
        cell=code.number,
        line=code.line(node),
        diff=diff,
        content=with_source(base.content, code.index, source),
        free=edit.free or rule(operator.name, node, code, lesson.goals.free),
        digest=digest_of(lesson.name, name, operator.name, diff),
    )


def meaning_of(source: str) -> str | None:
    """The source without its layout; None where it is no Python."""
    try:
        return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError):
        return None


def diff_of(code: Code, source: str) -> str:
    """What changed in a cell, with a line around it."""
    lines = difflib.unified_diff(
        code.source.splitlines(),
        source.splitlines(),
        f"cell {code.number}",
        f"cell {code.number}",
        n=1,
        lineterm="",
    )
    return "\n".join(lines)


def digest_of(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]
