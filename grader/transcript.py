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
    """One cell as far as it has run: how it ended (`ok` None: not yet), and in `outputs` what it showed."""

    ok: bool | None = None
    seconds: float = 0.0
    problem: tuple[str, str, int] | None = None
    _shown: list[Output] = field(default_factory=list)
    _stream: tuple[str, list[str]] | None = None

    @property
    def outputs(self) -> list[Output]:
        """So far; what follows on one stream is one output."""
        return [*self._shown, *self._pending()]

    def stream(self, name: str, text: str) -> None:
        # A text is put together once: a notebook may print it letter by letter.
        if self._stream is None or self._stream[0] != name:
            self._ended()
            self._stream = name, []
        self._stream[1].append(text)

    def show(self, kind: str, bundle: dict[str, str]) -> None:
        best = {mime: bundle[mime] for mime in _KEPT if mime in bundle}
        if any(mime in best for mime in _IMAGES):
            best = {mime: text for mime, text in best.items() if mime in _IMAGES or mime == "text/plain"}
        self._add(Output("result" if kind == "result" else "display", "", best))

    def fail(self, kind: str, text: str) -> None:
        """An exception of this type, with its traceback."""
        self._add(Output("error", kind, {"text/plain": text}))

    def clear(self) -> None:
        """Nothing has been shown."""
        self._shown, self._stream = [], None

    def _add(self, output: Output) -> None:
        self._ended()
        self._shown.append(output)

    def _ended(self) -> None:
        self._shown += self._pending()
        self._stream = None

    def _pending(self) -> list[Output]:
        if self._stream is None:
            return []
        name, pieces = self._stream
        return [Output("stream", name, {"text/plain": "".join(pieces)})]


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
