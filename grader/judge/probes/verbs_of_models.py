"""Verbs about any model: shapes, batch sizes, determinism, order in time, weights, learning."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from grader.judge.model import Model
from grader.judge.probes import determinism, learning, order, shapes, silence, slope, weights
from grader.judge.probes.measure import Laboratory
from grader.judge.probes.verbs import Verbs, asked
from grader.judge.student import Handle


class OfModels(Verbs):
    """Verbs whose subject is a model, or a function that is given one."""

    def has_shape(
        self,
        subject: Laboratory | Handle,
        *inputs: Any,
        shape: Sequence[int],
        axes: Sequence[str] = (),
        output: int | None = None,
    ) -> None:
        """The answer has `shape`, is finite and floating, and changes with the input.

        Tolerance: none, sizes are exact and any change counts. Findings: shape.axes_swapped,
        shape.batch_lost, shape.wrong, dtype.wrong, output.nan, output.constant, grad.graph_cut,
        reply.malformed; for calls that raise batch.fixed_size, packing.needs_sorted_lengths, call.failed.
        Cost: 10 ms. More in `shapes.has_shape`.
        """
        shapes.has_shape(asked(subject), inputs, shape, axes, self._draw, output=output)

    def takes_any_batch_size(
        self,
        subject: Laboratory | Handle,
        *inputs: Any,
        sizes: Sequence[int] = (1, 2, 5),
        output: int | None = None,
    ) -> None:
        """Batches of every size get as many rows.

        Tolerance: none. Findings: shape.batch_lost, batch.fixed_size, else what the call raised.
        Cost: 15 ms. More in `shapes.any_batch_size`.
        """
        shapes.any_batch_size(asked(subject), inputs, self._draw, sizes=sizes, output=output)

    def gives_same_answer(self, model: Model, *inputs: Any, output: int | None = None) -> None:
        """No dice at evaluation, no memory between calls, inputs left as they were.

        Tolerance: 1e-9 of the largest number (float32 1e-4; measured floor exactly 0). Findings:
        eval.nondeterministic, eval.random_initial_state, eval.dropout_active, eval.state_carried_over,
        input.mutated. Cost: 25 ms. More in `determinism.same_answer`.
        """
        determinism.same_answer(model, inputs, self._draw, output=output)

    def reads_in_time_order(
        self,
        subject: Laboratory | Handle,
        x: torch.Tensor,
        *extra: Any,
        output: int | None = None,
        bidirectional: bool = False,
        substitute: order.Substitute | None = None,
    ) -> None:
        """Each output step depends on the steps of its own row so far, on all of them, on nothing else.

        Tolerance: 1e-9 of the largest number (float32 1e-4; no influence is exactly 0, the smallest real
        one measured 1.9e-4). Findings: axis.batch_time_swapped, axis.view_instead_of_transpose, batch.mixed,
        causal.sees_future, causal.reversed, recurrence.none, recurrence.truncated,
        recurrence.output_delayed, output.constant, output.constant_steps. Cost: 25 ms where it holds, up
        to ten times that where a step seems to be missing. More in `order.many_to_many`.
        """
        order.many_to_many(
            asked(subject),
            x,
            self._draw,
            extra=extra,
            output=output,
            bidirectional=bidirectional,
            substitute=substitute,
        )

    def reads_every_step(
        self,
        subject: Laboratory | Handle,
        x: torch.Tensor,
        *extra: Any,
        output: int | None = None,
        substitute: order.Substitute | None = None,
    ) -> None:
        """Each row's answer depends on all its own steps and on no other row.

        Tolerance and cost as `reads_in_time_order`. Findings: output.constant, output.first_step_only,
        output.last_step_only, output.steps_ignored, axis.batch_time_swapped,
        axis.view_instead_of_transpose, batch.mixed. More in `order.many_to_one`.
        """
        order.many_to_one(asked(subject), x, self._draw, extra=extra, output=output, substitute=substitute)

    def every_weight_counts(self, model: Model, *inputs: Any) -> None:
        """No weight is hidden from the optimiser, none is without effect on the answer.

        Tolerance: 1e-9 of the largest number (float32 1e-4), at two draws. Findings:
        model.unregistered_parameters, model.no_parameters, answer.hard_coded, model.dead_parameters.
        Cost: 5 ms a parameter. More in `weights.every_weight_counts`.
        """
        weights.every_weight_counts(model, self._draw, *inputs)

    def never_falls_silent(self, model: Model, *inputs: Any) -> None:
        """The answer is not cut off at 0, where no gradient comes back.

        Tolerance: three of 32 draws of weights at which all answers are exactly 0, and none below 0 at any.
        Finding: output.cut_at_zero. Cost: 8 ms. More in `silence.never_falls_silent`.
        """
        silence.never_falls_silent(model, self._draw, *inputs)

    def gradient_reaches(self, model: Model, *inputs: Any) -> None:
        """In train mode every weight may learn and is reached by the gradient.

        Tolerance: none, a gradient of exactly 0 at two draws counts as missing. Findings:
        grad.frozen_parameters, grad.graph_cut. Cost: 15 ms. More in
        `weights.gradient_reaches`.
        """
        weights.gradient_reaches(model, self._draw, *inputs)

    def stacks_layers(self, *models: Model, layers: Sequence[int], argument: str) -> None:
        """Each model, asked for so many `layers`, holds as many built-in recurrent layers, or none at all.

        Tolerance: none. Findings: model.layer_count. Cost: 2 ms a model. More in `weights.stacks_layers`.
        """
        weights.stacks_layers(models, layers, argument)

    def widens_layers(self, *models: Model, argument: str) -> None:
        """The built-in recurrent layers of each model have more weights than those of the one before.

        Tolerance: none. Findings: model.argument_ignored. Cost: 2 ms a model. More in
        `weights.widens_layers`.
        """
        weights.widens_layers(models, argument)

    def gradient_foretells(self, model: Model, *inputs: Any, scores: bool = False) -> None:
        """The gradients of the weights foretell how the answer moves with them: nothing is cut on the way.
        `scores`: how the scores of a step move against each other, which is what a cross-entropy sees.

        Tolerance: 1e-5 (float32 2e-3) of the slope, in two of five draws. Findings: grad.graph_cut. Cost:
        60 ms. More in `slope.foretells`.
        """
        slope.foretells(model.settled(*inputs), self._draw, *inputs, scores=scores)

    def learns(self, model: Model, task: learning.Task) -> None:
        """The model learns the task when we train it.

        Tolerance: the share of right answers that the task asks for, in the best of its trainings (right
        models of eleven styles, two seeds each: 0.98 and more after 12 passes). Findings: grad.graph_cut,
        train.diverges, accuracy.low, output.nan, shape.wrong. Cost: that of the training, 0.15 s for the
        short one of packed_sequence with layers of torch, 3 s where each letter is a call. More in
        `learning.learns`.
        """
        learning.learns(model, self._draw, task)
