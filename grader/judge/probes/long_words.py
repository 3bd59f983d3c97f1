"""Words longer than those of the maps: whether every one of their letters still counts."""

from __future__ import annotations

import torch

from grader.evidence import HeatMap
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.ragged import ragged, refusal
from grader.record import Fact

_LENGTHS = (13, 2, 13, 5, 13, 13)
_DRAWS = 9
"""As many as the maps have. A letter that never is a maximum in four words under nine draws: below 1e-10."""


def reads_long_words(model: Model, draw: Draw, *, features: int, per_step: bool = False) -> None:
    """Every letter of a word of 13 moves its answer; with `per_step` the answer that stands at the letter.

    model: (x (B, T, features), lengths (B,)) -> (B, C), or with `per_step` -> (B, T, C). One letter at a time
    is replaced in all long words of a batch, same shape, so that no influence is a difference of exactly 0,
    and any other counts, however small: a state forgets. Letters that move nothing in any of nine draws are
    packing.valid_steps_ignored. Raises what `refusal` names where the batch raises.
    """
    steps, count = max(_LENGTHS), sum(n == max(_LENGTHS) for n in _LENGTHS)
    strength = torch.zeros(count, steps, dtype=torch.float64)
    for _ in range(_DRAWS):
        strength = torch.maximum(strength, _moved(model, draw, features, per_step))
        if bool((strength > 0).all()):
            return
    missing = (strength == 0).any(1)
    facts: dict[str, Fact] = {
        "name": model.name,
        "of": count,
        "missing": int(missing.sum()),
        "steps": steps,
    }
    picture = HeatMap(
        [f"{n + 1} ({steps})" for n in range(count)],
        [str(t + 1) for t in range(steps)],
        [[round(v, 4) for v in row] for row in strength.tolist()],
        [[True] * steps] * count,
        "@axis.answer_of_word",
        "@axis.letter",
        0.0,
    )
    raise Finding("packing.valid_steps_ignored", facts=facts, evidence=[picture], about=model.name)


def _moved(model: Model, draw: Draw, features: int, per_step: bool) -> torch.Tensor:
    """(long words, T): how far the answer moves with each letter of its own word, for one draw."""
    x, lengths = ragged(draw, _LENGTHS, features)
    drawn = model.drawn(draw).settled(x, lengths)
    long, steps = lengths == lengths.max(), x.shape[1]
    cases = [[x, lengths]]
    for t in range(steps):
        changed = x.clone()
        changed[long, t] += draw.normal(int(long.sum()), features, scale=1.5, purpose="substitute")
        cases.append([changed, lengths])
    answers = drawn.run(cases, fresh=False)
    if answers[0].error is not None:
        raise refusal(drawn, answers[0], x, lengths)
    base, *others = (answer.tensor().detach().double() for answer in answers)
    scale = max(float(base.abs().max()), 1e-30)
    moved = torch.stack([(other - base).abs().amax(-1)[long] for other in others], 1) / scale
    return moved.diagonal(dim1=1, dim2=2) if per_step else moved
