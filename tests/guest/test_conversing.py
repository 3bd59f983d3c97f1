"""A reply that cannot be sent is replaced by one that says so, and loses nothing of the state."""

from __future__ import annotations

import contextlib
import os
import socket
import time

from grader.guest.conversing import converse, written
from grader.wire import numbers, replies, requests
from grader.wire.cases import Case
from grader.wire.fitting import Fit
from grader.wire.frames import Channel
from grader.wire.values import Named
from tests.fakes import namespace_of

MOVED = replies.State("float32", True, 1, False, moved=True)
TRAIN = "kept = []\ndef train():\n    {}\n    return {}"


def trained(change: str, value: str) -> replies.Reply:
    """The reply to a training that does `change` and returns `value`, of a process that converses."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(BaseException):
            ours.close()
            converse(Channel(theirs), namespace_of(TRAIN.format(change, value)))
        os._exit(0)
    theirs.close()
    with ours:
        deadline = time.monotonic() + 60
        channel = Channel(ours)
        channel.receive(deadline=deadline)
        request = requests.encode_request(Fit(Named("train"), [Case([])]))
        channel.send(numbers.numbered(bytes(numbers.SIZE), request), deadline=deadline)
        header, _ = channel.receive(deadline=deadline)
    os.waitpid(child, 0)
    return replies.decode_reply(numbers.parted(header)[1])


def test_what_cannot_be_encoded_keeps_its_state() -> None:
    header, data = written(replies.Quoted("f", "\ud800", 1, 1, MOVED), b"1")
    reply = replies.decode_reply(header)
    assert isinstance(reply, replies.Failed)
    assert (reply.state, data) == (MOVED, b"")


def test_a_training_says_whether_it_has_left_anything() -> None:
    assert [trained(change, "1").state.moved for change in ("pass", "kept.append(1)")] == [False, True]


def test_one_whose_reply_is_too_large_says_so_too() -> None:
    texts = "['a' * 150_000 + str(n) for n in range(20)]"
    for change, moved in (("pass", False), ("kept.append(1)", True)):
        reply = trained(change, texts)
        assert isinstance(reply, replies.Failed)
        assert reply.state.moved is moved
