"""The guest's end of a conversation about its objects, and code of the judge's that runs among them."""

from __future__ import annotations

import linecache
import operator
import random
import traceback
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from itertools import islice
from typing import Any

import msgspec
import numpy as np
import torch

from grader.guest import lab as laboratory
from grader.guest.calls import raised
from grader.guest.targets import Targets
from grader.wire.exact import ExactReader, ExactWriter
from grader.wire.frames import MAX_PAYLOAD, WireError
from grader.wire.outcomes import Raised
from grader.wire.remote import Gave, Generators, Ran, Run, Step, Threw, Walk, Walked
from grader.wire.values import MAX_ITEMS, Kept, Known, Named, Value

_MOST_KINDS = 30
_LIBRARIES = ("torch", "numpy", "builtins", "operator", "math")
_CHANGEABLE = (list, dict, set, torch.Tensor, np.ndarray)
_FILE = "<test>"


class Objects:
    """The objects of one conversation that could not cross, by number."""

    def __init__(self) -> None:
        self._kept: list[Any] = []
        self._numbers: dict[int, int] = {}

    def clear(self) -> None:
        self._kept.clear()
        self._numbers.clear()

    def keep(self, thing: Any) -> Kept:
        # Ids stay those of the same things, which are held here.
        number = self._numbers.setdefault(id(thing), len(self._kept))
        if number == len(self._kept):
            self._kept.append(thing)
        kinds = [f"{k.__module__}.{k.__qualname__}"[:200] for k in type(thing).__mro__[:_MOST_KINDS]]
        return Kept(
            number, type(thing).__name__[:100], kinds, callable(thing), hasattr(type(thing), "__next__")
        )

    def found(self, reference: Kept | Known) -> Any:
        if isinstance(reference, Kept):
            return self._kept[reference.number]
        library, _, path = reference.path.partition(".")
        if library not in _LIBRARIES:
            raise LookupError(reference.path)
        return operator.attrgetter(path)(import_module(library))


def walk(request: Walk, targets: Targets, payload: bytes, objects: Objects) -> tuple[Walked, bytearray]:
    """Every step in turn; the answer to the last, and its payload."""
    if request.fresh:
        objects.clear()
        laboratory.seed(request.seed)
    walked, writer = (
        Walked(Threw(Raised("ValueError", "no step"), []), laboratory.state()),
        ExactWriter(MAX_PAYLOAD, objects.keep),
    )
    for step in request.steps:
        writer = ExactWriter(MAX_PAYLOAD, objects.keep)
        walked = _walked(step, targets, payload[step.begin :], objects, writer)
    return walked, writer.payload


def run(request: Run, namespace: dict[str, Any]) -> Ran:
    """Runs the code among the notebook's names; says what it raised, and at which of its lines."""
    linecache.cache[_FILE] = (len(request.source), None, request.source.splitlines(True), _FILE)
    try:
        exec(compile(request.source, _FILE, "exec"), namespace)  # noqa: S102
    except (Exception, SystemExit) as error:
        lines = [e.lineno or 0 for e in traceback.extract_tb(error.__traceback__) if e.filename == _FILE]
        return Ran(raised(error), laboratory.state(), lines[0] if lines else 0)
    return Ran(None, laboratory.state())


def _walked(step: Step, targets: Targets, payload: bytes, objects: Objects, writer: ExactWriter) -> Walked:
    reader = ExactReader(payload, objects.found)
    _set(step.random, reader)
    args = [reader.value(value) for value in step.args]
    kwargs = {name: reader.value(value) for name, value in step.kwargs.items()}
    before = _forms(args, kwargs, objects)
    outcome: Gave | Threw
    try:
        thing = targets.named(step.of.name) if isinstance(step.of, Named) else objects.found(step.of)
        outcome = Gave(writer.value(_done(step, thing, args, kwargs)))
    except WireError as error:
        outcome = Threw(Raised("ReplyError", str(error)[:500]), [])
    except (Exception, SystemExit) as error:
        outcome = Threw(raised(error), [k.__name__[:100] for k in type(error).__mro__[:_MOST_KINDS]])
    after = _forms(args, kwargs, objects)
    changed = [name for name, form in after.items() if form != before[name]]
    given = {str(at): value for at, value in enumerate(args)} | kwargs
    left = {name: writer.value(given[name]) for name in changed}
    return Walked(outcome, laboratory.state(), left)


def _done(step: Step, thing: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    verbs: dict[str, Callable[[], Any]] = {
        "read": lambda: thing,
        "call": lambda: thing(*args, **kwargs),
        "attribute": lambda: getattr(thing, args[0]),
        "set": lambda: setattr(thing, args[0], args[1]),
        "item": lambda: thing[args[0]],
        "put": lambda: operator.setitem(thing, args[0], args[1]),
        "iterate": lambda: list(islice(iter(thing), MAX_ITEMS)),
        "next": lambda: next(thing),
        "length": lambda: len(thing),
        "contains": lambda: args[0] in thing,
        "truth": lambda: bool(thing),
        "text": lambda: str(thing),
        "operator": lambda: getattr(operator, args[0])(thing, *args[1:]),
    }
    return verbs[step.verb]()


def _forms(
    args: Sequence[Any], kwargs: Mapping[str, Any], objects: Objects
) -> dict[str, tuple[bytes, bytes]]:
    """What can be changed in place, as bytes."""
    forms = {}
    for name, value in [*((str(at), one) for at, one in enumerate(args)), *kwargs.items()]:
        if isinstance(value, _CHANGEABLE):
            writer = ExactWriter(MAX_PAYLOAD, objects.keep)
            header: Value = writer.value(value)
            forms[name] = msgspec.json.encode(header), bytes(writer.payload)
    return forms


def _set(generators: Generators | None, reader: ExactReader) -> None:
    if generators is None:
        return
    torch.default_generator.set_state(reader.tensor(generators.torch))
    key = reader.tensor(generators.numpy).numpy().view(np.uint32)
    np.random.set_state(("MT19937", key, *generators.numpy_at))
    random.setstate((3, tuple(generators.python), generators.python_next))
