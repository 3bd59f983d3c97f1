"""Integers of the wire have 64 bits, whatever message they stand in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from grader.wire import beginning, cells, live
from grader.wire.frames import Malformed
from grader.wire.replies import Reply, decode_reply
from grader.wire.requests import Request

SPOKEN: dict[str, Any] = {
    "replies": Reply,
    "requests": Request,
    "events": cells.Event,
    "orders": cells.Order,
    "code": list[cells.Code],
    "plans": beginning.Plan,
    "stages": beginning.Stage,
    "live": live.Said,
}


def within(kind: inspect.Type) -> Iterator[inspect.Type]:
    """`kind` and every type below it, each struct once."""
    waiting, seen = [kind], set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, inspect.StructType):
            if one.cls in seen:
                continue
            seen.add(one.cls)
            waiting += [field.type for field in one.fields]
        for name in ("types", "item_type", "item_types", "key_type", "value_type", "type"):
            below = getattr(one, name, ())
            parts = below if isinstance(below, tuple) else (below,)
            waiting += [part for part in parts if isinstance(part, inspect.Type)]
        yield one


@pytest.mark.parametrize("name", SPOKEN)
def test_every_integer_is_bounded(name: str) -> None:
    found = [one for one in within(inspect.type_info(SPOKEN[name])) if isinstance(one, inspect.IntType)]
    assert found
    assert all(one.ge == -(2**63) and one.le == 2**63 - 1 for one in found)


@given(st.integers(2**63, 2**400) | st.integers(-(2**400), -(2**63) - 1))
def test_an_integer_beyond_them_is_no_reply(number: int) -> None:
    value = msgspec.Raw(b'{"f":"s","value":%d}' % number)
    state = {"dtype": "float32", "grad": True, "threads": 1, "deterministic": False}
    outcome = {"m": "returned", "value": value, "mutated": []}
    with pytest.raises(Malformed, match=r"no reply of ours: .*`\$.outcomes"):
        decode_reply(msgspec.json.encode({"m": "results", "outcomes": [outcome], "state": state}))
