"""The page of code that is alike, as a reader meets it: every width, theme and language, and on paper."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conforming import faults
from gates import OPEN_ALL, not_on_paper, out_of_box, violations
from playwright.sync_api import Page

from grader.report.words import Lang
from tests.cli.making import once, run
from tests.similar.classes import LESSON, write

pytestmark = pytest.mark.browser

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def alike(base: Path) -> Callable[[Lang], Path]:
    """The page of a class that the command has compared, opening in a language."""

    def make(folder: Path) -> None:
        write(folder / "class")
        for lang in ("en", "ko"):
            assert run(folder, "similar", "class", "--out", lang, "--lang", lang).returncode == 0

    folder = once(base, "similar-pages", make)
    return lambda lang: folder / lang / LESSON / "instructor" / "similar" / "index.html"


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_the_page_conforms(lang: Lang, alike: Callable[[Lang], Path]) -> None:
    assert faults(alike(lang).read_text("utf-8")) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_nothing_leaves_its_box_and_axe_finds_nothing(
    lang: Lang, width: int, theme: str, alike: Callable[[Lang], Path], opened: Open
) -> None:
    page = opened(alike(lang), width=width, theme=theme)
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert out_of_box(page) == []
    assert violations(page) == []


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_paper_holds_everything(lang: Lang, alike: Callable[[Lang], Path], opened: Open) -> None:
    page = opened(alike(lang))
    page.emulate_media(color_scheme="dark")
    assert not_on_paper(page) == []


def test_sides_stand_beside_each_other_and_on_a_phone_below(
    alike: Callable[[Lang], Path], opened: Open
) -> None:
    sides = "[...document.querySelector('.alike').querySelectorAll('.side')]"
    boxes = f"{sides}.map(one => one.getBoundingClientRect())"
    wide = opened(alike("en"), width=1200).evaluate(boxes)
    assert wide[0]["top"] == wide[1]["top"]
    assert wide[0]["right"] < wide[1]["left"]
    narrow = opened(alike("en"), width=360).evaluate(boxes)
    assert narrow[0]["bottom"] <= narrow[1]["top"]


def test_what_is_alike_is_seen_without_colour_and_underscores_stay(
    alike: Callable[[Lang], Path], opened: Open
) -> None:
    page = opened(alike("en"))
    style = page.evaluate(
        "(() => { const one = getComputedStyle(document.querySelector('.side mark'));"
        " return [one.textDecorationLine, one.textDecorationStyle, parseFloat(one.textUnderlineOffset)] })()"
    )
    assert style[:2] == ["underline", "dotted"]
    assert style[2] > 4


def test_a_number_leads_to_its_passages(alike: Callable[[Lang], Path], opened: Open) -> None:
    page = opened(alike("en"))
    page.get_by_role("link", name="Side by side: 2").click()
    assert page.evaluate("document.querySelector(':target').id") == "pair-2"
    assert page.get_by_role("table").get_by_role("row").count() == 3
