"""The class page of a thousand: as right as that of forty, and only laid out where it is seen."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from gates import out_of_box, violations
from invented_class import invented_class
from matrix import column, press
from playwright.sync_api import Page
from pypdf import PdfReader

from grader.report.class_view import by_score
from grader.report.words import Lang

pytestmark = pytest.mark.browser

Open = Callable[..., Page]
Made = Callable[[int, Lang], Path]

SIZE = 1000
CHECK = 8

# Groups of rows, how many rows each shows, how many it says it shows, and whether it is laid out.
GROUPS = """[...document.querySelectorAll('.matrix tbody')].filter(one => !one.hidden).map(one => ({
    shown: [...one.rows].filter(row => !row.hidden).length,
    said: Number(getComputedStyle(one).getPropertyValue('--rows')),
    seen: one.rows[0].checkVisibility({ contentVisibilityAuto: true }),
}))"""
DRAWN = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
HEIGHT = "document.querySelector('.matrix').getBoundingClientRect().height"
LAY_ALL_OUT = (
    "document.querySelectorAll('.matrix tbody').forEach(one => one.style.contentVisibility = 'visible')"
)
KINDS = "[...document.querySelectorAll('.matrix tbody tr')].map(one => one.cells[8].className)"


def groups(page: Page) -> list[dict[str, int]]:
    """The groups that stand in the table, when the browser has drawn it."""
    page.evaluate(DRAWN)
    found: list[dict[str, int]] = page.evaluate(GROUPS)
    return found


def find(page: Page, text: str) -> None:
    page.get_by_label("Find").fill(text)


def test_few_groups_are_laid_out_at_any_time(made: Made, opened: Open) -> None:
    page = opened(made(SIZE, "en"))

    def at_work() -> int:
        return sum(one["seen"] for one in groups(page))

    page.locator("#matrix").scroll_into_view_if_needed()
    assert len(groups(page)) == 20
    assert at_work() <= 4
    press(page, 0)
    assert at_work() <= 4
    find(page, "김")
    assert at_work() <= 4
    find(page, "")
    assert len(groups(page)) == 20
    assert at_work() <= 4


def test_a_group_says_how_many_rows_it_shows_and_none_is_half_full(made: Made, opened: Open) -> None:
    page = opened(made(SIZE, "en"))
    for act in (
        lambda: None,
        lambda: press(page, CHECK),
        lambda: find(page, "김"),
        lambda: press(page, 0),
        lambda: find(page, "<nobody>"),
        lambda: find(page, ""),
    ):
        act()
        found = groups(page)
        assert [one["said"] for one in found] == [one["shown"] for one in found]
        assert {one["shown"] for one in found[:-1]} <= {50}
        assert sum(one["shown"] for one in found) == len(column(page, 0))


@pytest.mark.parametrize("width", [360, 1200])
def test_what_is_not_laid_out_is_as_high_as_if_it_were(width: int, made: Made, opened: Open) -> None:
    page = opened(made(SIZE, "ko"), width=width)
    before = page.evaluate(HEIGHT)
    page.evaluate(LAY_ALL_OUT)
    assert page.evaluate(HEIGHT) == before
    assert out_of_box(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_equals_keep_the_order_of_the_page_whichever_way_round(made: Made, opened: Open) -> None:
    page = opened(made(SIZE, "en"))
    written = list(zip(column(page, 0), page.evaluate(KINDS), strict=True))
    trouble = {"failed": 6, "broken": 5, "undecided": 4, "manual": 4, "blocked": 3, "echo": 2, "p": 0}
    press(page, CHECK)
    worst_first = [name for name, kind in sorted(written, key=lambda one: -trouble[one[1]])]
    assert column(page, 0) == worst_first
    press(page, CHECK)
    assert column(page, 0) == [name for name, kind in sorted(written, key=lambda one: trouble[one[1]])]
    press(page, 0)
    assert column(page, 0) == sorted(name for name, _ in written)
    press(page, 1)
    assert column(page, 0) == [name for name, _ in written]


def test_what_is_sorted_while_filtered_stays_sorted(made: Made, opened: Open) -> None:
    page = opened(made(SIZE, "en"))
    every = column(page, 0)
    find(page, "김민")
    few = column(page, 0)
    assert few == [name for name in every if name.startswith("김민")]
    assert 0 < len(few) < 50
    press(page, 0)
    assert column(page, 0) == sorted(few)
    find(page, "")
    assert column(page, 0) == sorted(every)


@pytest.mark.parametrize("scripts", [True, False])
def test_the_table_is_one_to_those_who_do_not_see_it(scripts: bool, made: Made, opened: Open) -> None:
    page = opened(made(110, "en"), scripts=scripts)
    told = page.locator(".matrix").aria_snapshot()
    assert told.startswith('- table "Every student, every check"')
    assert told.count("- row ") == 112
    assert told.count("- rowheader") == 111
    assert told.count("- cell") == 111 * 17


def test_without_a_script_the_rows_stand_by_score_in_the_same_groups(made: Made, opened: Open) -> None:
    page = opened(made(SIZE, "en"), scripts=False)
    names = page.locator(".matrix tbody th").all_text_contents()
    ordered = [one.student for one in by_score(invented_class(SIZE))]
    assert [name.partition(" (")[0] for name in names] == ordered
    group = page.locator(".matrix tbody")
    assert group.count() == 20
    assert group.first.evaluate("one => getComputedStyle(one).contentVisibility") == "auto"


def test_the_mark_of_the_focus_is_whole(made: Made, opened: Open) -> None:
    for size in (40, 110):
        page = opened(made(size, "en"))
        link = page.locator(".matrix tbody a").first
        link.focus()
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Tab")
        assert link.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
        assert link.evaluate(
            """one => { const style = getComputedStyle(one), cell = one.closest('th').getBoundingClientRect()
            const ring = parseFloat(style.outlineWidth) + parseFloat(style.outlineOffset)
            return one.getBoundingClientRect().left - ring >= cell.left }"""
        )


@pytest.mark.parametrize("size", [90, 110])
def test_every_sheet_of_paper_repeats_the_head(size: int, made: Made, opened: Open) -> None:
    page = opened(made(size, "en"))
    pdf = PdfReader(io.BytesIO(page.pdf(format="A4")))
    sheets = [text for text in (sheet.extract_text() for sheet in pdf.pages) if "✓" in text]
    assert len(sheets) > 1
    for text in sheets:
        assert "student" in text.partition("✓")[0].split()


def test_axe_finds_nothing_in_a_table_of_groups(made: Made, opened: Open) -> None:
    page = opened(made(110, "ko"))
    page.evaluate(LAY_ALL_OUT)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        assert violations(page) == [], theme
