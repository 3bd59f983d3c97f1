"""Which letters of a ragged batch an answer depends on: exactly those of its own word."""

from __future__ import annotations

import torch

from grader.evidence import HeatMap
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.letter_maps import name_reads, name_tags, own_rows
from grader.judge.probes.long_words import reads_long_words
from grader.judge.probes.measure import SAME_SHAPE, influence, rel
from grader.judge.probes.ragged import at_letters, ragged, refusal, valid
from grader.record import Fact

LENGTHS = (3, 6, 2, 4, 6)
"""In no order; the short rows have one, two and three pads and more, so that off by one shows as such."""

_DRAWS = 9
"""Max pooling and ReLU hide a step now and then: "has no influence" is known only after several draws."""

_MANY = 10
"""Words in which a maximum over the steps would never have to stand in the last one, to pass for an index."""

_OF_OTHER_ROWS = frozenset({"packing.order_not_restored", "batch.mixed", "axis.batch_time_swapped"})


def takes_ragged(model: Model, draw: Draw, *, features: int) -> None:
    """The model answers a batch of words of different lengths in no order, with a pad column to spare.

    Raises what `refusal` can name; an error that it cannot name, and the answer's shape, are for
    `shapes.has_shape`.
    """
    x, lengths = ragged(draw, LENGTHS, features, steps=max(LENGTHS) + 2)
    drawn = model.drawn(draw).settled(x, lengths)
    (answer,) = drawn.run([[x, lengths]])
    if answer.error is not None:
        finding = refusal(drawn, answer, x, lengths)
        if finding.code != "call.failed":
            raise finding


def keeps_columns(model: Model, draw: Draw, *, features: int) -> Finding | None:
    """A model (x, lengths) -> (B, T, C) answers with the T of x where all words are shorter; None if so.

    `packing.total_length_missing` where max(lengths) columns come back, which the caller may accept.
    Raises `shape.wrong` for any other number.
    """
    x, lengths = ragged(draw, LENGTHS, features, steps=max(LENGTHS) + 2)
    drawn = model.drawn(draw).settled(x, lengths)
    got = drawn.run([[x, lengths]])[0].tensor()
    columns = got.shape[1] if got.dim() == 3 else 0
    if columns == x.shape[1]:
        return None
    facts: dict[str, Fact] = {
        "name": model.name,
        "got": columns,
        "expected": x.shape[1],
        "longest": max(LENGTHS),
    }
    if columns == max(LENGTHS):
        return Finding("packing.total_length_missing", facts=facts, about=model.name)
    raise _wrong_shape(model, [len(LENGTHS), x.shape[1], 0], got.shape[:-1])


def reads_each_word(model: Model, draw: Draw, *, features: int) -> None:
    """Row b of the logits depends on the steps t < lengths[b] of row b, on all of them and on nothing else.

    model: (x (B, T, features), lengths (B,)) -> (B, C). Random weights; every input step is replaced on its
    own, same shape, so that no influence is a difference of exactly 0; tolerance 1e-9 of the largest
    logit (float32: 1e-4). Raises what `name_reads` names, and what `refusal` names where a call raises; where
    one letter too many is read, packing.gather_off_by_one only if a word that fills T is answered the same as
    when its length is told one less, as an index does that is one too far and stops at the last column, and
    packing.reads_padding else: a window over the letters, as a convolution has, reads as far. Then words of
    13 letters, see `reads_long_words`.
    Knows nothing of what is done with the steps that are read: a masked sum passes.
    """
    promised = own_rows(len(LENGTHS))[:, :, None] & valid(torch.tensor(LENGTHS), max(LENGTHS))[None]
    strength = torch.zeros(promised.shape, dtype=torch.float64)
    for turn in range(_DRAWS + 1):
        _, moved, tolerance = _moved(model, draw, LENGTHS, features, shared=turn == 0)
        if moved.dim() != 3:
            raise _wrong_shape(model, [len(LENGTHS), 0], moved.shape[:-2])
        if turn == 0 and not torch.equal(moved > tolerance, promised):
            continue
        strength = torch.maximum(strength, moved)
        reads = strength > tolerance
        if torch.equal(reads, promised):
            return reads_long_words(model, draw, features=features)
        if (reads & ~promised).any():
            break
    code = name_reads(reads, torch.tensor(LENGTHS))
    if code == "batch.mixed" and _walks_over_the_batch(model, draw, features):
        code = "axis.batch_time_swapped"
    beyond = bool((reads & ~promised).any())
    if (
        code == "packing.gather_off_by_one"
        and beyond
        and not _stops_at_the_last_column(model, draw, features)
    ):
        code = "packing.reads_padding"
    raise _found(code, model, strength, reads, tolerance)


