"""Pages as a reader meets them: quiet, readable in every width, theme, language and on paper."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

NAMES = ["packed", "instructor", "stopped", "untouched", "unreadable", "hostile", "class"]
OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"

# Text, and what it stands on: every pair that the style sheets make.
PAIRS = [
    ("--ink", "--bg"),
    ("--ink", "--panel"),
    ("--ink", "--code"),
    ("--ink", "--mark"),
    ("--bg", "--ink"),
    ("--soft", "--bg"),
    ("--soft", "--panel"),
    ("--soft", "--code"),
    ("--link", "--bg"),
    ("--link", "--panel"),
    ("--link", "--code"),
    ("--fail", "--bg"),
    ("--fail", "--panel"),
    ("--fail", "--code"),
    ("--pass", "--bg"),
    ("--pass", "--pass-bg"),
    ("--fail", "--fail-bg"),
    ("--wait", "--bg"),
    ("--wait", "--wait-bg"),
    ("--ours", "--bg"),
    ("--ours", "--ours-bg"),
    ("--str", "--code"),
    ("--num", "--code"),
    ("--key", "--code"),
    ("--def", "--code"),
]


def luminance(colour: str) -> float:
    """Relative luminance of `rgb(r, g, b)` or `color(srgb r g b)`, as WCAG 2 defines it."""
    numbers = [float(number) for number in re.findall(r"[\d.]+(?:e-?\d+)?", colour)[:3]]
    channels = numbers if colour.startswith("color(srgb") else [number / 255 for number in numbers]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def resolved(page: Page, value: str) -> str:
    """A CSS colour as the browser computes it, in sRGB."""
    return str(
        page.evaluate(
            """value => { const probe = document.body.appendChild(document.createElement('i'))
            probe.style.backgroundColor = `color-mix(in srgb, ${value} 100%, black 0%)`
            const colour = getComputedStyle(probe).backgroundColor; probe.remove(); return colour }""",
            value,
        )
    )


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("name", NAMES)
def test_a_page_makes_no_request_runs_nothing_and_complains_of_nothing(
    name: str, lang: str, look: Callable[..., Page]
) -> None:
    page = look(name, lang)
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.scripts.length") == (name == "class")
    assert page.evaluate(
        "document.querySelectorAll('img').length === [...document.images].filter(one => one.complete).length"
    )


@pytest.mark.parametrize("lang", ["en", "ko"])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_overflows_a_phone(name: str, lang: str, look: Callable[..., Page]) -> None:
    page = look(name, lang, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.evaluate(OPEN_ALL)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.parametrize("name", ["packed", "class"])
def test_the_language_is_chosen_in_place_without_script(name: str, look: Callable[..., Page]) -> None:
    page = look(name, "en")
    shown = """() => [...document.querySelectorAll('main [lang]')]
        .filter(one => one.checkVisibility()).map(one => one.lang)"""
    assert set(page.evaluate(shown)) == {"en"}
    page.get_by_role("radio", name="한국어").check()
    assert set(page.evaluate(shown)) == {"ko"}
    page.get_by_role("radio", name="한국어").press("ArrowLeft")
    assert set(page.evaluate(shown)) == {"en"}


def test_a_page_opens_in_the_language_it_was_made_in(look: Callable[..., Page]) -> None:
    page = look("packed", "ko")
    assert page.locator("h1").inner_text() == "네 가지를 고치면 됩니다."
    assert "패킹된 시퀀스" in page.title()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read_in_both_themes(theme: str, look: Callable[..., Page]) -> None:
    page = look("unreadable", theme=theme)
    colours = {name: resolved(page, f"var({name})") for name in {name for pair in PAIRS for name in pair}}
    found = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in PAIRS}
    assert {pair: round(value, 2) for pair, value in found.items() if value < 4.5} == {}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_numbers_can_be_read_on_the_hottest_cell(theme: str, look: Callable[..., Page]) -> None:
    page = look("packed", theme=theme)
    assert page.locator(".heat tbody td").count() == 28
    hottest = resolved(page, "color-mix(in oklab, var(--heat) var(--heat-max), var(--code))")
    assert contrast(resolved(page, "var(--ink)"), hottest) >= 4.5, hottest


def test_the_two_themes_differ(look: Callable[..., Page]) -> None:
    grounds = {resolved(look("unreadable", theme=theme), "var(--bg)") for theme in ("light", "dark")}
    assert len(grounds) == 2


def test_paper_shows_what_the_screen_folds(look: Callable[..., Page]) -> None:
    page = look("packed", theme="dark")
    hint = page.locator("details.hint div").first
    assert not hint.is_visible()
    page.emulate_media(media="print")
    height = "() => document.querySelector('details.hint div').getBoundingClientRect().height"
    assert page.evaluate(height) > 10
    assert luminance(resolved(page, "var(--bg)")) == 1
    assert len(page.pdf()) > 10_000


def test_paper_shows_the_notebook_where_its_reader_opened_it(look: Callable[..., Page]) -> None:
    page = look("packed")
    page.emulate_media(media="print")
    assert not page.locator(".nb").first.is_visible()
    page.emulate_media(media="screen")
    page.locator(".notebook > summary").click()
    page.emulate_media(media="print")
    assert page.locator(".nb").first.is_visible()


def test_paper_shows_the_failed_cards_that_the_screen_folds(look: Callable[..., Page]) -> None:
    page = look("untouched")
    bodies = page.locator("article.failed > details:not([open]) > .body")
    assert [one.is_visible() for one in bodies.all()] == [False, False]
    page.emulate_media(media="print")
    heights = bodies.evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert min(heights) > 50


@pytest.mark.parametrize("width", [360, 1200])
def test_no_number_leaves_its_cell(width: int, look: Callable[..., Page]) -> None:
    page = look("packed", width=width)
    wide = "[...document.querySelectorAll('.heat tbody td')].filter(one => one.scrollWidth > one.clientWidth)"
    assert page.evaluate(f"{wide}.map(one => one.textContent)") == []


@pytest.mark.parametrize("name", ["packed", "class"])
def test_what_has_the_focus_is_seen_to_have_it(name: str, look: Callable[..., Page]) -> None:
    page = look(name)
    for _ in range(12):
        page.keyboard.press("Tab")
        # The language's radio buttons are drawn by their labels.
        outline = page.evaluate(
            """() => { const here = document.activeElement
            return getComputedStyle(here.closest('.langs label') ?? here).outlineStyle }"""
        )
        assert outline != "none", page.evaluate("document.activeElement.outerHTML")


@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_its_landmarks(name: str, look: Callable[..., Page]) -> None:
    page = look(name)
    assert page.locator("header, main").count() == 2
    assert page.locator(page.locator("a.skip").get_attribute("href") or "none").count() == 1
    unnamed = "document.querySelectorAll('nav:not([aria-label]), [role=radiogroup]:not([aria-label])').length"
    assert page.evaluate(unnamed) == 0


def test_the_card_s_link_opens_the_notebook_at_its_cell(look: Callable[..., Page]) -> None:
    page = look("packed")
    page.emulate_media(reduced_motion="reduce")
    assert not page.locator("#cell-6").is_visible()
    page.get_by_role("link", name="Your notebook, cell 6").first.click()
    page.locator("#cell-6").wait_for(state="visible")
    top = page.locator("#cell-6").evaluate("one => one.getBoundingClientRect().top")
    assert 0 <= top < 900


def test_the_keyboard_reaches_what_can_be_opened(look: Callable[..., Page]) -> None:
    page = look("packed")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    summaries = page.locator("details.hint summary")
    summaries.first.focus()
    page.keyboard.press("Enter")
    assert page.locator("details.hint div").first.is_visible()


@pytest.mark.parametrize("name", NAMES)
def test_headings_tables_and_pictures_have_names(name: str, look: Callable[..., Page]) -> None:
    page = look(name)
    page.evaluate(OPEN_ALL)
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(one => +one.tagName[1])")
    assert levels.count(1) == 1
    assert all(after <= before + 1 or after == 4 for before, after in itertools.pairwise(levels))
    ours = "table:not(.rich table):not(:has(caption))"
    assert page.evaluate(f"document.querySelectorAll('{ours}').length") == 0
    assert (
        page.evaluate("[...document.images].filter(one => one.getAttribute('src') && !one.alt).length") == 0
    )
    assert page.evaluate("document.querySelectorAll('svg[role=img]:not([aria-label])').length") == 0
    assert page.evaluate("document.querySelectorAll('main th:not([scope]):not(.rich th)').length") == 0
