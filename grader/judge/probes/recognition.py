"""Learning to tell images apart, by the student's own loop, judged on images whose labels never leave us."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import torch

from grader.evidence import Evidence, Table
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.learning import Task, compared
from grader.judge.probes.mixups import confusion, surest_mistakes
from grader.judge.probes.outcome import curve
from grader.judge.probes.scoring import CLASSES, rows_of
from grader.judge.probes.training import answered
from grader.judge.student import Handle
from grader.judge.training import Trained, Trainer, drawn
from grader.judge.using import used
from grader.record import Fact

_ALIKE = 1e-3
_CALLS = 3


@dataclass(frozen=True)
class Pictures:
    """Images to learn from, and images to be judged by, whose labels never leave us.

    images (N, ...), labels (N,) long; test (M, ...), test_labels (M,) long.
    """

    images: torch.Tensor
    labels: torch.Tensor
    test: torch.Tensor
    test_labels: torch.Tensor
    budgets: Sequence[tuple[int, float]]
    """Epochs and learning rate of each training; they are tried in turn until one is enough."""
    cut: float
    """Share of right answers on the test images that a right network of any style reaches by far."""

    @classmethod
    def drawn(
        cls,
        train: tuple[torch.Tensor, torch.Tensor],
        test: tuple[torch.Tensor, torch.Tensor],
        draw: Draw,
        *,
        counts: tuple[int, int],
        budgets: Sequence[tuple[int, float]],
        cut: float,
    ) -> Self:
        """As many images of each set as `counts` says, square ones (N, H, W) in 0..1, of 10 classes.

        All are turned and mirrored in one of the eight ways, get a little noise, and the classes are dealt
        out anew: public images, known by heart, are of no use then.
        """
        turns, mirrored = (int(n) for n in draw("ways").integers(0, [4, 2]))
        dealt = torch.from_numpy(draw("classes").permutation(CLASSES))
        parts: list[tuple[torch.Tensor, torch.Tensor]] = []
        for purpose, (images, labels), count in zip(("train", "test"), (train, test), counts, strict=True):
            chosen = torch.from_numpy(draw(purpose).permutation(len(images))[:count])
            noise = draw.normal(count, *images.shape[1:], scale=0.03, purpose="noise").float()
            turned = torch.rot90(images[chosen] + noise, turns, (1, 2)).clamp(0, 1)
            turned = turned.flip(2) if mirrored else turned
            parts.append((turned.contiguous(), dealt[labels[chosen]]))
        return cls(*parts[0], *parts[1], budgets, cut)


def in_batches(task: Pictures, *, epochs: Sequence[int], cut: float) -> Task:
    """The same pictures for `learning.learns`: our own loop in the place of the notebook's, 25 at a time."""
    parts = [slice(n, n + 25) for n in range(0, len(task.images), 25)]
    return Task(
        batches=[[task.images[part].double()] for part in parts],
        labels=[task.labels[part] for part in parts],
        test=[task.test.double()],
        test_labels=task.test_labels,
        classes=CLASSES,
        epochs=epochs,
        learning_rate=0.003,
        cut=cut,
    )


def recognises(trainer: Trainer, model: Model, draw: Draw, task: Pictures) -> None:
    """`trainer(model, images, labels, epochs, learning_rate)`; then the model is right on `task.cut` of the
    test images. Each training starts from weights of the model's own; the best of the budgets counts.

    Where the student's function scales images before the model sees them, so are the test images, as its
    recorded calls show. Findings: reply.malformed (no list of numbers), train.diverges (a loss that
    is not finite, or far higher at the end), accuracy.low, shape.wrong, dtype.wrong (scores that are no
    real numbers), what the call raised.
    """
    best = Recognition(-1.0, [], torch.zeros(0))
    for epochs, rate in task.budgets:
        training = trained(trainer, model, draw, task, epochs, rate)
        if training.share >= task.cut and all(math.isfinite(loss) for loss in training.losses):
            return
        best = max(best, training, key=lambda one: one.share)
    share, losses = best.share, best.losses
    diverged = not all(math.isfinite(loss) for loss in losses) or losses[-1] > max(1.2 * losses[0], 4.0)
    facts: dict[str, Fact] = {
        "name": trainer.name,
        "accuracy": share,
        "cut": task.cut,
        "of": len(task.test_labels),
        "chance": 1 / CLASSES,
        "first": losses[0],
        "last": losses[-1],
    }
    code = "train.diverges" if diverged else "accuracy.low"
    evidence: list[Evidence] = [curve(losses), *confusion(best.scores, task.test_labels, CLASSES)]
    evidence += surest_mistakes(task.test, best.scores, task.test_labels)
    raise Finding(code, facts=facts, evidence=evidence, about=trainer.name, by_chance=True)


