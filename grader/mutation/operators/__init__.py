"""All operators, in the order in which they are asked: what is made for this field first, because of two
operators that make the same edit the first gives it its name."""

from grader.mutation.operator import Operator
from grader.mutation.operators import (
    axes, data, decoding, evaluation, general, layers, loop, losses, packing, states,
)  # fmt: skip

OPERATORS: tuple[Operator, ...] = (
    *axes.OPERATORS,
    *states.OPERATORS,
    *packing.OPERATORS,
    *losses.OPERATORS,
    *loop.OPERATORS,
    *decoding.OPERATORS,
    *evaluation.OPERATORS,
    *layers.OPERATORS,
    *data.OPERATORS,
    *general.OPERATORS,
)
