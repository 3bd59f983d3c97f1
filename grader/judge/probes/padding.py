"""What may not change an answer: values and number of pads, neighbours, and their order."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch.nn.utils.rnn import PackedSequence

from grader.evidence import Names, Table
from grader.judge.answer import Answer
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.measure import OTHER_SHAPE, rel
from grader.judge.probes.ragged import ragged, refusal, valid
from grader.record import Fact

LENGTHS = (3, 6, 1, 4)
ORDER = (2, 0, 3, 1)
_POOLED = ("packing.pad_length_matters", "packing.lengths_one", "packing.batch_differs_from_single")
_SHORT = 2
"""The row whose features are compared in the batch and alone: one letter has states of either sign."""


@dataclass(frozen=True)
class _Relation:
    """Two sets of calls whose answers for the same words have to agree."""

    code: str
    label: str
    differences: list[float]

    @property
    def worst(self) -> float:
        return max(self.differences)


def ignores_padding(model: Model, draw: Draw, *, features: int, per_step: bool = False) -> None:
    """The answer for a word is the same whatever its batch looks like.

    model: (x (B, T, features), lengths (B,)) -> (B, C), or with `per_step` -> (B, T or max(lengths), C),
    compared at valid steps only. Seven relations, in this order: large finite values at padded steps
    (`packing.reads_padding`), rows shuffled (`packing.order_not_restored`), three more pad columns
    (`packing.pad_length_matters`), words of one length against each alone (`packing.equal_lengths`),
    words of one letter (`packing.lengths_one`), a batch of one runs (`batch.fixed_size`), each word alone and
    unpadded (`packing.batch_differs_from_single`). All are measured, the first broken one is named;
    pooling over zeros is named more exactly where the last Linear's input shows it. Tolerance 1e-9 of
    the largest number (float32: 1e-4). NaN is no poison here: `mask * NaN` is NaN in right answers.
    Measured on one object; where that breaks a relation, again on a copy for each call, which counts.
    """
    x, lengths = ragged(draw, LENGTHS, features)
    drawn = model.drawn(draw).settled(x, lengths)
    tolerance = OTHER_SHAPE[drawn.double]
    for shared in (True, False):
        relations = _measure(drawn, draw, x, lengths, per_step, shared=shared)
        broken = [i for i, relation in enumerate(relations) if relation.worst > tolerance]
        if not broken:
            return
    first = relations[broken[0]]
    code, ratio = first.code, 0.0
    if code in _POOLED and not per_step:
        code, ratio = _pooling(drawn, x, lengths) or (code, 0.0)
    table = Table(
        ["@column.relation", "@column.difference", "@column.tolerance"],
        [[r.label, _shown(r.worst), tolerance] for r in relations],
        broken,
    )
    facts: dict[str, Fact] = {
        "name": model.name,
        "changed": sum(d > tolerance for d in first.differences),
        "of": len(first.differences),
        "worst": first.worst,
        "tolerance": tolerance,
    }
    if ratio:
        facts |= {"ratio": ratio, "length": LENGTHS[_SHORT], "steps": max(LENGTHS)}
    raise Finding(code, facts=facts, evidence=[table], about=model.name)


def _measure(
    model: Model, draw: Draw, x: torch.Tensor, lengths: torch.Tensor, per_step: bool, *, shared: bool
) -> list[_Relation]:
    batch, steps, features = x.shape
    letters = valid(lengths, steps)[:, :, None]
    poison = torch.where(letters, x, draw.normal(*x.shape, scale=50.0, purpose="poison"))
    order = torch.tensor(ORDER)
    longer = torch.cat([x, x.new_zeros(batch, 3, features)], 1)
    full, of_full = ragged(draw, [steps] * batch, features)
    ones, of_ones = ragged(draw, [1] * batch, features, steps=4)
    answers = model.run(
        [
            [x, lengths], [poison, lengths], [x[order], lengths[order]], [longer, lengths],
            [full, of_full], [ones, of_ones], [x[1:2], lengths[1:2]],
            *[[x[b : b + 1, :n], lengths[b : b + 1]] for b, n in enumerate(LENGTHS)],
            *[[full[b : b + 1], of_full[b : b + 1]] for b in range(batch)],
            *[[ones[b : b + 1, :1], of_ones[b : b + 1]] for b in range(batch)],
        ],
        fresh=not shared,
    )  # fmt: skip
    base, poisoned, shuffled, with_more, of_equal, of_short, single = answers[:7]
    alone, full_alone, ones_alone = (answers[7 + i * batch : 7 + (i + 1) * batch] for i in range(3))
    if base.error is not None:
        if of_short.error is not None and of_equal.error is None:
            raise Finding("packing.lengths_one", facts={"name": model.name}, about=model.name)
        raise refusal(model, base, x, lengths)

    def words(answer: Answer, sizes: torch.Tensor) -> list[torch.Tensor | None]:
        return _words(answer, sizes.tolist(), per_step)

    def each(answers: list[Answer], sizes: torch.Tensor) -> list[torch.Tensor | None]:
        return [words(a, sizes[b : b + 1])[0] for b, a in enumerate(answers)]

    given = words(base, lengths)
    moved = words(shuffled, lengths[order])
    back = [moved[ORDER.index(b)] for b in range(batch)]
    of_alone, of_one_letter = each(full_alone, of_full), each(ones_alone, of_ones)
    in_full, by_itself = words(of_equal, of_full), words(single, lengths[1:2])
    # Whether it runs is asked here; its value is that of the second word alone, which comes last.
    one = _relation("batch.fixed_size", "@relation.one", by_itself, by_itself)
    equal = [
        _relation("packing.equal_lengths", "@relation.equal", in_full, of_alone),
        _relation("packing.lengths_one", "@relation.ones", words(of_short, of_ones), of_one_letter),
    ]
    # A batch of one that fails makes these two fail as well, and is then what is wrong with them.
    middle = [one, *equal] if by_itself == [None] and in_full[0] is not None else [*equal, one]
    return [
        _relation("packing.reads_padding", "@relation.poison", given, words(poisoned, lengths)),
        _relation("packing.order_not_restored", "@relation.shuffled", given, back),
        _relation("packing.pad_length_matters", "@relation.longer", given, words(with_more, lengths)),
        *middle,
        _relation("packing.batch_differs_from_single", "@relation.alone", given, each(alone, lengths)),
    ]


def _words(answer: Answer, lengths: list[int], per_step: bool) -> list[torch.Tensor | None]:
    """The answer for each word, (C,) or (length, C); None where the call failed or has other rows."""
    if answer.error is not None:
        return [None] * len(lengths)
    y = answer.tensor()
    dims = 3 if per_step else 2
    if y.dim() != dims or y.shape[0] != len(lengths) or (per_step and y.shape[1] < max(lengths)):
        return [None] * len(lengths)
    return [y[b, :n] if per_step else y[b] for b, n in enumerate(lengths)]


def _relation(
    code: str, label: str, left: list[torch.Tensor | None], right: list[torch.Tensor | None]
) -> _Relation:
    differences = [
        float("inf") if a is None or b is None else rel(a, b) for a, b in zip(left, right, strict=True)
    ]
    return _Relation(code, label, differences)


def _pooling(model: Model, x: torch.Tensor, lengths: torch.Tensor) -> tuple[str, float] | None:
    """How the shortest word's features in the batch come from those alone: a ratio, or zeros joined in."""
    together = _features(model, x, lengths)
    row = slice(_SHORT, _SHORT + 1)
    alone = _features(model, x[row, : LENGTHS[_SHORT]], lengths[row])
    if together is None or alone is None or len(alone) != 1 or together.shape[1] != alone.shape[1]:
        return None
    v = alone[0]
    for u in together:
        ratios = (u / v)[v.abs() > 1e-6]
        if len(ratios) and float(ratios.max() - ratios.min()) < 1e-4 and abs(float(ratios[0]) - 1) > 1e-3:
            return "packing.mean_over_padded_length", float(ratios[0])
        for code, clamped in (
            ("packing.max_over_padding", v.clamp(min=0)),
            ("packing.min_over_padding", v.clamp(max=0)),
        ):
            if float((u - clamped).abs().max()) < 1e-4 and float((u - v).abs().max()) > 1e-3:
                return code, 0.0
    return None


