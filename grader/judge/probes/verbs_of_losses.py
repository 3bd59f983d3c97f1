"""Verbs about losses written by hand: softmax, cross-entropy, the loss of a batch of sequences."""

from __future__ import annotations

from typing import Any

from grader.judge.model import Model
from grader.judge.probes import cross_entropy, logits, sequence_loss
from grader.judge.probes.verbs import Verbs
from grader.judge.student import Handle


class OfLosses(Verbs):
    """Verbs whose subject turns scores into probabilities, or into a loss, or gives such scores."""

    def returns_logits(self, model: Model, *inputs: Any) -> None:
        """What the model answers in training has been through no softmax.

        Tolerance: 1e-5, in all rows of three draws. Findings: loss.softmax_before_cross_entropy. Cost: 10 ms.
        More in `logits.returns_logits`.
        """
        logits.returns_logits(model, self._draw, *inputs)

    def goes_below_zero(self, model: Model, *inputs: Any) -> None:
        """What the model answers is plain numbers, not cut off at 0.

        Tolerance: one number below 0 in three draws of weights will do, or fewer than a quarter that are
        exactly 0. Findings: output.cut_at_zero. Cost: 10 ms. More in `logits.goes_below_zero`.
        """
        logits.goes_below_zero(model, self._draw, *inputs)

    def goes_beyond_one(self, model: Model, *inputs: Any) -> None:
        """What the model answers is plain numbers, not squashed into 0..1 or -1..1.

        Tolerance: with weights a thousand times as large as usual, one number outside -1..1 will do, or a
        quarter that is not at an end. Findings: output.squashed. Cost: 5 ms, where all lies inside three
        times that. More in `logits.goes_beyond_one`.
        """
        logits.goes_beyond_one(model, self._draw, *inputs)

    def softmax_follows_formula(self, handle: Handle) -> None:
        """`handle(logits (N, C))` is exp(logits) over its sum along each row.

        Tolerance: 1e-5, relative. Findings: ce.softmax_over_batch, ce.softmax_over_all, ce.softmax_twice,
        ce.log_returned, ce.not_normalised, ce.exp_missing, ce.sigmoid_for_softmax, ce.sign, ce.log2, else
        ce.differs; shape.*, dtype.wrong, output.nan, input.mutated, batch.fixed_size; the remark
        ce.unstable where logits of 1e4 overflow. Cost: 8 ms. More in
        `cross_entropy.softmax_follows_formula`.
        """
        remark = cross_entropy.softmax_follows_formula(handle, self._draw)
        if remark is not None:
            self.remarks.append(remark)

    def softmax_carries_gradients(self, handle: Handle) -> None:
        """The gradient of softmax reaches the logits with the right value.

        Tolerance: 1e-5, relative. Findings: ce.no_gradient, ce.gradient_wrong. Cost: 5 ms.
        More in `cross_entropy.softmax_carries_gradients`.
        """
        cross_entropy.softmax_carries_gradients(handle, self._draw)

    def softmax_is_written_by_hand(self, handle: Handle) -> None:
        """Torch's own softmax does not run inside.

        Tolerance: none. Findings: answer.not_by_hand. Cost: 3 ms. More in
        `cross_entropy.softmax_is_written_by_hand`.
        """
        cross_entropy.softmax_is_written_by_hand(handle, self._draw)

    def cross_entropy_follows_formula(self, handle: Handle) -> None:
        """`handle(logits (N, C), target (N,))` is the mean of -log softmax(logits) at the targets.

        Tolerance: 1e-5, relative; wrong formulas are drawn to differ by 1e-3. Findings: ce.sign,
        ce.log_missing, ce.log2, ce.softmax_over_batch, ce.softmax_over_all, ce.softmax_twice,
        ce.sum_not_mean, ce.mean_over_classes, ce.sigmoid_for_softmax, ce.binary_for_classes,
        ce.target_ignored, ce.exp_missing, ce.not_normalised, loss.nll_on_logits, loss.wrong_pairs,
        loss.not_all_steps, loss.mse_for_classes, loss.arguments_swapped, else ce.differs; shape.wrong,
        batch.fixed_size, input.mutated. Cost: 10 ms. More in
        `cross_entropy.cross_entropy_follows_formula`.
        """
        cross_entropy.cross_entropy_follows_formula(handle, self._draw)

    def cross_entropy_is_finite(self, handle: Handle) -> None:
        """The loss is right for logits of +-1e4.

        Tolerance: 1e-5, relative. Findings: ce.unstable, ce.epsilon, loss.not_all_steps. Cost: 8 ms. More in
        `cross_entropy.cross_entropy_is_finite`.
        """
        cross_entropy.cross_entropy_is_finite(handle, self._draw)

    def cross_entropy_carries_gradients(self, handle: Handle) -> None:
        """The gradient is (softmax - one-hot) / N, or a multiple as asked, also for logits of +-1e4.

        Tolerance: 1e-5, relative. Findings: ce.no_gradient, ce.gradient_wrong. Cost: 10 ms.
        More in `cross_entropy.cross_entropy_carries_gradients`.
        """
        cross_entropy.cross_entropy_carries_gradients(handle, self._draw)

    def cross_entropy_is_written_by_hand(self, handle: Handle) -> None:
        """Torch's own cross-entropy does not run inside; softmax, log_softmax and nll_loss may.

        Tolerance: none. Findings: answer.not_by_hand. Cost: 3 ms. More in
        `cross_entropy.cross_entropy_is_written_by_hand`.
        """
        cross_entropy.cross_entropy_is_written_by_hand(handle, self._draw)

    def sequence_loss_counts_every_position(self, handle: Handle) -> None:
        """`handle(outputs (B, T, C), targets (B, T))` is the mean cross-entropy over all positions.

        Tolerance as `cross_entropy_follows_formula`. Findings: loss.wrong_pairs, loss.flatten_mismatch,
        loss.arguments_swapped, loss.sum_not_mean, loss.not_all_steps, loss.first_class_ignored,
        loss.softmax_before_cross_entropy, loss.nll_on_logits, input.mutated, those of
        `cross_entropy_follows_formula`, else loss.differs. Cost: 10 ms. More in
        `sequence_loss.counts_every_position`.
        """
        sequence_loss.counts_every_position(handle, self._draw)

    def sequence_loss_leaves_padding_out(self, handle: Handle) -> None:
        """`handle(outputs, targets, pad_index)` is the mean over the positions that are no padding, wherever
        padding stands.

        Tolerance as `cross_entropy_follows_formula`. Findings: loss.counts_padding,
        loss.divides_by_padding, loss.rows_weigh_equally, those of `sequence_loss_counts_every_position`.
        Cost: 15 ms. More in `sequence_loss.leaves_padding_out`.
        """
        sequence_loss.leaves_padding_out(handle, self._draw)

    def sequence_loss_carries_gradients(self, handle: Handle) -> None:
        """The gradient is that of the mean, or of a multiple of it: 0 at padding, and nowhere cut.

        Tolerance: 1e-5, relative. Findings: grad.graph_cut. Cost: 10 ms. More in
        `sequence_loss.carries_gradients`.
        """
        sequence_loss.carries_gradients(handle, self._draw)
