"""Pictures that would keep a browser busy, or fill its memory, are left out; plain ones are shown."""

from __future__ import annotations

import base64
import io
import struct
import zlib

import pytest
from sample_cells import png

from grader.report.sanitise import html, picture, pixels, vector

HEAD = (
    "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='9' height='9'>"
)


def references(depth: int, width: int, refer: str = "<use xlink:href='#a{}'/>") -> str:
    """A picture of `width ** depth` paths in a kilobyte."""
    groups = "".join(f"<g id='a{n + 1}'>{refer.format(n) * width}</g>" for n in range(depth))
    return f"{HEAD}<defs><path id='a0' d='M0 0L9 9'/>{groups}</defs><use xlink:href='#a{depth}'/></svg>"


def claiming(width: int, height: int) -> str:
    """A PNG of a few bytes that says it is this large."""
    head = struct.pack("!II5B", width, height, 8, 0, 0, 0, 0)
    part = b"IHDR" + head
    content = b"\x89PNG\r\n\x1a\n" + struct.pack("!I", len(head)) + part + struct.pack("!I", zlib.crc32(part))
    return base64.b64encode(content).decode()


@pytest.mark.parametrize(
    "inside",
    [
        references(6, 10)[len(HEAD) : -6],
        references(60, 2)[len(HEAD) : -6],
        references(6, 10, "<path clip-path='url(#a{})' d='M0 0'/>")[len(HEAD) : -6],
        references(6, 10, "<path style='fill: URL( \"#a{}\")'/>".replace("URL", "url"))[len(HEAD) : -6],
        "<g id='a'><use href='#a'/></g>",
        "<g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g>",
        "<marker id='m'>" + "<path/>" * 1000 + "</marker><path marker-mid='url(#m)' d='" + "L1" * 200 + "'/>",
        "<g>" * 300 + "</g>" * 300,
        "<path/>" * 60_000,
        "<filter id='f'/><rect filter='url(#f)'/>",
        "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'>x</body></foreignObject>",
        "<style>path { fill: url(#a) }</style>",
        "<style>@import 'x.css';</style>",
        "<style><![CDATA[ p\\61th {} ]]></style>",
        f"<image href='data:image/png;base64,{claiming(60_000, 60_000)}'/>",
        "<image href='data:image/svg+xml;base64,PHN2Zy8+'/>",
        "<g>",
        "<g></p></g>",
        "<path a='1' a='2'/>",
    ],
    ids=lambda inside: inside[:30],
)  # fmt: skip
def test_what_cannot_be_drawn_in_bounded_time_is_left_out(inside: str) -> None:
    assert vector(f"{HEAD}{inside}</svg>") is None


@pytest.mark.parametrize(
    "inside",
    [
        "",
        references(2, 10)[len(HEAD) : -6],
        "<defs><path id='a' d='M0 0'/></defs>" + "<use xlink:href='#a'/>" * 5000,
        "<clipPath id='c'><rect/></clipPath>" + "<path clip-path='url(#c)'/>" * 5000,
        "<style>*{stroke-linejoin: round; stroke-linecap: butt}</style><path/>",
        f"<image href='data:image/png;base64,{png()}'/>",
        "<use href='#nowhere'/><text>한글 &amp; &lt;</text>",
    ],
    ids=lambda inside: inside[:30],
)
def test_plain_pictures_are_shown(inside: str) -> None:
    assert vector(f"{HEAD}{inside}</svg>") is not None


def test_what_matplotlib_draws_is_shown() -> None:
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axes = plt.subplots(2, 2)
    axes[0, 0].plot(np.arange(50), marker="o", label="loss")
    axes[0, 1].scatter(np.arange(500), np.arange(500))
    axes[1, 0].imshow(np.eye(20))
    axes[1, 1].hist(np.arange(100), hatch="/")
    axes[1, 1].annotate("here", (1, 1), (5, 5), arrowprops={"arrowstyle": "->"})
    axes[0, 0].legend()
    drawn = io.StringIO()
    figure.savefig(drawn, format="svg")
    plt.close(figure)
    assert vector(drawn.getvalue()) is not None


def test_a_picture_may_not_claim_more_pixels_than_a_browser_can_hold() -> None:
    assert picture("image/png", claiming(5000, 5000)) is not None
    assert picture("image/png", claiming(60_000, 60_000)) is None
    assert picture("image/png", claiming(0, 100)) is None
    assert f"{claiming(60_000, 60_000)}" not in html(
        f"<img src='data:image/png;base64,{claiming(60_000, 60_000)}'>"
    )


def test_pixels_of_a_jpeg() -> None:
    import numpy as np
    from PIL import Image

    for options in ({}, {"progressive": True}, {"comment": b"\xff\xc0" * 20}):
        drawn = io.BytesIO()
        Image.fromarray(np.zeros((30, 70, 3), np.uint8)).save(drawn, "JPEG", **options)
        assert pixels(drawn.getvalue()) == 30 * 70
    content = bytearray(drawn.getvalue())
    at = content.index(b"\xff\xc0", content.index(b"\xff\xfe") + 60)
    content[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    assert picture("image/jpeg", base64.b64encode(content).decode()) is None
    assert pixels(b"\xff\xd8\xff") == pixels(b"\xff\xd8\xff\xe0\x00\x00" * 5) == 0


def test_no_cell_of_a_table_spans_hundreds() -> None:
    kept = str(html("<table><tr><td colspan=999 rowspan=100>a<td colspan=99 rowspan=1>b</table>"))
    assert "999" not in kept
    assert "100" not in kept
    assert 'colspan="99"' in kept
