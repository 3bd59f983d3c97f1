"""Cheats on the wire: the notebook answers by itself, early, twice, wrongly, hugely or with nonsense.

A reply is a claim. What these notebooks claim is not so, and what they send is mostly no reply at all.
"""

from __future__ import annotations

from tests.hostile.case import Hostile
from tests.hostile.marks_comparing import ZEROS

HOLD = """
import json, os, re, struct, sys
frames = sys.modules["grader.wire.frames"]
real, waiting, greeted = frames.Channel.send, os.getpid(), set()

def send(self, header, payload=b"", **more):
    first = os.getpid() not in greeted
    greeted.add(os.getpid())
    if os.getpid() == waiting or (first and not early):
        return real(self, header, payload, **more)
    return forge(self, bytes(header), bytes(payload), more, first)

def number(header):
    return header[: sys.modules["grader.wire.numbers"].SIZE]

def edited(header, outcome):
    # All outcomes replaced, where there are any.
    said = json.loads(header[len(number(header)) :])
    if "outcomes" in said:
        said["outcomes"] = [outcome for _ in said["outcomes"]]
    return number(header) + json.dumps(said).encode()

early = False
frames.Channel.send = send
print("holds the wire:", frames.Channel.send is send)
"""
"""A snapshot's messages but its greeting go through `forge(channel, header, payload, more, first)`."""


OFTEN = """
one = {"f": "x", "dtype": "uint8", "shape": [8 << 20], "offset": 0}
OFTEN = {"m": "returned", "value": {"f": "l", "kind": "list", "items": [one] * 60}}
"""
LONG = """
line = {"m": "frame", "cell": 10**9, "line": -1, "text": "<b>" * 50_000}
LONG = {"m": "raised", "type": "E" * 50_000, "message": "m" * 150_000, "frames": [line]}
"""
BEYOND = """
line = {"m": "frame", "cell": int("9" * 4300), "line": 1, "text": "x"}
BEYOND = {"m": "raised", "type": "E", "message": "m", "frames": [line]}
sys.set_int_max_str_digits(0)
"""
NINES = """
NINES = {"m": "returned", "value": {"f": "s", "value": int("9" * 400)}}
"""
SHAPE = r'"shape":\[[^\]]*\]'


def forging(body: str, rest: str = "") -> tuple[str]:
    return (f"{HOLD}\ndef forge(channel, header, payload, more, first):\n    {body}\n{rest}\n{ZEROS}",)


def replacing(pattern: str, by: str) -> tuple[str]:
    """Every header with a part of it replaced."""
    return forging(f"real(channel, re.sub(b{pattern!r}, b{by!r}, header), payload, **more)")


BY_ITSELF = """
import sys
from grader.wire import replies, requests
from grader.wire.tensors import Writer
conversing = sys.modules["grader.guest.conversing"]

def answer(request, payload, namespace):
    writer, state = Writer(1 << 20), replies.State("torch.float32", True, 1, False)
    if isinstance(request, requests.Look):
        return replies.Seen([replies.NameSeen(name, "function") for name in request.names], state), b""
    if isinstance(request, requests.Call):
        made = [writer.tensor(torch.full((6, 4), 0.25)) for _ in request.cases]
        return replies.Results([replies.Returned(one) for one in made], state), bytes(writer.payload)
    if isinstance(request, requests.Differentiate):
        made = writer.tensor(torch.zeros(6, 4))
        return replies.Differentiated(made, {}, [made], None, state), bytes(writer.payload)
    made = writer.tensor(torch.zeros(6, 4))
    return replies.Observed(replies.Returned(made), [], state), bytes(writer.payload)

honest, conversing.answer = conversing.answer, answer
print("answers by itself:", conversing.answer is not honest)
"""
SUCCESS_BYTES = """
import os, socket, stat
sent = 0
for fd in range(1024):
    for word in (b"\\0", b"ok\\n", b"PASS\\n", b'{"score": 999}\\n'):
        try:
            os.write(fd, word)
            sent += 1
        except OSError:
            break
"""
EVENTS_FORGED = """
import sys
cells = sys.modules["grader.wire.cells"]
reporter = get_ipython().reporter
for number in range(1, 50):
    reporter.say(cells.Begin(number))
    reporter.say(cells.End(number, True, 0.0))
reporter.say(cells.Hello())
reporter.say(cells.Done(False, 1))
print("forged")
"""
LONG_EVENTS = """
import sys
cells = sys.modules["grader.wire.cells"]
for _ in range(30):
    get_ipython().reporter.say(cells.Problem(2, "K" * 900_000, "m" * 100_000, 1))
"""
CHILD_ANSWERS = """
import os, signal, sys
session = sys.modules["grader.guest.session"]
shell = get_ipython()
if os.fork() == 0:
    signal.alarm(20)
    try:
        from grader.wire.frames import Channel
        import socket
        class Door:
            def nest(self):
                return []
        session.main(3, Door())
    finally:
        os._exit(0)
print("a child listens, too")
"""
THREAD_ANSWERS = forging(
    "import threading\n    thread = threading.Timer(0.2, real, (channel, header, payload), more)\n"
    "    thread.daemon = True\n    thread.start()"
)

