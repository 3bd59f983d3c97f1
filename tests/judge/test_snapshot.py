"""A snapshot's replies: the right one counts, and every other kind is refused and told of."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from grader.judge.guest import GuestGone
from grader.judge.snapshot import Budget, Snapshot
from grader.observed import Sights
from grader.sandbox.limits import Limits
from grader.wire import cells, numbers, replies, requests
from grader.wire.frames import Channel, PeerGone

STATE = replies.State("float32", True, 1, False)
SECONDS = 30
REPLY = replies.encode_reply(replies.Seen([], STATE))
LOOK = requests.Look(["f"])
Act = Callable[[Channel], None]


@contextmanager
def snapshot(act: Act, limits: Limits | None = None) -> Iterator[tuple[Snapshot, Sights]]:
    """A snapshot whose process, a child of this one, does `act` with its channel, and what was seen of it."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        try:
            ours.close()
            host = Channel(theirs)
            _, _, fds = host.receive_with_fds(deadline=time.monotonic() + SECONDS)
            channel = Channel(socket.socket(fileno=fds[0]))
            channel.send(cells.encode(cells.Hello()), deadline=None)
            act(channel)
            channel.receive(deadline=time.monotonic() + SECONDS)
        finally:
            os._exit(0)
    theirs.close()
    sights = Sights()
    with ours:
        made = Snapshot(Channel(ours), os.getpid(), Budget(limits or Limits()), sights)
        try:
            yield made, sights
        finally:
            made.close()
            os.waitpid(child, 0)


def asked(channel: Channel) -> bytes:
    header, _ = channel.receive(deadline=time.monotonic() + SECONDS)
    return numbers.parted(header)[0]


def whats(sights: Sights) -> list[str]:
    return [one.what for one in sights.all()]


def test_the_reply_to_the_request_counts() -> None:
    def act(channel: Channel) -> None:
        for _ in range(3):
            channel.send(asked(channel) + REPLY, deadline=None)

    with snapshot(act) as (made, sights):
        for _ in range(3):
            reply, _ = made.ask(LOOK, b"")
            assert reply == replies.Seen([], STATE)
    assert whats(sights) == []


def test_a_reply_sent_before_its_request_is_none() -> None:
    def act(channel: Channel) -> None:
        channel.send(bytes(numbers.SIZE) + REPLY, deadline=None)

    with snapshot(act) as (made, sights):
        made._channel.readable(deadline=time.monotonic() + SECONDS)
        with pytest.raises(GuestGone) as caught:
            made.ask(LOOK, b"")
    assert caught.value.code == "reply.malformed"
    assert whats(sights) == ["reply_unasked"]


def test_a_second_reply_is_not_that_of_the_next_request() -> None:
    def act(channel: Channel) -> None:
        first = asked(channel)
        channel.send(first + REPLY, deadline=None)
        asked(channel)
        channel.send(first + REPLY, deadline=None)

    with snapshot(act) as (made, sights):
        made.ask(LOOK, b"")
        with pytest.raises(GuestGone) as caught:
            made.ask(LOOK, b"")
    assert caught.value.code == "reply.malformed"
    assert whats(sights) == ["reply_twice"]


def test_a_reply_after_the_deadline_is_seen_as_the_snapshot_is_given_up() -> None:
    def act(channel: Channel) -> None:
        number = asked(channel)
        asked(channel)
        channel.send(number + REPLY, deadline=None)

    with snapshot(act, Limits(request_wall=0.2)) as (made, sights):
        with pytest.raises(GuestGone) as caught:
            made.ask(LOOK, b"")
        assert caught.value.code == "call.out_of_time"
        made._channel.send(bytes(numbers.SIZE + 1), deadline=None)  # only to wake it
        made._channel.readable(deadline=time.monotonic() + SECONDS)
    assert whats(sights) == ["reply_late"]


def test_what_another_process_sends_is_refused() -> None:
    def act(channel: Channel) -> None:
        number = asked(channel)
        if os.fork() == 0:
            channel.send(number + REPLY, deadline=None)
            os._exit(0)
        os.wait()

    with snapshot(act) as (made, sights), pytest.raises(GuestGone) as caught:
        made.ask(LOOK, b"")
    assert caught.value.code == "reply.malformed"
    assert whats(sights) == ["reply_stranger"]


def test_no_child_answers_when_the_process_itself_has_ended() -> None:
    def act(channel: Channel) -> None:
        channel.send(asked(channel) + REPLY, deadline=None)
        if os.fork():
            os._exit(0)
        channel.send(asked(channel) + REPLY, deadline=None)

    with snapshot(act) as (made, sights):
        made.ask(LOOK, b"")
        os.waitid(os.P_PIDFD, made._pidfd or 0, os.WEXITED | os.WNOWAIT)
        with pytest.raises(GuestGone) as caught:
            made.ask(LOOK, b"")
    assert caught.value.code == "notebook.died"
    assert whats(sights) == []


def test_a_process_that_closes_its_end_and_lives_on_is_seen() -> None:
    def act(channel: Channel) -> None:
        asked(channel)
        channel.close()
        signal.pause()

    with snapshot(act) as (made, sights), pytest.raises(GuestGone) as caught:
        made.ask(LOOK, b"")
    assert caught.value.code == "notebook.died"
    assert whats(sights) == ["channel_closed"]


def test_one_that_just_ends_is_not_suspected() -> None:
    def act(channel: Channel) -> None:
        asked(channel)
        os._exit(1)

    with snapshot(act) as (made, sights), pytest.raises(GuestGone) as caught:
        made.ask(LOOK, b"")
    assert caught.value.code == "notebook.died"
    assert whats(sights) == []


def test_a_process_from_elsewhere_is_not_taken_for_a_snapshot() -> None:
    """Its id could be another's by now; nothing outside the room may be ended for it."""
    ours, theirs = socket.socketpair()
    child = os.fork()
    if child == 0:
        try:
            ours.close()
            _, _, fds = Channel(theirs).receive_with_fds(deadline=time.monotonic() + SECONDS)
            Channel(socket.socket(fileno=fds[0])).send(cells.encode(cells.Hello()), deadline=None)
            theirs.recv(1)
        finally:
            os._exit(7)
    theirs.close()
    with ours, pytest.raises(GuestGone):
        Snapshot(Channel(ours), 2**22 + 1, Budget(Limits()), Sights())
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_a_frame_without_room_for_its_number_is_malformed() -> None:
    def act(channel: Channel) -> None:
        asked(channel)
        channel.send(b"{}", deadline=None)

    with snapshot(act) as (made, sights), pytest.raises(GuestGone):
        made.ask(LOOK, b"")
    (seen,) = sights.all()
    assert (seen.what, seen.evidence) == ("reply_malformed", "a message without a number")


def test_the_end_of_the_waiting_guest_is_no_snapshot() -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    with ours, pytest.raises(GuestGone) as caught:
        Snapshot(Channel(ours), os.getpid(), Budget(Limits()), Sights())
    assert caught.value.code == "notebook.died"
    assert isinstance(caught.value.__cause__, PeerGone)
