"""What training leads to: the notebook's own evaluation says the targets that its own training was given."""

from __future__ import annotations

from collections.abc import Sequence

from grader.evidence import Evidence, Table
from grader.judge.cast import Cast
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.evaluation import texts
from grader.judge.probes.training import answered
from grader.judge.rehearsal import Part, rehearse
from grader.judge.student import Handle
from grader.record import Fact

_LONGEST = 9
_CUT = 0.75


def come_out(
    train: Handle,
    evaluate: Handle,
    draw: Draw,
    cast: Cast,
    *,
    budgets: Sequence[tuple[int, float]],
) -> None:
    """After `train` on four drawn pairs `evaluate` says at least three of their targets word for word.

    Each training starts from weights of the networks' own and has the next of `budgets` (sentences,
    learning rate), until one is enough, so that neither luck nor a slow but sound optimiser decides.
    `evaluate` is given other references than those of the training. Findings: what the calls raised;
    reply.malformed; eval.sentences_missing; eval.uses_target (it says the references); accuracy.low.
    Limits: the targets are known to the student's side, since they are trained on.
    """
    scene = cast.scene(draw, spare=0)
    sources, targets = ([pair[side] for pair in scene.pairs] for side in (0, 1))
    others = [*targets[1:], targets[0]]
    best, said = -1, list[str]()
    for count, rate in budgets:
        named = {"print_every": count + 1, "learning_rate": rate, "teacher_forcing_ratio": 1.0}
        pairs = [list(pair) for pair in zip(sources, others, strict=True)]
        parts = [
            Part(train, [scene.pairs], [count], named, seed=draw.seed("training")),
            Part(evaluate, [pairs], [_LONGEST], stop=1000),
        ]
        learnt, shown = rehearse(scene.cast(), parts)
        answered(learnt.answer)
        came = [" ".join(words) for words in texts(shown, scene, evaluate.name)]
        right = sum(a == b for a, b in zip(came, targets, strict=True))
        if right >= _CUT * len(targets):
            return
        if right > best:
            best, said = right, came
    if sum(a == b for a, b in zip(said, others, strict=True)) >= _CUT * len(targets):
        changed: dict[str, Fact] = {"name": evaluate.name, "changed": len(said), "of": len(said)}
        raise Finding("eval.uses_target", facts=changed, about=evaluate.name)
    rows: list[list[float | int | str]] = [list(row) for row in zip(sources, targets, said, strict=True)]
    bad = [n for n, (a, b) in enumerate(zip(said, targets, strict=True)) if a != b]
    table: Evidence = Table(["@column.source", "@column.target", "@column.said"], rows, bad)
    facts: dict[str, Fact] = {
        "name": train.name,
        "accuracy": best / len(targets),
        "cut": _CUT,
        "of": len(targets),
    }
    raise Finding("accuracy.low", facts=facts, evidence=[table], about=train.name, by_chance=True)