def _features(model: Model, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor | None:
    """What entered the last Linear, (rows, features); None where none was seen or it is no matrix."""
    _, events = model.observe(x, lengths, roles=["linear"])
    inputs = events[-1].inputs[0] if events and events[-1].inputs else None
    return inputs.double() if isinstance(inputs, torch.Tensor) and inputs.dim() == 2 else None


def packs(model: Model, draw: Draw, *, features: int) -> Finding | None:
    """`packing.never_packed` where no recurrent module was given a `PackedSequence` that counts; None else.

    A packed batch counts where what it holds changes with x and where the module's weights change the
    answer. What the caller does with the finding (a remark, a failure) is the lesson's choice: masking
    and gathering give the same answers.
    """
    x, lengths = ragged(draw, LENGTHS, features)
    drawn = model.drawn(draw).settled(x, lengths)
    answer, events = drawn.observe(x, lengths, roles=["recurrent"])
    other, others = drawn.observe(x + 1, lengths, roles=["recurrent"])
    seen, tolerance = [], OTHER_SHAPE[drawn.double]
    for event, changed in zip(events, others, strict=False):
        given, then = _packed(event.inputs), _packed(changed.inputs)
        if given is None or then is None:
            seen.append(f"{event.type} {event.name}")
        elif (
            min(rel(given.data, then.data), rel(answer.tensor(), other.tensor())) > OTHER_SHAPE[drawn.double]
        ):
            weights = {
                name: value + draw.normal(*value.shape, purpose="disturbed")
                if name.startswith(f"{event.name}.") or not event.name
                else value
                for name, value in (drawn.weights or {}).items()
            }
            after = replace(drawn, weights=weights)(x, lengths)
            if isinstance(after, torch.Tensor) and rel(after, answer.tensor()) > tolerance:
                return None
    evidence = [Names(seen[:30])] if seen else []
    return Finding("packing.never_packed", facts={"name": model.name}, evidence=evidence, about=model.name)


def _packed(inputs: list[object]) -> PackedSequence | None:
    return next((value for value in inputs if isinstance(value, PackedSequence)), None)


def _shown(number: float) -> float | str:
    return number if number != float("inf") else "inf"
