"""What all verbs share: the draw of their check, and remarks."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from grader.evidence import Evidence
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.function import Function
from grader.judge.model import Model
from grader.judge.probes.measure import Laboratory
from grader.judge.probes.shapes import type_text
from grader.judge.student import Handle
from grader.judge.supplied import Supplied
from grader.record import Fact


class Verbs:
    """Verbs of one check. `remarks` collects what is worth saying and costs nothing.

    A verb whose argument is to be a model raises `reply.malformed` where it is another value of the
    notebook's: a function that builds models may return anything for some sizes.
    """

    def __init_subclass__(cls) -> None:
        for name, verb in list(vars(cls).items()):
            if inspect.isfunction(verb) and not name.startswith("_"):
                setattr(cls, name, _given_models(verb))

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self.remarks: list[Finding] = []

    def remark(
        self, code: str, *, facts: Mapping[str, Fact] | None = None, evidence: Sequence[Evidence] = ()
    ) -> None:
        """Says something without taking points: the check may pass all the same."""
        self.remarks.append(Finding(code, facts=facts, evidence=evidence))


def asked(subject: Laboratory | Handle) -> Laboratory:
    """What a verb asks: a model as it is, and a function of the notebook in the laboratory."""
    return Function(subject) if isinstance(subject, Handle) else subject


def _given_models(verb: Callable[..., Any]) -> Callable[..., Any]:
    """`verb`, which first looks whether its arguments that are to be models are such."""
    signature = inspect.signature(verb)
    kinds = {name: (one.kind, str(one.annotation).split(" | ")) for name, one in signature.parameters.items()}
    models = {
        name: (kind is inspect.Parameter.VAR_POSITIONAL, "None" in words)
        for name, (kind, words) in kinds.items()
        if {"Model", "Laboratory"}.intersection(words)
    }
    if not models:
        return verb

    @wraps(verb)
    def asking(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        for name, (several, optional) in models.items():
            for value in given.get(name, ()) if several else [given.get(name)]:
                if value is not None or not optional:
                    _is_model(value)
        return verb(*args, **kwargs)

    return asking


def _is_model(value: Any) -> None:
    if not isinstance(value, (Model, Function, Handle, Supplied)):
        facts: dict[str, Fact] = {"wanted": "nn.Module", "got": type_text(value), "name": "", "detail": ""}
        raise Finding("reply.malformed", facts=facts)
