"""Translating without a teacher: right functions of every style pass, each mistake gets its name."""

from __future__ import annotations

import pytest

from grader.evidence import Steps
from grader.judge.cast import Cast
from grader.judge.finding import Finding
from grader.judge.probes import Probes
from grader.judge.student import Student
from tests.fakes import student_of
from tests.probes.translators import Edit, edited, found

PAIRS = "        for source, _ in pairs:\n"
READ = "            hidden = encode(encoder, tensorize(source_vocab, source))\n"
LOOP = "            for _ in range(target_max_length):\n"
CALL = "                output, hidden = decoder(token, hidden)\n"
PICK = "                token = output.argmax(dim=1)\n"
STOP = "                if token.item() == EOS_token:\n                    break\n"
SAY = "                words.append(target_vocab.index2vocab[token.item()])\n"
START = "            token, words = torch.tensor([[SOS_token]]), []\n"
KEEP = '            sentences.append(" ".join(words))\n'


def script(probes: Probes, student: Student, cast: Cast) -> None:
    probes.spells_script(student.evaluate, cast)


def source(probes: Probes, student: Student, cast: Cast) -> None:
    probes.needs_the_source_alone(student.evaluate, cast)


def outcome(probes: Probes, student: Student, cast: Cast) -> None:
    probes.translations_come_out(student.train, student.evaluate, cast, budgets=((150, 0.02), (300, 0.02)))


