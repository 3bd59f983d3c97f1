"""Machines of a test's own: network namespaces with an address each, on a bridge in another namespace.

Nothing outside of them is touched, and all of it goes with `close`.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_PREFIX = "grader-test-"


def why_not() -> str | None:
    """Why there can be no such machines here; None where there can."""
    if os.geteuid() != 0:
        return "network namespaces need root"
    if not (shutil.which("ip") and shutil.which("nsenter")):
        return "network namespaces need the programs ip (iproute2) and nsenter (util-linux)"
    try:
        with Net() as net:
            net.host()
    except subprocess.CalledProcessError as error:
        return f"network namespaces are not allowed here: {error.stderr.strip()}"
    return None


@dataclass(frozen=True)
class Host:
    """One machine. `inside` goes before a command that is to run there."""

    space: str
    address: str
    port: str
    """Its end of the cable, in the namespace of the bridge."""

    @property
    def inside(self) -> list[str]:
        return ["nsenter", f"--net=/run/netns/{self.space}", "--"]


class Net:
    """A bridge and what is plugged into it."""

    def __init__(self) -> None:
        _sweep()
        self._name = f"{_PREFIX}{os.getpid():x}-{secrets.token_hex(2)}"
        self._spaces: list[str] = []
        self._hub = self._space("hub")
        _ip("-n", self._hub, "link", "add", "bridge", "type", "bridge")
        _ip("-n", self._hub, "link", "set", "bridge", "up")

    def host(self) -> Host:
        """A new machine, reachable from all others."""
        number = len(self._spaces)
        space, port, address = self._space(str(number)), f"port{number}", f"192.0.2.{number}"
        _ip(
            "-n", self._hub, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", space
        )  # fmt: skip
        _ip("-n", self._hub, "link", "set", port, "master", "bridge", "up")
        _ip("-n", space, "address", "add", f"{address}/24", "dev", "eth0")
        _ip("-n", space, "link", "set", "eth0", "up")
        _ip("-n", space, "link", "set", "lo", "up")
        return Host(space, address, port)

    def cut(self, host: Host) -> None:
        """Pulls the cable of a machine."""
        _ip("-n", self._hub, "link", "set", host.port, "down")

    def mend(self, host: Host) -> None:
        """Puts it back."""
        _ip("-n", self._hub, "link", "set", host.port, "up")

    def close(self) -> None:
        """Idempotent. What runs inside has to be ended before."""
        for space in reversed(self._spaces):
            with suppress(subprocess.CalledProcessError):
                _ip("netns", "delete", space)
        self._spaces.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _space(self, name: str) -> str:
        space = f"{self._name}-{name}"
        try:
            _ip("netns", "add", space)
        except BaseException:
            self.close()
            raise
        self._spaces.append(space)
        return space


def _sweep() -> None:
    """Removes what a test run that was killed has left behind: no process of its number is there any more."""
    for name in os.listdir("/run/netns") if os.path.isdir("/run/netns") else ():
        owner = name.removeprefix(_PREFIX).partition("-")[0]
        if not name.startswith(_PREFIX) or os.path.exists(f"/proc/{int(owner, 16)}"):
            continue
        inside = subprocess.run(["ip", "netns", "pids", name], capture_output=True, text=True, timeout=30)
        for pid in inside.stdout.split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)
        with suppress(subprocess.CalledProcessError):
            _ip("netns", "delete", name)


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, text=True, timeout=30)
