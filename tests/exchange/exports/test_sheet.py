"""Other people's CSV files: read as csv reads them, changed in the cells that are meant and nowhere else."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.exchange.exports.sheet import read

CELLS = st.text(st.sampled_from('ab0홍,;"\n\r =\t'), max_size=5)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=5)


def written(rows: list[list[str]], style: int, end: str, delimiter: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, quoting=style, lineterminator=end, delimiter=delimiter).writerows(rows)
    return text.getvalue()


@settings(max_examples=300, deadline=None)
@given(TABLES, st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), st.sampled_from(["\n", "\r\n"]))
def test_it_reads_what_the_csv_module_wrote_and_gives_back_the_same_bytes(
    rows: list[list[str]], style: int, end: str
) -> None:
    # A header, so that commas are the most.
    source = written([["a", "b", "c", "d"], *rows], style, end).encode("utf-8")
    sheet = read(source)
    told = csv.reader(io.StringIO(source.decode("utf-8"), newline=""))
    assert [[cell.text for cell in row] for row in sheet.rows] == [row or [""] for row in told]
    assert sheet.changed({}) == source


@settings(max_examples=300, deadline=None)
@given(TABLES, CELLS, st.data())
def test_a_changed_cell_is_the_only_difference(rows: list[list[str]], text: str, data: st.DataObject) -> None:
    source = written([["a", "b", "c", "d"], *rows], csv.QUOTE_MINIMAL, "\r\n").encode("utf-8")
    row = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, 5))
    sheet = read(source)
    expected = [[cell.text for cell in cells] for cells in sheet.rows]
    there = expected[row + 1]
    there += [""] * (column + 1 - len(there))
    there[column] = text
    got = read(sheet.changed({(row + 1, column): text}))
    assert [[cell.text for cell in cells] for cells in got.rows] == expected


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from('a0,"\n\r;홍'), max_size=40))
def test_whatever_the_file_is_nothing_breaks_and_nothing_changes(source: str) -> None:
    content = source.encode("utf-8")
    try:
        sheet = read(content)
    except UsageError:
        assert not content
        return
    assert sheet.changed({}) == content


def test_quotes_line_ends_marks_and_encodings_stay() -> None:
    for content in (
        b'\xef\xbb\xbf"a",b\r\n"007","x ""y"" z"\r\n',
        "a;b\n김;\n\n".encode("cp949"),
        "a\tb\r\n1\t\r\n".encode("utf-16"),
        b"a,b\n1,2",
        b"a,b\r1,\r",
    ):
        sheet = read(content)
        assert sheet.changed({}) == content
        changed = sheet.changed({(1, 1): "9"})
        assert read(changed).text(1, 1) == "9"
        assert read(changed).mark == sheet.mark
    assert read(b'a,b\r\n"007","x"\r\n').changed({(1, 1): "9"}) == b'a,b\r\n"007","9"\r\n'


def test_the_delimiter_is_that_of_the_header_outside_of_quotes() -> None:
    assert read(b'"a,b,c";d\n1;2\n').texts(0) == ["a,b,c", "d"]


@pytest.mark.parametrize(
    "content", [b"", b"\xef\xbb\xbf", b"\xff\xff\xff\xff", b"PK\x03\x04\x00\x00\xff\xfe"]
)
def test_what_is_no_text_is_refused_with_advice(content: bytes) -> None:
    with pytest.raises(UsageError, match=r"roster is (empty|no CSV)"):
        read(content)
