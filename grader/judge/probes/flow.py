"""From sentence to sentence: the whole source is read, states are handed on, gradients come back."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import torch

from grader.evidence import Evidence, Steps, Table
from grader.judge.cast import Cast, Scene
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.drill import alone, drilled
from grader.judge.probes.passages import Passage, rows, same
from grader.judge.probes.training import piles_up
from grader.judge.rehearsal import Turn
from grader.judge.student import Handle
from grader.judge.training import Trainer, drawn
from grader.record import Fact

_COUNT, _ALONE = 40, 16
_MOST = 0.8
_SURE = 1e-4
_FAR = 0.5
"""Of the length of a state. Two random starts lie further apart; a learnt one moves by what a step of
training changes, and the alternative that has one stays far below."""
_ENOUGH = 10
_PAIRS = (2, 3, 4)


def leads_through(handle: Handle, draw: Draw, cast: Cast) -> None:
    """In `handle`, a training, each source goes through the encoder and its state on through the decoder.

    A training of 40 sentences of four pairs, forced, and one of 16 without a teacher, of which only the
    states are asked, both from weights of ours; states are compared to the bit.
    Findings, in this order: what the call raised; tf.no_decoder_calls; seq2seq.encoder_state_unused (the
    encoder is never called); seq2seq.source_not_fully_read (a word never goes in; its EOS may be left out,
    and reading backwards is right); seq2seq.pairs_not_used (a chance below 1e-4 where pairs are drawn);
    then those of `hands_on`; seq2seq.first_state_random (the encoder begins the same source elsewhere each
    time; a learnt start moves little from step to step and is right); grad.graph_cut (the encoder's last
    state goes on, but no gradient comes back to it); grad.truncated_in_time (a state is cut off from its
    past at every step).
    Limits: a recording, made by the guest, but for what the call raised. Without a teacher nothing is said
    of a training that raises.
    """
    scene = cast.scene(draw)
    found = drilled(handle, draw, scene, _COUNT)
    everything_read(found, scene, handle.name)
    used = {passage.pair for passage in found} - {None}
    pairs = len(scene.pairs)
    if len(used) < pairs and pairs * (1 - 1 / pairs) ** len(found) < _SURE:
        facts: dict[str, Fact] = {"name": handle.name, "used": len(used), "of": pairs, "count": len(found)}
        raise Finding("seq2seq.pairs_not_used", facts=facts, about=handle.name)
    hands_on(found, handle.name)
    _begins_alike(found, handle.name)
    if any(turn.loss is not None for passage in found for turn in passage.speaking):
        _gradients(found, handle.name)
    freely = alone(handle, draw, scene, _ALONE)
    hands_on(freely, handle.name, teacher="silent")
    if any(turn.loss is not None for passage in freely for turn in passage.speaking):
        _gradients(freely, handle.name)


def counts_sentences(handle: Handle, draw: Draw, scene: Scene) -> None:
    """The number that `handle` is given counts sentences, not rounds through all pairs.

    Trainings of 2, 3 and 4 pairs, asked for twice as many sentences each: rounds that are made whole, and
    batches that divide them, come out even. Finding: train.steps_too_many where the steps are as many as
    pairs times the number, for all three, or one multiple of that (several optimisers). Steps are those of
    optimisers, else moves of the weights.
    The last of the three has no teacher: train.zero_grad_missing where gradients pile up there.
    Limits: several sentences for one step pass, be it all pairs; so does a training that raises.
    """
    cases = [drawn([scene.pairs[:n], *scene.cast(), 2 * n, 100, 0.01], draw) for n in _PAIRS]
    cases[-1].append(0.0)
    runs = Trainer(handle).run(cases, seeds=[draw.seed("training")] * len(cases))
    if any(run.answer.error is not None for run in runs):
        return
    if piles_up(runs[-1].steps):
        alone: dict[str, Fact] = {"name": handle.name, "teacher": "silent"}
        raise Finding("train.zero_grad_missing", facts=alone, about=handle.name)
    made = [sum(step.by >= 0 for step in run.steps) or len(run.steps) for run in runs]
    each = made[0] // (2 * _PAIRS[0] ** 2)
    if each and made == [each * 2 * n**2 for n in _PAIRS]:
        facts: dict[str, Fact] = {"name": handle.name, "asked": 2 * _PAIRS[-1], "pairs": _PAIRS[-1]}
        raise Finding("train.steps_too_many", facts={**facts, "counted": "rounds"}, about=handle.name)


def everything_read(found: Sequence[Passage], scene: Scene, name: str) -> None:
    """The decoder speaks, and the encoder is given every word of each source."""
    facts: dict[str, Fact] = {"name": name}
    if not any(passage.speaking for passage in found):
        raise Finding("tf.no_decoder_calls", facts=facts, about=name)
    if not any(passage.reading for passage in found):
        raise Finding("seq2seq.encoder_state_unused", facts=facts, about=name)
    for passage in found:
        wanted = [] if passage.pair is None else scene.source.of(scene.pairs[passage.pair][0])
        if passage.pair is not None and set(wanted) <= set(passage.read):
            continue
        missing = set(wanted) - set(passage.read)
        told: dict[str, Fact] = {**facts, "read": len(wanted) - len(missing), "of": len(wanted)}
        tokens = rows(
            [scene.source.word(n) or n for n in wanted], [scene.source.word(n) or n for n in passage.read]
        )
        evidence: list[Evidence] = [Steps(["@row.source", "@row.was_read"], tokens)] if wanted else []
        raise Finding("seq2seq.source_not_fully_read", facts=told, evidence=evidence, about=name)


def hands_on(found: Sequence[Passage], name: str, *, teacher: str = "") -> None:
    """States go from call to call of the encoder, on to the decoder, from call to call of it, and no further.

    Findings: seq2seq.encoder_state_dropped, seq2seq.encoder_state_not_reset,
    seq2seq.encoder_state_unused (the decoder starts elsewhere, no gradient comes back to the encoder, and
    without gradients every sentence starts the same), seq2seq.decoder_state_dropped. What happens in most
    places decides: 80 %, for starts half. `teacher` is told with states that are lost from word to word.
    """
    reads = [pair for passage in found for pair in pairwise(passage.reading)]
    if reads and _share([not same(a.left, b.given) for a, b in reads]) >= _MOST:
        raise _lost("seq2seq.encoder_state_dropped", name, reads, teacher)
    starts = [
        (before, after.reading[0])
        for before, after in pairwise(found)
        if before.reading and before.speaking and after.reading
    ]
    kept = [_kept(before, turn) for before, turn in starts]
    if kept and _share(kept) >= 0.5:
        raise Finding("seq2seq.encoder_state_not_reset", facts={"name": name}, about=name)
    meetings = [p for p in found if p.reading and p.speaking]
    if meetings and not _meet(meetings):
        raise Finding("seq2seq.encoder_state_unused", facts={"name": name}, about=name)
    speaks = [pair for passage in found for pair in pairwise(passage.speaking)]
    if speaks and _share([not same(a.left, b.given) for a, b in speaks]) >= _MOST:
        raise _lost("seq2seq.decoder_state_dropped", name, speaks, teacher)


def _begins_alike(found: Sequence[Passage], name: str) -> None:
    """Finding where the first states of one source are more than half of their length apart, mostly."""
    latest: dict[int | None, torch.Tensor] = {}
    apart = []
    for passage in found:
        start = passage.reading[0].given if passage.reading else None
        if start is None:
            continue
        before = latest.get(passage.pair)
        if before is not None and before.shape == start.shape:
            size = max(float(before.norm()), float(start.norm()))
            apart.append(float((start - before).norm()) > _FAR * size)
        latest[passage.pair] = start
    if len(apart) >= _ENOUGH and _share(apart) >= _MOST:
        raise Finding("seq2seq.first_state_random", facts={"name": name}, about=name)


def _meet(meetings: Sequence[Passage]) -> bool:
    """Whether the decoder starts from what the encoder ended with, or from something made of it."""
    handed = [same(p.reading[-1].left, p.speaking[0].given) for p in meetings]
    if _share(handed) >= 0.5:
        return True
    if any(turn.loss is not None for p in meetings for turn in p.speaking):
        return _share([p.reading[-1].reached for p in meetings]) >= 0.5
    firsts = [p.speaking[0].given for p in meetings]
    return len({p.pair for p in meetings}) > 1 and not all(_like(firsts[0], other) for other in firsts)


def _like(a: torch.Tensor | None, b: torch.Tensor | None) -> bool:
    return (a is None and b is None) or same(a, b)


def _kept(before: Passage, turn: Turn) -> bool:
    """Whether a sentence begins with a state that the one before it left."""
    ends = (before.reading[-1].left, before.speaking[-1].left)
    return turn.given is not None and bool(turn.given.any()) and any(same(turn.given, end) for end in ends)


def _gradients(found: Sequence[Passage], name: str) -> None:
    meetings = [p for p in found if p.reading and p.speaking]
    if meetings and _share([p.reading[-1].reached for p in meetings]) < 0.5:
        facts: dict[str, Fact] = {"name": name, "missing": "Encoder"}
        raise Finding("grad.graph_cut", facts=facts, about=name)
    for pairs, argument in (
        ([pair for p in found for pair in pairwise(p.speaking)], "Decoder"),
        ([pair for p in found for pair in pairwise(p.reading)], "Encoder"),
    ):
        if pairs and _share([not later.bound for _, later in pairs]) >= _MOST:
            facts = {"name": name, "argument": argument}
            raise Finding("grad.truncated_in_time", facts=facts, about=name)


def _lost(code: str, name: str, pairs: Sequence[tuple[Turn, Turn]], teacher: str) -> Finding:
    """A finding about states that were not handed on, with the first calls in a table."""
    table: list[list[float | int | str]] = []
    for number, (earlier, later) in enumerate(pairs[:6], start=1):
        table.append([number, _size(earlier.left), _size(later.given)])
    bad = [n for n, (a, b) in enumerate(pairs[:6]) if not same(a.left, b.given)]
    columns = ["@column.call", "@column.state_left", "@column.state_given"]
    lost = sum(not same(a.left, b.given) for a, b in pairs)
    facts: dict[str, Fact] = {"name": name, "lost": lost, "of": len(pairs), "teacher": teacher}
    return Finding(code, facts=facts, evidence=[Table(columns, table, bad)], about=name)


def _size(state: torch.Tensor | None) -> float | str:
    if state is None:
        return "-"
    length = float(state.norm())
    return float(f"{length:.3g}") if length < 1e30 else "inf"


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found)
