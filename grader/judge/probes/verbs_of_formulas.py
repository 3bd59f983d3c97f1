"""Verbs about formulas written by hand: an LSTM cell, convolution, pooling, the size that comes out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from grader.judge.probes import convolution, formula, lstm, output_size
from grader.judge.probes.cnn_mutants import Kind
from grader.judge.probes.verbs import Verbs
from grader.judge.student import Handle


class OfFormulas(Verbs):
    """Verbs whose subject computes by hand what a layer of torch computes."""

    def gradients_match(
        self,
        handle: Handle,
        *inputs: Any,
        right: Callable[..., torch.Tensor | Sequence[torch.Tensor]],
        names: Sequence[str],
    ) -> None:
        """Each tensor gets from the function the gradient that it gets from `right`, a function of ours.

        Tolerance: 1e-5, relative. Findings: grad.graph_cut, else what the call raised. Cost: 7 ms.
        More in `formula.gradients_match`.
        """
        formula.gradients_match(handle, inputs, right, names, self._draw)

    def lstm_cell_follows_formula(self, handle: Handle) -> None:
        """`handle(x, h, c, W_ih, W_hh, b_ih, b_hh)` gives (h', c') as `nn.LSTMCell` does.

        Tolerance: 1e-5, relative. Findings: lstm.states_swapped, lstm.forget_and_input_swapped,
        lstm.gate_order, lstm.gate_missing, lstm.cell_not_carried, lstm.cell_tanh_missing,
        lstm.output_gate_on_old_cell, lstm.candidate_not_tanh, lstm.bias_missing, lstm.state_ignored, else
        lstm.differs; shape.*, input.mutated. Cost: 10 ms. More in `lstm.follows_formula`.
        """
        lstm.follows_formula(handle, self._draw)

    def lstm_cell_carries_gradients(self, handle: Handle) -> None:
        """Gradients flow from h' and c' to all seven inputs.

        Tolerance: 1e-5, relative. Findings: grad.graph_cut. Cost: 7 ms. More in
        `lstm.carries_gradients`.
        """
        lstm.carries_gradients(handle, self._draw)

    def lstm_cell_is_written_by_hand(self, handle: Handle) -> None:
        """`nn.LSTMCell` and `nn.LSTM` do not run inside.

        Tolerance: none. Findings: answer.not_by_hand. Cost: 3 ms. More in
        `lstm.written_by_hand`.
        """
        lstm.written_by_hand(handle, self._draw)

    def output_size(self, handle: Handle) -> None:
        """`handle(size, kernel, stride=1, padding=0)` is the size that comes out of a convolution.

        Tolerance: none. Findings: cnn.stride_ignored, cnn.padding_wrong, cnn.partial_windows,
        cnn.size_off_by_one, else cnn.size_wrong. Cost: 10 ms. More in `output_size.output_size`.
        """
        output_size.output_size(handle, self._draw)

    def convolution_follows_formula(self, handle: Handle) -> None:
        """`handle(image, kernel, stride=1, padding=0)` is torch's convolution of one channel.

        Tolerance: 1e-5, relative. Findings: cnn.kernel_flipped, cnn.kernel_transposed, cnn.stride_ignored,
        cnn.padding_wrong, cnn.partial_windows, cnn.mean_of_window, else cnn.differs; shape.*,
        input.mutated. Cost: 15 ms. More in `convolution.convolution_follows_formula`.
        """
        convolution.convolution_follows_formula(handle, self._draw)

    def convolution_carries_gradients(self, handle: Handle) -> None:
        """Gradients reach image and kernel.

        Tolerance: 1e-5, relative. Findings: grad.graph_cut. Cost: 10 ms. More in
        `convolution.convolution_carries_gradients`.
        """
        convolution.convolution_carries_gradients(handle, self._draw)

    def convolution_is_written_by_hand(self, handle: Handle) -> None:
        """Torch's convolutions do not run inside.

        Tolerance: none. Findings: answer.not_by_hand. Cost: 3 ms. More in
        `convolution.convolution_is_written_by_hand`.
        """
        convolution.convolution_is_written_by_hand(handle, self._draw)

    def pool_follows_formula(self, handle: Handle, *, kind: Kind) -> None:
        """`handle(image, size, stride=None)` is the largest ("max") or mean ("avg") pixel of each window.

        Tolerance: 1e-5, relative. Findings: cnn.avg_for_max, cnn.max_for_avg, cnn.stride_ignored,
        cnn.partial_windows, cnn.starts_at_zero, cnn.sum_for_avg, else cnn.differs; shape.*, input.mutated.
        Cost: 15 ms. More in `convolution.pool_follows_formula`.
        """
        convolution.pool_follows_formula(handle, self._draw, kind=kind)

    def pool_carries_gradients(self, handle: Handle, *, kind: Kind) -> None:
        """The gradient reaches the pixels.

        Tolerance: 1e-5, relative. Findings: grad.graph_cut. Cost: 7 ms. More in
        `convolution.pool_carries_gradients`.
        """
        convolution.pool_carries_gradients(handle, self._draw, kind=kind)

    def pool_is_written_by_hand(self, handle: Handle) -> None:
        """Torch's pooling does not run inside.

        Tolerance: none. Findings: answer.not_by_hand. Cost: 3 ms. More in
        `convolution.pool_is_written_by_hand`.
        """
        convolution.pool_is_written_by_hand(handle, self._draw)
