"""Values that may cross the wall, as plain structs. Tensors lie in the frame's payload as raw bytes.

A value is a closed set of forms; anything else crosses as `Other`, which says what it was. Depth,
number of items, text lengths and every tensor's size are checked before use (`tensors.py`), because
either end may be forged.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from grader.wire.message import Int

DType = Literal[
    "float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8", "bool",
]  # fmt: skip
"""No complex numbers: no lesson has any, and where reals are compared their other half would go unseen."""

MAX_DEPTH = 12
MAX_ITEMS = 20_000
MAX_TEXT = 200_000
MAX_DIMS = 8


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="f"):
    pass


class Scalar(_Form, frozen=True, tag="s"):
    """None, a truth value, a 64-bit integer or a finite float."""

    value: bool | Int | float | None


class Odd(_Form, frozen=True, tag="odd"):
    """A float that JSON cannot hold."""

    value: Literal["nan", "inf", "-inf"]


class Text(_Form, frozen=True, tag="t"):
    value: str


class Tensor(_Form, frozen=True, tag="x"):
    """A tensor's header: its bytes are `count * itemsize` bytes of the payload from `offset`, C order."""

    dtype: DType
    shape: list[Int]
    offset: Int
    grad: bool = False
    """requires_grad, as the sender says."""
    array: bool = False
    """It was a NumPy array, or shall become one."""
    scalar: bool = False
    """It was a NumPy scalar; only where values cross exactly (`exact.py`)."""


class Items(_Form, frozen=True, tag="l"):
    """Sets cross only where values cross exactly (`exact.py`)."""

    kind: Literal["list", "tuple", "set", "frozenset"]
    items: list[Value]


class Mapping(_Form, frozen=True, tag="d"):
    items: list[tuple[Value, Value]]


class Packed(_Form, frozen=True, tag="p"):
    """A `torch.nn.utils.rnn.PackedSequence`."""

    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class Named(_Form, frozen=True, tag="n"):
    """Something the notebook defined at top level, by its name; only towards the guest."""

    name: str


class Built(_Form, frozen=True, tag="b"):
    """What calling `name` gives (a class or a factory), made afresh in the guest; only towards it.

    `weights` are parameters and buffers to load by name, where the thing made is an argument. `calls` are
    methods called on it then, in order, with their arguments. A module with lazy layers is called on `first`
    before all that.
    """

    name: str
    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    weights: dict[str, Tensor] = {}
    calls: list[tuple[str, list[Value]]] = []
    first: list[Value] = []


class Given(_Form, frozen=True, tag="g"):
    """A module of `torch.nn`, or one of the guest's own (`guest.scripted`), that the judge supplies, with its
    weights; only towards the guest.

    `attributes` are set on it besides, for functions that ask a model for its sizes by the contract's names.
    """

    kind: Literal[
        "RNN",
        "RNNCell",
        "LSTM",
        "LSTMCell",
        "GRU",
        "GRUCell",
        "Linear",
        "Embedding",
        "Identity",
        "Classifier",
        "NestedClassifier",
        "Words",
        "SourceReader",
        "TargetSpeaker",
    ]
    args: list[Value] = []
    kwargs: dict[str, Value] = {}
    state: dict[str, Tensor] = {}
    attributes: dict[str, Value] = {}


class Other(_Form, frozen=True, tag="o"):
    """Something that cannot cross: its type's name, a short text, and whether it is an `nn.Module`."""

    type: str
    text: str = ""
    module: bool = False


class Whole(_Form, frozen=True, tag="w"):
    """An integer of more than 64 bits, in decimal digits; only where values cross exactly."""

    digits: str


class Known(_Form, frozen=True, tag="q"):
    """A function, class or constant of a library by its dotted path; only towards the guest."""

    path: str


class Kept(_Form, frozen=True, tag="k"):
    """An object that stays in the guest, by its number in one conversation (`remote.py`).

    `type` is its type's name, `kinds` its classes as `module.name` in the order of lookup, `callable` whether
    it can be called, `iterator` whether it gives one value after the other: all as the guest says.
    """

    number: Int
    type: str = ""
    kinds: list[str] = []
    callable: bool = False
    iterator: bool = False


Value = (
    Scalar
    | Odd
    | Text
    | Tensor
    | Items
    | Mapping
    | Packed
    | Named
    | Built
    | Given
    | Other
    | Whole
    | Known
    | Kept
)
