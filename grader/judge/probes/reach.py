"""How far back a model that reads numbers can learn: the gradient of its last answer at each letter read."""

from __future__ import annotations

import torch

from grader.evidence import Bars
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.record import Fact

LETTERS, STEPS = 12, 5
_ASKED = 4
_DRAWS = 3
_TOLERANCE = {True: 1e-9, False: 1e-6}
"""By whether gradients were computed in float64; relative to the largest of the letters read."""


def gradient_reaches_every_step(model: Model, draw: Draw) -> bool:
    """The last answer sends a gradient to what was read at every step, the first included.

    model: (B, T) long below 12 -> (B, T, 12), in train mode. It reads five different letters, and a sum over
    scores of four others, whose factors add up to 0, is differentiated. A weight that has a row (or column)
    for each letter then gets a gradient in the rows of the letters from which learning can come, and none in
    those of letters that were neither read nor asked for: embeddings, their spelling by hand, and the first
    layer after one-hot rows all look so, output layers do not. A step counts as reached if one of three draws
    of weights and letters reaches it; no gradient is 0, the tolerance 1e-9 (float32 1e-6).
    Raises `grad.truncated_in_time` where the last step is reached and an earlier one is not. Returns whether
    there was such a weight: where not, nothing is said.
    """
    reached = torch.zeros(STEPS, dtype=torch.float64)
    for _ in range(_DRAWS):
        sizes = _sizes(model, draw)
        if sizes is None:
            return False
        reached = torch.maximum(reached, sizes)
        if bool((reached > 0).all()):
            return True
    missing = [t for t in range(STEPS) if not reached[t] > 0]
    facts: dict[str, Fact] = {
        "name": model.name,
        "steps": STEPS,
        "step": max(missing) + 1,
        "reach": STEPS - 1 - max(missing),
    }
    labels = [str(t + 1) for t in range(STEPS)]
    bars = Bars(labels, [float(f"{v:.3g}") for v in reached.tolist()], missing, "@unit.gradient_at_step")
    raise Finding("grad.truncated_in_time", facts=facts, evidence=[bars], about=model.name)


def _sizes(model: Model, draw: Draw) -> torch.Tensor | None:
    """(T,) the gradient at each letter read, relative to the largest; None where no weight tells letters
    apart."""
    order = torch.from_numpy(draw("letters").permutation(LETTERS))
    read, asked, spare = order[:STEPS], order[STEPS : STEPS + _ASKED], order[STEPS + _ASKED :]
    lab = model.drawn(draw).settled(read[None])
    cotangent = torch.zeros(1, STEPS, LETTERS, dtype=torch.float64)
    factors = draw.normal(_ASKED, purpose="cotangent")
    cotangent[0, -1, asked] = factors - factors.mean()
    gradients = lab.gradients(read[None], cotangents=[cotangent]).parameters
    best: torch.Tensor | None = None
    for gradient in gradients.values():
        for size in [] if gradient is None else _by_letter(gradient):
            floor = _TOLERANCE[lab.double] * float(size.max())
            if float(size[spare].max()) <= floor < float(size[read[-1]]):
                found = torch.where(size[read] > floor, size[read], 0.0) / size[read].max()
                best = found if best is None else torch.maximum(best, found)
    return best


def _by_letter(gradient: torch.Tensor) -> list[torch.Tensor]:
    """The largest entry (LETTERS,) for each letter, along every axis that may be that of the letters."""
    axes = [axis for axis, size in enumerate(gradient.shape) if size == LETTERS]
    if not bool(torch.isfinite(gradient).all()):
        return []
    sizes = gradient.double().abs()
    return [sizes.transpose(0, axis).reshape(LETTERS, -1).amax(1) for axis in axes]
