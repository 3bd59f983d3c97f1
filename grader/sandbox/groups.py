"""Control groups of rooms: the kernel holds a whole submission to its memory and its processes.

Limits that a process carries count for that process or for its user; a group counts for all that a room
ever starts, files in memory included. A group that cannot be made is no error: then the watchdog measures.
A group that was seen to hold and is refused to a room later is one.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

from grader.errors import SandboxError
from grader.sandbox.hierarchies import Controller, Hierarchy, hierarchies
from grader.sandbox.kernel_files import content
from grader.sandbox.limits import Limits

_NAME = "sequence-grader"
_STALE = re.compile(rf"{_NAME}-(\d+)-.+")
_TRIAL_MEMORY = 32 << 20
_TRIAL_SECONDS = 60.0
_TRIAL = """
import os, sys
sys.stdin.buffer.read(1)
try:
    if os.fork() == 0:
        os._exit(0)
except OSError:
    os.write(1, b"pids")
kept = [bytearray(b"x") * (4 << 20) for _ in range(24)]
"""
_REMOVALS = 50


class Group:
    """The control groups of one room, at most one per hierarchy. Not thread-safe."""

    def __init__(self, name: str, places: list[Hierarchy], limits: Limits) -> None:
        """Makes them, with their limits. Raises OSError where one is refused; nothing is left then."""
        self.walls: list[str] = []
        self._folders: list[Path] = []
        self._memory: Path | None = None
        self._version = 1
        try:
            for place in places:
                folder = place.folder / name
                folder.mkdir()
                self._folders.append(folder)
                if "memory" in place.controllers:
                    self._memory, self._version = folder, place.version
                    _limit_memory(folder, place.version, limits.memory)
                if "pids" in place.controllers:
                    (folder / "pids.max").write_text(str(limits.processes))
                self.walls += [f"cgroup.{controller}" for controller in sorted(place.controllers)]
        except BaseException:
            self.remove()
            raise

    @property
    def counts_memory(self) -> bool:
        return self._memory is not None

    def add(self, pid: int) -> None:
        """Takes in a process, and with it all that it will start. Raises OSError where it is refused."""
        for folder in self._folders:
            (folder / "cgroup.procs").write_text(str(pid))
            if str(pid) not in (folder / "cgroup.procs").read_text().split():
                raise OSError(f"process {pid} did not come to be in {folder}")

    def memory(self) -> tuple[int, int]:
        """Bytes in use now, and the most that ever were (as far as the kernel tells)."""
        if self._memory is None:
            return 0, 0
        names = ("memory.usage_in_bytes", "memory.max_usage_in_bytes")
        if self._version == 2:
            names = ("memory.current", "memory.peak")
        now = _number(f"{self._memory}/{names[0]}")
        return now, max(now, _number(f"{self._memory}/{names[1]}"))

    def killed(self) -> int:
        """How many processes the kernel has ended because there was no memory left in the group."""
        if self._memory is None:
            return 0
        file = f"{self._memory}/memory." + ("oom_control" if self._version == 1 else "events")
        with contextlib.suppress(OSError):
            for line in content(file).splitlines():
                name, _, count = line.partition(b" ")
                if name == b"oom_kill":
                    return int(count)
        return 0

    def members(self) -> list[int]:
        """Processes in it now, whoever their parents are."""
        found: set[int] = set()
        for folder in self._folders:
            with contextlib.suppress(OSError):
                found.update(map(int, (folder / "cgroup.procs").read_text().split()))
        found.discard(0)  # one in a namespace that we cannot see
        return sorted(found)

    def remove(self) -> None:
        """Removes the groups; their processes must have ended. Idempotent."""
        for _ in range(_REMOVALS):
            self._folders = [folder for folder in self._folders if not _removed(folder)]
            if not self._folders:
                return
            time.sleep(0.002)


class Groups:
    """Makes the groups of a house's rooms. `walls` are those that were seen to hold here."""

    def __init__(self, among: list[Hierarchy] | None = None) -> None:
        self._prefix = f"{_NAME}-{os.getpid()}-{secrets.token_hex(3)}"
        self._places = _that_hold(hierarchies() if among is None else among)
        self.walls = [f"cgroup.{c}" for place in self._places for c in sorted(place.controllers)]

    def make(self, name: str, limits: Limits, pid: int) -> Group | None:
        """A group with the process `pid` in it; None on a machine where none may be made.

        Raises SandboxError where groups hold here and this one is refused all the same.
        """
        if not self._places:
            return None
        try:
            group = Group(f"{self._prefix}-{name}", self._places, limits)
        except OSError as error:
            raise _refused(error) from error
        try:
            group.add(pid)
        except OSError as error:
            group.remove()
            raise _refused(error) from error
        return group


def _that_hold(among: list[Hierarchy]) -> list[Hierarchy]:
    """The first hierarchy of each controller in which a trial process was held to its limits."""
    found: list[Hierarchy] = []
    for place in among:
        wanted = place.controllers - {c for chosen in found for c in chosen.controllers}
        if wanted and os.access(place.folder, os.W_OK):
            _sweep(place.folder)
            held = _try(Hierarchy(place.folder, place.version, wanted))
            if held:
                found.append(Hierarchy(place.folder, place.version, held))
    return found


def _try(place: Hierarchy) -> frozenset[Controller]:
    """The controllers that held a process which forks once and then takes 96 MiB."""
    limits = Limits(memory=_TRIAL_MEMORY, processes=1)
    try:
        group = Group(f"{_NAME}-{os.getpid()}-{secrets.token_hex(3)}-trial", [place], limits)
    except OSError:
        return frozenset()
    said = b""
    with contextlib.ExitStack() as last:
        last.callback(group.remove)
        try:
            child = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _TRIAL],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            last.callback(child.wait)
            last.callback(child.kill)
            group.add(child.pid)
            said, _ = child.communicate(b"g", timeout=_TRIAL_SECONDS)
        except (OSError, subprocess.TimeoutExpired):
            return frozenset()
        killed = child.returncode == -signal.SIGKILL and group.killed() > 0
    held: set[Controller] = {"memory"} if killed else set()
    if said == b"pids":
        held.add("pids")
    return frozenset(held & place.controllers)


def _limit_memory(folder: Path, version: int, most: int) -> None:
    """Memory, and no swap beyond it: a limit that can be swapped away is none."""
    if version == 2:
        (folder / "memory.max").write_text(str(most))
        swap = folder / "memory.swap.max"
    else:
        (folder / "memory.limit_in_bytes").write_text(str(most))
        swap = folder / "memory.memsw.limit_in_bytes"
    if swap.exists():
        swap.write_text("0" if version == 2 else str(most))


def _number(file: str) -> int:
    try:
        return int(content(file))
    except (OSError, ValueError):
        return 0


def _removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _sweep(folder: Path) -> None:
    """Removes what a grader that was killed has left here; a group with processes stays."""
    with contextlib.suppress(OSError):
        for place in folder.iterdir():
            match = _STALE.fullmatch(place.name)
            if match and not Path(f"/proc/{match[1]}").exists():
                _removed(place)


def _refused(error: OSError) -> SandboxError:
    return SandboxError(
        f"A submission could not be put into a control group of its own: {error}. "
        f"Groups could be made when this run began; run grader doctor to see whether they still can."
    )
