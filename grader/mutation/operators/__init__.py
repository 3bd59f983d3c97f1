"""All operators, in the order in which they are asked: what is made for this field first, because of two
operators that make the same edit the first gives it its name."""

from grader.mutation.operator import Operator
from grader.mutation.operators import (
    arguments,
    axes,
    data,
    decoding,
    evaluation,
    forcing,
    general,
    images,
    layers,
    loop,
    losses,
    packing,
    pairing,
    recurrence,
    states,
)  # fmt: skip

OPERATORS: tuple[Operator, ...] = (
    *axes.OPERATORS,
    *states.OPERATORS,
    *recurrence.OPERATORS,
    *packing.OPERATORS,
    *losses.OPERATORS,
    *pairing.OPERATORS,
    *loop.OPERATORS,
    *forcing.OPERATORS,
    *decoding.OPERATORS,
    *evaluation.OPERATORS,
    *images.OPERATORS,
    *arguments.OPERATORS,
    *layers.OPERATORS,
    *data.OPERATORS,
    *general.OPERATORS,
)
