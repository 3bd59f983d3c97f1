"""The student's own lines for a finding: their source as the guest tells it, with the likely line marked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from grader.record import Where

if TYPE_CHECKING:
    from grader.judge.finding import Finding
    from grader.judge.student import Student

_MAX_LINES = 24
_MAX_WIDTH = 200

_TOKENS = {
    "axis.batch_time_swapped": r"nn\.(RNN|LSTM|GRU)\([^)]*\)?|batch_first",
    "axis.view_instead_of_transpose": r"\.(view|reshape)\(",
    "causal.sees_future": r"bidirectional\s*=\s*True|\.flip\(",
    "output.first_step_only": r"\[:, 0[^\]]*\]|\[0\]",
    "packing.last_column_is_padding": r"\[:, -1[^\]]*\]|\[-1\]",
    "packing.reads_padding": r"\[:, -1[^\]]*\]|\[-1\]|self\.(rnn|lstm|gru)\(",
    "packing.order_not_restored": r"argsort|\.sort\(|sorted_indices|torch\.sort",
    "packing.gather_off_by_one": r"lengths[^\n]*- *\d|gather",
    "packing.mean_over_padded_length": r"\.mean\(",
    "packing.max_over_padding": r"\.max\(|\.amax\(",
    "packing.needs_sorted_lengths": r"pack_padded_sequence\(",
    "eval.dropout_active": r"[Dd]ropout",
    "eval.random_initial_state": r"torch\.randn\([^)]*\)|randn",
    "state.cell_state_used": r"\(\s*\w+\s*,\s*\w+\s*\)",
    "rnn.no_tanh": r"h\s*=.*",
    "rnn.sigmoid_for_tanh": r"sigmoid",
    "rnn.relu_for_tanh": r"relu",
    "rnn.tanh_on_part": r"tanh\([^)]*\)",
    "rnn.whh_not_transposed": r"W_hh(?!\.(T|t\(\)))",
    "rnn.h0_ignored": r"zeros[^\n]*",
    "rnn.outputs_aliased": r"copy_\(|\[:\]\s*=|append\(h\)",
    "loss.counts_padding": r"cross_entropy\(",
    "loss.divides_by_padding": r"\.mean\(\)|numel\(\)",
    "grad.graph_cut": r"\.detach\(\)|\.data\b|no_grad|\.numpy\(\)",
    "model.unregistered_parameters": r"=\s*\[.*nn\.|\[\s*nn\.",
}
"""What in the source of a name to underline for a code: a help to the eye, never part of a verdict."""


def place(finding: Finding, student: Student | None) -> Where | None:
    """Lines of `finding.about`, the first that looks like the cause marked; None if there is none to show."""
    if student is None or finding.about is None:
        return None
    quoted = student._handle(finding.about).lines()
    if quoted is None:
        return None
    lines = [line[:_MAX_WIDTH].rstrip() for line in quoted.text.splitlines()]
    pattern = _TOKENS.get(finding.code)
    marked, token = 0, ""
    for number, line in enumerate(lines):
        found = re.search(pattern, line.split("#")[0]) if pattern else None
        if found:
            marked, token = number, found.group(0)
            break
    first = max(0, min(marked - 6, len(lines) - _MAX_LINES)) if len(lines) > _MAX_LINES else 0
    shown = lines[first : first + _MAX_LINES]
    return Where(max(quoted.cell, 1), max(quoted.line, 1) + first, shown, marked - first, token)
