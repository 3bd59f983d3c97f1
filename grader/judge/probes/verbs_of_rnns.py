"""Verbs about recurrence: a network written by hand, the last step, a network fed its own output."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from grader.judge.model import Model
from grader.judge.probes import formula, last_step, reach, rnn, rollout
from grader.judge.probes.verbs import Verbs
from grader.judge.student import Handle
from grader.judge.supplied import Supplied


class OfRnns(Verbs):
    """Verbs whose subject computes a recurrence, or is given a module that does."""

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
        """The value is right, or named by the wrong one that it equals.

        Tolerance: 1e-9, relative (float32 1e-5; measured floor 1e-15). Findings: a code of `wrong`, else
        `differs`; shape.*, dtype.wrong, output.nan. Cost: none to speak of. More in `formula.matches`.
        """
        formula.matches(got, right, wrong, differs=differs, name=name, axes=axes)

    def rnn_has_shapes(self, handle: Handle) -> None:
        """`rnn(x, h, W_ih, W_hh, b_ih, b_hh)` gives (outputs (T, B, H), h_T (B, H)).

        Tolerance and findings as `has_shape`. Cost: 15 ms. More in `rnn.has_shapes`.
        """
        rnn.has_shapes(handle, self._draw)

    def rnn_follows_formula(self, handle: Handle) -> None:
        """Each output is tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh).

        Tolerance as `matches`. Findings: rnn.no_tanh, rnn.sigmoid_for_tanh, rnn.relu_for_tanh,
        rnn.bias_missing, rnn.state_not_carried, rnn.recurrent_term_missing, rnn.tanh_on_part,
        rnn.whh_not_transposed, rnn.h0_ignored, rnn.output_before_update, rnn.outputs_aliased,
        causal.reversed, else rnn.differs; input.mutated. Cost: 10 ms. More in `rnn.follows_formula`.
        """
        rnn.follows_formula(handle, self._draw)

    def rnn_returns_last_state(self, handle: Handle) -> None:
        """The second thing returned is the state after the last step.

        Tolerance as `matches`. Findings: rnn.last_state_wrong. Cost: 10 ms. More in
        `rnn.returns_last_state`.
        """
        rnn.returns_last_state(handle, self._draw)

    def rnn_carries_gradients(self, handle: Handle) -> None:
        """Gradients flow back to every input, through every step.

        Tolerance: 1e-5, relative. Findings: grad.truncated_in_time, grad.graph_cut, call.failed.
        Cost: 7 ms. More in `rnn.carries_gradients`.
        """
        rnn.carries_gradients(handle, self._draw)

    def rnn_is_written_by_hand(self, handle: Handle) -> None:
        """`nn.RNN` and its kin do not run inside.

        Tolerance: none. Findings: answer.not_by_hand. Cost: 3 ms. More in
        `rnn.written_by_hand`.
        """
        rnn.written_by_hand(handle, self._draw)

    def takes_last_step(self, handle: Handle, module: Supplied | Model) -> None:
        """`many_to_one(module, x)` is the module's output at the last step.

        Tolerance as `matches`. Findings: shape.*, those of `reads_every_step`, rnn.last_state_wrong.
        Cost: 60 ms. More in `last_step.takes_last_step`.
        """
        last_step.takes_last_step(handle, module, self._draw)

    def status_is_last_output(self, model: Model, x: torch.Tensor, *, hidden: int) -> None:
        """The status (1, B, H) of a module of one layer is its output at the last step.

        Tolerance as `matches`. Findings: shape.*, rnn.last_state_wrong. Cost: 5 ms. More in
        `last_step.status_is_last_output`.
        """
        last_step.status_is_last_output(model, x, hidden, self._draw)

    def gradient_goes_back_in_time(self, model: Model, x: torch.Tensor, *, output: int | None = None) -> None:
        """The last step of the answer can teach what was read at every step, the first included.

        Tolerance: none, no gradient is 0 (1e-9 of the largest in float64, 1e-6 in float32), in the union of
        three draws. Findings: grad.truncated_in_time. Nothing is said where no gradient comes to x.
        Cost: 10 ms. More in `reach.gradient_goes_back_in_time`.
        """
        reach.gradient_goes_back_in_time(model, x, self._draw, output=output)

    def feeds_itself(self, handle: Handle) -> None:
        """`one_to_many(cell, x0, steps)` feeds the cell its own output, from a zero state.

        Tolerance as `matches`. Findings: eval.own_output_not_fed_back, rnn.state_not_carried,
        rnn.output_before_update, rnn.outputs_aliased, axis.view_instead_of_transpose, else rnn.differs;
        shape.*; eval.random_initial_state. Cost: 15 ms. More in `rollout.feeds_itself`.
        """
        rollout.feeds_itself(handle, self._draw)
