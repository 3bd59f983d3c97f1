"""A request in a line that an author of checks can read: what was called, and with what."""

from __future__ import annotations

from typing import Any

import msgspec

from grader.wire import requests
from grader.wire.requests import Case, Lab, Request, Target
from grader.wire.tensors import Reader
from grader.wire.values import Built, Given, Items, Mapping, Named, Odd, Scalar, Tensor, Text

_MOST_SHOWN = 12
"""Numbers of a tensor that are written out."""
_LONGEST = 400


def said(request: Request, payload: bytes) -> str:
    """Such as `rnn(float64 (5, 3, 6) from -2.1 to 1.9, 4) in train mode, one of 3 calls`."""
    reader = Reader(payload)
    match request:
        case requests.Call(target, cases, lab, method):
            more = f", one of {len(cases)} calls" if len(cases) > 1 else ""
            text = f"{_target(target, reader)}{_method(method)}{_case(cases[0], reader)}{_lab(lab)}{more}"
        case requests.Differentiate(target, case, lab=lab):
            text = f"gradients of {_target(target, reader)}{_case(case, reader)}{_lab(lab)}"
        case requests.Observe(target, case, lab=lab):
            text = f"what runs inside {_target(target, reader)}{_case(case, reader)}{_lab(lab)}"
        case requests.Train(target, epochs=epochs):
            text = f"{_target(target, reader)} trained for {epochs} epochs"
        case requests.Fit(target, cases) | requests.Use(target, cases):
            text = f"{target.name}{_case(cases[0], reader)}"
        case requests.Rehearse(cast, acts):
            parts = ", ".join(_value(value, reader) for value in cast)
            text = f"{acts[0].function} on {parts}" if acts else parts
        case requests.Look(names):
            text = f"the names {', '.join(names)}"
        case requests.Describe(target):
            text = f"the weights of {_target(target, reader)}"
        case _:
            text = type(request).__name__
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _target(target: Target, reader: Reader) -> str:
    match target:
        case Named(name):
            return name
        case Built(name, args, kwargs):
            return f"{name}{_arguments(args, kwargs, reader)}"
        case Given(kind, args, kwargs):
            return f"nn.{kind}{_arguments(args, kwargs, reader)}"


def _method(method: str | None) -> str:
    return "" if method is None else f".{method}"


def _lab(lab: Lab) -> str:
    return "" if lab.mode == "as_is" else f" in {lab.mode} mode"


def _case(case: Case, reader: Reader) -> str:
    return _arguments(case.args, case.kwargs, reader)


def _arguments(args: list[Any], kwargs: dict[str, Any], reader: Reader) -> str:
    parts = [_value(value, reader) for value in args]
    parts += [f"{name}={_value(value, reader)}" for name, value in kwargs.items()]
    return f"({', '.join(parts)})"


def _value(value: msgspec.Struct, reader: Reader) -> str:
    match value:
        case Scalar(plain):
            return f"{plain:.6g}" if isinstance(plain, float) else repr(plain)
        case Odd(word):
            return word
        case Text(text):
            return repr(text if len(text) <= 40 else text[:39] + "…")
        case Tensor():
            tensor = reader.tensor(value)
            if tensor.numel() <= _MOST_SHOWN:
                return f"tensor({_numbers(tensor.tolist())})"
            low, high = float(tensor.min()), float(tensor.max())
            return f"{value.dtype} {tuple(value.shape)} from {low:.3g} to {high:.3g}"
        case Items(kind, items):
            inside = ", ".join(_value(item, reader) for item in items[:_MOST_SHOWN])
            inside += ", …" if len(items) > _MOST_SHOWN else ""
            return f"({inside})" if kind == "tuple" else f"[{inside}]"
        case Mapping(items):
            pairs = [f"{_value(key, reader)}: {_value(one, reader)}" for key, one in items[:_MOST_SHOWN]]
            return "{" + ", ".join(pairs) + (", …" if len(items) > _MOST_SHOWN else "") + "}"
        case Named() | Built() | Given():
            return _target(value, reader)
        case _:
            return type(value).__name__.lower()


def _numbers(values: Any) -> str:
    if isinstance(values, list):
        return f"[{', '.join(map(_numbers, values))}]"
    return f"{values:.3g}" if isinstance(values, float) else str(values)
