"""Which functions and classes are worth knowing to be replaced: those that a cheat would replace.

Not all that there is: looking at a thing copies the page of memory that it lies on, in every fork.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

_WHOLE = ("torch.nn.functional", "torch.nn.init", "torch.nn.utils.rnn")
_SOME = {
    "builtins": "__build_class__ __import__ abs all any bool callable compile dict enumerate eval exec float "
    "getattr globals hasattr id int isinstance issubclass iter len list map max min next object open range "
    "round set setattr sorted str sum super tuple type vars zip",
    "math": "isclose isnan isfinite sqrt exp log tanh",
    "random": "random seed shuffle sample randint choice",
    "time": "time monotonic perf_counter process_time sleep",
    "os": "fork _exit kill getpid read write dup dup2 close urandom waitpid",
    "socket": "socket fromfd socketpair",
    "numpy": "allclose array_equal isclose array asarray equal all any",
    "numpy.random": "seed rand randn default_rng",
    "torch": "abs all allclose any arange argmax as_tensor bernoulli bmm cat compile empty equal eq exp "
    "einsum from_numpy full gather get_default_dtype get_num_threads index_select inference_mode "
    "is_grad_enabled is_tensor isclose isfinite isnan log log_softmax manual_seed masked_select matmul max "
    "mean min mm multinomial ne no_grad norm normal ones ones_like rand rand_like randint randn randn_like "
    "randperm relu seed set_default_dtype set_grad_enabled set_num_threads sigmoid softmax sort stack sum "
    "tanh tensor topk transpose unsqueeze use_deterministic_algorithms where zeros zeros_like",
    "torch.autograd": "backward grad Function",
    "torch.nn": "Module Parameter Sequential RNN LSTM GRU RNNBase RNNCell LSTMCell GRUCell Linear Embedding "
    "Conv2d MaxPool2d AvgPool2d CrossEntropyLoss NLLLoss MSELoss Dropout",
    "torch.nn.utils": "clip_grad_norm_ parameters_to_vector",
    "torch.optim": "Optimizer SGD Adam AdamW RMSprop",
}
_CLASSES = (
    "torch.Tensor", "torch.nn.Module", "torch.nn.Parameter", "torch.nn.RNNBase", "torch.nn.RNN",
    "torch.nn.LSTM", "torch.nn.GRU", "torch.nn.RNNCell", "torch.nn.LSTMCell", "torch.nn.GRUCell",
    "torch.nn.Linear", "torch.nn.Embedding", "torch.nn.Conv2d", "torch.nn.CrossEntropyLoss",
    "torch.optim.Optimizer", "torch.optim.SGD", "torch.optim.Adam", "torch.nn.utils.rnn.PackedSequence",
)  # fmt: skip
_OF_GUEST = (
    "answers", "calls", "fitting", "gradients", "inventory", "lab", "models", "observing", "rehearsing",
    "replacing", "reporter", "session", "shell", "sources", "targets", "training", "using", "watching",
)  # fmt: skip
_OF_WIRE = ("cells", "frames", "numbers", "replies", "requests", "tensors")


def worth_knowing() -> Iterator[tuple[str, Any, list[str]]]:
    """(what it is called, a module or class, the names in it) for all that is imported now."""
    for module in _WHOLE:
        names = [n for n, v in vars(sys.modules[module]).items() if isinstance(v, types.FunctionType)]
        yield module, sys.modules[module], [name for name in names if not name.startswith("_")]
    for module, some in _SOME.items():
        there = vars(sys.modules[module])
        yield module, sys.modules[module], [name for name in some.split() if name in there]
    for name in _CLASSES:
        place, _, last = name.rpartition(".")
        kind = getattr(sys.modules[place], last)
        yield name, kind, list(vars(kind))
    for folder, modules in (("guest", _OF_GUEST), ("wire", _OF_WIRE)):
        for name in modules:
            yield from _ours(f"grader.{folder}.{name}")


def _ours(module: str) -> Iterator[tuple[str, Any, list[str]]]:
    """What a module of ours defines: its functions, and the methods of its classes."""
    place = sys.modules.get(module)
    if place is None:
        return
    own = {name: thing for name, thing in vars(place).items() if _module(thing) == module}
    yield module, place, [name for name, thing in vars(place).items() if _module(thing).startswith("grader.")]
    for name, kind in own.items():
        if isinstance(kind, type):
            methods = [n for n, v in vars(kind).items() if isinstance(v, types.FunctionType)]
            if len(methods) > 1 and not hasattr(kind, "__struct_fields__"):
                yield f"{module}.{name}", kind, methods


def _module(thing: Any) -> str:
    name = getattr(thing, "__module__", "") if callable(thing) else ""
    return name if isinstance(name, str) else ""
