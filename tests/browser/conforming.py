"""What is wrong with a page as HTML: a strict parser, and our own rules for what it cannot see.

`tinyhtml5` parses as the standard says and counts every error of the text: tags that do not nest or close,
unknown entities, attributes given twice, characters that may not stand there. Of elements it knows only what
changes the tree: a `div` in a `span` is none of its business. The rules below hold for the few elements that
our templates use: what may stand in what, which attributes there are, ids and what refers to them. What a
notebook's own output holds is sanitised elsewhere, and is only parsed here. Neither sees CSS.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import tinyhtml5.parser


def _names(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


PHRASING = _names(
    "a b br button code i img input label mark select small span strong svg time em kbd s sub sup"
)
HEADINGS = _names("h1 h2 h3 h4 h5 h6 hgroup")
FLOW = (
    PHRASING
    | HEADINGS
    | _names("article details div dl figure footer header main nav ol p pre section table ul hr blockquote")
)
ROWS = frozenset({"tr"})
CHILDREN: dict[str, frozenset[str]] = {
    "html": frozenset({"head", "body"}),
    "head": frozenset({"meta", "title", "style"}),
    "body": FLOW | {"script"},
    **dict.fromkeys(["div", "section", "article", "header", "footer", "nav", "main", "li", "dd"], FLOW),
    **dict.fromkeys(["th", "td"], FLOW),
    **dict.fromkeys(["p", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "button"], PHRASING),
    **dict.fromkeys(PHRASING - {"br", "img", "input", "select", "svg"}, PHRASING),
    **dict.fromkeys(["br", "img", "input", "meta", "title", "style", "script", "option", "hr"], frozenset()),
    "dt": PHRASING,
    "select": frozenset({"option"}),
    "summary": PHRASING | HEADINGS,
    "hgroup": HEADINGS - {"hgroup"} | {"p"},
    "details": FLOW | {"summary"},
    "figure": FLOW | {"figcaption"},
    "figcaption": FLOW,
    "caption": FLOW - {"table"},
    "ul": frozenset({"li"}),
    "ol": frozenset({"li"}),
    "dl": frozenset({"dt", "dd"}),
    "table": frozenset({"caption", "thead", "tbody", "tfoot"}),
    **dict.fromkeys(["thead", "tbody", "tfoot"], ROWS),
    "tr": frozenset({"th", "td"}),
}
GLOBAL = _names("aria-hidden aria-label aria-labelledby class hidden id lang role style tabindex")
ATTRIBUTES: dict[str, frozenset[str]] = {
    "meta": frozenset({"charset", "name", "content", "http-equiv"}),
    "a": frozenset({"href"}),
    "img": frozenset({"src", "alt", "width", "height"}),
    "input": frozenset({"type", "name", "checked", "autocomplete", "spellcheck"}),
    "button": frozenset({"type"}),
    "label": frozenset({"for"}),
    "details": frozenset({"open"}),
    "ol": frozenset({"start"}),
    "th": frozenset({"scope", "colspan", "rowspan", "data-sort"}),
    "td": frozenset({"colspan", "rowspan"}),
}
ROLES = _names("img radiogroup region status table group")
INTERACTIVE = _names("a button details input label select")
TEXTLESS = _names("ul ol dl table thead tbody tfoot tr select html head")


def faults(page: str) -> list[str]:
    """Everything that is wrong with `page`, in words; nothing where it conforms."""
    parser = tinyhtml5.parser.HTMLParser(namespace_html_elements=False)
    root = parser.parse(page)
    found = [f"line {where[0]}: {code}" for where, code, _ in parser.errors]
    found += _of_ids(root)
    found += _within(root, ())
    return found


def _within(element: Element, above: tuple[str, ...]) -> Iterator[str]:
    tag = _tag(element)
    path = " > ".join([*above[-3:], tag])
    if tag not in CHILDREN and tag != "svg":
        yield f"{path}: no element of ours"
        return
    yield from _of_attributes(element, path)
    if tag in INTERACTIVE - {"details"} and INTERACTIVE.intersection(above) - {"details", "label"}:
        yield f"{path}: a control in a control"
    if tag == "svg" or {"rich", "output"} & set(element.get("class", "").split()):
        return
    if tag in TEXTLESS and "".join([element.text or "", *(one.tail or "" for one in element)]).strip():
        yield f"{path}: text of its own"
    kinds = [_tag(child) for child in element]
    yield from (f"{path} > {kind}: may not stand there" for kind in kinds if kind not in CHILDREN[tag])
    if tag == "details" and (kinds[:1] != ["summary"] or kinds.count("summary") > 1):
        yield f"{path}: no summary, or not first"
    for child in element:
        yield from _within(child, (*above, tag))


def _of_attributes(element: Element, path: str) -> Iterator[str]:
    tag = _tag(element)
    if tag != "svg":
        known = GLOBAL | ATTRIBUTES.get(tag, frozenset())
        yield from (f"{path}: attribute {name}" for name in element.attrib if name not in known)
    if element.get("role") not in {None, *ROLES}:
        yield f"{path}: role {element.get('role')}"
    unread = tag in {"span", "p", "div", "b", "i"} and element.get("role") is None
    if element.get("aria-label") == "" or ("aria-label" in element.attrib and unread):
        yield f"{path}: a label that no one reads"
    if tag == "th" and element.get("scope") not in {"col", "row", "colgroup", "rowgroup"}:
        yield f"{path}: no scope"
    if tag == "img" and not element.get("alt"):
        yield f"{path}: no text instead"
    if tag == "svg" and not {"aria-label", "aria-labelledby", "aria-hidden"} & set(element.attrib):
        yield f"{path}: no name"
    if element.get("tabindex") not in {None, "0"}:
        yield f"{path}: tabindex {element.get('tabindex')}"


def _of_ids(root: Element) -> Iterator[str]:
    ids = Counter(one.get("id") for one in root.iter() if one.get("id") is not None)
    yield from (f"id {name}: {count} times" for name, count in ids.items() if count > 1)
    yield from (f"id {name!r}: empty or with a blank" for name in ids if not name or re.search(r"\s", name))
    for one in root.iter():
        wanted = [*one.get("aria-labelledby", "").split(), *one.get("for", "").split()]
        link = one.get("href", "")
        wanted += [link[1:]] if link.startswith("#") else []
        yield from (f"{one.tag}: nothing has the id {name}" for name in wanted if name not in ids)


def _tag(element: Element) -> str:
    """The name without its namespace, which only drawings have here."""
    return element.tag.rpartition("}")[2]
