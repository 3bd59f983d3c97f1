"""States, losses and weights of a translation in training: each mistake gets its name."""

from __future__ import annotations

import pytest

from tests.probes.translators import (
    CALL,
    LOOP,
    LOSS,
    NEXT,
    READ,
    START,
    Edit,
    edited,
    found,
    moved,
    scored,
    through,
)

STOP = "            if output.argmax().item() == EOS_token:\n                break\n"


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        ("seq2seq.encoder_state_unused", [(READ, READ + "        hidden = torch.zeros_like(hidden)\n")]),
        ("seq2seq.encoder_state_unused", [(READ, "        hidden = torch.zeros(1, 1, 8)\n")]),
        ("grad.graph_cut", [(READ, "        hidden = encode(encoder, source).detach()\n")]),
        (
            "seq2seq.encoder_state_dropped",
            [("_, hidden = encoder(token, hidden)", "_, hidden = encoder(token, torch.zeros(1, 1, 8))")],
        ),
        ("seq2seq.decoder_state_dropped", [(CALL, CALL.replace("output, hidden", "output, _"))]),
        (
            "seq2seq.encoder_state_not_reset",
            [
                (
                    "def encode(encoder, source):\n    hidden = torch.zeros(1, 1, encoder.hidden_size)",
                    "def encode(encoder, source, hidden=None):\n"
                    "    hidden = torch.zeros(1, 1, 8) if hidden is None else hidden.detach()",
                ),
                ("    total = 0.0\n    for i", "    total, hidden = 0.0, None\n    for i"),
                (READ, "        hidden = encode(encoder, source, hidden)\n"),
            ],
        ),
        ("seq2seq.source_not_fully_read", [("for token in source:", "for token in source[:2]:")]),
        ("seq2seq.source_not_fully_read", [("for token in source:", "for token in source[1:]:")]),
        ("seq2seq.pairs_not_used", [("random.choice(pairs)", "pairs[0]")]),
        ("seq2seq.target_not_fully_used", [(LOOP, "for di in range(len(source))")]),
        ("grad.truncated_in_time", [(NEXT, NEXT + "            hidden = hidden.detach()\n")]),
        (
            "seq2seq.decoder_state_dropped",
            [
                (CALL, CALL.replace("output, hidden", "output, state")),
                (NEXT, NEXT + "            hidden = state if forced else hidden\n"),
            ],
        ),
        (
            "grad.truncated_in_time",
            [(NEXT, NEXT + "            hidden = hidden if forced else hidden.detach()\n")],
        ),
    ],
)
def test_how_a_sentence_goes_through_both(code: str, edits: list[Edit]) -> None:
    assert found(edited(edits), through) == code


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        ("seq2seq.loss_last_step_only", [(LOSS, "loss = F.nll_loss(output, target[di])")]),
        ("seq2seq.loss_last_step_only", [(LOSS, f"loss = 0.0 if not forced else loss\n            {LOSS}")]),
        ("seq2seq.eos_missing", [(LOOP, "for di in range(len(target) - 1)")]),
        ("seq2seq.eos_missing", [(LOOP, "for di in range(len(target) - (not forced))")]),
        ("seq2seq.loss_against_input", [(LOSS, "loss = loss + F.nll_loss(output, token.view(1))")]),
        ("seq2seq.loss_targets_wrong", [(LOSS, "loss = loss + F.nll_loss(output, target[-1 - di])")]),
        ("seq2seq.loss_targets_wrong", [(LOSS, "loss = loss - F.nll_loss(output, target[di])")]),
        ("seq2seq.target_not_fully_used", [(LOOP, "for di in range(min(len(source), len(target)))")]),
        ("seq2seq.target_not_fully_used", [(NEXT, NEXT + STOP)]),
        ("seq2seq.target_not_fully_used", [(LOSS, STOP.lstrip() + f"            {LOSS}")]),
        (
            "seq2seq.target_not_fully_used",
            [
                (LOSS, f"{LOSS} * heard\n            heard = heard * (output.argmax() != EOS_token)"),
                (START, START.replace("token, loss =", "heard, token, loss = 1.0,")),
            ],
        ),
        ("train.no_backward", [("        loss.backward()\n", "")]),
        (
            "loss.softmax_before_cross_entropy",
            [(LOSS, "loss = loss + F.cross_entropy(output.softmax(1), target[di])")],
        ),
    ],
)
def test_what_the_loss_asks_for(code: str, edits: list[Edit]) -> None:
    assert found(edited(edits), scored) == code


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        ("train.params_not_in_optimizer", [("[*encoder.parameters(), *decoder", "[*decoder")]),
        ("train.params_not_in_optimizer", [("encoder.parameters(), *decoder.par", "encoder.par")]),
        ("train.zero_grad_missing", [("        optimizer.zero_grad()\n", "        encoder.zero_grad()\n")]),
        ("train.epochs_ignored", [("range(1, n_iter + 1)", "range(1, 20)")]),
        (
            "train.steps_too_many",
            [
                ("for i in range(1, n_iter + 1)", "for i, pair in enumerate(pairs * n_iter, start=1)"),
                ("random.choice(pairs)", "pair"),
            ],
        ),
        ("train.params_without_gradient", [(READ, "        hidden = encode(encoder, source).detach()\n")]),
    ],
)
def test_which_weights_move(code: str, edits: list[Edit]) -> None:
    assert found(edited(edits), moved) == code
