"""A CSV file that somebody else wrote, changed in single cells and in no other byte.

Platforms compare what comes back with what they gave out, and teachers compare by eye; so the quotes, the
order, the line ends, the byte order mark and the ids with leading zeros all stay as they were.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.errors import UsageError

MAX_BYTES = 50_000_000
_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (b"", "utf-8"),
    (b"", "cp949"),
)
_DELIMITERS = ",;\t"


@dataclass(frozen=True)
class Cell:
    """A cell's text, and where its source stands in the file, quotes included."""

    text: str
    begin: int
    end: int


@dataclass(frozen=True)
class Sheet:
    """The rows of a file. `source` is all of it as text, less the mark that it begins with."""

    rows: Sequence[Sequence[Cell]]
    source: str
    delimiter: str
    encoding: str
    mark: bytes

    def text(self, row: int, column: int) -> str:
        """The text of a cell without blanks around it; empty where the row is shorter."""
        cells = self.rows[row]
        return cells[column].text.strip() if column < len(cells) else ""

    def texts(self, row: int) -> list[str]:
        """The texts of a row without blanks around them."""
        return [cell.text.strip() for cell in self.rows[row]]

    @property
    def width(self) -> int:
        """How many columns the header has."""
        return len(self.rows[0])

    @property
    def line_end(self) -> str:
        """What ends the first line."""
        after = self.source[self.rows[0][-1].end :]
        return "\r\n" if after.startswith("\r\n") else after[:1] or "\n"

    def changed(self, cells: Mapping[tuple[int, int], str], extra: Mapping[int, str] | None = None) -> bytes:
        """The file with other texts in `cells` by (row, column), each as it was quoted before.

        `extra` are whole lines to put in behind a row. A cell beyond the end of its row lengthens the row.
        """
        splices: list[tuple[int, int, str]] = []
        beyond: dict[int, dict[int, str]] = {}
        for (row, column), text in cells.items():
            there = self.rows[row]
            if column < len(there):
                cell = there[column]
                quoted = self.source[cell.begin : cell.end].startswith('"')
                splices.append((cell.begin, cell.end, self.quoted(text, always=quoted)))
            else:
                beyond.setdefault(row, {})[column] = text
        for row, texts in beyond.items():
            end = self.rows[row][-1].end
            columns = range(len(self.rows[row]), max(texts) + 1)
            added = "".join(self.delimiter + self.quoted(texts.get(column, "")) for column in columns)
            splices.append((end, end, added))
        for row, line in (extra or {}).items():
            end = self.rows[row][-1].end
            splices.append((end, end, self.line_end + line))
        return self.mark + "".join(self._spliced(splices)).encode(self.encoding)

    def quoted(self, text: str, always: bool = False) -> str:
        """`text` as the source of a cell."""
        if always or any(c in text for c in (self.delimiter, '"', "\r", "\n")):
            return '"' + text.replace('"', '""') + '"'
        return text

    def _spliced(self, splices: list[tuple[int, int, str]]) -> Iterator[str]:
        at = 0
        # Sorted by place alone: what is put in at one place stays in the order it was asked for.
        for begin, end, text in sorted(splices, key=lambda splice: splice[:2]):
            yield self.source[at:begin]
            yield text
            at = end
        yield self.source[at:]


def read(content: bytes) -> Sheet:
    """The sheet in a file. Raises `UsageError` where it is no CSV in an encoding that is known."""
    if len(content) > MAX_BYTES:
        raise UsageError("The roster is larger than 50 MB. Export it from the platform again.")
    for mark, encoding in _ENCODINGS:
        if content.startswith(mark):
            try:
                source = content[len(mark) :].decode(encoding)
            except UnicodeDecodeError:
                continue
            if mark + source.encode(encoding) != content or "\0" in source:
                continue
            delimiter = _delimiter(source)
            rows = list(_rows(source, delimiter))
            if not rows:
                raise UsageError("The roster is empty. Export it from the platform again.")
            return Sheet(rows, source, delimiter, encoding, mark)
    raise UsageError(
        "The roster is no CSV file in UTF-8. Give the file as the platform gave it out; if it is a "
        "spreadsheet by now (.xlsx, .ods), save it as CSV."
    )


def _delimiter(source: str) -> str:
    """What the first line, outside of quotes, holds most of."""
    counts = dict.fromkeys(_DELIMITERS, 0)
    quoted = False
    for character in source:
        if character == '"':
            quoted = not quoted
        elif not quoted and character in "\r\n":
            break
        elif not quoted and character in counts:
            counts[character] += 1
    return max(_DELIMITERS, key=lambda delimiter: counts[delimiter])


def _rows(source: str, delimiter: str) -> Iterator[list[Cell]]:
    """The rows as Python's csv module reads them; empty lines are rows of one empty cell."""
    at = 0
    while at < len(source):
        row: list[Cell] = []
        while True:
            cell = _cell(source, at, delimiter)
            row.append(cell)
            at = cell.end
            if source[at : at + 1] != delimiter:
                break
            at += 1
        yield row
        at += 2 if source.startswith("\r\n", at) else 1


def _cell(source: str, begin: int, delimiter: str) -> Cell:
    pieces: list[str] = []
    at = begin
    if source.startswith('"', at):
        at += 1
        while True:
            close = source.find('"', at)
            if close < 0:
                return Cell("".join([*pieces, source[at:]]), begin, len(source))
            pieces.append(source[at:close])
            at = close + 1
            if not source.startswith('"', at):
                break
            pieces.append('"')
            at += 1
    end = at
    while end < len(source) and source[end] not in (delimiter, "\r", "\n"):
        end += 1
    return Cell("".join(pieces) + source[at:end], begin, end)
