"""All operators, in the order in which they are asked: what is made for this field first, because of two
operators that make the same edit the first gives it its name."""

from grader.mutation.operator import Operator
from grader.mutation.operators import (
    arguments,
    axes,
    data,
    decoding,
    dimensions,
    evaluation,
    forcing,
    general,
    images,
    layers,
    loop,
    losses,
    optimiser,
    packing,
    pairing,
    recurrence,
    statements,
    states,
)

OPERATORS: tuple[Operator, ...] = (
    *axes.OPERATORS,
    *dimensions.OPERATORS,
    *states.OPERATORS,
    *recurrence.OPERATORS,
    *packing.OPERATORS,
    *losses.OPERATORS,
    *pairing.OPERATORS,
    *loop.OPERATORS,
    *optimiser.OPERATORS,
    *forcing.OPERATORS,
    *decoding.OPERATORS,
    *evaluation.OPERATORS,
    *images.OPERATORS,
    *arguments.OPERATORS,
    *layers.OPERATORS,
    *data.OPERATORS,
    *general.OPERATORS,
    *statements.OPERATORS,
)