STYLES: dict[str, list[Edit]] = {
    "as it is": [],
    "the end kept": [(STOP + SAY, SAY + STOP)],
    "SOS kept": [(START, START.replace("[]", '["SOS"]'))],
    "the likeliest by topk": [(PICK, PICK.replace("argmax(dim=1)", "topk(1)[1][0]"))],
    "the last word left out at the limit": [
        (LOOP, LOOP.replace("target_max_length", "target_max_length - 1"))
    ],
    "a tuple of texts": [("    return sentences\n", "    return tuple(sentences)\n")],
    "reads backwards": [("    for token in source:", "    for token in source[:-1].flip(0):")],
    "a bridge": [
        (READ, READ + "            hidden = torch.tanh(0.9 * hidden)\n"),
    ],
    "looks one word ahead": [
        (
            LOOP + CALL + PICK + STOP + SAY,
            "            output, hidden = decoder(token, hidden)\n"
            "            token = output.argmax(dim=1)\n"
            "            while token.item() != EOS_token and len(words) < target_max_length:\n"
            + SAY
            + CALL
            + PICK,
        ),
    ],
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_right_evaluations_of_every_style_pass(style: list[Edit]) -> None:
    for ask in (script, source):
        assert found(edited(style), ask) is None, ask.__name__


TEACHER: list[Edit] = [
    ("        for source, _ in pairs:\n", "        for source, reference in pairs:\n"),
    (LOOP, "            for answer in tensorize(target_vocab, reference):\n"),
    (PICK + STOP, "                token = answer\n                said = output.argmax().item()\n"),
    (SAY, SAY.replace("token.item()", "said")),
]


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        ("eval.uses_target", TEACHER),
        (
            "eval.uses_target",
            [
                ("        for source, _ in pairs:\n", "        for source, right in pairs:\n"),
                (KEEP, "            sentences.append(right)\n"),
            ],
        ),
        (
            "eval.own_output_not_fed_back",
            [(CALL, CALL.replace("decoder(token", "decoder(torch.tensor([SOS_token])"))],
        ),
        ("eval.no_eos_stop", [(STOP, "")]),
        ("eval.no_eos_stop", [(STOP, ""), (LOOP, "            while True:\n")]),
        ("eval.exceeds_max_length", [(LOOP, "            while True:\n")]),
        ("eval.exceeds_max_length", [(LOOP, LOOP.replace("target_max_length", "target_max_length + 1"))]),
        ("eval.stops_early", [(LOOP, LOOP.replace("target_max_length", "2"))]),
        ("eval.stops_early", [(LOOP, LOOP.replace("target_max_length", "5"))]),
        ("tf.sos_missing", [(START, START.replace("SOS_token", "EOS_token"))]),
        ("text.words_wrong", [(SAY, SAY.replace("target_vocab.index2vocab[token.item()]", "'word'"))]),
        ("text.words_wrong", [(PAIRS, PAIRS.replace("pairs", "random.choices(pairs, k=len(pairs))"))]),
        ("text.words_wrong", [(PAIRS, PAIRS.replace("pairs", "[*pairs[1:], pairs[0]]"))]),
        (
            "text.words_wrong",
            [(PAIRS, PAIRS.replace("pairs", "sorted(pairs, key=lambda pair: len(pair[1]))"))],
        ),
        (
            "text.words_wrong",
            [(PAIRS, PAIRS.replace("pairs", "random.SystemRandom().choices(pairs[1:], k=len(pairs))"))],
        ),
        (
            "eval.own_output_not_fed_back",
            [
                (PAIRS, PAIRS.replace("pairs", "pairs[::-1]")),
                (CALL, CALL.replace("decoder(token", "decoder(torch.tensor([SOS_token])")),
            ],
        ),
        ("eval.sentences_missing", [("    return sentences\n", "    return sentences[:2]\n")]),
        ("reply.malformed", [("    return sentences\n", "    print(sentences)\n")]),
        ("reply.malformed", [(KEEP, "            sentences.append(words)\n")]),
        ("eval.encoder_state_unused", [(READ, "            hidden = torch.zeros(1, 1, 8)\n")]),
        (
            "tf.no_decoder_calls",
            [(LOOP + CALL + PICK + STOP + SAY, "            words = ['word'] * 3\n")],
        ),
        (
            "tf.no_decoder_calls",
            [
                (READ, ""),
                (START, "            words = []\n"),
                (LOOP + CALL + PICK + STOP + SAY, "            words = ['word'] * 3\n"),
            ],
        ),
    ],
)
def test_what_a_text_spells(code: str, edits: list[Edit]) -> None:
    assert found(edited(edits), script) == code


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        ("seq2seq.encoder_state_unused", [(READ, READ + "            hidden = torch.zeros(1, 1, 8)\n")]),
        ("seq2seq.decoder_state_dropped", [(CALL, CALL.replace("output, hidden", "output, _"))]),
        (
            "seq2seq.encoder_state_dropped",
            [("encoder(token, hidden)", "encoder(token, torch.zeros(1, 1, 8))")],
        ),
        (
            "seq2seq.source_not_fully_read",
            [("source_vocab, source))\n            token", "source_vocab, source)[:2])\n            token")],
        ),
        ("eval.random_initial_state", [("torch.zeros(1, 1, encoder.hidden_size)", "torch.randn(1, 1, 8)")]),
        (
            "eval.nondeterministic",
            [(PICK, PICK.replace("output.argmax(dim=1)", "output.exp().multinomial(1)"))],
        ),
        (
            "eval.dropout_active",
            [
                ("F.log_softmax(self.out(x[0])", "F.log_softmax(self.out(self.dropout(x[0]))"),
                (
                    "        self.out = nn.Linear(hidden_size, output_size)\n",
                    "        self.out = nn.Linear(hidden_size, output_size)\n"
                    "        self.dropout = nn.Dropout(0.5)\n",
                ),
            ],
        ),
        (
            "seq2seq.encoder_state_not_reset",
            [
                (
                    "def encode(encoder, source):\n    hidden = torch.zeros(1, 1, encoder.hidden_size)",
                    "def encode(encoder, source, hidden=None):\n"
                    "    hidden = torch.zeros(1, 1, 8) if hidden is None else hidden",
                ),
                ("    sentences = []\n", "    sentences, hidden = [], None\n"),
                (READ, READ.replace("source))", "source), hidden)")),
            ],
        ),
    ],
)
def test_what_a_text_depends_on(code: str, edits: list[Edit]) -> None:
    assert found(edited(edits), source) == code


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        (None, []),
        ("accuracy.low", [("lr=learning_rate", "lr=learning_rate * 1e-5")]),
        (
            "accuracy.low",
            [("            token = target[di] if forced", "            token = target[0] if forced")],
        ),
    ],
)
def test_what_comes_out_after_training(code: str | None, edits: list[Edit]) -> None:
    assert found(edited(edits), outcome) == code


def test_the_evidence_shows_what_the_decoder_was_given() -> None:
    student, draw = student_of(edited([(STOP, "")]))
    with pytest.raises(Finding) as raised:
        script(Probes(draw), student, Cast(student.Vocab, student.Encoder, student.Decoder))
    (steps,) = raised.value.evidence
    assert isinstance(steps, Steps)
    fed = steps.tokens[0]
    assert fed[0] == "<SOS>"
    assert fed[1 : fed.index("<EOS>")] == str(raised.value.facts["expected"]).split()
