"""Student markdown as safe HTML. Math is shown as its source; links are shown as their text."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import mistune
from markupsafe import Markup, escape

from grader.report.code import KEPT
from grader.report.sanitise import html
from grader.report.sentences import clean

SHIFT, DEEPEST = 2, 6


class _Renderer(mistune.HTMLRenderer):
    """Headings one outline below the page's own, math as code."""

    def __init__(self) -> None:
        super().__init__(escape=False)

    def heading(self, text: str, level: int, **attrs: Any) -> str:
        depth = min(level + SHIFT, DEEPEST)
        return f"<h{depth}>{text}</h{depth}>\n"

    def inline_math(self, text: str) -> str:
        return f"<code>{escape(text)}</code>"

    def block_math(self, text: str) -> str:
        return f"<pre>{escape(text.strip())}</pre>\n"


@lru_cache(KEPT)
def markdown(source: str) -> Markup:
    """`source` rendered and sanitised; as text where it cannot be parsed. Callers bound its length."""
    try:
        rendered = str(_parser()(clean(source)))
    except (RecursionError, ValueError, IndexError, KeyError, TypeError, AttributeError):
        return Markup("<pre>{}</pre>").format(escape(clean(source)))
    return html(rendered)


@cache
def _parser() -> mistune.Markdown:
    """Built once: a parser keeps nothing between texts."""
    return mistune.create_markdown(renderer=_Renderer(), plugins=["table", "strikethrough", "math"])
