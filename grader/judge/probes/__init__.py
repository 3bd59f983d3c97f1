"""The probes: a few explicit verbs, each a promise about what a student's model or function does.

Every verb raises a `Finding` where the promise is broken and returns None where it holds. One file per
family; this class only gives them their place in a check (`probes.reads_in_time_order(net, x)`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch

from grader.evidence import Evidence
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.function import Function
from grader.judge.model import Model
from grader.judge.probes import (
    batches,
    determinism,
    encode,
    formula,
    last_step,
    learning,
    loss,
    order,
    packing,
    padding,
    rnn,
    rollout,
    shapes,
    state,
    weights,
)
from grader.judge.probes.measure import Laboratory
from grader.judge.student import Handle
from grader.judge.supplied import Supplied
from grader.record import Fact


class Probes:
    """The verbs of one check. `remarks` collects what is worth saying and costs nothing."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self.remarks: list[Finding] = []

    def remark(
        self, code: str, *, facts: Mapping[str, Fact] | None = None, evidence: Sequence[Evidence] = ()
    ) -> None:
        """Says something without taking points: the check may pass all the same."""
        self.remarks.append(Finding(code, facts=facts, evidence=evidence))

    def has_shape(
        self,
        subject: Laboratory,
        *inputs: Any,
        shape: Sequence[int],
        axes: Sequence[str] = (),
        output: int | None = None,
    ) -> None:
        """The answer has `shape` and depends on the input; `shapes.has_shape`."""
        shapes.has_shape(subject, inputs, shape, axes, self._draw, output=output)

    def takes_any_batch_size(
        self, subject: Laboratory, *inputs: Any, sizes: Sequence[int] = (1, 2, 5), output: int | None = None
    ) -> None:
        """Batches of every size get as many rows; `shapes.any_batch_size`."""
        shapes.any_batch_size(subject, inputs, self._draw, sizes=sizes, output=output)

    def gives_same_answer(self, model: Model, *inputs: Any, output: int | None = None) -> None:
        """No dice at evaluation, no memory between calls; `determinism.same_answer`."""
        determinism.same_answer(model, inputs, self._draw, output=output)

    def reads_in_time_order(
        self,
        subject: Laboratory,
        x: torch.Tensor,
        *extra: Any,
        output: int | None = None,
        bidirectional: bool = False,
        substitute: order.Substitute | None = None,
    ) -> None:
        """Each step depends on the steps of its row so far; `order.many_to_many`."""
        order.many_to_many(
            subject,
            x,
            self._draw,
            extra=extra,
            output=output,
            bidirectional=bidirectional,
            substitute=substitute,
        )

    def reads_every_step(
        self,
        subject: Laboratory,
        x: torch.Tensor,
        *extra: Any,
        output: int | None = None,
        substitute: order.Substitute | None = None,
    ) -> None:
        """Each row's answer depends on all its steps; `order.many_to_one`."""
        order.many_to_one(subject, x, self._draw, extra=extra, output=output, substitute=substitute)

    def matches(
        self,
        got: torch.Tensor,
        right: torch.Tensor,
        *,
        name: str,
        differs: str,
        wrong: Sequence[tuple[str, torch.Tensor]] = (),
        axes: Sequence[str] = (),
    ) -> None:
        """The value is right, or named by the wrong one it equals; `formula.matches`."""
        formula.matches(got, right, wrong, differs=differs, name=name, axes=axes)

    def one_hot(self, handle: Handle) -> None:
        """`encode.one_hot`."""
        encode.one_hot(handle, self._draw)

    def batch_of_words(self, handle: Handle) -> None:
        """`encode.batch`."""
        encode.batch(handle, self._draw)

    def rnn_has_shapes(self, handle: Handle) -> None:
        """`rnn.has_shapes`."""
        rnn.has_shapes(handle, self._draw)

    def rnn_follows_formula(self, handle: Handle) -> None:
        """`rnn.follows_formula`."""
        rnn.follows_formula(handle, self._draw)

    def rnn_returns_last_state(self, handle: Handle) -> None:
        """`rnn.returns_last_state`."""
        rnn.returns_last_state(handle, self._draw)

    def rnn_carries_gradients(self, handle: Handle) -> None:
        """`rnn.carries_gradients`."""
        rnn.carries_gradients(handle, self._draw)

    def rnn_is_written_by_hand(self, handle: Handle) -> None:
        """`rnn.written_by_hand`."""
        rnn.written_by_hand(handle, self._draw)

    def takes_last_step(self, handle: Handle, module: Supplied | Model) -> None:
        """`last_step.takes_last_step`."""
        last_step.takes_last_step(handle, module, self._draw)

    def status_is_last_output(self, model: Model, x: torch.Tensor, *, hidden: int) -> None:
        """`last_step.status_is_last_output`."""
        last_step.status_is_last_output(model, x, hidden, self._draw)

    def feeds_itself(self, handle: Handle) -> None:
        """`rollout.feeds_itself`."""
        rollout.feeds_itself(handle, self._draw)

    def pads(self, function: Handle, words: Sequence[str], table: Mapping[str, int]) -> None:
        """`function` pads words with 0, in the caller's order; see `batches.pads`."""
        batches.pads(function, words, table)

    def packs_words(self, function: Handle, words: Sequence[str], table: Mapping[str, int]) -> None:
        """`function` packs words so that they unpack in the caller's order; see `batches.packs_words`."""
        batches.packs_words(function, words, table)

    def unpacks(self, function: Handle) -> None:
        """`function` turns a packed batch back; see `batches.unpacks`."""
        batches.unpacks(function, self._draw)

    def takes_ragged(self, model: Model, *, features: int) -> None:
        """The model answers words of different lengths in any order; see `packing.takes_ragged`."""
        packing.takes_ragged(model, self._draw, features=features)

    def keeps_columns(self, model: Model, *, features: int) -> None:
        """As many steps come back as went in; only the longest word's many are a remark."""
        found = packing.keeps_columns(model, self._draw, features=features)
        if found is not None:
            self.remarks.append(found)

    def reads_each_word(self, model: Model, *, features: int) -> None:
        """Each answer depends on exactly the steps of its own word; see `packing.reads_each_word`."""
        packing.reads_each_word(model, self._draw, features=features)

    def tags_each_letter(self, model: Model, *, features: int) -> None:
        """Each step's answer depends on its own word alone; see `packing.tags_each_letter`."""
        packing.tags_each_letter(model, self._draw, features=features)

    def ignores_padding(self, model: Model, *, features: int, per_step: bool = False) -> None:
        """A word's answer is the same in any batch; see `padding.ignores_padding`."""
        padding.ignores_padding(model, self._draw, features=features, per_step=per_step)

    def packs(self, model: Model, *, features: int, required: bool = False) -> None:
        """The recurrent module is given a packed batch: a remark where it is not, a failure if `required`."""
        found = padding.packs(model, self._draw, features=features)
        if found is not None and required:
            raise found
        if found is not None:
            self.remarks.append(found)

    def classifies_hidden_state(self, model: Model, *, features: int) -> None:
        """The answer comes from the last layer's hidden state; see `state.classifies_hidden_state`."""
        state.classifies_hidden_state(model, self._draw, features=features)

    def both_directions_see_the_word(self, model: Model, *, features: int) -> None:
        """A reverse direction sees more than one step; see `state.both_directions_see_the_word`."""
        state.both_directions_see_the_word(model, self._draw, features=features)

    def every_weight_counts(self, model: Model, *inputs: Any) -> None:
        """No weight is hidden from the optimiser or without effect; see `weights.every_weight_counts`."""
        weights.every_weight_counts(model, self._draw, *inputs)

    def gradient_reaches(self, model: Model, *inputs: Any) -> None:
        """Every weight may learn and is reached by the gradient; see `weights.gradient_reaches`."""
        weights.gradient_reaches(model, self._draw, *inputs)

    def learns(self, model: Model, task: learning.Task) -> None:
        """The model learns the task when we train it; see `learning.learns`."""
        learning.learns(model, self._draw, task)

    def masked_loss(self, function: Handle) -> None:
        """The mean cross-entropy over valid steps, with its gradient; see `loss.masked_loss`."""
        loss.masked_loss(Function(function), self._draw)
