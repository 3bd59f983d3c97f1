"""Every page is right as HTML, and the rules that say so find what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conforming import faults
from test_browser_pages import NAMES

from grader.report.words import Lang

PAGE = (
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>x</title></head><body>{}</body></html>'
)
WRONG = {
    "<p>x": None,
    "<p>x</p>": None,
    "<p><div>x</div></p>": "unexpected-end-tag",
    "<div><b>x</div>": "end-tag-too-early",
    "<p>a &nosuch; b</p>": "expected-named-entity",
    "<p id=a id=b>x</p>": "duplicate-attribute",
    "<span><div>x</div></span>": "span > div",
    "<h2><p>x</p></h2>": "h2 > p",
    "<ul><div>x</div></ul>": "ul > div",
    "<ul>x</ul>": "text of its own",
    "<dl><p>x</p></dl>": "dl > p",
    "<details><summary><div>x</div></summary></details>": "summary > div",
    "<details><p>x</p></details>": "no summary",
    "<p id=a>x</p><p id=a>y</p>": "2 times",
    "<p><a href='#nowhere'>x</a></p>": "nothing has the id nowhere",
    "<section aria-labelledby=nowhere>x</section>": "nothing has the id nowhere",
    "<p role=heading>x</p>": "role heading",
    "<p foo=1>x</p>": "attribute foo",
    "<p tabindex=1>x</p>": "tabindex 1",
    "<p aria-label=x>x</p>": "a label that no one reads",
    "<img src='data:,'>": "no text instead",
    "<p><svg></svg></p>": "no name",
    "<a href='x.html'><button>x</button></a>": "a control in a control",
    "<table><tr><td>x</td></tr></table>": None,
    "<table><tbody><tr><th>x</th></tr></tbody></table>": "no scope",
    "<blink>x</blink>": "no element of ours",
}


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_of_ours_conforms(name: str, lang: Lang, pages: Callable[[str, Lang], Path]) -> None:
    assert faults(pages(name, lang).read_text("utf-8")) == []


@pytest.mark.parametrize("wrong", WRONG)
def test_the_rules_find_what_is_wrong(wrong: str) -> None:
    found = faults(PAGE.format(wrong))
    expected = WRONG[wrong]
    assert (found == []) if expected is None else any(expected in one for one in found), found
