"""Values cross exactly: what was sent comes back with its type; what has no form stays and is named."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.judge.left import LeftOtherwise, leave
from grader.wire.exact import ExactReader, ExactWriter
from grader.wire.frames import MAX_PAYLOAD, Malformed
from grader.wire.tensors import Reader
from grader.wire.values import Items, Kept, Known, Scalar, Tensor, Value, Whole

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**60), 10**60)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.builds(np.int64, st.integers(-(2**63), 2**63 - 1))
    | st.builds(np.float32, st.floats(width=32, allow_nan=False))
    | st.builds(np.bool_, st.booleans()),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=5) | st.integers(), inner, max_size=4)
        | st.sets(st.integers(-(10**30), 10**30) | st.text(max_size=4), max_size=4)
        | st.frozensets(st.integers(), max_size=4)
    ),
    max_leaves=12,
)
HEADERS = st.from_type(Value)  # type: ignore[arg-type]


class Thing:
    pass


def crossed(value: Any) -> Any:
    kept: list[Any] = []

    def keep(one: Any) -> Kept:
        kept.append(one)
        return Kept(len(kept) - 1)

    def found(reference: Kept | Known) -> Any:
        assert isinstance(reference, Kept)
        return kept[reference.number]

    writer = ExactWriter(MAX_PAYLOAD, keep)
    header = msgspec.json.decode(msgspec.json.encode(writer.value(value)), type=Value)
    return ExactReader(bytes(writer.payload), found).value(header)


def alike(left: Any, right: Any) -> bool:
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(alike, left, right))
    if isinstance(left, dict):
        return list(left) == list(right) and all(alike(left[key], right[key]) for key in left)
    return bool(left == right)


@given(PLAIN)
@settings(max_examples=300, deadline=None)
def test_plain_values_come_back_with_their_types(value: Any) -> None:
    assert alike(crossed(value), value)


@pytest.mark.parametrize(
    "value", [torch.arange(6).reshape(2, 3), np.arange(4.0), torch.zeros(0), torch.ones(2, dtype=torch.bool)]
)
def test_tensors_and_arrays_come_back(value: Any) -> None:
    back = crossed(value)
    assert type(back) is type(value)
    assert back.dtype == value.dtype
    assert (back == value).all()


@pytest.mark.parametrize(
    "value", [Thing(), Thing, len, 3j, b"x", range(3), np.array(["a"]), torch.zeros(2, dtype=torch.complex64)]
)
def test_what_has_no_form_stays_where_it_is(value: Any) -> None:
    assert crossed([value])[0] is value


@given(HEADERS, st.binary(max_size=40))
@settings(max_examples=300, deadline=None)
def test_any_header_is_read_or_refused(header: Value, payload: bytes) -> None:
    """A forged reply costs its check, and never the judge."""
    try:
        ExactReader(payload, lambda reference: reference, most=4 * len(payload)).value(header)
    except Malformed:
        return


@pytest.mark.parametrize(
    "header",
    [
        Whole("9" * 5000),
        Whole("1_0"),
        Whole(" 1"),
        Items("set", [Items("list", [Scalar(1)])]),
        Tensor("float64", [2], 0, array=True, scalar=True),
    ],
)
def test_what_is_not_as_it_says_is_refused(header: Value) -> None:
    with pytest.raises(Malformed):
        ExactReader(b"\0" * 16, lambda reference: reference).value(header)


def test_a_set_crosses_nowhere_else() -> None:
    with pytest.raises(Malformed):
        Reader(b"").value(Items("set", [Scalar(1)]))


def test_the_wire_form_is_plain_json() -> None:
    assert json.loads(msgspec.json.encode(Whole("12"))) == {"f": "w", "digits": "12"}


def test_arguments_are_left_as_the_call_left_them() -> None:
    inner = [1, 2]
    ours = [inner, {"a": inner}, torch.zeros(2)]
    leave(ours, [[2, 1, 0], {"a": [9]}, torch.ones(2), 5])
    assert ours[0] is inner
    assert inner == [9]  # one object, and the last word on it counts
    assert ours[3] == 5
    assert torch.equal(ours[2], torch.ones(2))


@pytest.mark.parametrize(
    ("ours", "theirs"), [([1], (1,)), (torch.zeros(2), torch.zeros(3)), (None, [1]), (np.zeros(2), [0, 0])]
)
def test_what_cannot_be_left_so_is_said(ours: Any, theirs: Any) -> None:
    with pytest.raises(LeftOtherwise):
        leave(ours, theirs)
