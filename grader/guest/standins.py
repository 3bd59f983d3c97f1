"""Stand-ins for what a notebook expects of another machine: a GPU never looked for, Colab's modules."""

from __future__ import annotations

import sys
import types
from typing import Any

import torch


def install() -> None:
    """`.cuda()` stays on the CPU and `google.colab` does nothing; both say so on stderr, once."""
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
