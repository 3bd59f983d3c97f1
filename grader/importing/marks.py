"""Single words by which a test tells that it means something else on our side, with the key of the reason."""

from __future__ import annotations

CALLS = {
    "open": "files", "input": "output", "capsys": "output", "eval": "namespace", "exec": "namespace",
    "compile": "namespace", "globals": "namespace", "locals": "namespace", "vars": "namespace",
    "dir": "namespace", "__import__": "namespace", "get_ipython": "namespace", "id": "identity",
    "repr": "text", "hash": "text", "super": "classes", "display": "output", "exit": "process",
    "quit": "process", "breakpoint": "process", "monkeypatch": "patching", "tmp_path": "files",
}  # fmt: skip
_ATTRIBUTES = {
    "gradients": (
        "backward", "grad", "requires_grad", "requires_grad_", "grad_fn", "is_leaf", "retain_grad",
        "autograd", "register_hook", "register_forward_hook",
        "register_forward_pre_hook", "register_full_backward_hook", "enable_grad", "jit", "compile",
        "step", "zero_grad",
    ),
    "settings": (
        "set_default_dtype", "set_default_tensor_type", "set_num_threads", "use_deterministic_algorithms",
        "set_printoptions", "seterr", "environ", "set_grad_enabled",
        "set_default_device", "setrecursionlimit",
    ),
    "files": ("load", "save", "savez", "loadtxt", "savetxt", "genfromtxt", "fromfile", "tofile", "dump"),
    "output": ("stdout", "stderr", "redirect_stdout", "readouterr"),
    "type": ("__class__", "__mro__", "__bases__", "__subclasses__", "mro"),
    "namespace": ("__dict__", "__globals__", "__code__", "__closure__", "__defaults__"),
    "objects": ("Parameter", "DataLoader", "TensorDataset", "Generator", "optim"),
    "callback": ("partial",),
}  # fmt: skip
BY_ATTRIBUTE = {name: reason for reason, names in _ATTRIBUTES.items() for name in names}
EXCEPTIONS = {
    "NotImplementedError": "not_implemented", "SystemExit": "own_exceptions",
    "KeyboardInterrupt": "own_exceptions", "GeneratorExit": "own_exceptions", "Warning": "warnings",
}  # fmt: skip
