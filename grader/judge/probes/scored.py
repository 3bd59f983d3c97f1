"""What the loss of a translation asks for: every target word and the end, each at its own step."""

from __future__ import annotations

from collections.abc import Sequence

from grader.evidence import Evidence, Steps
from grader.judge.cast import Cast, Scene
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.drill import alone, drilled, ended
from grader.judge.probes.passages import NOTHING, Passage, hardly_pulls, rows, target, word
from grader.judge.student import Handle
from grader.judge.vocabulary import EOS
from grader.record import Fact

_COUNT = 16
_FEW = 0.1


def scores_every_word(handle: Handle, draw: Draw, cast: Cast) -> None:
    """The loss of `handle`, a training, asks the decoder for the target's words and EOS, one at each step.

    Trainings of 16 sentences, forced and without a teacher, from weights of ours. What the loss asks for at
    a step is the word whose log-probability it pulls up most: that is so for NLL and cross-entropy, summed
    or averaged, with smoothed labels, in any spelling. Findings, in this order: what the call raised;
    tf.no_decoder_calls;
    train.no_backward (no gradient came to any score); loss.softmax_before_cross_entropy (the decoder is made
    to be certain of a wrong word, and the gradient vanishes, which it does behind a softmax and does not
    where the loss takes the only one); seq2seq.loss_last_step_only; seq2seq.eos_missing
    (all words, never the end); seq2seq.target_not_fully_used (fewer); seq2seq.loss_against_input (it asks
    for what went in); seq2seq.loss_targets_wrong. Last, where all of that holds and the teacher speaks at
    ratio 1, 16 sentences more in which the decoder says EOS from its second word on:
    seq2seq.target_not_fully_used where the loss looks at fewer steps than there are words (the end's own step
    may be without a gradient, since the decoder is certain of it). A tenth of the sentences may differ.
    Limits: a recording, made by the guest; that something is learnt of it is asked after training. Without
    a teacher, or with EOS from the second word on, nothing is said of a training that raises. Without a
    teacher the decoder never says EOS here, since a loop may stop there.
    """
    scene = cast.scene(draw)
    found = [p for p in drilled(handle, draw, scene, _COUNT) if p.speaking and p.pair is not None]
    facts: dict[str, Fact] = {"name": handle.name}
    if not found:
        raise Finding("tf.no_decoder_calls", facts=facts, about=handle.name)
    if all(turn.loss is None for passage in found for turn in passage.speaking):
        raise Finding("train.no_backward", facts={**facts, "passes": 0}, about=handle.name)
    _all_asked(found, scene, facts)
    _all_asked(alone(handle, draw, scene, _COUNT), scene, {**facts, "teacher": "silent"})
    unforced = [passage for passage, y in _with_due(found, scene) if passage.fed[1 : len(y)] != y[:-1]]
    if len(unforced) <= _FEW * len(found):
        _goes_on(ended(handle, draw, scene, _COUNT), scene, facts)


def _all_asked(found: Sequence[Passage], scene: Scene, facts: dict[str, Fact]) -> None:
    wrong = [passage for passage, y in _with_due(found, scene) if _asked(passage) != y]
    if len(wrong) > _FEW * len(found):
        code, passage = _named(wrong, scene), wrong[0]
        steps = sum(n != NOTHING for n in _asked(passage))
        told: dict[str, Fact] = {**facts, "steps": steps, "of": len(_due(passage, scene))}
        raise Finding(code, facts=told, evidence=[_steps(passage, scene)], about=str(facts["name"]))


def _goes_on(found: Sequence[Passage], scene: Scene, facts: dict[str, Fact]) -> None:
    """Raises where the decoder's own EOS ends a sentence in which the teacher speaks."""
    short = [(passage, y) for passage, y in _with_due(found, scene) if passage.scored < len(y) - 1]
    if len(short) > _FEW * len(found):
        passage, y = short[0]
        told: dict[str, Fact] = {**facts, "steps": passage.scored, "of": len(y), "ended_by": "decoder"}
        evidence = [_steps(passage, scene)]
        raise Finding(
            "seq2seq.target_not_fully_used", facts=told, evidence=evidence, about=str(facts["name"])
        )


def _with_due(found: Sequence[Passage], scene: Scene) -> list[tuple[Passage, list[int]]]:
    return [(passage, _due(passage, scene)) for passage in found]


def _due(passage: Passage, scene: Scene) -> list[int]:
    assert passage.pair is not None
    return target(scene, passage.pair)


def _asked(passage: Passage) -> list[int]:
    """What the loss asks for, up to the last step that it looks at."""
    return passage.asked[: passage.scored]


def _named(wrong: Sequence[Passage], scene: Scene) -> str:
    def mostly(found: Sequence[bool]) -> bool:
        return 2 * sum(found) > len(found)

    if mostly([hardly_pulls(passage) for passage in wrong]):
        return "loss.softmax_before_cross_entropy"
    asked = [_asked(passage) for passage in wrong]
    due = [_due(passage, scene) for passage in wrong]
    if mostly([set(a[:-1]) == {NOTHING} != {a[-1]} for a in asked]):
        return "seq2seq.loss_last_step_only"
    if mostly([a == y[:-1] or (a[:-1] == y[:-1] and EOS not in a) for a, y in zip(asked, due, strict=True)]):
        return "seq2seq.eos_missing"
    fed = [passage.fed[: len(a)] for passage, a in zip(wrong, asked, strict=True)]
    if mostly([bool(a) and a == f for a, f in zip(asked, fed, strict=True)]):
        return "seq2seq.loss_against_input"
    known = [[n for n in a if n != NOTHING] for a in asked]
    if any(0 < len(a) < len(y) and set(a) <= set(y) for a, y in zip(known, due, strict=True)):
        return "seq2seq.target_not_fully_used"
    return "seq2seq.loss_targets_wrong"


def _steps(passage: Passage, scene: Scene) -> Evidence:
    due, asked = _due(passage, scene), _asked(passage)
    tokens = rows(
        [word(scene, n) for n in passage.fed], [word(scene, n) for n in due], [word(scene, n) for n in asked]
    )
    bad = [[2, n] for n, (a, b) in enumerate(zip(due, asked, strict=False)) if a != b]
    return Steps(
        ["@row.was_fed", "@row.must_say", "@row.loss_asks_for"], tokens, [b for b in bad if b[1] < 12]
    )
