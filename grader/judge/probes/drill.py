"""Short trainings by the notebook's own function, in which the decoder is made to say one word only."""

from __future__ import annotations

import re

from grader.judge.cast import Scene
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.passages import Passage, passages, target
from grader.judge.probes.training import answered
from grader.judge.rehearsal import Part, Performance, rehearse
from grader.judge.student import Handle
from grader.judge.vocabulary import EOS
from grader.record import Fact
from grader.wire.rehearsing import Script

MARKED = 0
"""Which of the spare words the decoder says."""

_RATE = 0.01
_CALLS = 6_000
_PAST_THE_END = re.compile(r"out of bounds|out of range|IndexError")


def drilled(
    handle: Handle, draw: Draw, scene: Scene, count: int, ratio: float = 1.0, *, ending: bool = False
) -> list[Passage]:
    """The sentences of `handle(pairs, *cast, count, ...)` at this ratio, from weights of ours.

    With `ending` the decoder answers EOS to each word of a target, and says its one word only to others.
    Raises what the call raised; seq2seq.target_not_fully_used where it ran past the end of a target;
    train.diverges where gradients are no longer numbers.
    """
    marker = scene.target.numbers[scene.spare[MARKED]]
    after = [(n, EOS) for pair in range(len(scene.pairs)) for n in target(scene, pair)[:-1]] if ending else []
    named = {"print_every": count + 1, "learning_rate": _RATE, "teacher_forcing_ratio": ratio}
    part = Part(
        handle,
        [scene.pairs],
        [count],
        named,
        [Script([], after, marker)],
        draw.seed("training"),
        _CALLS,
    )
    (performance,) = rehearse(scene.drawn(draw), [part])
    _answered(performance, scene, handle.name)
    if any(turn.loss is not None and not turn.loss.isfinite().all() for turn in performance.turns):
        raise Finding("train.diverges", facts={"name": handle.name}, about=handle.name)
    return passages(performance.turns, scene, trained=True)


def alone(handle: Handle, draw: Draw, scene: Scene, count: int) -> list[Passage]:
    """As `drilled` without a teacher: the sentences in which the decoder was given its own words only.

    The word that it is made to say is not EOS, so nobody has a reason to stop early. None at all where the
    training raises: `forcing` says what. A sentence with other words in it is a matter of `forcing`, too.
    """
    try:
        found = drilled(handle, draw, scene, count, 0.0)
    except Finding:
        return []
    marker = scene.target.numbers[scene.spare[MARKED]]
    return [passage for passage in found if passage.pair is not None and set(passage.fed[1:]) == {marker}]


def ended(handle: Handle, draw: Draw, scene: Scene, count: int) -> list[Passage]:
    """As `drilled` at ratio 1, with a decoder that says EOS from the second step on.

    Its first word is another, so that whoever stops in front of the loss has a loss all the same. None at all
    where the training raises: a loss of probabilities overflows where the decoder is certain of the truth.
    """
    try:
        found = drilled(handle, draw, scene, count, ending=True)
    except Finding:
        return []
    return [passage for passage in found if passage.pair is not None and passage.speaking]


def _answered(performance: Performance, scene: Scene, name: str) -> None:
    """Raises what the training raised, named where what was heard tells why."""
    error = performance.answer.error
    if error is not None and _PAST_THE_END.search(f"{error.type} {error.message}"):
        last = passages(performance.turns, scene, trained=False)[-1:]
        for passage in last:
            size = 0 if passage.pair is None else len(target(scene, passage.pair))
            if 0 < size < len(passage.fed):
                facts: dict[str, Fact] = {"name": name, "steps": len(passage.fed), "of": size}
                raise Finding("seq2seq.target_not_fully_used", facts=facts, about=name)
    answered(performance.answer)
