"""A real Jupyter kernel with a notebook's cells in it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

SECONDS = 120
"""Within which any cell of a test ends."""


@dataclass
class Shown:
    """What one cell left: text of streams, rich outputs in order, the error if there was one."""

    text: str = ""
    rich: list[dict[str, Any]] = field(default_factory=list)
    metadata: list[dict[str, Any]] = field(default_factory=list)
    error: str = ""

    @property
    def verdicts(self) -> dict[str, Any]:
        """What `grader.check` found, as it says to programs."""
        found: dict[str, Any] = self.metadata[-1]["grader"]
        return found

    @property
    def states(self) -> dict[str, str]:
        return {check["id"]: check["state"] for check in self.verdicts["checks"]}

    @property
    def findings(self) -> dict[str, str]:
        return {check["id"]: check["findings"][0] for check in self.verdicts["checks"] if check["findings"]}

    @property
    def plain(self) -> str:
        return str(self.rich[-1]["text/plain"])

    @property
    def html(self) -> str:
        return str(self.rich[-1]["text/html"])


@dataclass
class Kernel:
    """A kernel that runs. Every `run` is one cell."""

    client: BlockingKernelClient
    manager: KernelManager

    def run(self, source: str, *, may_fail: bool = False) -> Shown:
        """Runs a cell to its end. Raises AssertionError with the traceback where it failed unasked."""
        shown = Shown()
        asked = self.client.execute(source)
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:
            message = self.client.get_iopub_msg(timeout=SECONDS)
            if message["parent_header"].get("msg_id") != asked:
                continue
            content = message["content"]
            match message["header"]["msg_type"]:
                case "stream":
                    shown.text += content["text"]
                case "display_data" | "execute_result":
                    shown.rich.append(content["data"])
                    shown.metadata.append(content["metadata"])
                case "error":
                    shown.error = "\n".join(content["traceback"])
                case "status" if content["execution_state"] == "idle":
                    assert may_fail or not shown.error, shown.error
                    return shown
        raise AssertionError(f"the cell did not end within {SECONDS} s")

    def value(self, expression: str) -> Any:
        """What an expression is in the kernel, by way of JSON."""
        return json.loads(self.run(f"import json as _json; print(_json.dumps({expression}))").text)

    def cells(self, sources: Iterable[str]) -> None:
        """Runs the code cells of a notebook, without their output."""
        for source in sources:
            self.run(source, may_fail=True)


@contextmanager
def kernel(folder: Path, **environment: str) -> Iterator[Kernel]:
    """A fresh kernel of this Python in `folder`."""
    manager = KernelManager(kernel_name="python3")
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), **environment}
    manager.start_kernel(cwd=str(folder), env=env, extra_arguments=["--HistoryManager.enabled=False"])
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=SECONDS)
        yield Kernel(client, manager)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def sources(notebook: bytes) -> list[str]:
    """The code cells of a notebook."""
    cells = json.loads(notebook)["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
