"""Anything at all, and real things damaged, through every reader of what somebody else wrote."""

from __future__ import annotations

import random
import struct
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz import properties, seeds
from tests.fuzz.forging import change, damage

FEW = settings(max_examples=120, deadline=None)
_INTERESTING = [
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
    b"\x7f\xff\xff\xff",
    b"PK\x01\x02",
    b"PK\x05\x06",
    b"../",
    b"\0",
]

FRAMES = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 5, properties.MOST, properties.MOST + 1, 2**31, 2**32 - 1])
        | st.integers(0, 300),
        st.sampled_from([0, 3, properties.MOST + 1, 2**32 - 1]) | st.integers(0, 300),
        st.binary(max_size=400),
    ).map(lambda parts: struct.pack("!II", parts[0], parts[1]) + parts[2]),
    max_size=4,
).map(b"".join)


def damaged(content: bytes, dice: random.Random) -> bytes:
    """One to six places overwritten, cut out or doubled."""
    made = bytearray(content)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(made) + 1)
        match dice.randrange(4):
            case 0:
                made[at : at + 4] = dice.choice(_INTERESTING)
            case 1:
                made[at : at + dice.randint(1, 30)] = b""
            case 2:
                made[at:at] = made[at : at + dice.randint(1, 30)]
            case _:
                made[at : at + 1] = dice.randbytes(1)
    return bytes(made)


def forged(content: bytes, dice: random.Random) -> bytes:
    """A message whose header stays JSON but says something else, or whose payload is another."""
    header, payload = properties.parted(content)
    tree: Any = msgspec.json.decode(header)
    for _ in range(dice.randint(1, 5)):
        change(dice, tree)
    if payload and dice.random() < 0.3:
        payload = damage(dice, payload)
    return properties.joined(msgspec.json.encode(tree), payload)


@FEW
@given(FRAMES | st.binary(max_size=300))
def test_frames(data: bytes) -> None:
    properties.frame(data)


@FEW
@given(st.sampled_from(range(len(seeds.messages()))), st.randoms(use_true_random=False), st.booleans())
def test_messages(which: int, dice: random.Random, broken: bool) -> None:
    data = (damaged if broken else forged)(seeds.messages()[which], dice)
    properties.message(data)
    properties.reply(data)


@FEW
@given(st.sampled_from(range(len(seeds.messages()))), st.randoms(use_true_random=False))
def test_a_guest_answers_whatever_it_is_asked(which: int, dice: random.Random) -> None:
    properties.request(forged(seeds.messages()[which], dice))


@FEW
@given(st.sampled_from(seeds.notebooks()), st.randoms(use_true_random=False))
def test_notebooks(content: bytes, dice: random.Random) -> None:
    properties.notebook(damaged(content, dice))


@FEW
@given(st.sampled_from(seeds.notebooks()[:2]), st.randoms(use_true_random=False))
def test_notebooks_that_are_json(content: bytes, dice: random.Random) -> None:
    tree = msgspec.json.decode(content)
    for _ in range(dice.randint(1, 5)):
        change(dice, tree)
    properties.notebook(msgspec.json.encode(tree))


@FEW
@given(st.sampled_from(range(len(seeds.archives()))), st.randoms(use_true_random=False))
def test_archives(tmp_path_factory: pytest.TempPathFactory, which: int, dice: random.Random) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzzed"
    properties.archive(damaged(seeds.archives()[which], dice), folder)


@pytest.mark.parametrize("which", range(len(seeds.archives())))
def test_archives_as_they_are(tmp_path: Path, which: int) -> None:
    properties.archive(seeds.archives()[which], tmp_path / "in")