@dataclass(frozen=True)
class Recognition:
    """What one training came to: the share of the test images that are right, the losses that the student's
    function gave, and the model's scores (M, 10) for the test images."""

    share: float
    losses: list[float]
    scores: torch.Tensor


def trained(
    trainer: Trainer, model: Model, draw: Draw, task: Pictures, epochs: int, rate: float
) -> Recognition:
    """One training, and what the model says of the test images then. See `recognises`."""
    seed = draw.seed("training")
    args = [model, task.images, task.labels, epochs, rate]
    (run,) = trainer.run([args], seeds=[seed], then=[[task.test]], calls=_CALLS)
    answered(run.answer)
    losses = run.losses()
    found = _recognition(run, losses, task, model.name)
    scaling = _scaling([call.input for call in run.calls], task.images)
    if found.share < task.cut and scaling is not None and not _plain(scaling):
        slope, level = scaling
        (run,) = trainer.run([args], seeds=[seed], then=[[task.test * slope + level]])
        found = max(found, _recognition(run, losses, task, model.name), key=lambda one: one.share)
    return found


def scales_alike(
    trainer: Trainer, accuracy: Handle, model: Model, draw: Draw, task: Sequence[torch.Tensor]
) -> None:
    """Images reach the model scaled alike in `trainer` and in `accuracy(model, images, labels)`.

    `task` is images and labels. What the model is given is compared with the images, in both: a factor and a
    shift, the same for all images, to 1e-3. Finding: data.scaled_differently. Nothing is said where the
    images cannot be told again in one of the two, or are not scaled alike among themselves.
    """
    images, labels = task
    (run,) = trainer.run([[*drawn([model], draw), images, labels, 1, 0.01]], calls=_CALLS)
    answered(run.answer)
    (one,) = used(accuracy, [[*drawn([model], draw), images, labels]], training=False, calls=_CALLS)
    one.answer.get()
    first = _scaling([call.input for call in run.calls], images)
    second = _scaling(one.inputs, images)
    if first is None or second is None:
        return
    if all(abs(a - b) <= _ALIKE * max(1.0, abs(a)) for a, b in zip(first, second, strict=True)):
        return
    rows: list[list[float | int | str]] = [
        [where, float(f"{slope:.4g}"), float(f"{level:.4g}")]
        for where, (slope, level) in ((f"`{trainer.name}`", first), (f"`{accuracy.name}`", second))
    ]
    table = Table(["@column.inside", "@column.factor", "@column.shift"], rows, [1])
    facts: dict[str, Fact] = {"name": accuracy.name}
    raise Finding("data.scaled_differently", facts=facts, evidence=[table], about=accuracy.name)


def _recognition(run: Trained, losses: list[float], task: Pictures, name: str) -> Recognition:
    scores = run.then[0].tensor() if run.then else torch.zeros(0)
    compared(scores, (len(task.test_labels), CLASSES), name)
    return Recognition(float((scores.argmax(1) == task.test_labels).double().mean()), losses, scores)


def _scaling(inputs: Sequence[Any], images: torch.Tensor) -> tuple[float, float] | None:
    """(factor, shift) with which images came to the model, where they can be told and are scaled alike."""
    ours, rows = images.double().flatten(1), rows_of(images)
    found = []
    for value in inputs:
        if not isinstance(value, torch.Tensor) or not value.numel() or value.numel() % ours.shape[1]:
            continue
        given = value.detach().double().reshape(-1, ours.shape[1])
        distance, index = torch.cdist(rows_of(given), rows).min(1)
        for row, place in zip(given[distance < 1e-2], index[distance < 1e-2].tolist(), strict=True):
            slope = float(row.std() / ours[place].std().clamp(min=1e-9))
            found.append((slope, float(row.mean() - slope * ours[place].mean())))
    if not found:
        return None
    slopes, levels = torch.tensor(found).T
    same = all(float(v.max() - v.min()) <= _ALIKE * max(1.0, float(v.abs().max())) for v in (slopes, levels))
    return (float(slopes.mean()), float(levels.mean())) if same else None


def _plain(scaling: tuple[float, float]) -> bool:
    return abs(scaling[0] - 1) < _ALIKE and abs(scaling[1]) < _ALIKE
