"""Objects of the notebook as test code on our side holds them, and the names by which it finds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from grader.judge.finding import Finding
from grader.judge.thrown import Thrown
from grader.wire.remote import Verb
from grader.wire.values import Kept, Named

_SPECIAL = frozenset(("__name__", "__doc__", "__module__", "__qualname__", "__annotations__"))
"""What test code reads, and libraries do not look for to find out what something can do."""


class Steps(Protocol):
    """A conversation, see `conversation.py`."""

    ended: Finding | None
    begun: bool

    def step(
        self,
        verb: Verb,
        of: Named | Kept,
        about: str,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any: ...

    def end(self, finding: Finding) -> None: ...

    def follow(self) -> None: ...


class Notebook:
    """The notebook's names: `notebook.f` is its value, or the object itself, held from here."""

    def __init__(self, steps: Steps) -> None:
        self.grader_steps = steps

    def __repr__(self) -> str:
        return "notebook"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.grader_steps.step("read", Named(name), name)


class Remote:
    """An object of the notebook. Attributes, calls, items and operators are asked of it there.

    With a plain value it cannot be compared: the student's own `__eq__` would be the judge of the answer.
    """

    grader_steps: Steps
    grader_held: Kept
    grader_about: str

    def __init__(self, steps: Steps, held: Kept, about: str) -> None:
        for name, value in (("grader_steps", steps), ("grader_held", held), ("grader_about", about)):
            object.__setattr__(self, name, value)

    def __repr__(self) -> str:
        return f"<{self.grader_held.type}>"

    def __call__(self, *args: Any, **named: object) -> Any:
        return self.grader_steps.step("call", self.grader_held, self.grader_about, args, named)

    def __getattribute__(self, name: str) -> Any:
        # These our own class has as well, and the student's are meant.
        return self._ask("attribute", name) if name in _SPECIAL else object.__getattribute__(self, name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self._ask("attribute", name)

    def __setattr__(self, name: str, value: Any) -> None:
        self._ask("set", name, value)

    def __getitem__(self, key: Any) -> Any:
        return self._ask("item", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self._ask("put", key, value)

    def __iter__(self) -> Iterator[Any]:
        # A generator may have no end, and remembers how far it is.
        return _one_by_one(self) if self.grader_held.iterator else iter(self._all())

    def __next__(self) -> Any:
        return self._ask("next")

    def __len__(self) -> int:
        return self._counted("length")

    def __contains__(self, value: Any) -> bool:
        return bool(self._plain("contains", value))

    def __bool__(self) -> bool:
        return bool(self._plain("truth"))

    def __str__(self) -> str:
        return str(self._plain("text"))

    def __hash__(self) -> int:
        return hash(self.grader_held.number)

    def __eq__(self, other: object) -> bool:
        return other is not None and self._compared("eq", other)

    def __ne__(self, other: object) -> bool:
        return other is None or self._compared("ne", other)

    def __lt__(self, other: object) -> bool:
        return self._compared("lt", other)

    def __le__(self, other: object) -> bool:
        return self._compared("le", other)

    def __gt__(self, other: object) -> bool:
        return self._compared("gt", other)

    def __ge__(self, other: object) -> bool:
        return self._compared("ge", other)

    def __add__(self, other: object) -> Any:
        return self._ask("operator", "add", other)

    def __sub__(self, other: object) -> Any:
        return self._ask("operator", "sub", other)

    def __mul__(self, other: object) -> Any:
        return self._ask("operator", "mul", other)

    def __truediv__(self, other: object) -> Any:
        return self._ask("operator", "truediv", other)

    def __matmul__(self, other: object) -> Any:
        return self._ask("operator", "matmul", other)

    def __neg__(self) -> Any:
        return self._ask("operator", "neg")

    def _ask(self, verb: Verb, *args: Any) -> Any:
        return self.grader_steps.step(verb, self.grader_held, self.grader_about, args)

    def _all(self) -> list[Any]:
        found = self._ask("iterate")
        return found if isinstance(found, list) else self._unfit()

    def _counted(self, verb: Verb) -> int:
        count = self._ask(verb)
        return count if type(count) is int and count >= 0 else self._unfit()

    def _plain(self, verb: Verb, *args: Any) -> Any:
        value = self._ask(verb, *args)
        return self._unfit() if isinstance(value, Remote) else value

    def _compared(self, name: str, other: object) -> bool:
        if not isinstance(other, Remote):
            self._unfit()
        return bool(self._plain("operator", name, other))

    def _unfit(self) -> Any:
        name, kind = self.grader_about, self.grader_held.type
        finding = Finding("test.own_object", facts={"name": name, "type": kind}, about=name)
        self.grader_steps.end(finding)
        raise finding


def is_a(thing: Any, kinds: Any) -> bool:
    """`isinstance(thing, kinds)`, where either may be the notebook's: then its classes' names decide."""
    if isinstance(kinds, tuple):
        return any(is_a(thing, kind) for kind in kinds)
    if isinstance(kinds, Remote):
        name = f"{kinds.__module__}.{kinds.__qualname__}"
        return isinstance(thing, Remote) and name in thing.grader_held.kinds
    if isinstance(thing, Remote):
        return f"{kinds.__module__}.{kinds.__qualname__}" in thing.grader_held.kinds
    return isinstance(thing, kinds)


def is_callable(thing: Any) -> bool:
    """`callable(thing)`; of an object of the notebook as its side says."""
    return thing.grader_held.callable if isinstance(thing, Remote) else callable(thing)


def follow(notebook: Notebook) -> None:
    """After a test has set a seed: the notebook's generators go on from wherever ours stand."""
    notebook.grader_steps.follow()


def _one_by_one(remote: Remote) -> Iterator[Any]:
    while True:
        try:
            value = next(remote)
        except Thrown as error:
            if isinstance(error, StopIteration):
                return
            raise
        yield value
