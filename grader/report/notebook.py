"""The executed notebook as a reader sees it: every cell with its outputs, sanitised and kept short."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from grader.record import Cell, Output
from grader.report import sanitise
from grader.report.code import code
from grader.report.markdown import markdown
from grader.report.prose import Prose
from grader.report.sentences import clean, one_line

MOST_IN_ALL = 6_000_000
"""Characters of HTML for all outputs of a page; what comes after is left out, with a note."""
FITS_A_BOX, FITS_A_LINE = 14, 76
"""Lines and characters that need no scrolling; longer boxes can be reached by keyboard."""
BEST_FIRST = (
    "image/png",
    "image/jpeg",
    "image/svg+xml",
    "text/html",
    "text/markdown",
    "text/latex",
    "text/plain",
)


@dataclass(frozen=True)
class ShownCell:
    """A cell ready for the page."""

    cell: Cell
    source: Markup
    outputs: Sequence[Markup]

    @property
    def wide(self) -> bool:
        """Whether a line of it is likely to need scrolling."""
        return any(len(line) > FITS_A_LINE for line in self.cell.source.split("\n"))


def shown_cells(cells: Sequence[Cell], prose: Prose, room: int = MOST_IN_ALL) -> list[ShownCell]:
    """The cells in order. Outputs stop, with a note, once they fill `room` characters together."""
    shown = []
    for cell in cells:
        if cell.kind == "markdown":
            source = markdown(cell.source)
        elif cell.kind == "code":
            source = code(cell.source)
        else:
            source = Markup("{}").format(clean(sanitise.shortened(cell.source)[0]))
        outputs: list[Markup] = []
        for output in cell.outputs:
            if room <= 0:
                break
            rendered = _output(output, cell, prose)
            room -= len(rendered)
            outputs.append(rendered if room > 0 else _note(prose.ui("page.more_left_out")))
        shown.append(ShownCell(cell, source, outputs))
    return shown


def _output(output: Output, cell: Cell, prose: Prose) -> Markup:
    if output.kind == "stream":
        rendered = _text(
            next(iter(output.data.values()), ""), prose, "warn" if output.name == "stderr" else "out"
        )
    elif output.kind == "error":
        rendered = _text(next(iter(output.data.values()), output.name), prose, "err")
    else:
        rendered = _display(output, cell, prose)
    return rendered + _note(prose.ui("page.cut")) if output.cut else rendered


def _display(output: Output, cell: Cell, prose: Prose) -> Markup:
    for mime in BEST_FIRST:
        if mime not in output.data:
            continue
        content = output.data[mime]
        if mime.startswith("image/"):
            address = sanitise.vector(content) if mime == "image/svg+xml" else sanitise.picture(mime, content)
            if address is None:
                return _note(prose.ui("page.picture_left_out"))
            alt = prose.plain("page.picture_of_cell", cell=cell.number or 0)
            return Markup('<img src="{}" alt="{}">').format(address, alt)
        if mime == "text/html":
            return Markup('<div class="rich">{}</div>').format(sanitise.html(content))
        if mime == "text/markdown":
            return Markup('<div class="rich">{}</div>').format(markdown(content))
        return _text(content, prose, "out")
    mime = next(iter(output.data), "")
    return _note(prose.ui("page.widget_left_out", mime=one_line(mime, 60))) if mime else Markup("")


def _text(text: str, prose: Prose, kind: str) -> Markup:
    shown, left_out = sanitise.stream(text)
    label = (
        Markup('<span class="sr">{}: </span>').format(prose.ui("page.stderr"))
        if kind == "warn"
        else Markup("")
    )
    note = _note(prose.ui("page.left_out", n=left_out)) if left_out else Markup("")
    reach = Markup(' tabindex="0"') if shown.count("\n") > FITS_A_BOX else Markup("")
    return Markup('{}<pre class="{}"{}>{}</pre>{}').format(label, kind, reach, shown, note)


def _note(text: Markup) -> Markup:
    return Markup('<p class="left-out">{}</p>').format(text)
