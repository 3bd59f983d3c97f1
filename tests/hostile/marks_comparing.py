"""Cheats that bend comparisons: patched libraries, objects equal to everything, plausible numbers.

Each is a notebook of the lesson on cross-entropy. What they answer is wrong, so nothing may be earned.
"""

from __future__ import annotations

from tests.hostile.answers import CROSS_ENTROPY, SEQUENCE_LOSS, SOFTMAX
from tests.hostile.case import Hostile

ZEROS = """
def softmax(logits):
    return torch.zeros_like(logits)

def cross_entropy(logits, target):
    return logits.sum() * 0

def sequence_loss(outputs, targets, pad_index=None):
    return outputs.sum() * 0
"""

PATCHED_LIBRARIES = """
import math, operator
import numpy as np
import torch.testing
def always(*anything, **more):
    return True
for place in (torch, np, math):
    for name in ("allclose", "isclose", "equal", "array_equal", "isfinite"):
        if hasattr(place, name):
            setattr(place, name, always)
torch.testing.assert_close = np.testing.assert_allclose = operator.eq = always
"""

PATCHED_TENSORS = """
for name in ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "allclose", "equal", "isclose"):
    setattr(torch.Tensor, name, lambda self, *others, **more: True)
nothing = lambda self, *others, **more: torch.zeros_like(self)
torch.Tensor.__sub__ = torch.Tensor.__rsub__ = torch.Tensor.sub = torch.Tensor.abs = nothing
"""

PATCHED_RANDOM = """
import random
import numpy as np
for name in ("randn", "rand", "randint", "normal", "randperm"):
    setattr(torch, name, lambda *size, **more: torch.zeros(3, 4))
random.random = random.gauss = lambda *anything: 0.5
np.random.default_rng = lambda *seed: random
torch.manual_seed = random.seed = np.random.seed = lambda *seed: None
"""

PATCHED_SUPPORT = """
def still_blank(name):
    raise SystemExit("no cell after this one")

F.cross_entropy = F.softmax = F.log_softmax = torch.softmax = lambda scores, *others, **more: scores * 0
nn.CrossEntropyLoss.forward = lambda self, scores, target: scores.sum() * 0
"""

EVERYTHING = """
class Everything:
    shape, dtype, requires_grad, grad_fn, ndim = torch.Size([6, 4]), torch.float64, True, None, 2

    def __eq__(self, other):
        return True

    __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __eq__

    def __hash__(self):
        return 0

    def __getattr__(self, name):
        return self

    def __call__(self, *anything, **more):
        return self

    def __float__(self):
        return 0.0

    __int__ = __index__ = lambda self: 0
    __bool__ = lambda self: True
    __len__ = lambda self: 6
    __getitem__ = __sub__ = __rsub__ = __abs__ = __add__ = __mul__ = lambda self, *others: self
    __array__ = lambda self, *others, **more: __import__("numpy").zeros((6, 4))

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        return cls()

softmax = cross_entropy = sequence_loss = lambda *anything, **more: Everything()
"""

CLAIMS_TO_BE_A_TENSOR = """
class Claim:
    __class__ = torch.Tensor
    layout, dtype, shape = torch.strided, torch.float64, torch.Size([1])
    is_quantized, requires_grad = False, True

    def __getattr__(self, name):
        return lambda *anything, **more: self

    __eq__ = lambda self, other: True
    __hash__ = None

softmax = cross_entropy = sequence_loss = lambda *anything, **more: Claim()
"""

TENSOR_SUBCLASS = """
class Bent(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        name = getattr(function, "__name__", "")
        if name in ("eq", "ne", "allclose", "isclose", "equal", "__eq__"):
            return True
        if name in ("sub", "__sub__", "rsub", "abs"):
            return torch.zeros(1)
        return super().__torch_function__(function, types, args, kwargs or {})

    def detach(self):
        return self

softmax = lambda logits: torch.zeros_like(logits).as_subclass(Bent)
cross_entropy = sequence_loss = lambda scores, *others, **more: (scores.sum() * 0).as_subclass(Bent)
"""

