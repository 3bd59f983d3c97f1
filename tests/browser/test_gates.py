"""Pages of real gradings, and those made from records, held to what every reader may expect of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from conforming import faults
from gates import OPEN_ALL, not_on_paper, out_of_box, violations
from playwright.sync_api import Page

from tests.sample.grading import LESSONS

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
Sample = Callable[[str], Path]

PAGES = [
    "rnn_basics/s13.html",
    "rnn_basics/s17-홍길동.html",
    "rnn_basics/s18.html",
    "rnn_basics/instructor/s08.html",
    "rnn_basics/index.html",
    "packed_sequence/s05.html",
    "packed_sequence/s12.html",
    "packed_sequence/index.html",
]
"""A failing cell, a mistake, a file that is no notebook, an instructor's page, a blank starter, classes."""
MOST_BYTES = 100 * 1024
WRONG = """<!doctype html><html lang="en"><title>x</title>
<style>p { width: 3rem; white-space: nowrap } @media print { .lost { display: none } }</style>
<main><h1 style="color: #ccc">Pale</h1><p>Too long for its box</p><h2 class="lost">Not on paper</h2>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></main></html>"""


@pytest.fixture(params=PAGES)
def path(request: pytest.FixtureRequest, sample: Sample) -> Path:
    lesson, _, name = request.param.partition("/")
    return sample(lesson) / name


def test_the_page_conforms(path: Path) -> None:
    assert faults(path.read_text("utf-8")) == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_student_s_page_keeps_within_its_budget(lesson: str, sample: Sample) -> None:
    """Less the pictures that the notebook itself has drawn."""
    sizes = {}
    for path in sorted(sample(lesson).glob("*.html")):
        text = re.sub(r'(<img[^>]* src="data:image/)[^"]*', r"\1", path.read_text("utf-8"))
        sizes[path.name] = len(text.encode())
    assert len(sizes) == 18 + 1
    assert {name: size for name, size in sizes.items() if size > MOST_BYTES} == {}


@pytest.mark.parametrize("lesson", LESSONS)
def test_only_the_class_page_has_a_script(lesson: str, sample: Sample) -> None:
    for path in sample(lesson).rglob("*.html"):
        text = path.read_text("utf-8")
        assert ("<script" in text) == ("script-src" in text) == (path.name == "index.html"), path


@pytest.mark.parametrize("width", [360, 1200])
def test_no_text_leaves_its_box(width: int, path: Path, opened: Open) -> None:
    page = opened(path, width=width)
    page.evaluate(OPEN_ALL)
    for language in ("English", "한국어"):
        page.get_by_role("radio", name=language).check()
        assert page.evaluate("document.documentElement.scrollWidth") == width
        assert out_of_box(page) == []


def test_axe_finds_nothing(path: Path, opened: Open) -> None:
    page = opened(path)
    page.evaluate(OPEN_ALL)
    assert violations(page) == []
    page.get_by_role("radio", name="한국어").check()
    page.emulate_media(color_scheme="dark")
    assert violations(page) == []


def test_a_page_can_be_read_and_used_without_scripts(path: Path, opened: Open) -> None:
    page = opened(path, scripts=False)
    assert page.locator("h1").is_visible()
    page.get_by_role("radio", name="한국어").check()
    assert page.locator("h1 [lang=ko], h1:not(:has([lang]))").first.is_visible()
    assert page.locator("h1 [lang=en]").filter(visible=True).count() == 0
    part = page.locator("main details:not(details details)").last
    was = part.get_attribute("open")
    part.locator("> summary").click()
    assert (part.get_attribute("open") is None) == (was is not None)
    assert page.locator(".tools").filter(visible=True).count() == 0


def test_paper_holds_what_the_screen_does(path: Path, opened: Open) -> None:
    page = opened(path)
    assert not_on_paper(page) == []


def test_the_gates_find_what_they_look_for(opened: Open, tmp_path: Path) -> None:
    """Else a page without trouble would prove nothing."""
    path = tmp_path / "page.html"
    path.write_text(WRONG, "utf-8")
    page = opened(path)
    assert out_of_box(page) == ["P.: Too long for its box"]
    assert not_on_paper(page) == ["Not on paper"]
    found = {one.partition(":")[0] for one in violations(page)}
    assert {"color-contrast", "image-alt"} <= found
