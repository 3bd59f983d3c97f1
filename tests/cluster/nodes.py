"""Real schedulers and workers, each a process of its own, and `grader grade` on them."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from grader.sandbox import processes
from tests.cli.making import environment

PATIENCE = 180.0
_STEP = 0.05
_QUICK = {
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "12s",
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "10s",
    "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "8s",
    "OMP_NUM_THREADS": "1",
}


def until(true: Callable[[], object], what: str) -> None:
    """Waits until `true` is; fails after `PATIENCE`."""
    deadline, tick = time.monotonic() + PATIENCE, threading.Event()
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        tick.wait(_STEP)


@dataclass
class Node:
    """A process, and the file that it writes to."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def said(self) -> str:
        return self.log.read_text("utf-8", "replace")

    def ended(self) -> int:
        """Waits for its end; gives its status."""
        return self.process.wait(PATIENCE)


class Nodes:
    """The processes of one cluster; `close` ends them and all that they have started."""

    def __init__(self, root: Path, **env: str) -> None:
        """root: the folder of the course, from which `grade` is run"""
        self._root, self._env = root, env
        self._logs = root / "logs"
        self._logs.mkdir(exist_ok=True)
        (root / "pipes").mkdir(exist_ok=True)
        self.held = root / "pipes" / "held"
        for name in ("held", "go"):
            os.mkfifo(root / "pipes" / name)
        # Both ends stay open here, so that no worker ever waits for the other one to come.
        self._held = os.open(self.held, os.O_RDWR)
        self._go = os.open(root / "pipes" / "go", os.O_RDWR)
        self._nodes: list[Node] = []
        self.address = ""

    def scheduler(self, host: str = "127.0.0.1", inside: Sequence[str] = (), protocol: str = "tcp") -> Node:
        """Starts the scheduler, and waits until it can be reached."""
        file = self._root / f"scheduler-{len(self._nodes)}.json"
        words = ["scheduler", "--no-dashboard", "--host", host, "--port", "0", "--protocol", f"{protocol}://"]
        node = self._start("dask", [*words, "--scheduler-file", str(file)], inside)
        until(lambda: "Scheduler at:" in node.said, "the scheduler")
        self.address = node.said.split("Scheduler at:")[1].split()[0]
        return node

    def growing(self, most: int) -> Node:
        """In place of scheduler and workers: a cluster of none, which grows up to `most` with its work."""
        cache = {"GRADER_CACHE": str(self._root / "cache"), "GRADER_TEST_NAME": "grown"}
        node = self._start("tests.cluster.growing", [str(most)], (), cache)
        until(lambda: "Scheduler at: " in node.said, "the growing cluster")
        self.address = node.said.split("Scheduler at:")[1].split()[0]
        return node

    def worker(
        self,
        name: str,
        *options: str,
        host: str = "127.0.0.1",
        inside: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        nanny: bool = False,
        wait: bool = True,
    ) -> Node:
        """Starts a worker, and waits until the scheduler knows it."""
        words = [
            "worker",
            self.address,
            "--no-dashboard",
            "--host",
            host,
            "--name",
            name,
            "--death-timeout",
            "60",
        ]
        words += ["--local-directory", str(self._root / "scratch"), "--preload", "tests.cluster.doing"]
        words += [*([] if nanny else ["--no-nanny"]), *(options or ("--nthreads", "1"))]
        own = {"GRADER_CACHE": str(self._root / f"cache-{name}"), "GRADER_TEST_NAME": name}
        # A worker has no secret to read, and no course but the one that it is told of.
        apart = self._root / "elsewhere"
        apart.mkdir(exist_ok=True)
        own["GRADER_SECRET"] = str(apart / "none")
        node = self._start("dask", words, inside, {**own, **(env or {})}, apart)
        if wait:
            until(lambda: "Registered to:" in node.said, f"the worker {name}")
        return node

    def all_there(self, count: int) -> None:
        """Waits until so many workers have registered."""
        until(lambda: sum("Registered to:" in node.said for node in self._nodes) >= count, f"{count} workers")

    def grade(
        self, *words: str | Path, inside: Sequence[str] = (), env: Mapping[str, str] | None = None
    ) -> Node:
        """Begins `grader grade class` on this cluster."""
        asked = ["grade", "class", "--engine", "dask", "--scheduler", self.address, *map(str, words)]
        return self._start("grader", asked, inside, env or {})

    def holder(self) -> int:
        """The process of the next worker that holds a notebook, as soon as it does."""
        assert select.select([self._held], [], [], PATIENCE)[0], "no worker holds a notebook"
        number = b""
        while not number.endswith(b"\n"):
            number += os.read(self._held, 1)
        return int(number)

    def go(self, times: int = 1) -> None:
        """Lets so many held notebooks go on, those held later too."""
        os.write(self._go, b"." * times)

    def did(self, name: str) -> list[str]:
        """Whom this worker has begun to grade, in order."""
        path = self._root / "pipes" / f"did-{name}"
        return path.read_text("utf-8").split("\n")[:-1] if path.exists() else []

    def close(self) -> None:
        """Idempotent."""
        for node in reversed(self._nodes):
            end(node.process)
        self._nodes.clear()
        for pipe in (self._held, self._go):
            with suppress(OSError):
                os.close(pipe)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(
        self,
        module: str,
        words: Sequence[str],
        inside: Sequence[str],
        env: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> Node:
        log = self._logs / f"{len(self._nodes)}-{module}-{words[0]}"
        own = {**_QUICK, **self._env, "GRADER_TEST_PIPES": str(self._root / "pipes"), **(env or {})}
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*inside, sys.executable, "-m", module, *words],
                cwd=folder or self._root,
                env=environment(self._root, **own),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        node = Node(process, log)
        self._nodes.append(node)
        return node


def end(process: subprocess.Popen[bytes]) -> None:
    """Kills a process and everything below it."""
    for pid in reversed(processes.tree(process.pid)):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait(PATIENCE)
