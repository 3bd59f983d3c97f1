"""A stage: copies of what a request can reach, in the places of a live notebook's own things.

A function finds its globals in the notebook's own dictionary, whatever is done to the function. So while a
request is answered, that dictionary holds copies, and afterwards the things themselves again. What a function
keeps elsewhere is put aside in the same way: the values in its closure, its defaults, what classes hold.
"""

from __future__ import annotations

import contextlib
import copy
import types
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import torch

from grader.guest import cuda

_PLAIN = (
    type(None), bool, int, float, complex, str, bytes, type,
    types.ModuleType, types.BuiltinFunctionType, types.FunctionType,
)  # fmt: skip


@contextlib.contextmanager
def staged(namespace: dict[str, Any], asked: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The namespace with copies of what the things named in `asked` can reach; its own things afterwards."""
    live = dict(namespace)
    stage = _Stage(live)
    try:
        stage.reach([name for name in asked if name in live])
        namespace.update(stage.copies)
        yield namespace
    finally:
        for put_back in reversed(stage.undo):
            put_back()
        namespace.clear()
        namespace.update(live)


class _Stage:
    """Follows names through code. `copies` by name; `undo` puts back what lies outside the namespace."""

    def __init__(self, live: Mapping[str, Any]) -> None:
        self._live = live
        self._memo: dict[int, Any] = {}
        self._seen: set[int] = set()
        self._alive: list[Any] = []
        self.copies: dict[str, Any] = {}
        self.undo: list[Callable[[], None]] = []

    def reach(self, names: Iterable[str]) -> None:
        waiting = list(names)
        known: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in known or name not in self._live:
                continue
            known.add(name)
            value = self._live[name]
            self.copies[name] = self._copied(value)
            waiting.extend(self._named_by(value))

    def _copied(self, value: Any) -> Any:
        made = duplicate(value, self._memo)
        self._alive.append(value)  # the memo goes by identity, which must not be given to another thing
        return made

    def _named_by(self, value: Any) -> set[str]:
        """The names of globals that the code of `value` mentions; its own keepsakes are put aside."""
        if id(value) in self._seen:
            return set()
        self._seen.add(id(value))
        if isinstance(value, types.FunctionType):
            return self._of_function(value)
        if isinstance(value, type):
            return self._of_class(value) if value.__module__ == "__main__" else set()
        if isinstance(value, types.MethodType):
            return self._named_by(value.__func__) | self._named_by(type(value.__self__))
        if isinstance(value, (list, tuple, dict)):
            inside = list(value.values()) if isinstance(value, dict) else list(value)
            return {name for item in inside[:1000] for name in self._named_by(item)}
        return self._named_by(type(value))

    def _of_function(self, function: types.FunctionType) -> set[str]:
        names = set(_mentioned(function.__code__))
        for cell in function.__closure__ or ():
            with contextlib.suppress(ValueError):  # a cell that holds nothing yet
                names |= self._named_by(cell.cell_contents)
                self._aside(cell, "cell_contents", cell.cell_contents)
        if function.__defaults__:
            self._aside(function, "__defaults__", function.__defaults__)
        if function.__kwdefaults__:
            self._aside(function, "__kwdefaults__", function.__kwdefaults__)
        own = vars(function)
        wrapped = own.get("__wrapped__")
        function.__dict__ = {name: self._copied(value) for name, value in own.items()}
        self.undo.append(lambda: setattr(function, "__dict__", own))
        return names | (self._named_by(wrapped) if wrapped is not None else set())

    def _of_class(self, kind: type) -> set[str]:
        names: set[str] = set()
        before = dict(vars(kind))
        self.undo.append(lambda: _restore(kind, before))
        for base in kind.__bases__:
            names |= self._named_by(base)
        for name, value in list(vars(kind).items()):
            plain = value.__func__ if isinstance(value, (staticmethod, classmethod)) else value
            plain = plain.fget if isinstance(plain, property) else plain
            if isinstance(plain, types.FunctionType):
                names |= self._named_by(plain)
            elif not name.startswith("__") and isinstance(value, (list, dict, set, torch.Tensor)):
                setattr(kind, name, self._copied(value))
        return names

    def _aside(self, holder: Any, name: str, value: Any) -> None:
        made = self._copied(value)
        if made is not value:
            setattr(holder, name, made)
            self.undo.append(lambda: setattr(holder, name, value))


def _restore(kind: type, before: Mapping[str, Any]) -> None:
    """Gives a class back the attributes that it had."""
    for name, value in list(vars(kind).items()):
        if name not in before:
            delattr(kind, name)
        elif value is not before[name]:
            setattr(kind, name, before[name])
    for name in before.keys() - vars(kind).keys():
        setattr(kind, name, before[name])


def duplicate(value: Any, memo: dict[int, Any]) -> Any:
    """A deep copy; of what cannot be copied (a file, a generator, a lock) the thing itself.

    Tensors on a GPU are copied to the CPU, as are names of such devices: no check uses one.
    """
    if isinstance(value, str) and value.partition(":")[0] == "cuda":
        return "cpu"
    if isinstance(value, torch.device):
        return torch.device("cpu") if value.type == "cuda" else value
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, torch.Tensor) and not isinstance(value, torch.nn.Parameter):
        return _tensor(value, memo)
    attempt = dict(memo)  # a copy that fails half-way leaves halves of things in it
    try:
        made = copy.deepcopy(value, attempt)
    except Exception:
        return _piecewise(value, memo)
    memo.update(attempt)
    return made.cpu() if isinstance(made, torch.nn.Module) and cuda.in_use() else made


def _piecewise(value: Any, memo: dict[int, Any]) -> Any:
    """A copy of a container of which something cannot be copied."""
    if type(value) in (list, tuple, set):
        return type(value)(duplicate(item, memo) for item in value)
    if type(value) is dict:
        return {key: duplicate(item, memo) for key, item in value.items()}
    try:
        made = copy.copy(value)
        for name, item in list(vars(made).items()):
            setattr(made, name, duplicate(item, memo))
    except Exception:
        return value
    return made


def _tensor(value: torch.Tensor, memo: dict[int, Any]) -> torch.Tensor:
    """Also of one that belongs to a graph, which `deepcopy` refuses."""
    if id(value) not in memo:
        made = value.detach().clone().cpu()
        memo[id(value)] = made.requires_grad_(value.requires_grad) if value.requires_grad else made
    copied: torch.Tensor = memo[id(value)]
    return copied


def _mentioned(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _mentioned(constant)
