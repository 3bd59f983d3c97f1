"""The executed notebook as a reader sees it: every cell with its outputs, sanitised and kept short."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from grader.record import Cell, Output
from grader.report import sanitise
from grader.report.code import code
from grader.report.markdown import markdown
from grader.report.prose import Prose
from grader.report.sentences import clean, one_line

MOST_IN_ALL = 6_000_000
"""Characters of HTML for all outputs of a page; what comes after is left out, with a note."""
LONGEST_PARSED, MOST_PARSED = 20_000, 200_000
"""Characters of one text, and of all, that are coloured or rendered; the rest is shown as it is."""
FITS_A_BOX, FITS_A_LINE = 14, 76
"""Lines and characters that need no scrolling; longer boxes can be reached by keyboard."""
PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
TEXTS = ("text/html", "text/markdown", "text/latex", "text/plain")


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


def shown_cells(cells: Sequence[Cell], prose: Prose) -> list[ShownCell]:
    """The cells in order. What a page has no room for is left out with a note."""
    reader = _Reader(prose)
    return [ShownCell(cell, reader.source(cell), reader.outputs(cell)) for cell in cells]


class _Reader:
    """Renders cell by cell, and keeps count of what a page and its reader's patience still allow."""

    def __init__(self, prose: Prose) -> None:
        self._prose = prose
        self._room = MOST_IN_ALL
        self._parsing = MOST_PARSED

    def source(self, cell: Cell) -> Markup:
        if cell.kind == "code":
            return self._parsed(cell.source, code) or escape(_short(cell.source))
        if cell.kind == "markdown":
            return self._parsed(cell.source, markdown) or self._text(cell.source, "out")
        return escape(_short(cell.source))

    def outputs(self, cell: Cell) -> list[Markup]:
        shown: list[Markup] = []
        for output in cell.outputs:
            if self._room <= 0:
                break
            rendered = self._output(output, cell)
            self._room -= len(rendered)
            shown.append(rendered if self._room > 0 else self._note("page.more_left_out"))
        return shown

    def _parsed(self, text: str, parse: Callable[[str], Markup]) -> Markup | None:
        self._parsing -= len(text)
        return parse(text) if self._parsing > 0 and len(text) <= LONGEST_PARSED else None

    def _output(self, output: Output, cell: Cell) -> Markup:
        if output.kind == "stream":
            rendered = self._text(_only(output), "warn" if output.name == "stderr" else "out")
        elif output.kind == "error":
            rendered = self._text(_only(output) or output.name, "err")
        else:
            rendered = self._display(output, cell)
        return rendered + self._note("page.cut") if output.cut else rendered

    def _display(self, output: Output, cell: Cell) -> Markup:
        """The richest form that can be shown safely; a note where there is none."""
        data = output.data
        for mime in PICTURES:
            if mime in data:
                read = (
                    sanitise.vector(data[mime])
                    if mime == "image/svg+xml"
                    else sanitise.picture(mime, data[mime])
                )
                if read is None:
                    return self._note("page.picture_left_out")
                alt = self._prose.plain("page.picture_of_cell", cell=cell.number or 0)
                return Markup('<img src="{}" alt="{}">').format(read, alt)
        parsers: dict[str, Callable[[str], Markup]] = {"text/html": sanitise.html, "text/markdown": markdown}
        for mime in TEXTS:
            if mime in data:
                parse = parsers.get(mime)
                rich = self._parsed(data[mime], parse) if parse else None
                if rich is not None:
                    return Markup('<div class="rich">{}</div>').format(rich)
                return self._text(data.get("text/plain", data[mime]), "out")
        return self._note("page.widget_left_out", mime=one_line(next(iter(data)), 60)) if data else Markup("")

    def _text(self, text: str, kind: str) -> Markup:
        shown, left_out = sanitise.stream(text)
        spoken = Markup('<span class="sr">{}: </span>').format(self._prose.ui("page.stderr"))
        reach = Markup(' tabindex="0"') if shown.count("\n") > FITS_A_BOX else Markup("")
        return Markup('{}<pre class="{}"{}>{}</pre>{}').format(
            spoken if kind == "warn" else Markup(""),
            kind,
            reach,
            shown,
            self._note("page.left_out", n=left_out) if left_out else Markup(""),
        )

    def _note(self, key: str, **facts: str | int) -> Markup:
        return Markup('<p class="left-out">{}</p>').format(self._prose.ui(key, **facts))


def _only(output: Output) -> str:
    """The one text of a stream or an error."""
    return next(iter(output.data.values()), "")


def _short(text: str) -> str:
    return clean(sanitise.shortened(text)[0])
