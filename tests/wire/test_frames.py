"""Frames: whole messages go through; hostile bytes end in an error of ours, in time and below the caps."""

import os
import socket
import struct
import threading
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.wire.frames import Channel, OutOfTime, PeerGone, TooLarge, WireError


def pair(**caps: int) -> tuple[socket.socket, Channel]:
    theirs, ours = socket.socketpair()
    return theirs, Channel(ours, **caps)


@given(header=st.binary(max_size=300), payload=st.binary(max_size=5000))
def test_what_is_sent_arrives(header: bytes, payload: bytes) -> None:
    a, b = socket.socketpair()
    left, right = Channel(a), Channel(b)
    left.send(header, payload, deadline=None)
    assert right.receive(deadline=time.monotonic() + 5) == (header, payload)
    left.close()
    right.close()


def test_a_message_larger_than_any_buffer_arrives() -> None:
    a, b = socket.socketpair()
    left, right = Channel(a), Channel(b)
    payload = os.urandom(3 << 20)
    sender = threading.Thread(target=left.send, args=(b"{}", payload), kwargs={"deadline": None})
    sender.start()
    assert right.receive(deadline=time.monotonic() + 20) == (b"{}", payload)
    sender.join()
    left.close()
    right.close()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_random_bytes_never_crash_or_hang_the_trusted_end(data: bytes) -> None:
    theirs, ours = pair(max_header=1000, max_payload=1000)
    theirs.sendall(data)
    theirs.close()
    try:
        while True:
            header, payload = ours.receive(deadline=time.monotonic() + 1)
            assert len(header) <= 1000
            assert len(payload) <= 1000
    except WireError:
        pass
    finally:
        ours.close()


def test_a_claimed_length_above_the_cap_allocates_nothing() -> None:
    theirs, ours = pair()
    theirs.sendall(struct.pack("!II", 0xFFFFFFFF, 0xFFFFFFFF))
    tracemalloc.start()
    with pytest.raises(TooLarge):
        ours.receive(deadline=time.monotonic() + 1)
    assert tracemalloc.get_traced_memory()[1] < 100_000
    tracemalloc.stop()
    theirs.close()
    ours.close()


def test_a_claimed_length_below_the_cap_takes_memory_only_as_bytes_arrive() -> None:
    theirs, ours = pair()
    theirs.sendall(struct.pack("!II", 2, 60 << 20) + b"{}" + b"x" * 1000)
    tracemalloc.start()
    with pytest.raises(OutOfTime):
        ours.receive(deadline=time.monotonic() + 0.2)
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()
    theirs.close()
    ours.close()


def test_a_peer_that_stops_reading_does_not_hold_the_sender() -> None:
    theirs, ours = pair()
    with pytest.raises(OutOfTime):
        ours.send(b"{}", b"x" * (10 << 20), deadline=time.monotonic() + 0.2)
    theirs.close()
    ours.close()


def test_a_trickle_of_bytes_does_not_extend_the_deadline() -> None:
    theirs, ours = pair()
    theirs.sendall(struct.pack("!II", 10, 0))
    stop = threading.Event()

    def trickle() -> None:
        while not stop.wait(0.05):
            try:
                theirs.sendall(b"x")
            except OSError:
                return

    thread = threading.Thread(target=trickle)
    thread.start()
    try:
        with pytest.raises(OutOfTime):
            ours.receive(deadline=time.monotonic() + 0.2)
    finally:
        stop.set()
        thread.join()
        theirs.close()
        ours.close()


def test_the_end_is_told_by_the_process_not_by_the_socket() -> None:
    theirs, ours = pair()
    child = os.fork()
    if child == 0:
        os._exit(0)
    ours.pidfd = os.pidfd_open(child)
    with pytest.raises(PeerGone):
        ours.receive(deadline=time.monotonic() + 10)
    os.close(ours.pidfd)
    os.waitpid(child, 0)
    theirs.close()
    ours.close()


def test_descriptors_sent_along_are_dropped() -> None:
    theirs, ours = pair()
    before = len(os.listdir("/proc/self/fd"))
    socket.send_fds(theirs, [struct.pack("!II", 2, 0) + b"{}"], [0, 1, 2])
    assert ours.receive(deadline=time.monotonic() + 1) == (b"{}", b"")
    assert len(os.listdir("/proc/self/fd")) == before
    theirs.close()
    ours.close()


def test_watch_may_end_the_wait() -> None:
    class Enough(Exception):
        pass

    def watch() -> None:
        raise Enough

    theirs, ours = pair()
    ours.watch = watch
    with pytest.raises(Enough):
        ours.receive(deadline=time.monotonic() + 10)
    theirs.close()
    ours.close()
