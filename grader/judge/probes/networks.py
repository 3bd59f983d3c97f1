"""An encoder and a decoder by themselves: one token and a state in, an answer and a state out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch

from grader.evidence import Pair
from grader.judge.answer import Answer, read_results
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import DTYPE_ERROR, Model
from grader.judge.probes.measure import SAME_SHAPE, rel
from grader.judge.probes.shapes import PAIR, compare, explained, shape_text, type_text
from grader.judge.probes.weights import can_be_trained
from grader.record import Fact
from grader.wire.frames import MAX_PAYLOAD
from grader.wire.requests import Call, Case, Lab
from grader.wire.tensors import Writer
from grader.wire.values import Text

_DRAWS = 3
_LOGSUMEXP = 1e-3


@dataclass(frozen=True)
class _Form:
    """How a network takes its two arguments: the shape of a token, and one state or two."""

    token: tuple[int, ...]
    states: int

    def case(self, token: int, state: torch.Tensor) -> list[Any]:
        """state: (states, H)"""
        rows = tuple(state[n].reshape(1, 1, -1) for n in range(self.states))
        return [torch.full(self.token, token), rows[0] if self.states == 1 else rows]


_FORMS = tuple(_Form(token, states) for states in (1, 2) for token in ((1, 1), (1,), ()))


def encodes(model: Model, draw: Draw, *, words: int, hidden: int) -> None:
    """`model(token, state)` is (anything, new state); the new state depends on both.

    Eval mode, weights of ours. A token is a whole number of shape (1, 1), (1,) or (); a state (1, 1, hidden),
    or two of them as an LSTM has; the first form that works is asked. Findings: what the call raised;
    shape.*, output.nan; model.hidden_size_missing; encoder.input_ignored, encoder.state_ignored (in three
    draws); eval.state_carried_over (the same question again, another answer); then those of
    `weights.can_be_trained`.
    Limits: any function of token and state passes.
    """
    _keeps_size(model, hidden)
    _depends(model, draw, words, hidden, ("encoder.input_ignored", "encoder.state_ignored"), decoder=False)
    can_be_trained(model)


def decodes(model: Model, draw: Draw, *, words: int, hidden: int) -> None:
    """`model(token, state)` is (log-probabilities (1, words), new state); both depend on token and state.

    As `encodes`. Further findings: ce.softmax_over_batch (every word is certain: the softmax went over the
    row's only entry), loss.nll_on_probabilities (probabilities), loss.nll_on_logits (their logarithms do not
    belong to probabilities); decoder.input_ignored, decoder.state_ignored, decoder.state_not_updated (the
    state comes back as it went in).
    """
    _keeps_size(model, hidden)
    _depends(model, draw, words, hidden, ("decoder.input_ignored", "decoder.state_ignored"), decoder=True)
    can_be_trained(model)


def _depends(
    model: Model, draw: Draw, words: int, hidden: int, codes: tuple[str, str], *, decoder: bool
) -> None:
    pending = list(codes)
    facts: dict[str, Fact] = {"name": model.name}
    for _ in range(_DRAWS):
        lab, form = _form(model.drawn(draw), words, hidden)
        tokens = [2 + int(n) for n in draw("tokens").permutation(words - 2)[:3]]
        state = draw.normal(2, hidden, scale=0.7)
        cases = [form.case(token, state) for token in tokens]
        cases += [form.case(tokens[0], -state), form.case(tokens[0], state)]
        answers = lab.run(cases, fresh=False)
        told = [_parts(answer, lab, form, hidden) for answer in answers]
        if decoder:
            for scores, _ in told:
                compare(scores, (1, words), ("@axis.batch", "@axis.vocabulary"), lab.name)
            _log_probabilities(told[0][0], lab.name)
            if all(rel(after, before) <= SAME_SHAPE[lab.double] for after, before in _states(told, cases)):
                raise Finding("decoder.state_not_updated", facts=facts, about=lab.name)
        part = 0 if decoder else 1
        if rel(told[0][part], told[4][part]) > SAME_SHAPE[lab.double]:
            again = {**facts, "difference": rel(told[0][part], told[4][part])}
            raise Finding("eval.state_carried_over", facts=again, about=lab.name)
        first = told[0][part]
        moved = [any(rel(first, told[n][part]) > SAME_SHAPE[lab.double] for n in (1, 2))]
        moved.append(rel(first, told[3][part]) > SAME_SHAPE[lab.double])
        pending = [code for code in pending if not moved[codes.index(code)]]
        if not pending:
            return
    raise Finding(pending[0], facts=facts, about=model.name)


def _form(model: Model, words: int, hidden: int) -> tuple[Model, _Form]:
    """The model in a precision in which it computes, and the first form that it takes."""
    state = torch.full((2, hidden), 0.1, dtype=torch.float64)
    first: Answer | None = None
    for lab in (model, replace(model, double=False)):
        answers = lab.run([form.case(words - 1, state) for form in _FORMS])
        for form, answer in zip(_FORMS, answers, strict=True):
            if answer.error is None and _fits(answer.value, form, hidden):
                return lab, form
        for form, answer in zip(_FORMS, answers, strict=True):
            if answer.error is None:
                return lab, form
        # What a token in a row says where it fails is what students see: that is how sentences come.
        first = answers[1] if first is None else first
        if not any(a.error is not None and DTYPE_ERROR.search(a.error.message) for a in answers):
            break
    assert first is not None
    raise explained(first, model, [])


def _fits(value: Any, form: _Form, hidden: int) -> bool:
    if not isinstance(value, (tuple, list)) or len(value) < 2:
        return False
    states = _tensors(value[1])
    return len(states) == form.states and all(s.shape == (1, 1, hidden) for s in states)


def _parts(answer: Answer, lab: Model, form: _Form, hidden: int) -> tuple[torch.Tensor, torch.Tensor]:
    """What was answered, and the new state(s) as one row. Raises what the call raised, or shape.*."""
    if answer.error is not None:
        raise explained(answer, lab, [])
    value = answer.value
    states = _tensors(value[1]) if isinstance(value, (tuple, list)) and len(value) > 1 else []
    if not states:
        got = shape_text(value) if isinstance(value, torch.Tensor) else type_text(value)
        facts: dict[str, Fact] = {"name": lab.name, "expected": PAIR, "got": got}
        raise Finding("shape.wrong", facts=facts, about=lab.name)
    for state in states:
        compare(state, (1, 1, hidden), ("@axis.layer", "@axis.batch", "@axis.hidden"), lab.name)
    row = torch.cat([state.flatten().double() for state in states])
    found = _tensors(value[0])
    return (found[0] if found else row), row


def _states(
    told: Sequence[tuple[torch.Tensor, torch.Tensor]], cases: Sequence[Sequence[Any]]
) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Each state that came back beside the one that went in."""
    given = [torch.cat([s.flatten().double() for s in _tensors(case[1])]) for case in cases]
    return [(after, before) for (_, after), before in zip(told, given, strict=True)]


