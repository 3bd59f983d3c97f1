"""`grader doctor`: what this machine can do, and what to do about what it cannot."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version

from rich.console import Console
from rich.text import Text

from grader import __version__
from grader.engines.local import slots
from grader.sandbox import examine
from grader.sandbox.limits import Limits

CONTAINER = (
    "docker run --rm --network none -v .:/course:ro -v ./reports:/course/reports -v grader-secret:/secret "
    "grader grade homework"
)
"""Submissions in `homework` and lessons in `assignments` are read; only `reports` can be written."""
_PACKAGES = ("torch", "numpy", "ipython", "matplotlib", "pytest", "nbformat", "nbconvert", "msgspec", "nh3")


def run() -> int:
    """Prints the examination; returns 0 where `grade` can run behind a wall, else 1."""
    console = Console(highlight=False)
    python, system = platform.python_version(), f"{platform.system()} {platform.release()}"
    console.print(f"grader {__version__}   Python {python}   {system}")
    examined = examine()
    for level in examined:
        mark = Text("✓ ", "green") if level.works else Text("✗ ", "red")
        console.print(mark + Text(f"{level.level:<11} {level.detail}"))
        for remark in level.remarks:
            console.print(Text(f"              {remark}", "dim"))
    if sys.platform == "linux":
        limits = Limits()
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        cores = len(os.sched_getaffinity(0))
        console.print(
            f"  cores {cores}   memory {memory >> 20} MiB   "
            f"{slots(limits, None)} submissions at once (each may use {limits.memory >> 20} MiB)"
        )
    for package in _PACKAGES:
        try:
            console.print(f"  {package:<11} {version(package)}")
        except PackageNotFoundError:
            console.print(Text("✗ ", "red") + Text(f"{package:<11} missing: pip install {package}"))
    disk = shutil.disk_usage(".")
    console.print(f"  disk here   {disk.free >> 20} MiB free")
    walled = any(level.works and level.level != "none" for level in examined)
    if not walled:
        console.print("No wall stands here: grade refuses, and check needs --sandbox none.")
        console.print(
            "In a container one does (docs/container.md says how to build it), from the course's folder:"
        )
        # As it is to be copied: never folded by us.
        console.print(f"\n  {CONTAINER}\n", soft_wrap=True)
        console.print(
            "It runs on macOS and Windows with Docker or Podman, and needs no privilege. In a JupyterHub "
            "nobody can start one from a notebook: ask those who run the hub to grade with this command."
        )
    return 0 if walled else 1
