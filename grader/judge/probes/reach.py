"""How far back a model can learn: the gradient of its last answer at each step that it has read."""

from __future__ import annotations

from collections.abc import Callable

import torch

from grader.evidence import Bars
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.shapes import answered, shape_text
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
    Raises `grad.truncated_in_time` where the last step is reached and an earlier one is not, and
    `grad.graph_cut` where some gradient is not finite, at six draws. Returns whether there was such a weight:
    where not, nothing is said.
    """
    return _all_reached(model, lambda: _sizes(model, draw), STEPS)


def gradient_goes_back_in_time(
    model: Model, x: torch.Tensor, draw: Draw, *, output: int | None = None
) -> bool:
    """The last step of the answer sends a gradient to what was read at every step, the first included.

    model: x (B, T, I) floating -> (B, T, O), or several tensors of which that one is first; `output` as in
    `shapes.has_shape`. In eval mode, which switches dropout off. A step counts as reached if one row of one
    of three draws of weights reaches it; no gradient is 0, the tolerance 1e-9 (float32 1e-6) of the largest.
    Raises `grad.truncated_in_time` where the last step is reached and an earlier one is not, and
    `grad.graph_cut` where the answer is finite and the gradient is not, at six draws, all but the first of x
    as well, some above 0: a right one may have a kink, or a root that counts above 0 only. Returns whether a
    gradient came to x at all: where not (a model that copies its input to numpy), nothing is said.
    """
    asked = [x]

    def once() -> torch.Tensor | None:
        try:
            return _at_each_step(model, asked[-1], draw, output)
        except _NoNumber:
            beside = x + draw.normal(*x.shape, purpose="beside kinks").to(x.dtype)
            asked.append(beside if len(asked) % 2 else beside.abs())
            raise

    return _all_reached(model, once, x.shape[1])


class _NoNumber(Exception):
    """A gradient is not finite, which says nothing of one draw: it may have hit a kink."""


def _all_reached(model: Model, once: Callable[[], torch.Tensor | None], steps: int) -> bool:
    """Whether `once`, of one draw, has reached every step; False where it reaches none."""
    reached = torch.zeros(steps, dtype=torch.float64)
    told = 0
    for _ in range(2 * _DRAWS):
        try:
            sizes = once()
        except _NoNumber:
            continue
        if sizes is None:
            return False
        told += 1
        reached = torch.maximum(reached, sizes)
        if bool((reached > 0).all()):
            return True
        if told == _DRAWS:
            break
    if told:
        raise _truncated(model, reached)
    facts: dict[str, Fact] = {"name": model.name, "argument": "x", "difference": "nan"}
    raise Finding("grad.graph_cut", facts=facts, about=model.name)


def _at_each_step(model: Model, x: torch.Tensor, draw: Draw, output: int | None) -> torch.Tensor | None:
    """(T,) the gradient at each step of x, relative to the largest; None where the last step gets none."""
    lab = model.drawn(draw).settled(x)
    (answer,) = lab.run([[x]])
    got = answered(answer, output, lab, [x])
    shape = got.shape
    if shape[:2] != x.shape[:2]:
        expected: dict[str, Fact] = {"expected": shape_text([*x.shape[:2], "·"]), "got": shape_text(got)}
        raise Finding("shape.wrong", facts={"name": lab.name, **expected}, about=lab.name)
    cotangent = torch.zeros(shape, dtype=torch.float64)
    cotangent[:, -1] = draw.normal(*cotangent[:, -1].shape, purpose="cotangent")
    gradient = lab.gradients(x, cotangents=[cotangent], mode="eval").inputs[0]
    if gradient is None or gradient.shape != x.shape:
        return None
    if not bool(torch.isfinite(gradient).all()):
        if bool(torch.isfinite(got).all()):
            raise _NoNumber
        return None
    sizes = gradient.double().abs().amax((0, 2))
    floor = _TOLERANCE[lab.double] * float(sizes.max())
    return torch.where(sizes > floor, sizes, 0.0) / sizes.max() if float(sizes[-1]) > floor else None


def _truncated(model: Model, reached: torch.Tensor) -> Finding:
    """`reached` (T,) the gradient at each step; one of them at least is 0."""
    steps = len(reached)
    missing = [t for t in range(steps) if not reached[t] > 0]
    facts: dict[str, Fact] = {
        "name": model.name,
        "steps": steps,
        "step": max(missing) + 1,
        "reach": steps - 1 - max(missing),
    }
    labels = [str(t + 1) for t in range(steps)]
    bars = Bars(labels, [float(f"{v:.3g}") for v in reached.tolist()], missing, "@unit.gradient_at_step")
    return Finding("grad.truncated_in_time", facts=facts, evidence=[bars], about=model.name)


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
    if not all(g is None or bool(torch.isfinite(g).all()) for g in gradients.values()):
        raise _NoNumber
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
    sizes = gradient.double().abs()
    return [sizes.transpose(0, axis).reshape(LETTERS, -1).amax(1) for axis in axes]
