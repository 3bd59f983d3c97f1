"""Verbs about a training function of the student's own: what its steps do, what its loss is told, what it
leads to. `places` of arguments count from 0; models among them are built afresh for each training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from grader.judge.model import Model
from grader.judge.probes import budgets, examples, outcome, pairing, sampled, teaching, training, values
from grader.judge.probes.teaching import Shown
from grader.judge.probes.verbs import Verbs
from grader.judge.student import Handle
from grader.judge.training import Trainer


class OfTraining(Verbs):
    """Verbs whose subject is called as `handle(*args)` and trains a model among `args`, or gives one back."""

    def moves_every_weight(self, handle: Handle, *args: Any) -> None:
        """Every step moves the weights by gradients of its own; none is left behind.

        Tolerance: none, a weight that is the same to the bit has not moved; old or missing gradients count
        from half of the steps on. Findings: train.no_backward, train.no_step, train.step_before_backward,
        train.zero_grad_missing, train.grads_wiped_before_step, train.optimizer_recreated, train.lr_zero,
        train.params_not_in_optimizer, train.params_without_gradient, train.weights_put_back, train.diverges,
        model.no_parameters; for calls that raise loss.arguments_swapped, loss.wrong_pairs, grad.graph_cut,
        call.failed. Cost: that of the training and 10 ms. More in `training.moves_every_weight`.
        """
        training.moves_every_weight(Trainer(handle), self._draw, args)

    def trains_as_long_as_told(self, handle: Handle, *args: Any, budget: int) -> None:
        """Two steps more than the number at the place `budget` lead to other weights.

        Tolerance: none. Findings: train.epochs_ignored, train.steps_missing, train.steps_too_many. Cost: that
        of two trainings, in doubt of four. More in
        `budgets.trains_as_long_as_told`.
        """
        budgets.trains_as_long_as_told(Trainer(handle), self._draw, args, budget=budget)

    def learns_at_the_rate_told(self, handle: Handle, *args: Any, rate: int) -> None:
        """A third of the learning rate at the place `rate` leads to other weights.

        Tolerance: none. Findings: train.rate_ignored. Cost: that of two trainings. More in
        `budgets.rate_counts`.
        """
        budgets.rate_counts(Trainer(handle), self._draw, args, rate=rate)

    def loss_meets_targets(self, handle: Handle, *args: Any, inputs: int, targets: int) -> None:
        """The loss is cross-entropy of every output with its own target, in any spelling.

        Tolerance: 2e-3 of a gradient, in 95 % of the rows; 30 % of the targets. Findings:
        loss.softmax_before_cross_entropy, loss.nll_on_logits, loss.nll_on_probabilities,
        loss.mse_for_classes, ce.softmax_over_batch, loss.flatten_mismatch, train.target_not_shifted,
        train.target_shifted_wrong_way, loss.wrong_pairs, loss.differs, train.data_not_used,
        loss.not_all_steps. Cost: that of the training and 10 ms. More in `pairing.loss_meets_targets`.
        """
        pairing.loss_meets_targets(Trainer(handle), self._draw, args, inputs=inputs, targets=targets)

    def learns_from_every_target(self, handle: Handle, *args: Any, targets: int, classes: int) -> None:
        """Another target anywhere leads to other weights.

        Tolerance: none, no influence is exactly 0. Findings: train.data_not_used, loss.not_all_steps.
        Cost: that of a training for each target. More in `pairing.learns_from_every_target`.
        """
        pairing.learns_from_every_target(Trainer(handle), self._draw, args, targets=targets, classes=classes)

    def learns_from_every_sequence(self, handle: Handle, *args: Any, targets: int, classes: int) -> None:
        """Another target in any of the sequences, at any step, leads to other weights.

        Tolerance: none, no influence is exactly 0; a fifth of the sequences may be kept for other uses.
        Findings: train.data_not_used, loss.not_all_steps. Cost: that of 15 trainings, and of more where some
        of them are kept. More in `sampled.learns_from_every_sequence`.
        """
        sampled.learns_from_every_sequence(
            Trainer(handle), self._draw, args, targets=targets, classes=classes
        )

    def learns_from_few_sequences(self, handle: Handle, *args: Any, targets: int) -> None:
        """A training with fewer sequences than a batch often holds makes a step all the same.

        Tolerance: one step will do. Findings: train.data_not_used. Cost: that of the training. More in
        `sampled.learns_from_few_sequences`.
        """
        sampled.learns_from_few_sequences(Trainer(handle), self._draw, args, targets=targets)

    def uses_every_example(self, handle: Handle, *args: Any, inputs: int, budget: int) -> None:
        """In one training the examples at the place `inputs` reach the loss; `budget`: where its passes are.

        Tolerance: 30 % or a part of a batch may be left out. Findings: train.data_not_used. Cost: that of the
        training, of two or three where what is left out may be the last batch. More in
        `examples.uses_every_example`.
        """
        examples.uses_every_example(Trainer(handle), self._draw, args, inputs=inputs, budget=budget)

    def values_meet_targets(self, handle: Handle, *args: Any, inputs: int, targets: int) -> None:
        """The loss draws each prediction, a real number, towards its own target.

        Tolerance: 5 % of the rows. Findings: loss.broadcast, loss.differs, train.data_not_used. Cost: that of
        the training. More in `values.values_meet_targets`.
        """
        values.values_meet_targets(Trainer(handle), self._draw, args, inputs=inputs, targets=targets)

    def losses_fall(
        self, handle: Handle, *args: Any, inputs: int, targets: int, asked: torch.Tensor | None = None
    ) -> None:
        """Finite losses come back, and the cross-entropy that we compute is lower after training.

        Tolerance: a fall of 0.05, in the better of two trainings. Findings: reply.malformed,
        train.diverges, train.too_slow. Cost: that of the training. More in `outcome.losses_fall`.
        """
        outcome.losses_fall(Trainer(handle), self._draw, args, inputs=inputs, targets=targets, asked=asked)

    def fits(
        self,
        handle: Handle,
        *args: Any,
        inputs: int,
        targets: int,
        budget: int,
        budgets: Sequence[int],
        cut: float = 1.0,
        asked: torch.Tensor | None = None,
    ) -> None:
        """The trained model's answers to what it was trained on are the targets.

        Tolerance: the share `cut`, in the best of as many trainings as there are `budgets`. Findings:
        train.diverges, accuracy.low. Cost: that of the trainings. More in `outcome.fits`.
        """
        outcome.fits(
            Trainer(handle),
            self._draw,
            args,
            inputs=inputs,
            targets=targets,
            budget=budget,
            budgets=budgets,
            cut=cut,
            asked=asked,
        )

    def teaches(
        self,
        handle: Handle,
        layer: Model,
        shown: Shown,
        *,
        budgets: Sequence[tuple[int, float]],
        own: Model | None = None,
    ) -> None:
        """A layer of ours that `handle(layer, x, y, steps, rate)` has trained does what it was shown.

        Computed on our side from the weights that came back: it certifies what the guest tells of training.
        Tolerance: all of few classes, six tenths of many, in the best of the `budgets`.
        Findings: accuracy.low. Cost: that of the trainings. More in `teaching.teaches`.
        """
        teaching.teaches(Trainer(handle), layer, self._draw, shown, budgets=budgets, own=own)
