"""What a guest says it heard of encoder and decoder is checked before anybody judges by it."""

from __future__ import annotations

import pytest
import torch

from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.rehearsal import UNKNOWN, Part, rehearse
from grader.judge.student import Student
from grader.wire.outcomes import Returned, State
from grader.wire.rehearsing import Heard, Played, Rehearsed
from grader.wire.replies import NameSeen, Reply, Seen
from grader.wire.requests import Look, Request
from grader.wire.tensors import Writer
from grader.wire.values import Scalar, Tensor

STATE = State("float32", True, 1, False)


class Forger:
    """Answers every rehearsal with the same calls."""

    def __init__(self, heard: list[Heard], payload: bytes = b"", acts: int = 1) -> None:
        self._reply = Rehearsed([Played(Returned(Scalar(None)), heard)] * acts, STATE)
        self._payload = payload

    def ask(self, request: Request, payload: bytes) -> tuple[Reply, bytes]:
        if isinstance(request, Look):
            return Seen([NameSeen(name, "function") for name in request.names], STATE), b""
        return self._reply, self._payload


def heard(tokens: list[int], given: Tensor | None = None, loss: Tensor | None = None) -> Heard:
    return Heard("decoder", tokens, given, None, True, True, loss)


def told(forger: Forger, calls: int = 5) -> list[list[int]]:
    student = Student(forger, Draw(b"key", "test"))
    (performance,) = rehearse([1, 2], [Part(student.train, [[]], calls=calls)])
    return [turn.tokens for turn in performance.turns]


def test_calls_are_read_as_they_were_heard() -> None:
    assert told(Forger([heard([3, 4]), heard([5])])) == [[3, 4], [5]]


def test_a_call_without_a_number_has_an_unknown_one() -> None:
    assert told(Forger([heard([])])) == [[UNKNOWN]]


def test_more_calls_than_asked_for_are_no_answer() -> None:
    with pytest.raises(Finding, match=r"reply\.malformed"):
        told(Forger([heard([1])] * 6))


def test_another_number_of_parts_is_no_answer() -> None:
    with pytest.raises(Finding, match=r"reply\.malformed"):
        told(Forger([], acts=2))


def test_a_state_that_lies_outside_its_message_is_no_answer() -> None:
    with pytest.raises(Finding, match=r"reply\.malformed"):
        told(Forger([heard([1], given=Tensor("float32", [8], 0))]))


@pytest.mark.parametrize("strange", [torch.zeros(3, dtype=torch.int64), torch.zeros(0)])
def test_a_state_of_whole_numbers_or_of_none_is_no_answer(strange: torch.Tensor) -> None:
    writer = Writer(1000)
    header = writer.tensor(strange)
    with pytest.raises(Finding, match=r"reply\.malformed"):
        told(Forger([heard([1], given=header)], bytes(writer.payload)))


def test_a_gradient_becomes_rows_of_words() -> None:
    writer = Writer(1000)
    header = writer.tensor(torch.ones(1, 1, 4))
    forger = Forger([heard([1], loss=header)], bytes(writer.payload))
    student = Student(forger, Draw(b"key", "test"))
    (performance,) = rehearse([1, 2], [Part(student.train, [[]], calls=1)])
    assert performance.turns[0].loss is not None
    assert performance.turns[0].loss.shape == (1, 4)
