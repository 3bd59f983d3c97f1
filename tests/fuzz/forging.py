"""A guest that answers rightly and then, here and there, otherwise: each reply is changed at random places.

What is changed stays a reply that the wire lets through, or becomes what the judge makes of one that it
does not. The changes are those that a forger would try: other shapes, types and offsets, huge and negative
numbers, numbers that are none, too many and too few answers, bytes that do not fit their header.
"""

from __future__ import annotations

import random
from copy import deepcopy
from typing import Any

import msgspec

from grader.judge.guest import Guest, GuestGone
from grader.wire.frames import WireError
from grader.wire.replies import Reply, decode_reply, encode_reply
from grader.wire.requests import Request

_NUMBERS = (
    0, 1, -1, 2, 7, 99, -99, 2**31, -(2**31), 2**40, 2**62, 2**63, -(2**63), 10**400,
    0.5, -0.0, 1e308, 1e-320,
)  # fmt: skip
_TEXTS = ("", "x", "nan", "float32", "bool", "int64", "list", "tuple", "Missing", "\0", "\u202e", "a" * 5000)
_FORMS: tuple[dict[str, Any], ...] = (
    {"f": "s", "value": None},
    {"f": "s", "value": True},
    {"f": "s", "value": 2**62},
    {"f": "s", "value": -1.5},
    {"f": "odd", "value": "nan"},
    {"f": "odd", "value": "-inf"},
    {"f": "t", "value": "text"},
    {"f": "l", "kind": "list", "items": []},
    {"f": "l", "kind": "tuple", "items": [{"f": "s", "value": 1}, {"f": "t", "value": "b"}]},
    {"f": "d", "items": [[{"f": "t", "value": "a"}, {"f": "s", "value": 1}]]},
    {"f": "d", "items": [[{"f": "l", "kind": "list", "items": []}, {"f": "s", "value": 1}]]},
    {"f": "o", "type": "Foo", "text": "", "module": True},
    {"f": "n", "name": "f"},
    {"f": "b", "name": "f"},
    {"f": "g", "kind": "RNN"},
    {"f": "x", "dtype": "float32", "shape": [], "offset": 0},
    {"f": "x", "dtype": "float64", "shape": [0], "offset": 0},
    {"f": "x", "dtype": "int64", "shape": [2, 3], "offset": 0},
    {"f": "x", "dtype": "complex64", "shape": [2], "offset": 0},
    {"f": "x", "dtype": "bool", "shape": [1] * 8, "offset": 0},
    {"f": "x", "dtype": "uint8", "shape": [2**20, 0, 2**20], "offset": 0},
)
_DTYPES = ("float64", "float32", "float16", "bfloat16", "int64", "int32", "uint8", "bool", "complex128")
_SPOTS = 3


class ForgingGuest:
    """Implements `Guest`: `honest` answers, and a share of its replies is forged from `seed`."""

    def __init__(self, honest: Guest, seed: int, *, share: float = 0.5) -> None:
        self._honest = honest
        self._random = random.Random(seed)
        self._share = share
        self.forged = 0

    def ask(self, request: Request, payload: bytes) -> tuple[Reply, bytes]:
        reply, data = self._honest.ask(request, payload)
        if self._random.random() > self._share:
            return reply, data
        self.forged += 1
        return forge(self._random, reply, data)


def forge(dice: random.Random, reply: Reply, data: bytes) -> tuple[Reply, bytes]:
    """The reply changed at one to three places, or its bytes. Raises GuestGone where the wire refuses it."""
    if data and dice.random() < 0.4:
        return reply, damage(dice, data)
    tree = msgspec.json.decode(encode_reply(reply))
    for _ in range(dice.randint(1, _SPOTS)):
        change(dice, tree)
    try:
        return decode_reply(msgspec.json.encode(tree)), data
    except WireError as error:
        raise GuestGone("reply.malformed", str(error)) from error


def damage(dice: random.Random, data: bytes) -> bytes:
    """Other bytes for a payload: numbers that are none, zeros, noise, too few or too many."""
    match dice.randrange(6):
        case 0:
            return b"\xff" * len(data)
        case 1:
            return bytes(len(data))
        case 2:
            return dice.randbytes(len(data))
        case 3:
            return data[: dice.randrange(len(data))]
        case 4:
            return data + dice.randbytes(8)
        case _:
            spoilt = bytearray(data)
            for _ in range(dice.randint(1, 8)):
                spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
            return bytes(spoilt)


def change(dice: random.Random, tree: Any) -> None:
    """Changes one place somewhere below `tree`, in place."""
    places = list(_places(tree))
    if not places:
        return
    holder, key = dice.choice(places)
    old = holder[key]
    if isinstance(old, list) and dice.random() < 0.6:
        _resize(dice, old)
    elif isinstance(old, dict) and "f" in old:
        holder[key] = deepcopy(dice.choice(_FORMS))
    elif key == "dtype":
        holder[key] = dice.choice(_DTYPES)
    elif isinstance(old, bool):
        holder[key] = not old
    elif isinstance(old, int | float):
        holder[key] = dice.choice(_NUMBERS)
    elif isinstance(old, str):
        holder[key] = dice.choice(_TEXTS)
    elif old is None:
        holder[key] = deepcopy(dice.choice(_FORMS))
    elif isinstance(old, dict) and old and dice.random() < 0.5:
        del old[dice.choice(list(old))]
    else:
        holder[key] = deepcopy(dice.choice((None, [], {}, 0)))


def _resize(dice: random.Random, items: list[Any]) -> None:
    match dice.randrange(4):
        case 0:
            items.clear()
        case 1 if items:
            items.pop(dice.randrange(len(items)))
        case 2 if items:
            items.append(deepcopy(items[dice.randrange(len(items))]))
        case 2:
            items.append(deepcopy(dice.choice((*_NUMBERS, *_TEXTS, *_FORMS))))
        case _:
            dice.shuffle(items)


def _places(tree: Any) -> list[tuple[Any, Any]]:
    """(holder, key) of everything below `tree` but the tags."""
    found: list[tuple[Any, Any]] = []
    waiting = [tree]
    while waiting:
        at = waiting.pop()
        keys = [k for k in at if k not in ("m", "f")] if isinstance(at, dict) else range(len(at))
        for key in keys:
            found.append((at, key))
            if isinstance(at[key], dict | list):
                waiting.append(at[key])
    return found
