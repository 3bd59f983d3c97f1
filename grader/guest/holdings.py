"""What the notebook holds, as one short print: two are equal unless something changed in between.

For trainings that share a process: what one of them moves (a global network, a list, a counter in a class),
the next would find. Things are looked into without the notebook's own code. What cannot be looked into (an
iterator, an open file, an object that a library wrote in C) has no print, nor has what is too much to read.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
import threading
import types
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import torch

from grader.guest.children import has_children
from grader.guest.holding_kinds import APART, FIXED, READERS, Look, Unreadable, itself

_MOST_THINGS = 30_000
_MOST_BYTES = 8 << 20
_LONG = 200
"""From so many characters on a text is told by its hash."""
_PLAIN = frozenset([type(None), bool, int, float, complex, type(Ellipsis)])
_TEXTS = frozenset([str, bytes])
_INSTALLED = f"-packages{os.sep}"
_POINTER = tuple.__itemsize__
_HEAP_TYPE = 1 << 9
"""Set in the flags of types that a class statement made (and of some that C made)."""


class Things:
    """What a notebook holds, before the first training and after each."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._first: bytes | None = None
        self._known = False

    def know(self) -> None:
        """To be called before each training."""
        if not self._known:
            self._first, self._known = printed(self._names), True

    def moved(self) -> bool:
        """Whether anything is another than before the first training, or nobody can tell.

        A thread or a process that is left may work on: a fork begins with one thread, and without children.
        """
        alone = threading.active_count() == 1 and not has_children()
        return self._first is None or not alone or printed(self._names) != self._first


def printed(names: dict[str, Any]) -> bytes | None:
    """The print of all that the notebook's `names` lead to, 16 bytes; None where it has none.

    Prints of one process, or of a process and its forks, can be compared.
    """
    try:
        return _Looking(names).print()
    except Exception:  # besides `Unreadable`, whatever strange things of a notebook, or its threads, come to
        return None


@dataclass(frozen=True)
class _Kind:
    """How things of one type are looked into: by `read`, then their attributes and slots."""

    read: Callable[[Look, Any], None] | None
    attributes: bool
    slots: list[types.MemberDescriptorType]

    @classmethod
    def of(cls, kind: type) -> _Kind:
        """Raises `Unreadable`."""
        mro = type.mro(kind)
        read = next((READERS[base] for base in mro if base in READERS), None)
        if read is not None and (kind in READERS or issubclass(kind, (type, types.ModuleType))):
            return cls(read, kind is torch.Tensor, [])
        if read is None and (issubclass(kind, FIXED) or kind.__module__.partition(".")[0] in APART):
            return cls(itself, False, [])
        slots = [at for base in mro for at in vars(base).values() if type(at) is types.MemberDescriptorType]
        # A dictionary, slots and weak references: what is larger keeps more, where only C can see it.
        plain = object.__basicsize__ + _POINTER * (len(slots) + 2)
        if read is None and not (kind.__flags__ & _HEAP_TYPE and kind.__basicsize__ <= plain):
            raise Unreadable
        return cls(read, kind.__dictoffset__ != 0, slots)


class _Looking:
    """One look at everything, at each thing once. Implements `Look`."""

    def __init__(self, names: dict[str, Any]) -> None:
        self._names = names
        self._home = os.path.join(os.getcwd(), "")
        self._left: list[Any] = [names]
        self._told: list[Any] = [self._home]
        self._room, self._bytes = _MOST_THINGS, _MOST_BYTES

    def print(self) -> bytes:
        left, told = self._left, self._told
        numbers: dict[int, int] = {}
        kinds: dict[type, _Kind] = {}
        met: list[Any] = []  # kept alive, so that no other thing gets the same id
        while left:
            value = left.pop()
            kind = type(value)
            if kind in _PLAIN:
                told.append(value)
                continue
            if kind in _TEXTS:
                told.append(value if len(value) < _LONG else hash(value))
                continue
            number = numbers.setdefault(id(value), len(met))
            told.append(number)
            if number < len(met):
                continue
            met.append(value)
            told.append(id(kind))
            how = kinds.get(kind)
            if how is None:
                how = kinds[kind] = _Kind.of(kind)
            self._into(value, how)
        return hashlib.blake2b(marshal.dumps(told, 2), digest_size=16).digest()

    def tell(self, *plain: Any) -> None:
        self._told += plain

    def then(self, things: Iterable[Any]) -> None:
        before = len(self._left)
        self._left += islice(things, self._room + 1)
        more = len(self._left) - before
        self._room -= more
        if self._room < 0:
            raise Unreadable
        self._told.append(more)

    def content(self, array: np.ndarray[Any, Any]) -> None:
        self._bytes -= array.nbytes
        if self._bytes < 0:
            raise Unreadable
        self.tell(array.dtype.str, list(array.shape), zlib.crc32(np.ascontiguousarray(array).data))

    def of_notebook(self, names: dict[str, Any]) -> bool:
        file = names.get("__file__")
        if names is self._names or not isinstance(file, str):
            return True
        return file.startswith(self._home) and _INSTALLED not in file

    def made_by_notebook(self, module: Any) -> bool:
        known = sys.modules.get(module) if isinstance(module, str) and module != "__main__" else None
        return known is None or self.of_notebook(vars(known))

    def _into(self, value: Any, how: _Kind) -> None:
        if how.read is not None:
            how.read(self, value)
        if how.attributes:
            self.then([object.__getattribute__(value, "__dict__")])
        for slot in how.slots:
            try:
                self.then([slot.__get__(value)])
            except AttributeError:
                self.tell(None)