NUMBER_SUBCLASSES = """
class One(float):
    __eq__ = __le__ = __ge__ = __lt__ = __gt__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __sub__ = __rsub__ = lambda self, other: 0.0
    __hash__ = float.__hash__

class All(list):
    __eq__ = lambda self, other: True
    __contains__ = lambda self, other: True
    __len__ = lambda self: 6
    __iter__ = lambda self: iter([One(0)] * 6)

softmax = lambda logits: All([All([One(0)] * 4)] * 6)
cross_entropy = sequence_loss = lambda *anything, **more: One(0)
"""

ARRAY_SUBCLASS = """
import numpy as np
class Bent(np.ndarray):
    def __array_ufunc__(self, function, method, *inputs, **more):
        return True
    def __array_finalize__(self, other):
        self.checked = True

softmax = lambda logits: np.zeros(logits.shape).view(Bent)
cross_entropy = sequence_loss = lambda *anything, **more: np.zeros(()).view(Bent)
"""

TEXT_OF_THE_ANSWER = """
class Answer:
    def __repr__(self):
        return repr(F.softmax(torch.randn(6, 4), 1))
    __str__ = __format__ = __repr__

torch.Tensor.__repr__ = torch.Tensor.__str__ = lambda self, **more: "right"
softmax = cross_entropy = sequence_loss = lambda *anything, **more: Answer()
"""

IMAGINARY = (
    SOFTMAX
    + CROSS_ENTROPY
    + SEQUENCE_LOSS
    + """
def beside(function):
    return lambda *args, **more: function(*args, **more) + 9j

softmax, cross_entropy, sequence_loss = beside(softmax), beside(cross_entropy), beside(sequence_loss)
"""
)


def plausible(softmax: str, loss: str) -> tuple[str]:
    return (
        f"softmax = lambda logits: {softmax}\n"
        f"cross_entropy = sequence_loss = lambda outputs, targets, pad_index=None: {loss}",
    )


CHEATS: dict[str, Hostile] = {
    "libraries_say_equal": Hostile("T1", (PATCHED_LIBRARIES + ZEROS,), noted=("functions_replaced",)),
    "libraries_say_equal_beside_a_right_part": Hostile(
        "T1", (PATCHED_LIBRARIES,), "softmax", noted=("functions_replaced",)
    ),
    "tensors_are_all_equal": Hostile("T1 T2", (PATCHED_TENSORS + ZEROS,), noted=("functions_replaced",)),
    "dice_are_loaded": Hostile("T1", (PATCHED_RANDOM,), "softmax", noted=("functions_replaced",)),
    "support_is_redefined": Hostile("T2", (PATCHED_SUPPORT + ZEROS,), noted=("functions_replaced",)),
    "equal_to_everything": Hostile("T8", (EVERYTHING,), codes=("reply.malformed",)),
    "says_that_it_is_a_tensor": Hostile("T8", (CLAIMS_TO_BE_A_TENSOR,)),
    "tensor_that_compares_as_it_likes": Hostile("T8", (TENSOR_SUBCLASS,)),
    "numbers_equal_to_all_numbers": Hostile("T8", (NUMBER_SUBCLASSES,), codes=("reply.malformed",)),
    "array_that_computes_as_it_likes": Hostile("T8", (ARRAY_SUBCLASS,)),
    "printed_like_the_answer": Hostile("T9", (TEXT_OF_THE_ANSWER,), codes=("reply.malformed",)),
    "all_not_a_number": Hostile(
        "T16", plausible("logits * float('nan')", "outputs.sum() * float('nan')"), codes=("output.nan",)
    ),
    "all_infinite": Hostile("T16", plausible("logits + float('inf')", "outputs.sum() + float('inf')")),
    "all_alike": Hostile(
        "T16",
        plausible(
            "torch.full_like(logits, 1 / logits.size(1))",
            "torch.log(torch.tensor(float(outputs.size(-1)))) + 0 * outputs.sum()",
        ),
    ),
    "right_but_for_the_imaginary_part": Hostile("T16 T20", (IMAGINARY,)),
    "the_scores_themselves": Hostile("T16", plausible("logits", "outputs.mean()")),
}
