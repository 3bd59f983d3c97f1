"""Teacher forcing, states and losses: right loops of every style pass, each mistake gets its name."""

from __future__ import annotations

import pytest

from grader.evidence import Steps, Table
from grader.judge.cast import Cast
from grader.judge.finding import Finding
from grader.judge.probes import Probes
from grader.judge.student import Student
from tests.fakes import student_of
from tests.probes.translators import RIGHT, Edit, edited, found

NEXT = "            token = target[di] if forced else output.argmax(dim=1)\n"
CALL = "            output, hidden = decoder(token, hidden)\n            loss"
READ = "        hidden = encode(encoder, source)\n"
COIN = "random.random() < teacher_forcing_ratio"
LOSS = "loss = loss + F.nll_loss(output, target[di])"
LOOP = "for di in range(len(target))"
OPTIMISER = "    optimizer = optim.Adam(parameters, lr=learning_rate)\n"
START = "        token, loss = torch.tensor([[SOS_token]]), 0.0"


def through(probes: Probes, student: Student, cast: Cast) -> None:
    probes.leads_through_both(student.train, cast)


def scored(probes: Probes, student: Student, cast: Cast) -> None:
    probes.scores_every_word(student.train, cast)


def forced(probes: Probes, student: Student, cast: Cast) -> None:
    probes.forces_by_ratio(student.train, cast)


def moved(probes: Probes, student: Student, cast: Cast) -> None:
    probes.moves_both(student.train, cast)


STYLES: dict[str, list[Edit]] = {
    "as it is": [],
    "coin per step": [
        (NEXT, NEXT.replace("if forced", "if random.random() < teacher_forcing_ratio")),
    ],
    # 18 of 60 are forced, which may happen to a fair coin; 36 of 120 may not, but are the same again.
    "coins of a generator of its own": [
        (OPTIMISER, "    coins = random.Random(2224)\n" + OPTIMISER),
        (COIN, "coins.random() < teacher_forcing_ratio"),
    ],
    "source backwards, without its end": [("for token in source:", "for token in source[:-1].flip(0):")],
    "stops where it says the end itself": [
        (NEXT, NEXT + "            if not forced and token.item() == EOS_token:\n                break\n"),
    ],
    "mean of the sentence, cross-entropy of log-probabilities": [
        (LOSS, "loss = loss + F.cross_entropy(output, target[di], label_smoothing=0.1) / len(target)"),
    ],
    "two optimisers": [
        (
            "    optimizer = optim.Adam(parameters, lr=learning_rate)\n",
            "    ours = [optim.SGD(m.parameters(), learning_rate, 0.5) for m in (encoder, decoder)]\n",
        ),
        ("        optimizer.zero_grad()\n", "        [o.zero_grad() for o in ours]\n"),
        ("        optimizer.step()\n", "        [o.step() for o in ours]\n"),
    ],
    "a bridge between the two": [
        (READ, "        hidden = decoder.bridge(encode(encoder, source))\n"),
        (
            "        self.out = nn.Linear(hidden_size, output_size)\n",
            "        self.out = nn.Linear(hidden_size, output_size)\n"
            "        self.bridge = nn.Linear(hidden_size, hidden_size)\n",
        ),
    ],
    "forward by name, arguments by name": [
        (CALL, CALL.replace("decoder(token, hidden)", "decoder.forward(x=token, hidden=hidden)")),
    ],
    "a translation on the way": [
        (
            "        total += loss",
            "        evaluate(pairs, source_vocab, target_vocab, encoder, decoder, 4)\n        total += loss",
        ),
    ],
    "a sentence at a time in one call of the encoder": [
        (
            "    for token in source:\n        _, hidden = encoder(token, hidden)\n    return hidden",
            "    return encoder(source, hidden)[1]",
        ),
        (
            "        x = self.embedding(x).view(1, 1, -1)\n        x, hidden = self.gru(x, hidden)\n"
            "        return x, hidden",
            "        return self.gru(self.embedding(x).view(-1, 1, self.hidden_size), hidden)",
        ),
    ],
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_right_loops_of_every_style_pass(style: list[Edit]) -> None:
    source = edited(style)
    for ask in (through, scored, forced, moved):
        assert found(source, ask) is None, ask.__name__


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        ("tf.own_output", [(NEXT, "            token = output.argmax(dim=1)\n")]),
        ("tf.always", [(COIN, "True")]),
        ("tf.ratio_inverted", [(COIN, "random.random() > teacher_forcing_ratio")]),
        ("tf.ratio_wrong", [(COIN, "random.random() < 0.5")]),
        ("tf.ratio_wrong", [(COIN, "random.random() < teacher_forcing_ratio ** 3")]),
        ("tf.ratio_wrong", [(COIN, "random.random() < teacher_forcing_ratio ** 2")]),
        ("tf.target_leak", [(CALL, "            token = target[di]\n" + CALL), (NEXT, "")]),
        ("tf.wrong_shift", [("token = target[di] if", "token = target[di - 1] if")]),
        ("tf.sos_missing", [(START, START.replace("SOS", "EOS"))]),
        (
            "tf.sos_missing",
            [(START, "        token, loss = target[0], 0.0"), (LOOP, "for di in range(1, len(target))")],
        ),
        ("tf.input_constant", [(NEXT, "")]),
        (
            "tf.source_as_input",
            [("token = target[di] if", "token = source[min(di, len(source) - 1)] if")],
        ),
        ("tf.other_inputs", [("else output.argmax(dim=1)", "else output.argmin(dim=1)")]),
        ("call.failed", [("else output.argmax(dim=1)", "else output")]),
        (
            "tf.no_decoder_calls",
            [
                (LOOP, "for di in range(0)"),
                ("loss.backward()", "encode(encoder, source).sum().backward()"),
                ("loss.item()", "loss"),
            ],
        ),
    ],
)
def test_what_the_decoder_is_fed(code: str, edits: list[Edit]) -> None:
    assert found(edited(edits), forced) == code


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
            "seq2seq.first_state_random",
            [("hidden = torch.zeros(1, 1, encoder", "hidden = torch.randn(1, 1, encoder")],
        ),
    ],
)
def test_how_a_sentence_goes_through_both(code: str, edits: list[Edit]) -> None:
    assert found(edited(edits), through) == code


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        ("seq2seq.loss_last_step_only", [(LOSS, "loss = F.nll_loss(output, target[di])")]),
        ("seq2seq.eos_missing", [(LOOP, "for di in range(len(target) - 1)")]),
        ("seq2seq.loss_against_input", [(LOSS, "loss = loss + F.nll_loss(output, token.view(1))")]),
        ("seq2seq.loss_targets_wrong", [(LOSS, "loss = loss + F.nll_loss(output, target[-1 - di])")]),
        ("seq2seq.loss_targets_wrong", [(LOSS, "loss = loss - F.nll_loss(output, target[di])")]),
        ("seq2seq.target_not_fully_used", [(LOOP, "for di in range(min(len(source), len(target)))")]),
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
        ("train.params_without_gradient", [(READ, "        hidden = encode(encoder, source).detach()\n")]),
    ],
)
def test_which_weights_move(code: str, edits: list[Edit]) -> None:
    assert found(edited(edits), moved) == code


