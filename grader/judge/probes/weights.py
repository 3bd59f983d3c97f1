"""Every weight counts: it is known to the optimiser, moves the answer, and is reached by the gradient."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Sequence
from typing import Any

import torch

from grader.evidence import Bars, Names
from grader.judge.answer import Answer
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.measure import SAME_SHAPE, rel
from grader.record import Fact
from grader.wire.replies import Described, Entry

_NO_GRADIENT = re.compile(r"does not require grad|unused|not have been used", re.IGNORECASE)
_SHOWN = 30
_FEW_NUMBERS, _TOGETHER = 500_000, 16
"""Changes to weights in one message: all have to be answered within the time for one request."""
_STACKS, _CELLS = ("RNN", "LSTM", "GRU"), ("RNNCell", "LSTMCell", "GRUCell")


def every_weight_counts(model: Model, draw: Draw, *inputs: Any) -> None:
    """Changing any weight of two or more dimensions changes the answer to `inputs`.

    `model.unregistered_parameters`: modules or parameters kept in a plain list, tuple or dict.
    `model.no_parameters`. Each parameter is disturbed by N(0, 1) alone; an answer that differs by at most
    1e-9 (float32: 1e-4) of its largest number, at two draws, makes it dead: all of them dead is
    `answer.hard_coded`, one of two or more dimensions `model.dead_parameters`. Dead biases are legitimate
    (before a softmax or a norm layer). `reply.malformed`: parameters that have other names when asked again.
    """
    described = model.describe()
    facts: dict[str, Fact]
    _registered(model, described)
    if not _parameters(described):
        raise Finding("model.no_parameters", facts={"name": model.name}, about=model.name)
    names = {entry.name for entry in _parameters(described)}
    moved = _moved(model, draw, inputs, names)
    dead = [name for name, (difference, tolerance) in moved.items() if difference <= tolerance]
    if dead:
        again = _moved(model, draw, inputs, names)
        dead = [name for name in dead if again[name][0] <= again[name][1]]
    matrices = {entry.name for entry in _parameters(described) if len(entry.shape) >= 2}
    named = [name for name in dead if name in matrices]
    if not named and len(dead) < len(moved):
        return
    code = "answer.hard_coded" if len(dead) == len(moved) else "model.dead_parameters"
    shown = list(moved)[:_SHOWN]
    bars = Bars(
        shown,
        [_finite(moved[name][0]) for name in shown],
        [i for i, name in enumerate(shown) if name in (named or dead)],
        "@unit.change",
    )
    blamed = named or dead
    facts = {"name": model.name, "count": len(blamed), "of": len(moved), "parameter": blamed[0]}
    raise Finding(code, facts=facts, evidence=[bars], about=model.name)


def stacks_layers(models: Sequence[Model], layers: Sequence[int], argument: str) -> None:
    """Each of `models`, made with so many `layers`, holds as many recurrent layers.

    Counted are the built-in ones: layers of `nn.RNN`, `nn.LSTM` and `nn.GRU` (two directions are one), and
    their cells. Where a model has none, nothing is said of it. Finding: model.layer_count.
    """
    for model, wanted in zip(models, layers, strict=True):
        own = _recurrent(model.describe())
        if own and len(own) != wanted:
            facts: dict[str, Fact] = {"name": model.name, "argument": argument, "asked": wanted}
            raise Finding("model.layer_count", facts={**facts, "got": len(own)}, about=model.name)


def widens_layers(models: Sequence[Model], argument: str) -> None:
    """The recurrent layers of each of `models` have more weights from state to state than those of the model
    before.

    Counted are the built-in ones, as in `stacks_layers`; where a model has none, nothing is said. Finding:
    model.argument_ignored, with the fact `counted`.
    """
    sizes = [sum(math.prod(e.shape) for e in _recurrent(model.describe())) for model in models]
    if not all(sizes):
        return
    for model, before, after in zip(models, sizes, sizes[1:], strict=False):
        if after <= before:
            facts: dict[str, Fact] = {"name": model.name, "argument": argument, "size": after}
            facts["counted"] = "recurrent"
            raise Finding("model.argument_ignored", facts=facts, about=model.name)


def _recurrent(described: Described) -> list[Entry]:
    """The weights from state to state of built-in layers and cells, those of one direction."""
    kinds = dict(described.modules)
    found = []
    for entry in _parameters(described):
        module, _, name = entry.name.rpartition(".")
        layer = kinds.get(module) in _STACKS and re.fullmatch(r"weight_hh_l\d+", name)
        if layer or (kinds.get(module) in _CELLS and name == "weight_hh"):
            found.append(entry)
    return found


def gradient_reaches(model: Model, draw: Draw, *inputs: Any) -> None:
    """In train mode every weight may learn, and the answer to `inputs` sends each matrix a gradient.

    `grad.frozen_parameters`: a weight that does not ask for a gradient (constants are exempt: an initial
    state of zeros, rows of an identity). `grad.graph_cut`: the answer has no graph, or the gradient of a
    parameter of two or more dimensions is missing or exactly 0 at two draws of weights and cotangents.
    """
    described = model.describe()
    facts: dict[str, Fact]
    _not_frozen(model, described)
    trainable = [e for e in _parameters(described) if e.trainable and len(e.shape) >= 2]
    sizes = {entry.name: 0.0 for entry in trainable}
    for _ in range(2):
        for name, size in _gradients(model, draw, inputs).items():
            if name in sizes:
                sizes[name] = max(sizes[name], size)
        if all(sizes.values()):
            return
    cut = [name for name, size in sizes.items() if size == 0]
    shown = list(sizes)[:_SHOWN]
    bars = Bars(
        shown,
        [_finite(sizes[name]) for name in shown],
        [i for i, name in enumerate(shown) if name in cut],
        "@unit.gradient",
    )
    facts = {"name": model.name, "count": len(cut), "of": len(sizes), "parameter": cut[0]}
    raise Finding("grad.graph_cut", facts=facts, evidence=[bars], about=model.name)


def can_be_trained(model: Model) -> None:
    """No layer is hidden from the optimiser, and none is kept from learning.

    Asks for no answer, so it is for models whose arguments another probe knows. Findings:
    model.unregistered_parameters, grad.frozen_parameters, as above.
    """
    described = model.describe()
    _registered(model, described)
    _not_frozen(model, described)


def _registered(model: Model, described: Described) -> None:
    if described.unregistered:
        names = described.unregistered[:_SHOWN]
        facts: dict[str, Fact] = {"name": model.name, "attribute": names[0]}
        facts["count"] = len(described.unregistered)
        raise Finding("model.unregistered_parameters", facts=facts, evidence=[Names(names)], about=model.name)


def _not_frozen(model: Model, described: Described) -> None:
    frozen = [entry.name for entry in _parameters(described) if not entry.trainable]
    if frozen and (frozen := _not_constant(model, frozen)):
        facts: dict[str, Fact] = {"name": model.name, "count": len(frozen), "parameter": frozen[0]}
        raise Finding(
            "grad.frozen_parameters", facts=facts, evidence=[Names(frozen[:_SHOWN])], about=model.name
        )


def _parameters(described: Described) -> list[Entry]:
    return [entry for entry in described.entries if not entry.buffer]


def _moved(
    model: Model, draw: Draw, inputs: Sequence[Any], names: set[str]
) -> dict[str, tuple[float, float]]:
    """By parameter, of these names: how far disturbing it moves the answer, and the tolerance."""
    drawn = model.drawn(draw).settled(*inputs)
    weights = drawn.weights or {}
    if weights.keys() != names:
        detail = "the model has other parameters when it is made again"
        raise Finding("reply.malformed", facts={"name": model.name, "detail": detail}, about=model.name)
    changes = [{n: value + draw.normal(*value.shape, purpose="disturbed")} for n, value in weights.items()]
    base, answers = _under(drawn, inputs, changes)
    return {
        name: (rel(answer.tensor(), base.tensor()), SAME_SHAPE[drawn.double])
        for name, answer in zip(weights, answers, strict=True)
    }


def _under(
    drawn: Model, inputs: Sequence[Any], changes: Sequence[dict[str, torch.Tensor]]
) -> tuple[Answer, list[Answer]]:
    """The answer as the weights are, and that under each of `changes`, in few messages.

    Where a network is large, both its weights and a change of them would be too much for one.
    """
    weights = drawn.weights or {}
    answers: list[Answer] = []
    if sum(value.numel() for value in weights.values()) > _FEW_NUMBERS:
        (base,) = drawn.run([inputs], fresh=False)
        for change in changes:
            answers += dataclasses.replace(drawn, weights=weights | change).run([inputs], fresh=False)
        return base, answers
    for first in range(0, len(changes), _TOGETHER):
        base, *more = drawn.run([inputs], fresh=False, variants=changes[first : first + _TOGETHER])
        answers += more
    return base, answers


def _gradients(model: Model, draw: Draw, inputs: Sequence[Any]) -> dict[str, float]:
    """By parameter: the largest entry of the gradient of a random sum of the answer, 0 where none came."""
    drawn = dataclasses.replace(model.drawn(draw), double=False)
    (answer,) = drawn.run([inputs], fresh=False)
    cotangent = draw.normal(*answer.tensor().shape, purpose="cotangent")
    try:
        gradients = drawn.gradients(*inputs, cotangents=[cotangent])
    except Finding as finding:
        if _NO_GRADIENT.search(str(finding.facts.get("message", ""))):
            return {}
        raise
    found = gradients.parameters.items()
    return {name: 0.0 if value is None else float(value.abs().max()) for name, value in found}


def _not_constant(model: Model, names: list[str]) -> list[str]:
    """The parameters among `names` whose values are neither zeros nor rows of an identity."""
    found = []
    for name, value in model.values().items():
        if not value.numel():
            continue
        rows = value.reshape(-1, value.shape[-1]) if value.dim() else value.reshape(1, 1)
        one_hot = bool(((rows == 0) | (rows == 1)).all() and (rows.sum(1) <= 1).all())
        if name in names and not one_hot:
            found.append(name)
    return found


def _finite(number: float) -> float:
    return min(number, 1e30)
