"""What a request is about: names of the notebook, models built from them, modules that the judge gives."""

from __future__ import annotations

import difflib
import inspect
import types
from typing import Any

import torch

from grader.guest import lab as laboratory
from grader.guest import scripted
from grader.wire.replies import NameSeen
from grader.wire.requests import Lab, Target
from grader.wire.tensors import Reader
from grader.wire.values import Built, Given, Named, Value


class Missing(NameError):
    """A name that the notebook does not define."""


class Targets:
    """Finds and builds what requests name, over one notebook's namespace and one message's payload."""

    def __init__(self, namespace: dict[str, Any], reader: Reader) -> None:
        self._namespace = namespace
        self._reader = reader

    def look(self, name: str) -> NameSeen:
        """What `name` is in the notebook's namespace, with similar names where it is missing."""
        if name not in self._namespace:
            known = [n for n, v in self._namespace.items() if isinstance(n, str) and _own(n, v)]
            lower = {n.lower(): n for n in known}
            near = difflib.get_close_matches(name.lower(), lower, n=3, cutoff=0.6)
            return NameSeen(name, "missing", near=[lower[n][:100] for n in near])
        thing = self._namespace[name]
        kind = type(thing).__name__[:100]
        if isinstance(thing, type):
            return NameSeen(name, "class", kind)
        if isinstance(thing, torch.nn.Module):
            return NameSeen(name, "module", kind)
        return NameSeen(name, "function" if callable(thing) else "value", kind)

    def named(self, name: str) -> Any:
        if name not in self._namespace:
            raise Missing(f"name '{name}' is not defined")
        return self._namespace[name]

    def modules(self) -> list[type[torch.nn.Module]]:
        """The classes of modules that the notebook defines or has imported by name."""
        found = [v for v in self._namespace.values() if isinstance(v, type)]
        return [v for v in found if issubclass(v, torch.nn.Module) and v is not torch.nn.Module]

    def argument(self, value: Value) -> Any:
        """A Python value from the wire, with named, built and given things put in their places."""
        return self._place(self._reader.value(value))

    def make(self, target: Target, lab: Lab, seed: int, weights: dict[str, torch.Tensor]) -> Any:
        """The target of a call, built and prepared where it has to be."""
        laboratory.seed(seed)
        made = self._place(target)
        laboratory.prepare(made, lab, weights)
        return made

    def _place(self, value: Any) -> Any:
        match value:
            case Named(name):
                return self.named(name)
            case Built(name, args, kwargs, weights, calls, first):
                made = self.named(name)(
                    *[self.argument(a) for a in args], **{k: self.argument(v) for k, v in kwargs.items()}
                )
                if first and isinstance(made, torch.nn.Module):
                    laboratory.size(made, [self.argument(a) for a in first])
                if weights and isinstance(made, torch.nn.Module):
                    found = dict(made.named_parameters()) | dict(made.named_buffers())
                    with torch.no_grad():
                        for key, header in weights.items():
                            value = self._reader.tensor(header)
                            # A model may keep its weights more precisely than it is asked.
                            wider = torch.promote_types(found[key].dtype, value.dtype)
                            found[key].data = found[key].data.to(wider)
                            found[key].copy_(value)
                for method, given in calls:
                    getattr(made, method)(*[self.argument(a) for a in given])
                return made
            case Given(kind, args, kwargs, state, attributes):
                maker = getattr(scripted, kind, None) or getattr(torch.nn, kind)
                module = maker(
                    *[self.argument(a) for a in args], **{k: self.argument(v) for k, v in kwargs.items()}
                )
                if state:
                    values = {k: self._reader.tensor(v) for k, v in state.items()}
                    laboratory.convert(module, next(iter(values.values())).dtype)
                    module.load_state_dict(values)
                for name, known in attributes.items():
                    setattr(module, name, self.argument(known))
                return module
            case list() | tuple():
                plain = type(value) in (list, tuple)
                return type(value)([self._place(v) for v in value]) if plain else value
            case dict():
                return {k: self._place(v) for k, v in value.items()}
            case _:
                return value


def _own(name: str, value: Any) -> bool:
    return (
        not name.startswith("_") and not isinstance(value, types.ModuleType) and not inspect.isbuiltin(value)
    )
