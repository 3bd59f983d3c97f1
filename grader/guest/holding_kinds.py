"""How things of each kind are looked into for a print (`holdings`): what they are, and what they lead to."""

from __future__ import annotations

import builtins
import collections
import datetime
import functools
import random
import re
import types
import weakref
from collections.abc import Callable, Iterable
from pathlib import PurePath
from typing import Any, Protocol

import numpy as np
import torch

_CAPSULE: type = type(vars(datetime)["datetime_CAPI"])
FIXED: tuple[type, ...] = (
    types.CodeType, types.WrapperDescriptorType, types.MethodDescriptorType, types.MethodWrapperType,
    types.ClassMethodDescriptorType, types.GetSetDescriptorType, types.MemberDescriptorType, _CAPSULE, range,
    slice, re.Pattern, PurePath, np.dtype, np.ufunc, torch.dtype, torch.device, torch.layout,
    torch.memory_format,
)  # fmt: skip
"""What these are they are for as long as they live."""
APART = frozenset(["IPython", "grader", "matplotlib", "matplotlib_inline", "typing"])
"""Packages whose objects no training learns from: how things are drawn, and where cells run."""
_NOT_HELD = frozenset([
    "__dict__", "__weakref__", "__doc__", "__annotations__", "__orig_bases__", "__parameters__", "_abc_impl",
])  # fmt: skip


class Unreadable(Exception):
    """Something that has no print."""


class Look(Protocol):
    """One look at all that a notebook holds."""

    def tell(self, *plain: Any) -> None:
        """`plain` belongs to the print: None, numbers, texts, and lists of them."""

    def then(self, things: Iterable[Any]) -> None:
        """`things` are looked into, too. Raises `Unreadable` where they are too many."""

    def content(self, array: np.ndarray[Any, Any]) -> None:
        """The numbers in `array` belong to the print. Raises `Unreadable` where they are too many."""

    def of_notebook(self, names: dict[str, Any]) -> bool:
        """Whether these globals are the notebook's, or those of a file beside it."""

    def made_by_notebook(self, module: Any) -> bool:
        """Whether what calls itself of `module` comes from the notebook, or from a file beside it."""


def itself(look: Look, value: object) -> None:
    """For what is fixed or apart: only which one it is."""
    look.tell(id(value))


def _items(kind: Any) -> Callable[[Look, Any], None]:
    """By the kind's own way through, whatever a subclass has made of it."""
    return lambda look, value: look.then(kind.__iter__(value))


def _mapping(look: Look, value: dict[Any, Any]) -> None:
    if value is not vars(builtins):
        look.then(dict.keys(value))
        look.then(dict.values(value))


def _default(look: Look, value: collections.defaultdict[Any, Any]) -> None:
    look.then([value.default_factory])
    _mapping(look, value)


def _function(look: Look, value: types.FunctionType) -> None:
    look.tell(id(value.__code__))
    if value.__dict__:
        look.then([value.__dict__])
    if look.of_notebook(value.__globals__):
        look.then([value.__globals__, value.__defaults__, value.__kwdefaults__, value.__closure__])


def _builtin(look: Look, value: types.BuiltinFunctionType) -> None:
    owner = value.__self__
    if owner is None or issubclass(type(owner), (types.ModuleType, type)):
        look.tell(id(value))
    else:
        look.then([value.__name__, owner])


def _method(look: Look, value: types.MethodType) -> None:
    look.then([value.__func__, value.__self__])


def _cell(look: Look, value: types.CellType) -> None:
    try:
        look.then([value.cell_contents])
    except ValueError:
        look.tell(None)


def _partial(look: Look, value: functools.partial[Any]) -> None:
    look.then([value.func, value.args, value.keywords])


def _wrapped(look: Look, value: staticmethod[Any, Any] | classmethod[Any, Any, Any]) -> None:
    look.then([value.__func__])


def _property(look: Look, value: property) -> None:
    look.then([value.fget, value.fset, value.fdel])


def _class(look: Look, value: type) -> None:
    look.tell(id(value))
    if look.made_by_notebook(vars(value).get("__module__", "builtins")):
        held = {name: thing for name, thing in vars(value).items() if name not in _NOT_HELD}
        look.then([*type.mro(value), held])


def _module(look: Look, value: types.ModuleType) -> None:
    look.tell(id(value))
    if isinstance(vars(value).get("__file__"), str) and look.of_notebook(vars(value)):
        look.then([vars(value)])


def _referent(look: Look, value: weakref.ref[Any]) -> None:
    look.then([weakref.ref.__call__(value)])


def _tensor(look: Look, value: torch.Tensor) -> None:
    with torch._C.DisableTorchFunctionSubclass():
        if torch.nn.parameter.is_lazy(value) or value.layout != torch.strided or value.device.type != "cpu":
            raise Unreadable
        look.tell(value.requires_grad)
        plain = value.detach().resolve_conj().resolve_neg()
        look.tell(str(plain.dtype))
        look.content((plain.float() if plain.dtype is torch.bfloat16 else plain).numpy())
        if value.is_leaf and value.grad is not None:
            look.then([value.grad])


def _array(look: Look, value: np.ndarray[Any, Any]) -> None:
    if value.dtype.hasobject:
        look.tell(str(value.dtype), list(value.shape))
        look.then(value.flat)
    else:
        look.content(value)


def _scalar(look: Look, value: np.generic) -> None:
    look.content(np.asarray(value))


def _torch_generator(look: Look, value: torch.Generator) -> None:
    look.content(value.get_state().numpy())


def _numpy_generator(look: Look, value: np.random.Generator) -> None:
    look.then([value.bit_generator.state])


def _numpy_legacy(look: Look, value: np.random.RandomState) -> None:
    look.then([value.get_state(legacy=False)])


def _python_generator(look: Look, value: random.Random) -> None:
    look.then([random.Random.getstate(value)])


READERS: dict[type, Callable[[Look, Any], None]] = {
    int: lambda look, value: look.tell(int.__add__(value, 0)),
    float: lambda look, value: look.tell(float.__float__(value)),
    str: lambda look, value: look.tell(str.__str__(value)),
    list: _items(list),
    tuple: _items(tuple),
    set: _items(set),
    frozenset: _items(frozenset),
    collections.deque: _items(collections.deque),
    bytearray: lambda look, value: look.content(np.frombuffer(value, np.uint8)),
    dict: _mapping,
    types.MappingProxyType: lambda look, value: look.then([*value.keys(), *value.values()]),
    collections.defaultdict: _default,
    types.SimpleNamespace: lambda look, value: look.then([vars(value)]),
    types.FunctionType: _function,
    types.BuiltinFunctionType: _builtin,
    types.MethodType: _method,
    types.CellType: _cell,
    functools.partial: _partial,
    staticmethod: _wrapped,
    classmethod: _wrapped,
    property: _property,
    type: _class,
    types.ModuleType: _module,
    weakref.ref: _referent,
    torch.Tensor: _tensor,
    torch.Generator: _torch_generator,
    np.ndarray: _array,
    np.generic: _scalar,
    np.random.Generator: _numpy_generator,
    np.random.RandomState: _numpy_legacy,
    random.Random: _python_generator,
}
"""The base that comes first in a type's order decides. Attributes of a subclass are looked into besides."""
