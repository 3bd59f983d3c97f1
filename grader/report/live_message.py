"""A message to a student in a live notebook, where there is nothing to show but words."""

from __future__ import annotations

from markupsafe import Markup, escape

from grader.report.sentences import plain_text
from grader.report.words import Lang

_STYLE = (
    "max-width:62rem;padding:.7rem 1rem;border:1px solid #8a8f98;border-left:4px solid #b8860b;"
    "border-radius:8px;margin:.3rem 0;font:15px/1.55 system-ui,sans-serif;white-space:pre-wrap;"
    "word-break:keep-all;overflow-wrap:anywhere"
)


def message(text: str, lang: Lang) -> str:
    """`text`, line by line, in a frame that needs no colour of its own."""
    return str(
        Markup('<div lang="{}" style="{}">{}</div>').format(lang, Markup(_STYLE), escape(plain_text(text)))
    )
