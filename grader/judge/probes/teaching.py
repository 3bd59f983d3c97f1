"""That a training function trains: a layer of ours, whose weights come back, answers by them on our side.

What the guest tells of losses, gradients and steps is its own word. This is not: the weights that come back
are put into a layer here, and either they do what was to be learnt, or they do not. Whoever wants to send
such weights has to find them, which is what training is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.scoring import rows_of
from grader.judge.training import Trainer, single
from grader.record import Fact

_ALL, _OF_MANY, _CORRELATION, _AT_FIRST = 1.0, 0.6, 0.85, 0.35
_UNSEEN = 0.5


@dataclass(frozen=True)
class Shown:
    """What is to be learnt: `x` and `y` as the function is given them.

    rows (N, F): what a linear layer sees of each example; wanted: one or more (N,), classes (long) or numbers
    (float), of which the layer has to say one: the right ones and those of the neighbours.
    unseen: inputs of a model of the notebook, and what it has to say there, -1 where nothing is certain; for
    functions that cannot be given a layer of ours.
    """

    x: torch.Tensor
    y: torch.Tensor
    rows: torch.Tensor
    wanted: Sequence[torch.Tensor]
    unseen: tuple[torch.Tensor, torch.Tensor] | None = None
    enough: float = _ALL
    """What the layer has to reach: out of reach of chance, and far below what any loop reaches."""


def walks(letters: int, steps: int, draw: Draw, *, window: int | None = None) -> Shown:
    """A text of `steps` letters in which, but for jumps, each letter has its own follower.

    x (1, steps, letters) one-hot and y (1, steps); with a `window` x and y (steps - window + 1, window) as
    numbers. Jumps come every three to six letters. What is certain in the unseen text, one-hot rows of the
    same form, are the followers, from the second letter after a jump on.
    """
    generator = draw("walks")
    order = generator.permutation(letters)
    places = torch.from_numpy(order)
    texts = []
    for _ in range(2):
        text: list[int] = []
        certain: list[bool] = []
        while len(text) <= steps:
            start, length = int(generator.integers(letters)), int(generator.integers(3, 7))
            text += [int(places[(start + n) % letters]) for n in range(length)]
            certain += [False] + [n > 1 for n in range(1, length)]
        texts.append((torch.tensor(text[: steps + 1]), torch.tensor(certain[1 : steps + 1])))
    (known, _), (new, sure) = texts
    eye = torch.eye(letters)
    wanted = [torch.empty(letters, dtype=torch.long) for _ in range(4)]
    for ahead, classes in zip((1, 0, 2, -1), wanted, strict=True):
        classes[places] = places.roll(-ahead)
    x, y, asked, right = (
        row.unfold(0, window or steps, 1).clone()
        for row in (known[:-1], known[1:], new[:-1], torch.where(sure, new[1:], -1))
    )
    return Shown(x if window else eye[x], y, eye, wanted, (eye[asked], right))


def examples(x: torch.Tensor, y: torch.Tensor) -> Shown:
    """Inputs (N, ...), each with a class (N,) or a number (N, 1), for a `Classifier` of ours.

    That one says the next class in training mode, so what it has learnt is one class off.
    """
    flat = y.flatten()
    if flat.is_floating_point():
        return Shown(x, y, rows_of(x), [flat], enough=_CORRELATION)
    flat = (flat - 1) % (int(flat.max()) + 1)
    return Shown(x, y, rows_of(x), [flat, flat.roll(1), flat.roll(-1)], enough=_OF_MANY)


def teaches(
    trainer: Trainer,
    layer: Model,
    draw: Draw,
    shown: Shown,
    *,
    budgets: Sequence[tuple[int, float]],
    own: Model | None = None,
) -> None:
    """`trainer(layer, x, y, steps, learning_rate)` gives a layer of ours weights that do what it was shown.

    Computed here, from the weights that came back: every letter of a few is right, or six tenths of many
    examples, or numbers correlate with their targets at 0.85; classes of neighbours count as well, since what
    is taught is the business of other checks. `budgets` (steps, rate) are tried in turn, so that no optimiser
    is asked for.
    Functions that fit only the notebook's own model (its scores may be logarithms, its answers pairs) train
    `own`, which is asked about the unseen text: half of what is certain there is enough, guessing is right
    once in as many times as there are letters. Weights of other shapes than the layer's, and ones that are no
    real numbers, do nothing of it. Finding: accuracy.low.
    """
    best = 0.0
    for steps, rate in budgets:
        start = _unable(layer, draw, shown)
        (run,) = trainer.run([[start, shown.x, shown.y, steps, rate]], seeds=[draw.seed("training")])
        best = max(best, _done({weight.name: weight.after for weight in run.weights}, layer, shown))
        if best >= shown.enough:
            return
        if own is not None and _of_own(trainer, own, draw, shown, steps, rate) >= _UNSEEN:
            return
    facts: dict[str, Fact] = {
        "name": trainer.name,
        "accuracy": best,
        "cut": shown.enough,
        "of": len(shown.rows),
    }
    raise Finding("accuracy.low", facts=facts, about=trainer.name, by_chance=True)


def _unable(layer: Model, draw: Draw, shown: Shown) -> Model:
    """The layer with weights that do not yet do it by chance."""
    while True:
        start = layer.drawn(draw)
        if _done(start.weights or {}, layer, shown) < _AT_FIRST:
            return start


def _of_own(trainer: Trainer, own: Model, draw: Draw, shown: Shown, steps: int, rate: float) -> float:
    if shown.unseen is None:
        return 0.0
    asked, wanted = shown.unseen
    (run,) = trainer.run(
        [[*single([own]), shown.x, shown.y, steps, rate]], seeds=[draw.seed("training")], then=[[asked]]
    )
    scores = run.then[0].tensor() if run.then and run.then[0].error is None else torch.zeros(0)
    if scores.dim() != 3 or scores.shape[:2] != wanted.shape or not scores.shape[2]:
        return 0.0
    if not scores.is_floating_point():
        return 0.0
    return float((scores.argmax(-1) == wanted)[wanted >= 0].double().mean())


def _done(weights: dict[str, torch.Tensor], layer: Model, shown: Shown) -> float:
    """How well `layer` with these weights does what was shown: a share, or a correlation."""
    weight, bias = weights.get("weight"), weights.get("bias")
    inputs, outputs = layer.args
    if weight is None or bias is None or weight.shape != (outputs, inputs) or bias.shape != (outputs,):
        return 0.0
    if not (weight.is_floating_point() and bias.is_floating_point()):
        return 0.0
    said = shown.rows.double() @ weight.double().T + bias.double()
    if not bool(torch.isfinite(said).all()):
        return 0.0
    return max(_agreement(said, wanted) for wanted in shown.wanted)


def _agreement(said: torch.Tensor, wanted: torch.Tensor) -> float:
    """The share of classes that win, or the correlation of numbers."""
    if wanted.is_floating_point():
        return float(torch.corrcoef(torch.stack([said[:, 0], wanted.double()]))[0, 1].nan_to_num())
    return float((said.argmax(1) == wanted).double().mean())
