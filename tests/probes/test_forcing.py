"""Teacher forcing: what the decoder is fed, and how often it is the target."""

from __future__ import annotations

import pytest

from grader.evidence import Steps, Table
from grader.judge.cast import Cast
from grader.judge.finding import Finding
from grader.judge.probes import Probes
from tests.fakes import student_of
from tests.probes.translators import (
    CALL,
    COIN,
    LOOP,
    NEXT,
    OPTIMISER,
    RIGHT,
    START,
    Edit,
    edited,
    forced,
    found,
)


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        ("tf.own_output", [(NEXT, "            token = output.argmax(dim=1)\n")]),
        ("tf.always", [(COIN, "True")]),
        ("tf.ratio_inverted", [(COIN, "random.random() > teacher_forcing_ratio")]),
        ("tf.ratio_wrong", [(COIN, "random.random() < 0.5")]),
        ("tf.ratio_wrong", [(COIN, "random.random() < teacher_forcing_ratio ** 3")]),
        ("tf.ratio_wrong", [(COIN, "random.random() < teacher_forcing_ratio ** 2")]),
        ("tf.ratio_wrong", [(COIN, "i <= teacher_forcing_ratio * n_iter")]),
        ("tf.ratio_wrong", [(COIN, "n_iter - i < teacher_forcing_ratio * n_iter")]),
        (
            "tf.ratio_wrong",
            [(OPTIMISER, OPTIMISER + "    coin = random.random()\n"), (COIN, "coin < teacher_forcing_ratio")],
        ),
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