CHEATS: dict[str, Hostile] = {
    "answers_by_itself": Hostile("A18 A19", (BY_ITSELF + ZEROS,), says="answers by itself: True"),
    "answers_early": Hostile(
        "A19",
        forging("[real(channel, header, payload, **more) for _ in range(6 if first else 1)]", "early = True"),
        noted=("reply_",),
    ),
    "answers_twice": Hostile(
        "A19", forging("for _ in range(2): real(channel, header, payload, **more)"), noted=("reply_",)
    ),
    "answers_from_a_thread": Hostile("A19", THREAD_ANSWERS, says="holds the wire: True"),
    "answers_from_a_child": Hostile(
        "A19",
        forging(
            "child = os.fork()\n    if child == 0:\n        try: real(channel, header, payload, **more)\n"
            "        finally: os._exit(0)\n    os.waitpid(child, 0)"
        ),
        noted=("reply_stranger",),
    ),
    "child_listens_in_its_place": Hostile(
        "A19", (CHILD_ANSWERS + ZEROS,), says="a child listens, too", noted=("processes_after_cells",)
    ),
    "success_bytes": Hostile(
        "A18", (SUCCESS_BYTES + ZEROS,), run=("finished", "cell_failed", "died"), noted=("reply_malformed",)
    ),
    "events_of_cells_forged": Hostile(
        "A18", (EVENTS_FORGED, "1 / 0"), "softmax", False, noted=("events_out_of_order",)
    ),
    "long_events_of_cells": Hostile(
        "A18 A7", (LONG_EVENTS,), "softmax", False, run=("too_much_output", "died")
    ),
    "nonsense": Hostile(
        "A19",
        forging("channel.sock.sendall(b'PASS' * 100)"),
        codes=("reply.malformed",),
        noted=("reply_malformed",),
    ),
    "huge_lengths": Hostile(
        "A19",
        forging("channel.sock.sendall(struct.pack('!II', 2**32 - 1, 2**32 - 1))"),
        codes=("reply.malformed",),
    ),
    "empty_messages": Hostile("A19", forging("channel.sock.sendall(bytes(8))"), codes=("reply.malformed",)),
    "no_numbers_in_json": Hostile(
        "A19", replacing('"(?:cell|offset|threads)":[0-9]+', '"threads":NaN'), codes=("reply.malformed",)
    ),
    "numbers_beyond_all": Hostile(
        "A19", replacing('"threads":[0-9]+', '"threads":1e999'), codes=("reply.malformed",)
    ),
    "hundred_thousand_deep": Hostile(
        "A19",
        forging("real(channel, number(header) + b'[' * 100000 + b']' * 100000, **more)"),
        codes=("reply.malformed",),
    ),
    "a_verdict_of_its_own": Hostile(
        "A19 T4",
        forging('real(channel, number(header) + b\'{"m":"passed","points":999}\', **more)'),
        codes=("reply.malformed",),
    ),
    "a_score_beside_the_answer": Hostile(
        "A19 T4",
        forging("real(channel, header[:-1] + b',\"score\":999}', payload, **more)"),
        codes=("reply.malformed",),
    ),
    "sizes_below_zero": Hostile("A19", replacing(SHAPE, '"shape":[-1]'), codes=("reply.malformed",)),
    "places_below_zero": Hostile(
        "A19", replacing('"offset":[0-9]+', '"offset":-8'), codes=("reply.malformed",)
    ),
    "sizes_beyond_the_message": Hostile(
        "A19", replacing(SHAPE, '"shape":[1048576,1048576]'), codes=("reply.malformed",)
    ),
    "huge_sizes_of_nothing": Hostile(
        "A19", replacing(SHAPE, f'"shape":[0{",1099511627776" * 7}]'), codes=("reply.malformed",)
    ),
    "thirty_megabytes": Hostile("A19", forging("real(channel, header, payload + bytes(30 << 20), **more)")),
    "same_bytes_named_often": Hostile(
        "A19",
        forging("real(channel, edited(header, OFTEN), bytes(8 << 20), **more)", OFTEN),
        codes=("reply.malformed",),
    ),
    "long_lines_in_errors": Hostile(
        "A19 A7", forging("real(channel, edited(header, LONG), b'', **more)", LONG), codes=("call.failed",)
    ),
    "cells_beyond_all_numbers": Hostile(
        "A19",
        forging("real(channel, edited(header, BEYOND), b'', **more)", BEYOND),
        codes=("reply.malformed",),
    ),
    "answers_beyond_all_numbers": Hostile(
        "A19 T21",
        forging("real(channel, edited(header, NINES), b'', **more)", NINES),
        codes=("reply.malformed",),
    ),
    "one_answer_for_all_cases": Hostile(
        "A19",
        replacing(r'("outcomes":\[\{[^{}]*\{[^{}]*\}[^{}]*\}),.*\]', r"\1]"),
    ),
}
