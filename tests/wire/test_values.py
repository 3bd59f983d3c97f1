"""Values: what goes in comes out; forged headers end in an error of ours before anything is built."""

import math
from typing import Any

import msgspec
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.utils.rnn import PackedSequence, pack_sequence

from grader.wire.frames import Malformed, TooLarge, WireError
from grader.wire.replies import Failed, Raised, Reply, Results, Returned, State, decode_reply, encode_reply
from grader.wire.tensors import Reader, Writer
from grader.wire.values import Items, Other, Packed, Scalar, Tensor, Value

STATE = State("float32", True, 1, False)


def through(value: Any, limit: int = 1 << 20) -> Any:
    """`value` after a journey: encoded, sent as JSON, decoded."""
    writer = Writer(limit)
    reply = Results([Returned(writer.value(value))], STATE)
    read = decode_reply(encode_reply(reply))
    assert isinstance(read, Results)
    (outcome,) = read.outcomes
    assert isinstance(outcome, Returned)
    return Reader(bytes(writer.payload)).value(outcome.value)


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(plain)
def test_plain_values_come_out_as_they_went_in(value: Any) -> None:
    assert through(value) == value


@pytest.mark.parametrize(
    "dtype", [torch.float64, torch.float32, torch.bfloat16, torch.int64, torch.bool, torch.uint8]
)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3, 4)])
def test_tensors_come_out_bit_for_bit(dtype: torch.dtype, shape: tuple[int, ...]) -> None:
    generator = torch.Generator().manual_seed(1)
    tensor = (torch.randn(shape, generator=generator) * 3).to(dtype)
    got = through(tensor)
    assert got.dtype is dtype
    assert got.shape == tensor.shape
    assert torch.equal(got, tensor)


def test_views_and_strides_are_no_obstacle() -> None:
    tensor = torch.arange(24.0).reshape(4, 6).t()[1:4:2]
    assert torch.equal(through(tensor), tensor)


def test_sparse_tensors_come_out_with_their_zeros() -> None:
    rows = torch.nn.Embedding(4, 2, sparse=True)
    rows(torch.tensor([1, 3, 3])).sum().backward()
    gradient = rows.weight.grad
    assert gradient is not None
    assert gradient.is_sparse
    assert through(gradient).tolist() == [[0, 0], [1, 1], [0, 0], [2, 2]]
    with pytest.raises(TooLarge):
        through(
            torch.sparse_coo_tensor(torch.tensor([[0]]), torch.ones(1), (1 << 40,), check_invariants=True)
        )


def test_nan_and_infinity_cross() -> None:
    assert math.isnan(through(float("nan")))
    assert through([float("inf"), float("-inf")]) == [float("inf"), float("-inf")]
    assert torch.isnan(through(torch.tensor([float("nan")]))).all()


def test_arrays_come_out_as_arrays() -> None:
    array = np.arange(6, dtype=np.int32).reshape(2, 3)
    got = through(array)
    assert isinstance(got, np.ndarray)
    assert np.array_equal(got, array)


def test_packed_sequences_cross() -> None:
    packed = pack_sequence([torch.arange(2.0), torch.arange(4.0)], enforce_sorted=False)
    got = through(packed)
    assert isinstance(got, PackedSequence)
    assert torch.equal(got.data, packed.data)
    assert torch.equal(got.unsorted_indices, packed.unsorted_indices)


def test_what_cannot_cross_says_what_it_was() -> None:
    got = through(torch.nn.Linear(2, 3))
    assert isinstance(got, Other)
    assert (got.type, got.module) == ("Linear", True)
    assert isinstance(through(object()), Other)
    assert isinstance(through(2**70), Other)


def test_subclasses_lose_their_class() -> None:
    class Sly(torch.Tensor):
        pass

    got = through(torch.zeros(2).as_subclass(Sly))
    assert type(got) is torch.Tensor


def test_a_circle_is_too_large_not_endless() -> None:
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(TooLarge):
        Writer(1000).value(circle)


def test_the_payload_has_a_cap() -> None:
    with pytest.raises(TooLarge):
        Writer(100).value(torch.zeros(1000))


@pytest.mark.parametrize(
    "header",
    [
        Tensor("float32", [2], 4),
        Tensor("float32", [2], -1),
        Tensor("float32", [-1], 0),
        Tensor("float32", [2**40, 2**40], 0),
        Tensor("float32", [0, 2**40], 0),
        Tensor("float32", [2**40] * 7 + [0], 0),
        Tensor("float32", [1] * 9, 0),
        Tensor("bool", [8], 0),
    ],
)
def test_forged_tensors_are_refused(header: Tensor) -> None:
    with pytest.raises(Malformed):
        Reader(b"\x07" * 8).tensor(header)


def test_the_same_bytes_are_not_read_for_ever() -> None:
    reader = Reader(bytes(8), most=32)
    header = Tensor("float32", [2], 0)
    for _ in range(4):
        assert reader.tensor(header).tolist() == [0, 0]
    with pytest.raises(Malformed):
        reader.tensor(header)


def test_forged_packed_sequences_are_refused() -> None:
    writer = Writer(1000)
    data, sizes = writer.tensor(torch.zeros(3, 2)), writer.tensor(torch.tensor([1, 2]))
    order = writer.tensor(torch.tensor([0, 5]))
    good = writer.tensor(torch.tensor([2, 1]))
    many, nothing = writer.tensor(torch.tensor([2**25])), writer.tensor(torch.zeros(2**25, 0))
    reader = Reader(bytes(writer.payload))
    for packed in (
        Packed(nothing, many, order, order),
        Packed(nothing, many, None, None),
        Packed(data, sizes, None, None),
        Packed(data, good, order, order),
        Packed(sizes, data, None, None),
    ):
        with pytest.raises(Malformed):
            reader.packed(packed)


def test_depth_and_width_are_capped_on_reading() -> None:
    deep: Value = Scalar(1)
    for _ in range(50):
        deep = Items("list", [deep])
    with pytest.raises(Malformed):
        Reader(b"").value(deep)
    with pytest.raises(Malformed):
        Reader(b"").value(Items("list", [Scalar(1)] * 30_000))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes_are_no_reply(data: bytes) -> None:
    with pytest.raises(WireError):
        decode_reply(data)


FIELDS = ["m", "f", "value", "shape", "dtype", "offset", "items", "outcomes", "state"]
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(FIELDS), inner),
    max_leaves=30,
)


@settings(max_examples=300, deadline=None)
@given(json_values, st.binary(max_size=64))
def test_random_json_is_read_or_refused_never_more(value: Any, payload: bytes) -> None:
    try:
        content = msgspec.json.encode(value)
        reply: Reply = decode_reply(content)
        if isinstance(reply, Results):
            for outcome in reply.outcomes:
                if isinstance(outcome, Returned):
                    Reader(payload).value(outcome.value)
    except (WireError, UnicodeEncodeError):
        pass


@pytest.mark.parametrize(
    "text", [b'{"m":"results"}', b"[" * 100_000, b'{"m":"seen","names":[],"state":{}}', b"\xff\xfe{}"]
)
def test_near_misses_are_refused(text: bytes) -> None:
    with pytest.raises(Malformed):
        decode_reply(text)


def test_failed_replies_carry_text_only() -> None:
    reply = Failed(Raised("ValueError", "x" * 10), STATE)
    assert decode_reply(encode_reply(reply)) == reply
