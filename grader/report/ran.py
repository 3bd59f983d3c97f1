"""How the notebook ran, in words and pictures: seconds of the cells, the slowest, the losses it kept."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from grader.record import Cell, Record
from grader.report.curve import curve_svg
from grader.report.losses import told
from grader.report.prose import Prose, inline
from grader.report.sentences import one_line, said_seconds


def cell_seconds(cell: Cell, prose: Prose) -> Markup:
    """A cell's time, and how it ended, for those who cannot see its bar."""
    state = {"state": lambda lang: inline(prose.words.ui(f"cell_state.{cell.state}", lang))}
    return prose.woven("page.cell_seconds", state, cell=cell.number or 0, seconds=said_seconds(cell.seconds))


def slowest(cells: Sequence[Cell]) -> int | None:
    """The number of the cell worth naming: one that took at least half of a run that took a second."""
    total = sum(cell.seconds for cell in cells)
    longest = max(cells, key=lambda cell: cell.seconds, default=None)
    return longest.number if longest and total >= 1 and longest.seconds >= total / 2 else None


def width(cell: Cell, total: float) -> float:
    """How wide a cell's bar is beside the others, of which `total` seconds are known."""
    return 1.0 + (8.0 * cell.seconds / total if total > 0 else 0.0)


def said(record: Record, cells: Sequence[Cell], prose: Prose) -> Markup:
    """How many cells ran in what time, the one that took most of it, and the CPU that they used."""
    told = [prose.ui("page.ran", n=len(cells), seconds=said_seconds(record.run.seconds))]
    longest = next((cell for cell in cells if cell.number == slowest(cells)), None)
    if longest is not None:
        seconds = said_seconds(longest.seconds)
        told.append(prose.ui("page.slowest", cell=longest.number or 0, seconds=seconds))
    if record.run.cpu_seconds is not None:
        told.append(prose.ui("page.ran_cpu", seconds=said_seconds(record.run.cpu_seconds)))
    return Markup(" ").join(told)


def losses(record: Record, prose: Prose) -> Markup:
    """The curve of the notebook's own losses, and where they come from; nothing where there are none."""
    found = told(record)
    if found is None:
        return Markup("")
    name, link = one_line(found.name, 60), Markup('<a href="#cell-{}">{}</a>')
    parts = {"cell": lambda lang: link.format(found.cell, prose.words.ui("page.cell", lang, cell=found.cell))}
    whence = prose.ui("page.losses", name=name) if name else prose.woven("page.losses_printed", parts)
    return Markup("<p>{}</p>{}").format(whence, curve_svg(found.curve, prose))
