"""The page and the terminal's lines, from what came of a comparison."""

from __future__ import annotations

import pytest
from markupsafe import Markup
from rich.cells import cell_len

from grader.report.passages import MOST_LINES, MOST_PASSAGES, Excerpt, Line, Passage, passages_html
from grader.report.prose import Prose
from grader.report.similar import LARGEST, MOST_NAMED, Compared, Pair, Who, names, percent, similar_page
from grader.report.similar_screen import MOST_SHOWN, similar_screen
from grader.report.words import LANGS, Lang, Words

WORDS = Words.load(None)
PEOPLE = [Who("kim", "1"), Who("kim", "2"), Who("<b>이서연</b>\x1b[31m" + "아주긴이름" * 20, "3")]


def compared(pairs: int = 1, **more: object) -> Compared:
    made = [Pair(PEOPLE[at % 2], PEOPLE[2], 0.999, 0.5, 3, Markup("<p>passages</p>")) for at in range(pairs)]
    return Compared("rnn_basics", 40, 0.5, 60.0, made, called=names(PEOPLE), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("lang", LANGS)
def test_a_page_says_what_it_cannot_know_before_it_names_anybody(lang: Lang) -> None:
    page = similar_page(compared(), WORDS, lang)
    said = page.index(WORDS.ui("similar.cannot", lang))
    assert said < page.index("<b>99 %</b>")
    assert WORDS.ui("similar.talk", lang) in page
    assert WORDS.ui("similar.floor", lang, floor=50, least=60) in page


def test_two_of_one_name_are_told_apart_and_names_are_text() -> None:
    page = similar_page(compared(2), WORDS, "en", {"1": "kim", "2": "kim-2f"})
    assert "kim (1)" in page
    assert '<a href="../kim-2f.html">kim (2)</a>' in page
    assert "<b>이서연" not in page
    assert "\x1b" not in page


def test_nothing_alike_is_said_as_such() -> None:
    page = similar_page(compared(0), WORDS, "en")
    assert "No two submissions are alike beyond what the class shares." in page
    assert 'id="pairs"' in page


def test_what_is_left_out_is_said() -> None:
    many = [Who(f"s{at}", str(at + 10)) for at in range(MOST_NAMED + 7)]
    of = Compared(
        "rnn_basics", 200, 0.5, 60.0, compared().pairs, more=4, lost=1, looked_at=1_000, little=many,
        unread=[(one, "limits") for one in many], cut=many, called=names([*PEOPLE, *many]),
    )  # fmt: skip
    page = similar_page(of, WORDS, "en")
    for said in (
        "5 pairs are alike",
        "4 more pairs are as much alike",
        "Only the 1000 pairs that share most",
        "One pair could not be laid side by side",
        "It could not be read within the limits",
    ):
        assert said in page, said
    assert page.count("and 7 more") == 3
    assert of.compared == 200 - 2 * len(many)


def test_a_page_has_a_size() -> None:
    long = Markup("x" * (LARGEST // 3))
    pairs = [Pair(PEOPLE[0], PEOPLE[1], 0.9, 0.9, 1, long) for _ in range(9)]
    page = similar_page(Compared("l", 9, 0.5, 60.0, pairs, called=names(PEOPLE)), WORDS)
    assert page.count("The page has no room for these passages") == 6
    assert len(page) < LARGEST + 1_000_000


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("lang", LANGS)
def test_the_terminal_s_lines_fit_and_name_the_first(lang: Lang, width: int) -> None:
    screen = similar_screen(compared(MOST_SHOWN + 3), WORDS, lang, width=width, page="p.html").plain
    lines = screen.splitlines()
    assert max(map(cell_len, lines)) <= width
    assert sum("99 %" in line for line in lines) == MOST_SHOWN
    assert "3" in next(line for line in lines if WORDS.ui("terminal.more", lang, n=3) in line)
    assert "\x1b" not in screen


def test_a_share_is_rounded_down() -> None:
    assert [percent(part) for part in (0.0, 0.5, 0.999, 1.0, 0.29)] == [0, 50, 99, 100, 29]


def test_a_passage_is_escaped_cleaned_and_cut_with_a_note() -> None:
    line = Line(1, [("a\t<b>", False), ("x" * 500 + "\x1b[31m\u202e", True)])
    side = [Excerpt(2, [line] * (MOST_LINES + 5))]
    passages = [Passage(side, side, [("<i>", "b")])] * (MOST_PASSAGES + 2)
    html = str(passages_html(passages, ("<kim>", "lee"), Prose(WORDS, "en")))
    assert "<b>" not in html
    assert "<kim>" not in html
    assert "&lt;i&gt;" in html
    assert "\x1b" not in html
    assert "\u202e" not in html
    assert html.count('class="line"') == 2 * MOST_LINES * MOST_PASSAGES
    assert "…</mark>" in html
    assert "…</pre>" in html
    assert "2 more passages are alike." in html
