"""What a call in the notebook's own process could change for what comes after it, and puts back."""

from __future__ import annotations

import builtins
import contextlib
import getpass
import logging
import os
import random
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any, TextIO

import numpy as np
import torch

from grader.guest import cuda, standins

_KINDS: tuple[Any, ...] = (torch.Tensor, torch.nn.Module)


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """The block may change generators, torch's settings, warnings, the working folder, paths, environment
    and streams; afterwards all is as before. Meanwhile nothing is printed, and no GPU is used."""
    with contextlib.ExitStack() as stack, open(os.devnull, "w", encoding="utf-8") as nowhere:
        for keep in (_generators, _torch, _python, _figures):
            stack.callback(keep())
        stack.callback(_silence(nowhere))
        stack.callback(_on_cpu())
        yield


def _generators() -> Callable[[], None]:
    plain, legacy, torch_ = random.getstate(), np.random.get_state(), torch.get_rng_state()
    on_gpu = torch.cuda.get_rng_state_all() if cuda.in_use() else []

    def restore() -> None:
        random.setstate(plain)
        np.random.set_state(legacy)
        torch.set_rng_state(torch_)
        if on_gpu:
            torch.cuda.set_rng_state_all(on_gpu)

    return restore


def _torch() -> Callable[[], None]:
    dtype, threads = torch.get_default_dtype(), torch.get_num_threads()
    graded, anomaly = torch.is_grad_enabled(), torch.is_anomaly_enabled()
    strict = torch.are_deterministic_algorithms_enabled()
    only_warns = torch.is_deterministic_algorithms_warn_only_enabled()
    device = _default_device()

    def restore() -> None:
        if torch.get_default_dtype() is not dtype:
            torch.set_default_dtype(dtype)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)
        if torch.is_grad_enabled() != graded:
            torch.set_grad_enabled(graded)
        if torch.is_anomaly_enabled() != anomaly:
            torch.autograd.set_detect_anomaly(anomaly)
        if torch.are_deterministic_algorithms_enabled() != strict:
            torch.use_deterministic_algorithms(strict, warn_only=only_warns)
        if _default_device() != device:
            torch.set_default_device(device)

    return restore


def _default_device() -> Any:
    # Students have the torch that they have; older ones cannot say.
    asked: Any = getattr(torch, "get_default_device", lambda: None)
    return asked()


def _python() -> Callable[[], None]:
    path, filters, shown = list(sys.path), list(warnings.filters), warnings.showwarning
    environment, folder = dict(os.environ), os.getcwd()
    deepest, traced, profiled = sys.getrecursionlimit(), sys.gettrace(), sys.getprofile()

    def restore() -> None:
        if sys.path != path:
            sys.path[:] = path
        if list(warnings.filters) != filters:
            warnings.filters[:] = filters  # type: ignore[index]
            warnings._filters_mutated()  # type: ignore[attr-defined]
        warnings.showwarning = shown
        if dict(os.environ) != environment:
            os.environ.clear()
            os.environ.update(environment)
        if os.getcwd() != folder:
            os.chdir(folder)
        sys.setrecursionlimit(deepest)
        if sys.gettrace() is not traced:
            sys.settrace(traced)
        if sys.getprofile() is not profiled:
            sys.setprofile(profiled)

    return restore


def _figures() -> Callable[[], None]:
    """Figures that the block opens are closed; else the notebook would show them under the cell."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    before = set() if pyplot is None else set(pyplot.get_fignums())

    def restore() -> None:
        after: Any = sys.modules.get("matplotlib.pyplot")
        for number in () if after is None else set(after.get_fignums()) - before:
            after.close(number)

    return restore


def _silence(nowhere: TextIO) -> Callable[[], None]:
    streams, asked, secret = (sys.stdout, sys.stderr), builtins.input, getpass.getpass
    level = logging.root.manager.disable
    sys.stdout = sys.stderr = nowhere
    builtins.input = getpass.getpass = nobody
    logging.disable(logging.CRITICAL)

    def restore() -> None:
        sys.stdout, sys.stderr = streams
        builtins.input, getpass.getpass = asked, secret
        logging.disable(level)

    return restore


def _on_cpu() -> Callable[[], None]:
    """Where a GPU is in use: `.cuda()` and `.to("cuda")` stay on the CPU, as in a grading."""
    if not cuda.in_use():
        return lambda: None
    moving = [(kind, name, vars(kind).get(name)) for kind in _KINDS for name in ("cuda", "to")]
    google = {name: module for name, module in sys.modules.items() if _of_google(name)}
    standins.install()

    def restore() -> None:
        for kind, name, method in moving:
            if method is None:
                delattr(kind, name)  # it was inherited
            else:
                setattr(kind, name, method)
        for name in [name for name in sys.modules if _of_google(name) and name not in google]:
            del sys.modules[name]
        sys.modules.update(google)

    return restore


def _of_google(module: str) -> bool:
    return module.partition(".")[0] == "google"


def nobody(prompt: object = "", *rest: object, **named: object) -> str:
    """In place of `input` while a check runs."""
    raise RuntimeError("input() was called, but while a check runs nobody is there to answer.")
