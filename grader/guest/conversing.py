"""A snapshot's side of its channel: one reply for each request, whatever student code does."""

from __future__ import annotations

from typing import Any, NoReturn

from msgspec.structs import replace

from grader.guest import lab
from grader.guest.answers import answer
from grader.guest.holdings import Things
from grader.guest.remote import Objects
from grader.wire import cells, numbers, replies, requests
from grader.wire.frames import Channel, TooLarge


def converse(channel: Channel, namespace: dict[str, Any]) -> NoReturn:
    """Says hello, then answers until nobody asks any more; that comes up as a `WireError`."""
    channel.send(cells.encode(cells.Hello()), deadline=None)
    objects, things = Objects(), Things(namespace)
    while True:
        header, payload = channel.receive(deadline=None)
        number, asked = numbers.parted(header)
        request = requests.decode_request(asked)
        trains = isinstance(request, requests.TRAINING)
        if trains:
            things.know()
        told, given = answer(request, payload, namespace, objects)
        if trains:
            told = replace(told, state=replace(told.state, moved=things.moved()))
        reply, data = written(told, given)
        try:
            channel.send(numbers.numbered(number, reply), data, deadline=None)
        except TooLarge as error:
            reply, data = written(replace(failed(error), state=told.state), b"")
            channel.send(numbers.numbered(number, reply), data, deadline=None)


def written(reply: replies.Reply, data: bytes | bytearray) -> tuple[bytes, bytes | bytearray]:
    """A reply as bytes; where it cannot be encoded (text with half of a surrogate pair), that it failed."""
    try:
        return replies.encode_reply(reply), data
    except UnicodeError as error:
        return replies.encode_reply(replace(failed(error), state=reply.state)), b""


def failed(error: BaseException) -> replies.Failed:
    """The reply to a request whose own reply could not be sent."""
    return replies.Failed(replies.Raised("ReplyError", str(error)[:500]), lab.state())
