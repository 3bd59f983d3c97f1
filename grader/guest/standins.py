"""Stand-ins for what a notebook expects of another machine: a GPU never looked for, Colab's modules."""

from __future__ import annotations

import functools
import sys
import types
from typing import Any

import torch


def install() -> None:
    """`.cuda()` and `.to("cuda")` stay on the CPU and `google.colab` does nothing; each says so on stderr,
    once. A tensor made on a GPU, `torch.zeros(2, device="cuda")`, fails as on any machine without one."""
    told: set[str] = set()

    def tell(what: str) -> None:
        if what not in told:
            told.add(what)
            print(f"(while grading: {what})", file=sys.stderr)

    def stay(self: Any, *args: Any, **kwargs: Any) -> Any:
        tell("there is no GPU here, .cuda() keeps everything on the CPU")
        return self

    torch.Tensor.cuda = stay  # type: ignore[method-assign]
    torch.nn.Module.cuda = stay  # type: ignore[method-assign]

    def staying(to: Any) -> Any:
        @functools.wraps(to)
        def moved(self: Any, *args: Any, **kwargs: Any) -> Any:
            if any(map(_of_gpu, (*args, *kwargs.values()))):
                tell('there is no GPU here, .to("cuda") keeps everything on the CPU')
                args = tuple("cpu" if _of_gpu(value) else value for value in args)
                kwargs = {name: "cpu" if _of_gpu(value) else value for name, value in kwargs.items()}
            return to(self, *args, **kwargs)

        return moved

    torch.Tensor.to = staying(torch.Tensor.to)  # type: ignore[method-assign]
    torch.nn.Module.to = staying(torch.nn.Module.to)  # type: ignore[method-assign]

    def nothing(*args: Any, **kwargs: Any) -> dict[str, bytes]:
        tell("google.colab is not here, its calls do nothing")
        return {}

    google = sys.modules.get("google") or types.ModuleType("google")
    colab = types.ModuleType("google.colab")
    for name, functions in (
        ("drive", ("mount", "flush_and_unmount")),
        ("files", ("upload", "download")),
        ("patches", ("cv2_imshow",)),
    ):
        module = types.ModuleType(f"google.colab.{name}")
        for function in functions:
            setattr(module, function, nothing)
        setattr(colab, name, module)
        sys.modules[module.__name__] = module
    google.colab = colab  # type: ignore[attr-defined]
    google.__path__ = getattr(google, "__path__", [])
    sys.modules.setdefault("google", google)
    sys.modules["google.colab"] = colab


def _of_gpu(value: object) -> bool:
    if isinstance(value, str):
        return value.partition(":")[0] == "cuda"
    return isinstance(value, torch.device) and value.type == "cuda"
