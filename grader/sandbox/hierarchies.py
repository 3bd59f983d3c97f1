"""Where on this machine control groups may be made: found by looking, tried by whoever uses them.

Kernels have two versions of control groups. In version 1 each kind of limit has a tree of its own; in
version 2 there is one tree, and a group hands a kind of limit down to its children only if it is told to.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.sandbox.kernel_files import lines

Controller = Literal["memory", "pids"]

CONTROLLERS: tuple[Controller, ...] = ("memory", "pids")
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True)
class Hierarchy:
    """A folder below which groups may be made for these controllers."""

    folder: Path
    version: Literal[1, 2]
    controllers: frozenset[Controller]


@dataclass(frozen=True)
class _Mount:
    root: str
    point: Path
    version: Literal[1, 2]
    options: frozenset[str]


def hierarchies(process: Path = Path("/proc/self")) -> list[Hierarchy]:
    """Folders to try in turn, for the group that `process` is in: its own first.

    What is made below our own group stays within whatever limits us. In version 2 a group that holds
    processes cannot hand limits down, so the group above it comes second.
    """
    try:
        mounts = list(_mounts(process / "mountinfo"))
        groups = [os.fsdecode(line) for line in lines(process / "cgroup") if line]
    except OSError:
        return []
    found: list[Hierarchy] = []
    for line in groups:
        _, names, path = line.split(":", 2)
        for mount in mounts:
            place = _below(mount, path)
            if place is None or (mount.version == 2) != (names == ""):
                continue
            if mount.version == 1:
                held = frozenset(c for c in CONTROLLERS if c in names.split(",") and c in mount.options)
                if held:
                    found.append(Hierarchy(place, 1, held))
            else:
                above = [place.parent] if place != mount.point else []
                found += [h for folder in (place, *above) if (h := _unified(folder)) is not None]
    return found


def _unified(folder: Path) -> Hierarchy | None:
    """`folder` of version 2, where it hands a limit of ours down or can be told to."""
    try:
        there = (folder / "cgroup.controllers").read_text().split()
        down = (folder / "cgroup.subtree_control").read_text().split()
        for controller in CONTROLLERS:
            if controller in there and controller not in down:
                with contextlib.suppress(OSError):
                    (folder / "cgroup.subtree_control").write_text(f"+{controller}")
        down = (folder / "cgroup.subtree_control").read_text().split()
    except OSError:
        return None
    held = frozenset(c for c in CONTROLLERS if c in down)
    return Hierarchy(folder, 2, held) if held else None


def _mounts(file: Path) -> Iterator[_Mount]:
    for line in filter(None, lines(file)):
        before, _, after = os.fsdecode(line).partition(" - ")
        kind, _, options = after.split(" ", 2)
        if kind in ("cgroup", "cgroup2"):
            words = before.split(" ")
            version: Literal[1, 2] = 1 if kind == "cgroup" else 2
            root, point = (_OCTAL.sub(lambda m: chr(int(m[1], 8)), word) for word in words[3:5])
            yield _Mount(root, Path(point), version, frozenset(options.split(",")))


def _below(mount: _Mount, path: str) -> Path | None:
    """Where the group `path` lies below this mount; None where it cannot be seen there."""
    root = mount.root.rstrip("/")
    if ".." in path.split("/") or not (path == root or path.startswith(root + "/")):
        return None
    place = mount.point / path[len(root) :].lstrip("/")
    return place if place.is_dir() else None
