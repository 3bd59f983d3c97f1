"""What a student's outputs may bring into a page: text, checked pictures and plain HTML, nothing else.

Scripts, forms, frames, styles, classes, ids, links and remote addresses never survive. A picture is taken
by what its bytes are, not by what it is called. Every function is total: what cannot be shown is None.
"""

from __future__ import annotations

import base64
import binascii
import re

import nh3
from markupsafe import Markup

from grader.report.sentences import clean
from grader.report.vectors import drawable

LARGEST_PICTURE = 2_000_000
MOST_PIXELS = 40_000_000
"""Of one picture: a few kilobytes can unpack to gigabytes in the reader's browser."""
LARGEST_HTML = 200_000
HEAD, TAIL = 6_000, 3_000

# The notebook stands below a heading of the second level, so its own begin with the third.
TAGS = (
    "h3 h4 h5 h6 p br hr b strong i em u s del sub sup small code pre kbd samp blockquote ul ol li dl dt dd "
    "table caption thead tbody tfoot tr th td img span div figure figcaption"
)
DROPPED_WITH_CONTENT = (
    "script style iframe object embed svg math template noscript title form textarea select button"
)
ATTRIBUTES = {"img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
DATA_URL = re.compile(r"data:(image/(?:png|jpeg));base64,([A-Za-z0-9+/=\s]+)\Z")
# A browser lays out every square of a span: hundreds by hundreds keep it busy.
SPAN = re.compile(r"[1-9]\d?\Z")
MAGIC = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}


def html(source: str) -> Markup:
    """`source` with nothing left in it but plain structure, text and checked pictures."""
    kept = nh3.clean(
        clean(source[:LARGEST_HTML]),
        tags=set(TAGS.split()),
        clean_content_tags=set(DROPPED_WITH_CONTENT.split()),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_attribute,
        generic_attribute_prefixes=set(),
        url_schemes={"data"},
        link_rel=None,
    )
    return Markup(kept)


def picture(mime: str, encoded: str) -> str | None:
    """A `data:` address of a PNG or JPEG whose bytes are what `mime` says, or None."""
    if mime not in MAGIC or len(encoded) > LARGEST_PICTURE:
        return None
    try:
        content = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if not content.startswith(MAGIC[mime]) or not 0 < pixels(content) <= MOST_PIXELS:
        return None
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def pixels(content: bytes) -> int:
    """Width times height as the file of a PNG or JPEG says it; 0 where it says none."""
    if content.startswith(MAGIC["image/png"]):
        return int.from_bytes(content[16:20]) * int.from_bytes(content[20:24])
    at, largest = 2, 0
    while content[at : at + 1] == b"\xff" and at + 9 <= len(content):
        mark = content[at + 1]
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            height, width = content[at + 5 : at + 7], content[at + 7 : at + 9]
            largest = max(largest, int.from_bytes(height) * int.from_bytes(width))
        if mark == 0xDA:
            break
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
    return largest


def vector(source: str) -> str | None:
    """A `data:` address of an SVG, to be used in an image alone, where it can neither run nor fetch."""
    if len(source) > LARGEST_PICTURE or "<svg" not in source[:4000] or "<!ENTITY" in source.upper():
        return None
    if not drawable(source, _shown):
        return None
    content = source.encode("utf-8", "replace")
    return f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"


def stream(text: str) -> tuple[str, int]:
    """Terminal text as it would stand at the end, and how many characters were left out of its middle."""
    shown, left_out = shortened(text)
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in shown.split("\n"))
    return clean("\n".join(lines)), left_out


def shortened(text: str) -> tuple[str, int]:
    """The head and the tail of a long text, and how many characters between them were left out."""
    if len(text) <= HEAD + TAIL:
        return text, 0
    return f"{text[:HEAD]}\n⋯\n{text[-TAIL:]}", len(text) - HEAD - TAIL


def _shown(address: str) -> bool:
    """Whether a `data:` address within a vector picture is a picture that may be shown itself."""
    found = DATA_URL.match(address)
    return found is not None and picture(found[1], found[2]) is not None


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name not in ATTRIBUTES.get(tag, ()):
        # The sanitiser has attributes of its own that it takes on every tag; `lang` would hide text here.
        return None
    if tag == "img" and name == "src":
        found = DATA_URL.match(value)
        return picture(found[1], found[2]) if found else None
    if name in {"colspan", "rowspan"}:
        return value if SPAN.match(value) else None
    return value
