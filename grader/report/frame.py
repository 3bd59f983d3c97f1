"""The frame that every page shares: its template, its style and the functions a template speaks with."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from grader.report.prose import Prose
from grader.report.sentences import clean

HERE = Path(__file__).parent


def render(template: str, prose: Prose, context: Mapping[str, Any]) -> str:
    """The page, in both languages, opening in that of `prose`."""
    page = _templates().get_template(template)
    script = _script(template)
    policy = f"; script-src 'sha256-{_digest(script)}'" if script else ""
    text = page.render(
        context,
        lang=prose.first,
        t=prose.ui,
        plain=prose.plain,
        style=_style(template),
        script=script,
        script_policy=Markup(policy),
    )
    # Every part cleans what it shows; a part that forgets to must not reach the reader either.
    return clean(text)


def part(template: str, prose: Prose, context: Mapping[str, Any], style: Markup) -> str:
    """A part of another page, with a style of its own."""
    made = _templates().get_template(template)
    return clean(made.render(context, lang=prose.first, t=prose.ui, plain=prose.plain, style=style))


@cache
def _templates() -> Environment:
    """Built once: compiled templates depend on nothing but their files."""
    return Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def _style(template: str) -> Markup:
    """The shared style, and the page's own; without the blanks that only the author needs."""
    own = HERE / "templates" / f"{Path(template).stem}.css"
    text = (HERE / "style.css").read_text("utf-8") + own.read_text("utf-8")
    return Markup("".join(line.strip() for line in text.splitlines()))


@cache
def _script(template: str) -> Markup:
    """The page's own script, where it has one: the very text that the page's policy admits by its digest."""
    own = HERE / "templates" / f"{Path(template).stem}.js"
    if not own.exists():
        return Markup("")
    lines = [line.strip() for line in own.read_text("utf-8").splitlines()]
    return Markup(clean("\n".join(line for line in lines if line and not line.startswith("//"))))


def _digest(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
