"""What training leads to: sentences that were in no training are translated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from grader.evidence import Evidence, Table
from grader.judge.cast import Cast, Scene
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.evaluation import texts
from grader.judge.probes.passages import passages
from grader.judge.probes.training import answered
from grader.judge.rehearsal import Part, Performance, recited, rehearse
from grader.judge.student import Handle
from grader.judge.vocabulary import EOS, SOS
from grader.record import Fact
from grader.wire.rehearsing import Recital

_LONGEST = 9
_HEARD = 200
"""Calls that are recorded: enough for a dozen sentences of each function."""
_CUT, _HALF = 0.75, 0.5


def come_out(
    train: Handle,
    evaluate: Handle,
    draw: Draw,
    cast: Cast,
    *,
    budgets: Sequence[tuple[int, float]],
) -> None:
    """After `train` on twelve drawn pairs `evaluate` translates at least three of four new sources.

    The new sources consist of words of the twelve, put together otherwise; see `Cast.phrase_book`. Each
    training starts from weights of the networks' own and has the next of `budgets` (sentences, learning
    rate), until one is enough, so that neither luck nor a slow but sound optimiser decides. `evaluate` is
    given wrong references. Findings: what the calls raised; reply.malformed; eval.sentences_missing;
    eval.source_read_differently (as heard, sources go in forwards in one of the two and backwards in the
    other); eval.uses_target (it says the references); accuracy.low.
    """
    scene, new = cast.phrase_book(draw)
    sources, targets = ([pair[side] for pair in new] for side in (0, 1))
    others = [*targets[1:], targets[0]]
    pairs = [list(pair) for pair in zip(sources, others, strict=True)]

    def attempt(count: int, rate: float) -> list[str]:
        training = replace(_training(train, scene, draw, count, rate), calls=_HEARD)
        parts = [training, Part(evaluate, [pairs], [_LONGEST], calls=_HEARD, stop=1000)]
        learnt, shown = rehearse(scene.cast(), parts)
        answered(learnt.answer)
        there = replace(scene, pairs=pairs)
        translated = [" ".join(words) for words in texts(shown, there, evaluate.name)]
        ways = {_way(learnt, scene), _way(shown, there)}
        if ways == {1, -1}:
            facts: dict[str, Fact] = {"name": evaluate.name, "other": train.name}
            raise Finding("eval.source_read_differently", facts=facts, about=evaluate.name)
        return translated

    said = _best(attempt, budgets, targets, _CUT)
    if _share(said, targets) >= _CUT:
        return
    if _share(said, others) >= _CUT:
        changed: dict[str, Fact] = {"name": evaluate.name, "changed": len(said), "of": len(said)}
        raise Finding("eval.uses_target", facts=changed, about=evaluate.name)
    raise _found(train.name, sources, targets, said, _CUT)


def are_learnt(train: Handle, draw: Draw, cast: Cast, *, budgets: Sequence[tuple[int, float]]) -> None:
    """As `come_out`, but half of the new sources are enough, and our own code leads the two networks.

    For notebooks whose `evaluate` cannot be used: it certifies what was recorded of `train`. Findings: what
    the calls raised, accuracy.low. Limits: networks with anything between them are not led rightly.
    """
    scene, new = cast.phrase_book(draw)
    sources, targets = ([pair[side] for pair in new] for side in (0, 1))
    sentences = [[*scene.source.of(source), EOS] for source in sources]
    recital = Recital(sentences, cast.hidden, SOS, EOS, _LONGEST)

    def attempt(count: int, rate: float) -> list[str]:
        (learnt,), answers = recited(scene.cast(), [_training(train, scene, draw, count, rate)], recital)
        answered(learnt.answer)
        return [_spelt(answer.value, scene) for answer in answers]

    said = _best(attempt, budgets, targets, _HALF)
    if _share(said, targets) < _HALF:
        raise _found(train.name, sources, targets, said, _HALF)


def _best(
    attempt: Callable[[int, float], list[str]],
    budgets: Sequence[tuple[int, float]],
    targets: Sequence[str],
    cut: float,
) -> list[str]:
    """What the best attempt said; the first that reaches the cut is the last."""
    said: list[str] = []
    for count, rate in budgets:
        came = attempt(count, rate)
        if not said or _share(came, targets) > _share(said, targets):
            said = came
        if _share(said, targets) >= cut:
            break
    return said


def _way(played: Performance, scene: Scene) -> int:
    """1 where every source that was heard was read forwards, -1 backwards, 0 where that cannot be said."""
    ways = set()
    for passage in passages(played.turns, scene, trained=False):
        if passage.pair is None or not passage.speaking:
            continue
        due = scene.source.of(scene.pairs[passage.pair][0])
        read = [number for number in passage.read if number in due]
        ways.add(1 if read == due else -1 if read == due[::-1] else 0)
    return ways.pop() if len(ways) == 1 else 0


def _share(said: Sequence[str], wanted: Sequence[str]) -> float:
    """How many of the texts are as wanted, of 1."""
    return sum(a == b for a, b in zip(said, wanted, strict=True)) / len(wanted)


def _training(train: Handle, scene: Scene, draw: Draw, count: int, rate: float) -> Part:
    named = {"print_every": count + 1, "learning_rate": rate, "teacher_forcing_ratio": 1.0}
    return Part(train, [scene.pairs], [count], named, seed=draw.seed("training"))


def _spelt(value: object, scene: Scene) -> str:
    numbers = value if isinstance(value, list) else []
    return " ".join(scene.target.word(n) or "" for n in numbers if isinstance(n, int))


def _found(
    name: str, sources: Sequence[str], targets: Sequence[str], said: Sequence[str], cut: float
) -> Finding:
    rows: list[list[float | int | str]] = [list(row) for row in zip(sources, targets, said, strict=True)]
    bad = [n for n, (a, b) in enumerate(zip(said, targets, strict=True)) if a != b]
    table: Evidence = Table(["@column.source", "@column.target", "@column.said"], rows, bad)
    facts: dict[str, Fact] = {"name": name, "accuracy": _share(said, targets), "cut": cut, "of": len(targets)}
    return Finding("accuracy.low", facts=facts, evidence=[table], about=name, by_chance=True)
