"""What to underline in the student's own lines, by finding: a help to the eye, never part of a verdict.

A pattern finds what the finding is most likely about: where something is missing, the line after which it
belongs. The first line that matches is marked; without a match nothing is. Of several patterns the first that
matches anywhere counts.
"""

from __future__ import annotations

import re

_OPTIMISER = r"\b(Adam\w*|SGD|RMSprop|Adagrad|Adadelta|NAdam|RAdam|LBFGS)\([^)]*\)?"
_LOSS = r"(cross_entropy|nll_loss|mse_loss|CrossEntropyLoss|NLLLoss|MSELoss|criterion|loss_fn)\([^)]*\)?"
_RATE = r"(lr|learning_rate)\s*=\s*[^,)]+(?=[,)])|learning_rate\s*\*[^,)]*"
_LOOP = r"range\([^)]*\)"
_RESHAPED = r"\.(view|reshape|flatten)\([^)]*\)"
_BOUNDS = r"(np\.|torch\.|\.)a?(min|max)\([^)]*\)"

_PATTERNS: dict[str, str | tuple[str, ...]] = {
    "axis.batch_time_swapped": r"nn\.(RNN|LSTM|GRU)\([^)]*\)?|batch_first",
    "axis.view_instead_of_transpose": r"\.(view|reshape)\(",
    "batch.fixed_size": r"(zeros|randn|ones|empty)\([^)]*\)|" + _RESHAPED,
    "causal.sees_future": r"bidirectional\s*=\s*True|\.flip\(|softmax\([^)]*dim\s*=\s*1\)|\.mean\(",
    "causal.reversed": r"\.flip\([^)]*\)|\[::-1\]|reversed\(",
    "output.first_step_only": r"\[:, 0[^\]]*\]|\[0\]",
    "output.last_step_only": r"\[:, -1[^\]]*\]|\[-1\]",
    "packing.last_column_is_padding": r"\[:, -1[^\]]*\]|\[-1\]",
    "packing.reads_padding": (r"\[:, -1[^\]]*\]|\[-1\]", r"self\.(rnn|lstm|gru)\("),
    "packing.order_not_restored": r"argsort|\.sort\(|sorted_indices|torch\.sort",
    "packing.gather_off_by_one": r"lengths[^\n]*- *\d|gather",
    "packing.mean_over_padded_length": r"\.mean\(",
    "packing.max_over_padding": r"\.max\(|\.amax\(",
    "packing.min_over_padding": r"\.min\(|\.amin\(",
    "packing.needs_sorted_lengths": r"pack_padded_sequence\(",
    "eval.dropout_active": r"[Dd]ropout",
    "eval.random_initial_state": r"torch\.randn\([^)]*\)|randn",
    "eval.state_carried_over": r"self\.\w*(h|hidden|state|hx)\w*\s*=(?!=)",
    "eval.no_eos_stop": r"(while|for)\s[^:]*:",
    "eval.exceeds_max_length": r"(while|for)\s[^:]*:",
    "state.cell_state_used": r"\(\s*\w+\s*,\s*\w+\s*\)",
    "state.first_layer_used": r"\bh\w*\[0\]",
    "rnn.no_tanh": r"h\s*=.*",
    "rnn.sigmoid_for_tanh": r"sigmoid",
    "rnn.relu_for_tanh": r"relu",
    "rnn.tanh_on_part": r"tanh\([^)]*\)",
    "rnn.whh_not_transposed": r"W_hh(?!\.(T|t\(\)))",
    "rnn.h0_ignored": r"zeros[^\n]*",
    "rnn.outputs_aliased": r"copy_\(|\[:\]\s*=|append\(h\)",
    "lstm.gate_order": r"(chunk|split|unbind)\([^)]*\)",
    "lstm.states_swapped": r"return\s.*",
    "cnn.kernel_flipped": r"\.flip\([^)]*\)|\[::-1",
    "cnn.avg_for_max": r"avg_pool2d|AvgPool2d|\.mean\(",
    "ce.log2": r"log2\(|log10\(",
    "ce.log_missing": r"return\s.*",
    "ce.sum_not_mean": r"\.sum\(\)",
    "ce.softmax_over_batch": r"(softmax|sum|logsumexp)\([^)]*(dim\s*=\s*0|axis\s*=\s*0|,\s*0)[^)]*\)",
    "ce.unstable": r"\bexp\([^)]*\)",
    "ce.epsilon": r"\+\s*(1e-?\d+|eps\w*)",
    "loss.counts_padding": r"cross_entropy\(",
    "loss.divides_by_padding": r"\.mean\(\)|numel\(\)",
    "loss.softmax_before_cross_entropy": r"[Ss]oftmax\([^)]*\)?",
    "loss.nll_on_logits": _LOSS,
    "loss.nll_on_probabilities": _LOSS,
    "loss.mse_for_classes": _LOSS,
    "loss.arguments_swapped": _LOSS,
    "loss.broadcast": _LOSS,
    "loss.flatten_mismatch": _RESHAPED,
    "loss.not_all_steps": r"\[:, -1[^\]]*\]|\[-1\]|\[:, 1:[^\]]*\]",
    "train.zero_grad_missing": r"\.backward\([^)]*\)",
    "train.grads_wiped_before_step": r"zero_grad\([^)]*\)",
    "train.no_backward": r"\.step\(\)",
    "train.no_step": r"\.backward\([^)]*\)",
    "train.step_before_backward": r"\.step\(\)",
    "train.optimizer_recreated": _OPTIMISER,
    "train.params_not_in_optimizer": _OPTIMISER,
    "train.lr_zero": _RATE,
    "train.too_slow": _RATE,
    "train.diverges": _RATE,
    "train.epochs_ignored": _LOOP,
    "grad.graph_cut": r"\.detach\(\)|\.data\b|no_grad|\.numpy\(\)",
    "grad.frozen_parameters": r"requires_grad\w*[^\n]*",
    "model.unregistered_parameters": r"=\s*\[.*nn\.|\[\s*nn\.",
    "leak.random_split": r"(shuffle|permutation|randperm)\([^)]*\)",
    "leak.scaler_sees_test": r"\w*scaler\([^)]*\)|" + _BOUNDS,
    "scale.not_per_column": _BOUNDS,
    "scale.missing": r"return\s.*",
    "window.count": _LOOP,
    "window.order": _LOOP,
    "window.time_reversed": r"\[::-1\]|\.flip\([^)]*\)",
    "text.argmax_axis": r"argmax\([^)]*\)|\.max\([^)]*\)",
    "tf.always": r"teacher_forcing_ratio|use_teacher_forcing\w*",
    "tf.own_output": r"teacher_forcing_ratio|use_teacher_forcing\w*",
    "tf.ratio_inverted": r"[<>]=?\s*teacher_forcing_ratio|teacher_forcing_ratio\s*[<>]=?",
    "tf.sos_missing": r"\w*(SOS|sos)\w*",
    "seq2seq.encoder_state_unused": r"decoder\([^)]*\)",
}  # fmt: skip


def token(code: str, lines: list[str]) -> tuple[int, str] | None:
    """(index of the line, part of it to underline) for a finding in these lines; None where none stands out.

    Comments are not looked at.
    """
    patterns = _PATTERNS.get(code, ())
    for pattern in (patterns,) if isinstance(patterns, str) else patterns:
        for number, line in enumerate(lines):
            found = re.search(pattern, line.split("#")[0])
            if found and found.group(0).strip():
                return number, found.group(0).strip()
    return None


def codes() -> frozenset[str]:
    """The findings that have a pattern."""
    return frozenset(_PATTERNS)
