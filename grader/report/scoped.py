"""A page's style for a part of somebody else's page: every rule holds below one class only."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_COMMA = re.compile(r",(?![^()]*\))")
_ROOTS = ("html", "body", ":root")
_LEFT_OUT = re.compile(r"^@media (?!screen)|:has\(|^@supports")
"""Print, motion and the colour scheme are the page's own affair, and so is its choice of a language."""


def scoped(css: str, scope: str) -> str:
    """`css` with each selector below `scope`; the page's root becomes `scope` itself.

    Rules that only a whole page can have (colour scheme, printing, the choice of a language) are left out.
    """
    return "".join(_rules(_COMMENT.sub("", css), scope))


def _rules(css: str, scope: str) -> Iterator[str]:
    for head, body in _blocks(css):
        if _LEFT_OUT.search(head):
            continue
        if head.startswith("@"):
            yield f"{head}{{{''.join(_rules(body, scope))}}}"
        else:
            yield f"{','.join(_below(one.strip(), scope) for one in _COMMA.split(head))}{{{body.strip()}}}"


def _below(selector: str, scope: str) -> str:
    return scope if selector in _ROOTS else f"{scope} {selector}"


def _blocks(css: str) -> Iterator[tuple[str, str]]:
    """(what stands before the brace, what stands inside) of each rule at the top level."""
    start = 0
    while (brace := css.find("{", start)) >= 0:
        depth, at = 1, brace + 1
        while depth and at < len(css):
            depth += {"{": 1, "}": -1}.get(css[at], 0)
            at += 1
        yield " ".join(css[start:brace].split()), css[brace + 1 : at - 1]
        start = at
