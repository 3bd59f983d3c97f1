"""What the loss of a translation asks for: every target word and the end, each at its own step."""

from __future__ import annotations

from collections.abc import Sequence

from grader.evidence import Evidence, Steps
from grader.judge.cast import Cast, Scene
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.drill import alone, drilled
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
    for what went in); seq2seq.loss_targets_wrong. A tenth of the sentences may differ.
    Limits: a recording, made by the guest; that something is learnt of it is asked after training. Without
    a teacher nothing is said of a training that raises, nor of what a loss asks for where the decoder says
    EOS too early: it never does here.
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


def _all_asked(found: Sequence[Passage], scene: Scene, facts: dict[str, Fact]) -> None:
    wrong = [passage for passage in found if _asked(passage) != _due(passage, scene)]
    if len(wrong) > _FEW * len(found):
        code, passage = _named(wrong, scene), wrong[0]
        steps = sum(n != NOTHING for n in _asked(passage))
        told: dict[str, Fact] = {**facts, "steps": steps, "of": len(_due(passage, scene))}
        raise Finding(code, facts=told, evidence=[_steps(passage, scene)], about=str(facts["name"]))


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