def test_the_evidence_shows_what_went_in() -> None:
    student, draw = student_of(edited([("token = target[di] if", "token = target[di - 1] if")]))
    cast = Cast(student.Vocab, student.Encoder, student.Decoder)
    with pytest.raises(Finding) as raised:
        Probes(draw).forces_by_ratio(student.train, cast)
    (steps,) = raised.value.evidence
    assert isinstance(steps, Steps)
    teacher, fed, must = steps.tokens
    assert teacher[1:] == must[:-1]
    assert all(fed[step] != teacher[step] for _, step in steps.bad)
    assert steps.bad


def test_a_wrong_share_is_told_by_ratio() -> None:
    student, draw = student_of(edited([(COIN, "random.random() < 0.5")]))
    with pytest.raises(Finding) as raised:
        Probes(draw).forces_by_ratio(student.train, Cast(student.Vocab, student.Encoder, student.Decoder))
    (table,) = raised.value.evidence
    assert isinstance(table, Table)
    assert table.bad == [0, 1, 2] or table.bad == [0, 2]


def test_other_draws_lead_to_other_sentences() -> None:
    scenes = []
    for key in (b"a", b"b"):
        student, draw = student_of(RIGHT, key=key)
        scenes.append(Cast(student.Vocab, student.Encoder, student.Decoder).scene(draw))
    one, other = scenes
    assert one.pairs != other.pairs
    for scene in scenes:
        sources = {scene.source.numbers[w] for pair in scene.pairs for w in pair[0].split()}
        targets = {scene.target.numbers[w] for pair in scene.pairs for w in pair[1].split()}
        assert not sources & targets
        assert max(sources) < scene.target.size
