"""What stood where before the cells ran, and what the notebook has put in its place.

Told by the guest of itself, so a claim: code that hides is not seen. Only what the notebook itself defined,
or moved from elsewhere, is told of; what a library changes as it is imported is its own affair.
"""

from __future__ import annotations

import functools
import re
import signal
import sys
import types
from collections.abc import Iterator
from typing import Any

from grader.guest.standing import worth_knowing
from grader.wire.cells import Noticed

_HARMLESS = frozenset({"__repr__", "__str__", "_repr_html_", "__format__", "print", "input", "load", "save"})
"""How things look, and what shims for older files replace; nothing is judged by them."""
_OURS = "grader."
_SIGNALS = tuple(  # not every system has them all
    signal.Signals[name]
    for name in ("SIGINT", "SIGTERM", "SIGXCPU", "SIGSEGV", "SIGCHLD")
    if name in signal.Signals.__members__
)
_CELL = re.compile(r"cell_\d+$|<")
_TRACING = ("sys.settrace", "sys.setprofile")
_MOST_NAMES = 8
_MOST_WRAPPINGS = 5


class Inventory:
    """What stood in modules and classes that matter, by name, when this was made."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[Any, dict[str, Any]]] = {}
        for where, place, names in worth_knowing():
            self._places[where] = (place, {name: vars(place)[name] for name in names})
        self._known = {id(thing) for _, before in self._places.values() for thing in before.values()}
        self._hooks = _hooks()
        self._handlers = [signal.getsignal(number) for number in _SIGNALS]

    def changes(self, shell: Any) -> Iterator[Noticed]:
        """What the notebook that ran in `shell` has changed, by kind."""
        names = list(self._replaced())
        ours = [name for name in names if name.startswith(_OURS)] + list(_tampered(shell))
        theirs = [name for name in names if not name.startswith(_OURS)]
        hooks = [
            name
            for name, thing in _hooks().items()
            if thing is not self._hooks.get(name) and (name in _TRACING or _of_notebook(thing))
        ]
        hooks += _listening(shell)
        now = [signal.getsignal(number) for number in _SIGNALS]
        handled = [
            number.name
            for number, before, after in zip(_SIGNALS, self._handlers, now, strict=True)
            if after is not before and (_of_notebook(after) or after == signal.SIG_IGN)
        ]
        if theirs:
            yield Noticed("functions", theirs[:_MOST_NAMES], max(0, len(theirs) - _MOST_NAMES))
        if ours:
            yield Noticed("grader", ours[:_MOST_NAMES], max(0, len(ours) - _MOST_NAMES))
        if hooks:
            yield Noticed("hooks", hooks[:_MOST_NAMES], max(0, len(hooks) - _MOST_NAMES))
        if handled:
            yield Noticed("signals", handled)

    def _replaced(self) -> Iterator[str]:
        for where, (place, before) in self._places.items():
            now = vars(place)
            found = [(name, now.get(name)) for name, thing in before.items() if now.get(name) is not thing]
            if isinstance(place, type) and not where.startswith(_OURS) and len(now) > len(before):
                found += [(name, now[name]) for name in now.keys() - before.keys() if _inherited(place, name)]
            for name, thing in found:
                moved = id(thing) in self._known and callable(thing)
                if name not in _HARMLESS and (moved or _of_notebook(thing)):
                    yield f"{where}.{name}"


def _hooks() -> dict[str, Any]:
    found: dict[str, Any] = {
        "sys.excepthook": sys.excepthook,
        "sys.settrace": sys.gettrace(),
        "sys.setprofile": sys.getprofile(),
        "sys.displayhook": sys.displayhook,
    }
    for name, finders in (("sys.meta_path", sys.meta_path), ("sys.path_hooks", sys.path_hooks)):
        found |= {f"{name}: {type(one).__name__}": one for one in finders if _of_notebook(one)}
    return found


def _listening(shell: Any) -> list[str]:
    """What of the notebook's IPython would hear of, or change, later cells and their results."""
    manager = shell.input_transformer_manager
    lists = {
        "input transformer": [
            *manager.cleanup_transforms, *manager.line_transforms, *manager.token_transformers,
            *shell.input_transformers_post,
        ],
        "AST transformer": shell.ast_transformers,
        "event": [one for callbacks in shell.events.callbacks.values() for one in callbacks],
        "torch function mode": _modes(),
    }  # fmt: skip
    return [f"{what}: {_name(one)}" for what, things in lists.items() for one in things if _of_notebook(one)]


def _modes() -> list[Any]:
    from torch.overrides import _get_current_function_mode_stack

    stack: Any = _get_current_function_mode_stack
    return list(stack())


def _tampered(shell: Any) -> Iterator[str]:
    """Attributes of our own objects that the notebook has set."""
    for what, thing in (
        ("shell", shell), ("shell.reporter", shell.reporter), ("shell.displayhook", shell.displayhook),
        ("shell.display_pub", shell.display_pub),
    ):  # fmt: skip
        for name, value in vars(thing).items():
            if callable(value) and _of_notebook(value):
                yield f"{what}.{name}"


def _inherited(place: type, name: str) -> bool:
    return any(name in vars(base) for base in place.__mro__[1:])


def _of_notebook(thing: Any) -> bool:
    """Whether a cell defined this: by its code, or by its class."""
    for _ in range(_MOST_WRAPPINGS):
        if isinstance(thing, functools.partial):
            thing = thing.func
        elif isinstance(thing, staticmethod | classmethod | types.MethodType):
            thing = thing.__func__
        elif isinstance(thing, property):
            thing = thing.fget
    if isinstance(thing, types.FunctionType):
        return _CELL.match(thing.__code__.co_filename) is not None
    kind = thing if isinstance(thing, type) else type(thing)
    module = vars(kind).get("__module__", "")
    return isinstance(module, str) and (module == "__main__" or module.partition(".")[0] == "unittest")


def _name(thing: Any) -> str:
    name = getattr(thing, "__name__", type(thing).__name__)
    return name[:100] if type(name) is str else "?"
