"""Learning a language that is drawn afresh by the student's own function, judged on texts it has not seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from grader.evidence import Evidence, Table
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.lexicon import ALPHABET, certain, drawn_lexicon, renamed
from grader.judge.probes.training import answered
from grader.judge.training import Trained, Trainer
from grader.record import Fact

TEXTS, STEPS = 60, 14
_KNOWN, _NEW = 0.9, 0.75
"""From so much on known texts, below so much on new ones: answers are looked up."""
_KEPT, _MORE_THAN_CHANCE = 0.9, 0.5
"""What random weights may keep of what was right, and from which share on that is asked."""
_WORSE, _SLOW = 1.2, 0.8


@dataclass(frozen=True)
class _Score:
    """Shares of right letters at the certain places, and the cross-entropy there of what was trained on."""

    new: float
    known: float
    redrawn: float
    loss: float


def learns_language(trainer: Trainer, draw: Draw, *, budgets: Sequence[int], cut: float) -> None:
    """`trainer(X, Y, 7, epochs)` gives a model that says the certain letters of texts it has not seen.

    X, Y (60, 14) long of a drawn lexicon, letters renamed for each training; 60 new texts. `budgets` are
    numbers of epochs, tried in turn until the share of right letters on new texts is `cut`: neither luck nor
    a slow but sound optimiser decides; the loss on known texts may not be 1.2 times that of guessing then.
    Measured at 60 epochs, better of two: right at least .98, a table of letter pairs at most .67.
    Findings: answer.lookup_table (.90 on known, below .75 on new texts), answer.hard_coded (known texts are
    answered nine tenths as well after all weights were redrawn), train.diverges (not finite, or the loss is
    1.2 times that of guessing), train.too_slow (the loss is above .8 of guessing), accuracy.low;
    reply.malformed where no model comes back, shape.wrong.
    """
    lexicon = drawn_lexicon(draw)
    ours = lexicon.texts(TEXTS, STEPS + 1, draw, apart=frozenset())
    theirs = lexicon.texts(TEXTS, STEPS + 1, draw, apart=frozenset(map(tuple, ours.tolist())))
    scores: list[_Score] = []
    for epochs in budgets:
        known, names = renamed(ours, draw)
        new = names[theirs]
        args = [known[:, :-1], known[:, 1:], ALPHABET, epochs]
        asked = [[known[:, :-1]], [new[:, :-1]]]
        (run,) = trainer.run([args], seeds=[draw.seed("training")], then=asked, redraw=True)
        answered(run.answer)
        score = _score(run, known[:, 1:], new[:, 1:], trainer.name)
        if score.known >= _MORE_THAN_CHANCE and score.redrawn > _KEPT * score.known:
            by_heart = score.known >= _KNOWN and score.new < _NEW
            code = "answer.lookup_table" if by_heart else "answer.hard_coded"
            raise _found(code, [score], trainer.name, cut)
        scores.append(score)
        if score.new >= cut and score.loss <= _WORSE * math.log(ALPHABET):
            return
    raise _found(_why(scores), scores, trainer.name, cut)


def _why(scores: Sequence[_Score]) -> str:
    best = max(scores, key=lambda score: score.new)
    guessing = math.log(ALPHABET)
    if best.loss > _WORSE * guessing:
        return "train.diverges"
    if best.known >= _KNOWN and best.new < _NEW:
        return "answer.lookup_table"
    return "train.too_slow" if best.loss > _SLOW * guessing else "accuracy.low"


def _score(run: Trained, known: torch.Tensor, new: torch.Tensor, name: str) -> _Score:
    if len(run.then) != 2:
        facts: dict[str, Fact] = {"name": name, "wanted": "nn.Module", "got": "", "detail": ""}
        raise Finding("reply.malformed", facts=facts, about=name)
    for_known, for_new = (_scores(answer.tensor(), name) for answer in run.then)
    places = certain(STEPS)
    loss = float(F.cross_entropy(for_known[:, places].flatten(0, 1), known[:, places].flatten()))
    after = 0.0
    if len(run.redrawn) == 2 and run.redrawn[0].error is None:
        after = _right(_scores(run.redrawn[0].tensor(), name), known)
    return _Score(
        _right(for_new, new), _right(for_known, known), after, loss if math.isfinite(loss) else math.inf
    )


def _scores(scores: torch.Tensor, name: str) -> torch.Tensor:
    """(60, 14, 7) float64. Raises `shape.wrong` for others."""
    expected = (TEXTS, STEPS, ALPHABET)
    if tuple(scores.shape) != expected:
        facts: dict[str, Fact] = {"name": name, "expected": str(expected), "got": str(tuple(scores.shape))}
        raise Finding("shape.wrong", facts=facts, about=name)
    return scores.double()


def _right(scores: torch.Tensor, y: torch.Tensor) -> float:
    """The share of the certain letters that have the highest score; 0 where a score is no number."""
    places = certain(STEPS)
    if not bool(torch.isfinite(scores).all()):
        return 0.0
    return float((scores.argmax(-1) == y)[:, places].double().mean())


def _found(code: str, scores: Sequence[_Score], name: str, cut: float) -> Finding:
    best = max(scores, key=lambda score: score.new)
    rows: list[list[float | int | str]] = [
        [number, f"{score.known:.0%}", f"{score.new:.0%}"] for number, score in enumerate(scores, start=1)
    ]
    evidence: list[Evidence] = [Table(["@column.training", "@column.known", "@column.new"], rows)]
    facts: dict[str, Fact] = {
        "name": name,
        "accuracy": best.new,
        "train": best.known,
        "test": best.new,
        "of": TEXTS * int(certain(STEPS).sum()),
        "cut": cut,
        "chance": 1 / ALPHABET,
        "first": math.log(ALPHABET),
        "last": best.loss,
    }
    by_chance = code != "answer.hard_coded"
    return Finding(code, facts=facts, evidence=evidence, about=name, by_chance=by_chance)
