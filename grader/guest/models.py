"""What a model is made of: parameters, buffers, submodules, and what it keeps out of sight."""

from __future__ import annotations

from typing import Any

import torch

from grader.guest import lab as laboratory
from grader.guest.targets import Targets
from grader.wire.replies import Described, Entry
from grader.wire.requests import Describe
from grader.wire.tensors import Writer

_MAX_ENTRIES = 2000


def describe(request: Describe, targets: Targets, writer: Writer) -> Described:
    """Parameters and buffers of the target, in the module's own order. Raises TypeError for no module."""
    with laboratory.laboratory(request.lab):
        model = targets.make(request.target, request.lab, request.seed, {})
    if not isinstance(model, torch.nn.Module):
        raise TypeError(f"{type(model).__name__} is no torch.nn.Module")
    owners = dict(model.named_modules())
    entries = []
    for buffer, pairs in ((False, model.named_parameters()), (True, model.named_buffers())):
        for name, tensor in pairs:
            owner = owners.get(name.rpartition(".")[0])
            padding = getattr(owner, "padding_idx", None) if isinstance(owner, torch.nn.Embedding) else None
            value = writer.tensor(tensor) if request.values else None
            entries.append(
                Entry(
                    name,
                    list(tensor.shape),
                    str(tensor.dtype).removeprefix("torch."),
                    type(owner).__name__[:100],
                    buffer,
                    bool(tensor.requires_grad),
                    padding,
                    value,
                )
            )
    modules = [(name[:200], type(module).__name__[:100]) for name, module in owners.items()]
    return Described(
        type(model).__name__[:100],
        entries[:_MAX_ENTRIES],
        modules[:_MAX_ENTRIES],
        hidden(model),
        laboratory.state(),
    )


def hidden(model: torch.nn.Module) -> list[str]:
    """Attributes that keep modules or parameters in a plain list, tuple or dict, out of `parameters()`."""
    known = {id(p) for p in model.parameters()}
    found = []
    for path, module in model.named_modules():
        for name, value in vars(module).items():
            if name.startswith("_") or not isinstance(value, (list, tuple, dict)):
                continue
            inside: list[Any] = list(value.values()) if isinstance(value, dict) else list(value)
            if any(id(p) not in known for thing in inside for p in _parameters(thing)):
                found.append(f"{path}.{name}".lstrip("."))
    return found[:100]


def _parameters(thing: Any) -> list[torch.nn.Parameter]:
    if isinstance(thing, torch.nn.Parameter):
        return [thing]
    return list(thing.parameters()) if isinstance(thing, torch.nn.Module) else []
