"""Student outputs: what may come into a page."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_cells import png

from grader.report.code import code
from grader.report.markdown import markdown
from grader.report.sanitise import HEAD, TAIL, html, picture, stream, vector


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<iframe src=https://example.org></iframe>",
        "<div style='background:url(https://example.org)' class=check id=todo lang=ko>x</div>",
        "<style>*{display:none}</style>",
        "<form action=https://example.org><input name=a></form>",
        "<img src='data:text/html;base64,PHNjcmlwdD4='>",
        "<img src='https://example.org/x.png' srcset='https://example.org/y.png 2x'>",
        "<math><mtext></mtext><mglyph><style><img src=x onerror=alert(1)></style></mglyph></math>",
        "<td colspan=99999 background=https://example.org>x</td>",
        "<meta http-equiv=refresh content='0;url=https://example.org'><base href=https://example.org>",
    ],
)
def test_nothing_active_or_remote_survives(source: str) -> None:
    kept = str(html(source))
    for word in (
        "script",
        "onerror",
        "onload",
        "href",
        "https",
        "style",
        "class",
        "id=",
        "lang",
        "99999",
        "alert",
    ):
        assert word not in kept, (source, kept)


def test_structure_text_and_checked_pictures_survive() -> None:
    kept = str(
        html(
            f"<table><tr><td colspan='2'><b>7</b></td></tr></table><img src='data:image/png;base64,{png()}'>"
        )
    )
    assert '<td colspan="2"><b>7</b></td>' in kept
    assert f"data:image/png;base64,{png()}" in kept


def test_a_picture_is_what_its_bytes_are() -> None:
    assert picture("image/png", png()) == f"data:image/png;base64,{png()}"
    assert picture("image/jpeg", png()) is None
    assert picture("image/png", base64.b64encode(b"<svg onload=alert(1)>").decode()) is None
    assert picture("image/png", "not base64 at all!") is None
    assert picture("image/svg+xml", png()) is None
    assert picture("image/png", "A" * 3_000_000) is None


def test_a_vector_picture_is_only_ever_an_image() -> None:
    address = vector("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    assert address is not None
    assert address.startswith("data:image/svg+xml;base64,")
    assert vector("<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>") is None
    assert vector("<html>") is None


def test_a_stream_is_what_the_terminal_would_show_at_the_end() -> None:
    assert stream("  0%\r 50%\r100%\ndone\r\n") == ("100%\ndone\n", 0)
    assert stream("\x1b[31mred\x1b[0m") == ("red", 0)


def test_a_long_stream_keeps_its_head_and_its_tail() -> None:
    text = "a" * HEAD + "b" * 5000 + "c" * TAIL
    shown, left_out = stream(text)
    assert (left_out, shown[0], shown[-1]) == (5000, "a", "c")
    assert "b" not in shown


def test_markdown_keeps_its_structure_and_loses_its_links() -> None:
    kept = str(
        markdown("# 제목\n[텍스트](https://example.org) **b** `c` $a_1$\n\n| x | y |\n|---|---|\n| 1 | 2 |")
    )
    assert "<h3>제목</h3>" in kept
    assert "텍스트" in kept
    assert "https" not in kept
    assert "<code>a_1</code>" in kept
    assert "<td>1</td>" in kept


@given(st.text(max_size=300))
def test_any_text_can_be_shown(text: str) -> None:
    for shown in (markdown(text), code(text), html(text)):
        assert "<script" not in str(shown)
        str(shown).encode()


def test_code_is_escaped_whatever_it_is() -> None:
    assert str(code("x = '<script>'")) == 'x = <i class="s">&#39;&lt;script&gt;&#39;</i>'
