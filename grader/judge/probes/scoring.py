"""A function that counts right answers, given a model whose answers we know."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from grader.evidence import Table
from grader.judge.answer import Answer
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.shapes import type_text
from grader.judge.student import Handle
from grader.judge.supplied import Supplied
from grader.judge.using import Observation, used
from grader.record import Fact

CLASSES = 10
_MANY = {True: 1031, False: 307}
"""How many images, by whether they are small: primes, so that no batch size divides them."""
_TOLERANCE = 1e-4
_MARGIN = 0.02
_CALLS = 40


@dataclass(frozen=True)
class _Script:
    """Images, labels, and the share of labels that the model says in evaluation and in training mode."""

    model: Supplied
    images: torch.Tensor
    labels: torch.Tensor
    share: float
    in_training: float

    @property
    def args(self) -> list[Any]:
        return [self.model, self.images, self.labels]


def counts_right_answers(handle: Handle, draw: Draw, *, shape: Sequence[int]) -> None:
    """`handle(model, images (N, *shape), labels (N,))` is the share of images whose label the model says.

    The model is ours, its answers known: a linear map of each image, so scaled that no scaling of images
    inside matters. 1031 small or 307 large images, more often right in front than at the end, so that the
    mean over batches of unequal size is another number for every batch size; and as many images as
    classes. A number, a tensor or an array of one number counts; 1e-4 may be lost by rounding. Findings:
    eval.accuracy_wrong (another number, or no way to get one but where images are as many as classes),
    eval.dropout_active (the number of the training mode: the function switches to it),
    eval.on_training_data (the model was asked about other images than those given), reply.malformed,
    call.failed.
    """
    scripts = [_script(draw, shape, count) for count in (_MANY[math.prod(shape) < 200], CLASSES)]
    seen = used(handle, [script.args for script in scripts], training=False, calls=_CALLS)
    for script, one in zip(scripts, seen, strict=True):
        got = None if one.answer.error is not None else _number(one.answer)
        if got is not None and abs(got - script.share) <= _TOLERANCE:
            continue
        facts: dict[str, Fact] = {"name": handle.name, "of": len(script.labels), "expected": script.share}
        if _asked_about_others(one, script):
            raise Finding("eval.on_training_data", facts=facts, about=handle.name)
        if got is None and seen[-1].answer.error is not None:
            one.answer.get()
        if got is None:
            facts["message"] = one.answer.error.message if one.answer.error is not None else ""
            raise Finding("eval.accuracy_wrong", facts=facts, about=handle.name)
        facts["got"] = got
        table = _table(script, got)
        if abs(got - script.in_training) <= _TOLERANCE:
            raise Finding("eval.dropout_active", evidence=[table], about=handle.name)
        raise Finding("eval.accuracy_wrong", facts=facts, evidence=[table], about=handle.name)


def switches_to_evaluation(handle: Handle, draw: Draw, *, shape: Sequence[int]) -> None:
    """The model is in evaluation mode while `handle` counts, and in training mode again if it came so.

    Our model, and the module inside it, come in training mode; where one of the two still is, other classes
    are said. Findings: eval.dropout_active (the number is that of the training mode), train.eval_mode (the
    model comes back in evaluation mode, or what is inside it does: fact `back`), eval.accuracy_wrong. Call
    it once the number is right. Limits: a copy that is put into evaluation mode is as good.
    """
    script = _script(draw, shape, 101)
    (one,) = used(handle, [script.args], training=True)
    got = _number(one.answer)
    if abs(got - script.share) > _TOLERANCE:
        table = _table(script, got)
        if abs(got - script.in_training) > _TOLERANCE:
            facts: dict[str, Fact] = {
                "name": handle.name,
                "of": len(script.labels),
                "expected": script.share,
                "got": got,
            }
            raise Finding("eval.accuracy_wrong", facts=facts, evidence=[table], about=handle.name)
        raise Finding("eval.dropout_active", evidence=[table], about=handle.name)
    if not all(one.left_training):
        inside = "inside" if one.left_training[0] else "all"
        raise Finding("train.eval_mode", facts={"name": handle.name, "back": inside}, about=handle.name)


def rows_of(images: torch.Tensor) -> torch.Tensor:
    """Each image as a row (B, numbers) of mean 0 and deviation 1: what no affine scaling changes."""
    rows = images.double().flatten(1)
    return (rows - rows.mean(1, keepdim=True)) / rows.std(1, keepdim=True).clamp(min=1e-6)


def _script(draw: Draw, shape: Sequence[int], count: int) -> _Script:
    numbers = math.prod(shape)
    model = replace(Supplied("NestedClassifier", (numbers, CLASSES)).drawn(draw), double=False)
    spare = 2 * count + 20
    images = torch.from_numpy(draw("images").random((spare, *shape)).astype(np.float32))
    with torch.no_grad():
        scores: torch.Tensor = model.ours()(rows_of(images))
    top = scores.topk(2, dim=1).values
    clear = (top[:, 0] - top[:, 1] > _MARGIN).nonzero().flatten()[:count]
    images, said = images[clear], scores[clear].argmax(1)
    places = torch.arange(len(clear)) / len(clear)
    chance = torch.from_numpy(draw("labels").random(len(clear)))
    right = chance < torch.where(places < 0.6, 0.85, 0.2)
    # Whoever leaves out the first or the last image counts one right answer too few.
    right[0], right[1], right[-2], right[-1] = True, False, False, True
    # A wrong label is the class that the model says in training mode, or one that it never says.
    by = torch.where(chance > 0.93, 1, 2 + draw.integers(0, CLASSES - 2, len(clear), purpose="others"))
    by[-2] = 1
    labels = torch.where(right, said, (said + by) % CLASSES)
    in_training = float(((said + 1) % CLASSES == labels).double().mean())
    return _Script(model, images, labels, float(right.double().mean()), in_training)


def _number(answer: Answer) -> float:
    """Raises `reply.malformed` where no single number came, or what the call raised."""
    value = answer.get()
    if isinstance(value, (torch.Tensor, np.ndarray)) and math.prod(value.shape) == 1:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        facts: dict[str, Fact] = {"name": answer.name, "wanted": "float", "got": type_text(value)}
        raise Finding("reply.malformed", facts={**facts, "detail": ""}, about=answer.name)
    return float(value)


def _asked_about_others(one: Observation, script: _Script) -> bool:
    """Whether the model was called, and never with an image of ours."""
    ours = rows_of(script.images)
    known = False
    for value in one.inputs:
        if not isinstance(value, torch.Tensor) or not value.numel() or value.numel() % ours.shape[1]:
            continue
        rows = rows_of(value.detach().reshape(-1, ours.shape[1])[:8])
        known = known or bool((torch.cdist(rows, ours).amin(1) < 1e-2).any())
    return bool(one.inputs) and not known


def _table(script: _Script, got: float) -> Table:
    count = len(script.labels)
    shown = float(f"{got:.6g}") if math.isfinite(got) else str(got)
    row: list[float | int | str] = [count, round(script.share * count), round(script.share, 6), shown]
    return Table(
        ["@column.images", "@column.right_answers", "@column.share", "@column.your_share"], [row], [0]
    )
