"""What a live notebook shows of its own checks: the cards of the report, in one language, without script.

The part stands in somebody else's page, so its style holds below one class and nowhere else. Whether that
page is dark is told by the marks of Jupyter, VS Code and Colab, else by the reader's system.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from markupsafe import Markup

from grader.record import Check, Record
from grader.report import frame, view
from grader.report.page import excerpt, findings
from grader.report.pictures import Pictures
from grader.report.prose import Prose, SaidTwice, inline
from grader.report.scoped import scoped
from grader.report.sentences import Fact, one_line, said_number
from grader.report.verdict import verdict
from grader.report.words import Lang, Words

_SCOPE = ".grader-cards"
_DARK = ('[data-jp-theme-light="false"]', ".vscode-dark", ".vscode-high-contrast", 'html[theme="dark"]')
_KNOWN = "[data-jp-theme-light], .vscode-light, .vscode-dark, .vscode-high-contrast, html[theme]"


@dataclass(frozen=True)
class OneLanguage(Prose):
    """Says everything once, in the first language: a notebook has no switch for the other."""

    def each(self, say: Callable[[Lang], Markup]) -> Markup:
        return say(self.first)

    def ui(self, key: str, **facts: Fact) -> Markup:
        # A cell of a live notebook is called by the number beside it.
        return super().ui("live.source" if key == "page.source" else key, **facts)


def live_cards(record: Record, words: Words, lang: Lang, way: str, *, all: bool, hidden: float = 0.0) -> str:
    """HTML for one record: the failure that opens most points (`all`: each), then every check in a line.

    way: how the live state was asked, in words. hidden: points of the checks that students do not have.
    """
    prose = OneLanguage(words, lang)
    failed = list(view.groups(record).failed)
    shown = failed if all else failed[:1]
    told = {check.id for check in shown}
    context: dict[str, Any] = {
        "record": record,
        "lesson": inline(words.lesson_title(lang) or one_line(record.lesson, 80)),
        "verdict": verdict(record, prose),
        "shown": shown,
        "others": [check for check in record.checks if check.id not in told],
        "way": inline(way),
        "hidden": _hidden(hidden, prose) if not failed else "",
        "state_of": view.state_of,
        "glyphs": view.GLYPHS,
        "number": said_number,
        "line": one_line,
        "anchor": lambda check: f"grader-{one_line(check, 120)}",
        "cell_numbers": (),
        "excerpt": excerpt,
        "draw": Pictures(prose).draw,
        "name": prose.title,
        "promise": lambda check: prose.woven(
            "page.promise", {"title": lambda one: inline(prose.title_in(check, one))}
        ),
        "findings": findings,
        "shows": lambda check: True,
        "kept_back": lambda check: False,
        "say": lambda finding, check: _said(finding, check, prose),
        "headline": lambda check: _said(findings(check)[0], check, prose).headline,
        "with_points": lambda key, value: prose.woven(key, {"points": prose.points(value)}),
        "command": lambda check: again(check.id),
    }
    return frame.part("live.html", prose, context, _style())


def again(check: str) -> str:
    """What to write for this check alone."""
    return f'grader.check("{one_line(check, 120)}")'


def _said(finding: Any, check: Check | None, prose: Prose) -> SaidTwice:
    return prose.said(finding, check, with_facts=True)


def _hidden(points: float, prose: Prose) -> Markup | str:
    if not points:
        return ""
    said = {"points": lambda lang: inline(prose.said_points(points, lang))}
    return prose.woven("verdict.hidden_open", said)


@cache
def _style() -> Markup:
    shared = (frame.HERE / "style.css").read_text("utf-8")
    cards = (frame.HERE / "templates" / "page.css").read_text("utf-8")
    own = (frame.HERE / "templates" / "live.css").read_text("utf-8")
    dark = shared.partition("(prefers-color-scheme: dark)")[2].partition(":root {")[2].partition("}")[0]
    marked = ",".join(f"{mark} {_SCOPE}" for mark in _DARK)
    rules = [
        scoped(shared + cards, _SCOPE),
        own,
        f"{marked}{{color-scheme:dark;{dark}}}",
        f"@media (prefers-color-scheme: dark){{:root:not({_KNOWN}):not(:has({_KNOWN})) {_SCOPE}"
        f"{{color-scheme:dark;{dark}}}}}",
    ]
    return Markup("".join(line.strip() for rule in rules for line in rule.splitlines()))