def tags_each_letter(model: Model, draw: Draw, *, features: int) -> None:
    """The logits of letter t of word b depend on that letter, on others of the word, on nothing else.

    model: (x (B, T, features), lengths (B,)) -> (B, T, C) or (B, max(lengths), C). Either direction of
    reading, or both, is right, and so is a window; logits at padded steps may be anything. States of one
    direction that stand in turned order are seen by their map. Measured and tolerated as in
    `reads_each_word`. Raises what `name_tags` names, and `output.constant_steps` where every letter of a word
    gets the same logits; packing.valid_steps_ignored where letters of longer words have no answer that
    depends on them.
    """
    model = at_letters(model)
    sizes = torch.tensor(LENGTHS)
    strength = torch.zeros(len(LENGTHS), max(LENGTHS), len(LENGTHS), max(LENGTHS), dtype=torch.float64)
    for turn in range(_DRAWS + 1):
        base, moved, tolerance = _moved(model, draw, LENGTHS, features, shared=turn == 0)
        if moved.shape != strength.shape:
            raise _wrong_shape(model, [len(LENGTHS), max(LENGTHS), 0], moved.shape[:-2])
        if turn == 0 and name_tags(moved > tolerance, sizes) is not None:
            continue
        strength = torch.maximum(strength, moved)
        reads = strength > tolerance
        code = name_tags(reads, sizes)
        if code is None and not _alike(base, sizes, tolerance):
            return reads_long_words(model, draw, features=features, per_step=True)
        code = code or "output.constant_steps"
        if code in _OF_OTHER_ROWS or code == "packing.reads_padding":
            break
    assert code is not None
    if code == "batch.mixed" and _walks_over_the_batch(model, draw, features):
        code = "axis.batch_time_swapped"
    steps = valid(sizes, max(LENGTHS))
    by_word = (strength * steps[:, :, None, None]).amax(1)
    raise _found(code, model, by_word, by_word > tolerance, tolerance)


def _moved(
    model: Model, draw: Draw, lengths: tuple[int, ...], features: int, *, shared: bool = False
) -> tuple[torch.Tensor, torch.Tensor, float]:
    """The answer and the influence map for one draw of weights and inputs, and the tolerance of the map."""
    x, sizes = ragged(draw, lengths, features)
    drawn = model.drawn(draw).settled(x, sizes)
    (answer,) = drawn.run([[x, sizes]], fresh=False)
    if answer.error is not None:
        raise refusal(drawn, answer, x, sizes)
    base, moved = influence(drawn, x, draw, extra=[sizes], shared=shared)
    return base, moved, SAME_SHAPE[drawn.double]


def _alike(base: torch.Tensor, lengths: torch.Tensor, tolerance: float) -> bool:
    """Whether in every word all letters have the same answer. base (B, T, C)."""
    return all(
        rel(row[:n], row[:1].expand(int(n), -1)) <= tolerance for row, n in zip(base, lengths, strict=True)
    )


def _walks_over_the_batch(model: Model, draw: Draw, features: int) -> bool:
    """Whether, on equal lengths, row b's answer reads one step of rows b' <= b: time taken for rows."""
    _, moved, tolerance = _moved(model, draw, (5, 5, 5), features)
    reads = moved > tolerance
    earlier = torch.ones(3, 3, dtype=torch.bool).tril()
    if moved.dim() == 3:
        return bool(torch.equal(reads[:, :, -1], earlier) and not reads[:, :, :-1].any())
    same_step = torch.eye(5, dtype=torch.bool)
    return torch.equal(reads, earlier[:, None, :, None] & same_step[None, :, None, :])


def _stops_at_the_last_column(model: Model, draw: Draw, features: int) -> bool:
    """Whether words that fill T have the same answers when all their lengths but one are told one less."""
    x, full = ragged(draw, (max(LENGTHS),) * _MANY, features)
    less = full - (torch.arange(_MANY) > 0).long()
    drawn = model.drawn(draw).settled(x, full)
    answers = drawn.run([[x, full], [x, less]])
    if any(answer.error is not None for answer in answers):
        return False
    a, b = (answer.tensor() for answer in answers)
    return a.shape == b.shape and rel(a[1:], b[1:]) <= SAME_SHAPE[drawn.double]


def _wrong_shape(model: Model, expected: list[int], got: torch.Size) -> Finding:
    sizes = [f"({', '.join(str(n) if n else '·' for n in shape)})" for shape in (expected, [*got, 0])]
    facts: dict[str, Fact] = {"name": model.name, "expected": sizes[0], "got": sizes[1]}
    return Finding("shape.wrong", facts=facts, about=model.name)


def _found(code: str, model: Model, strength: torch.Tensor, reads: torch.Tensor, tolerance: float) -> Finding:
    """The finding with its picture: letters of each word's own row, or rows by rows where others mix in."""
    batch, steps = len(LENGTHS), max(LENGTHS)
    letters = valid(torch.tensor(LENGTHS), steps)
    rows = [f"{b + 1} ({length})" for b, length in enumerate(LENGTHS)]
    own = torch.arange(batch)
    if code in _OF_OTHER_ROWS:
        values, promised, columns = strength.amax(-1), own_rows(batch), rows
        axes = ("@axis.answer_of_word", "@axis.word_in_batch")
    else:
        values, promised, columns = strength[own, own], letters, [str(t + 1) for t in range(steps)]
        axes = ("@axis.answer_of_word", "@axis.letter")
    numbers = [[round(v, 4) for v in row] for row in values.tolist()]
    picture = HeatMap(rows, columns, numbers, promised.tolist(), *axes, tolerance)
    mixed = (reads.any(-1) & ~own_rows(batch)).any(1)
    beyond = reads[own, own] & ~letters
    padded = beyond.any(1)
    missing = (letters & ~reads[own, own]).any(1)
    facts: dict[str, Fact] = {
        "name": model.name,
        "of": batch,
        "changed": int((mixed | padded).sum()),
        "others": int((reads & ~own_rows(batch)[:, :, None]).sum()),
        "missing": int(missing.sum()),
        "worst": float((values * ~promised).max()),
        "steps": steps,
        "beyond": "one" if not beyond[:, 1:][~letters[:, :-1]].any() else "more",
    }
    return Finding(code, facts=facts, evidence=[picture], about=model.name)