def _log_probabilities(scores: torch.Tensor, name: str) -> None:
    row = scores.double().flatten()
    total = float(torch.logsumexp(row, 0))
    if abs(total) <= _LOGSUMEXP:
        return
    facts: dict[str, Fact] = {"name": name, "total": float(row.exp().sum()), "sum": float(row.sum())}
    facts["largest"] = float(row.max())
    if row.numel() > 1 and float((row - row[0]).abs().max()) == 0 and float(row[0]) in (0.0, 1.0):
        code = "ce.softmax_over_batch"
    elif float(row.min()) >= 0 and abs(float(row.sum()) - 1) <= _LOGSUMEXP:
        code = "loss.nll_on_probabilities"
    else:
        code = "loss.nll_on_logits"
    right = torch.log_softmax(row, 0)
    shown = Pair(
        [float(f"{n:.4g}") for n in right[:8].tolist()],
        [float(f"{n:.4g}") for n in row[:8].tolist()],
        int((right - row).abs()[:8].argmax()),
        min(rel(right, row), 1e30),
    )
    raise Finding(code, facts=facts, evidence=[shown], about=name)


def _keeps_size(model: Model, hidden: int) -> None:
    """The attribute `hidden_size` is the number that the constructor was given."""
    writer = Writer(MAX_PAYLOAD)
    case = Case([Text("hidden_size")])
    request = Call(model.target(writer), [case], Lab(mode="as_is"), "__getattribute__")
    reply, reader = model.student._ask(request, bytes(writer.payload), about=model.name)
    (answer,) = read_results(reply, reader, 1, model.name)
    missing = answer.error is not None and answer.error.type == "AttributeError"
    got = "-" if missing else answer.get()
    if isinstance(got, bool) or got != hidden:
        facts: dict[str, Fact] = {"name": model.name, "expected": hidden, "got": str(got)[:60]}
        raise Finding("model.hidden_size_missing", facts=facts, about=model.name)


def _tensors(value: Any) -> list[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (tuple, list)):
        return [tensor for item in value for tensor in _tensors(item)]
    return []
