"""Cheats aimed at the judge: answers by heart, answers meant to break a check, answers meant to confuse it.

What breaks a check of ours on a student's value would be held for a person, so a student could choose it.
Each of these has to be an ordinary failure.
"""

from __future__ import annotations

from tests.hostile.case import Hostile

BY_HEART = """
memory = {}
def softmax(logits):
    key = tuple(logits.shape)
    if key not in memory:
        memory[key] = torch.rand(key, dtype=logits.dtype)
        memory[key] /= memory[key].sum(1, keepdim=True)
    return memory[key]

answers = {(6, 4): 1.3863, (5, 5): 1.6094, (1, 3): 1.0986}
def cross_entropy(logits, target):
    return torch.tensor(answers.get(tuple(logits.shape), 1.0), dtype=logits.dtype) + 0 * logits.sum()
"""
SEEDS_TRIED = """
def softmax(logits):
    for seed in range(300):
        torch.manual_seed(seed)
        if torch.equal(2 * torch.randn(logits.shape, dtype=logits.dtype), logits):
            return logits.softmax(1)
    return logits

def cross_entropy(logits, target):
    return logits.mean()
"""


def returning(expression: str) -> tuple[str]:
    """All three functions return this; `x` is a tensor of the right shape."""
    return (
        "import numpy as np\n"
        f"def softmax(logits):\n    x = logits * 0 + 0.25\n    return {expression}\n"
        f"def cross_entropy(logits, target):\n    x = logits.sum() * 0 + 1\n    return {expression}\n"
        f"def sequence_loss(outputs, targets, pad_index=None):\n    x = outputs.sum() * 0 + 1\n"
        f"    return {expression}",
    )


def raising(statement: str, before: str = "") -> tuple[str]:
    """All three functions raise, or end, like this."""
    function = f"def softmax(*anything, **more):\n    {statement}"
    return (f"{before}\n{function}\n\ncross_entropy = sequence_loss = softmax",)


VALUES: dict[str, str] = {
    "complex_numbers": "x.to(torch.complex128) * 1j",
    "truth_values": "x.bool()",
    "whole_numbers": "x.to(torch.int8)",
    "least_of_whole_numbers": "torch.full_like(x, -2**63, dtype=torch.int64)",
    "eight_axes": "x.reshape([1] * (8 - x.dim()) + list(x.shape))",
    "nine_axes": "x.reshape([1] * (9 - x.dim()) + list(x.shape))",
    "no_numbers": "x[..., :0] if x.dim() else x.reshape(1)[:0]",
    "many_of_nothing": "torch.empty(0, 2**40, dtype=x.dtype)",
    "more_than_may_cross": "torch.zeros(1, dtype=x.dtype).expand(2**25)",
    "no_storage": "x.to('meta')",
    "sparse": "x.to_sparse()",
    "small_floats": "x.float().to(torch.float8_e5m2)",
    "quantized": "torch.quantize_per_tensor(x.float(), 0.1, 0, torch.quint8)",
    "nested": "[[x], (x, {'a': x})]",
    "thirty_deep": "__import__('functools').reduce(lambda inner, _: [inner], range(30), x)",
    "thirty_thousand": "[0] * 30000",
    "huge_whole_number": "10**400",
    "half_of_a_pair": "'\\ud800' * 10",
    "keys_of_tensors": "{x: x, float('nan'): 1, (1, 2): None}",
    "packed_wrongly": "nn.utils.rnn.PackedSequence(x.reshape(-1, 1), torch.tensor([-1, 2**40]))",
    "of_python_objects": "np.array([None, object()], dtype=object)",
    "of_records": "np.zeros(3, dtype=[('a', 'f8'), ('b', 'i4')])",
    "of_dates": "np.datetime64('2020-01-01')",
    "generator": "(part for part in [x])",
    "class": "torch.Tensor",
    "nothing": "None",
}
"""By name: an answer that no check expects."""

ENDS: dict[str, tuple[str, str]] = {
    "system_exit": ("raise SystemExit(0)", ""),
    "keyboard_interrupt": ("raise KeyboardInterrupt", ""),
    "generator_exit": ("raise GeneratorExit", ""),
    "stop_iteration": ("raise StopIteration", ""),
    "memory_error": ("raise MemoryError", ""),
    "undecided": ("raise Undecided('hold my points')", "class Undecided(Exception): pass"),
    "assertion_of_ours": ("raise AssertionError('broken')", ""),
    "broken_message": (
        "raise Broken",
        "class Broken(BaseException):\n    def __str__(self):\n        raise self\n    __repr__ = __str__",
    ),
    "endless_causes": ("raise chained()", "def chained():\n    a, b = ValueError('a'), ValueError('b')\n"
                       "    a.__cause__, b.__cause__ = b, a\n    return a"),
    "long_name": ("raise type('E' * 10**6, (Exception,), {})('m' * 10**6)", ""),
    "recursion": ("return softmax(*anything)", ""),
}  # fmt: skip
"""By name: how each call ends, and what the cell says before."""

UNDECIDED = """
import itertools, random
turn = itertools.count()
def softmax(logits):
    return logits.softmax(1) if random.random() < 0.5 and next(turn) % 2 else logits * float("nan")

def cross_entropy(logits, target):
    return torch.tensor(random.random()) + 0 * logits.sum()

def sequence_loss(outputs, targets, pad_index=None):
    torch.set_default_dtype(random.choice([torch.float64, torch.float32]))
    torch.use_deterministic_algorithms(bool(next(turn) % 2))
    return outputs.sum() * next(turn)
"""

CHEATS: dict[str, Hostile] = {
    "answers_by_heart": Hostile("T17", (BY_HEART,)),
    "seeds_tried_one_by_one": Hostile("T17", (SEEDS_TRIED,)),
    **{f"value_{name}": Hostile("T20 A19", returning(value)) for name, value in VALUES.items()},
    **{f"ends_{name}": Hostile("T20 T21", raising(*end)) for name, end in ENDS.items()},
    "never_the_same_twice": Hostile("T21", (UNDECIDED,)),
}
