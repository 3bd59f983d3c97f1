"""What is written down of a run of cells: how it ended, and each cell with its outputs."""

from __future__ import annotations

import re
import sys
import sysconfig
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from msgspec.structs import replace

from grader.notebook import Notebook
from grader.observed import Sight
from grader.record import Cell, Fact, Losses, Output, RunState

_IMAGES = ("image/png", "image/jpeg")
_KEPT = (*_IMAGES, "image/svg+xml", "text/html", "text/markdown", "text/latex", "text/plain")
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-f]{6,16}\b")
_ROOM = re.compile(
    re.escape(tempfile.gettempdir()) + r"/grader-house-[a-z0-9_]{8}(?:/rooms/\d+-\d+(/home\b)?)?"
)
_PLACES = [(sysconfig.get_path("purelib"), "/packages"), (sys.base_prefix, "/python")]


@dataclass
class Transcript:
    """How the cells ran. `cell`, `code`, `facts` and `message` tell of the first thing that went wrong."""

    state: RunState = "finished"
    cell: int | None = None
    code: str | None = None
    facts: dict[str, Fact] = field(default_factory=dict)
    message: str | None = None
    seconds: float = 0.0
    cpu_seconds: float | None = None
    cells: list[Cell] = field(default_factory=list)
    sights: list[Sight] = field(default_factory=list)
    losses: Losses | None = None

    @property
    def rerun(self) -> int | None:
        """How many cells to run again in a fresh room before judging; None where this room can serve."""
        if self.state in ("out_of_time", "out_of_memory", "died"):
            return (self.cell or 1) - 1
        return None


@dataclass
class Result:
    """One cell as far as it has run: what it showed, and how it ended (`ok` None: not yet)."""

    outputs: list[Output] = field(default_factory=list)
    ok: bool | None = None
    seconds: float = 0.0
    problem: tuple[str, str, int] | None = None

    def stream(self, name: str, text: str) -> None:
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last.kind == "stream" and last.name == name:
            self.outputs[-1] = Output("stream", name, {"text/plain": last.data["text/plain"] + text})
        else:
            self.outputs.append(Output("stream", name, {"text/plain": text}))

    def show(self, kind: str, bundle: dict[str, str]) -> None:
        best = {mime: bundle[mime] for mime in _KEPT if mime in bundle}
        if any(mime in best for mime in _IMAGES):
            best = {mime: text for mime, text in best.items() if mime in _IMAGES or mime == "text/plain"}
        self.outputs.append(Output("result" if kind == "result" else "display", "", best))


def written(notebook: Notebook, results: Mapping[int, Result], *, stopped: bool) -> list[Cell]:
    """The notebook's cells with what came of each. `stopped`: the last one begun did not come to its end."""
    cells, number = [], 0
    for cell in notebook.cells:
        if cell.kind != "code":
            cells.append(Cell(cell.kind, cell.source))
            continue
        if not cell.source.strip():
            cells.append(Cell("code", cell.source, None, "empty"))
            continue
        number += 1
        result = results.get(number)
        if result is None:
            cells.append(Cell("code", cell.source, number, "skipped"))
            continue
        last = stopped and number == max(results)
        state: Literal["ok", "failed", "stopped"] = "stopped" if last else "ok" if result.ok else "failed"
        outputs = [replace(o, data={m: steady(t) for m, t in o.data.items()}) for o in result.outputs]
        cells.append(Cell("code", cell.source, number, state, result.seconds, outputs))
    return cells


def steady(text: str) -> str:
    """Text without what is another in every run or tells of this machine: the same notebook has to give the
    same record. Addresses of objects; where there are no mounts, our folder, the packages' and Python's."""
    text = _ROOM.sub(lambda found: "/home/student" if found[1] else "", _ADDRESS.sub("0x…", text))
    for place, inside in _PLACES:
        if not place.startswith("/usr"):
            text = text.replace(place, inside)
    return text
