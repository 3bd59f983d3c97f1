"""Curves, series, confusions and galleries: what is drawn, and that its numbers stand beside it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.evidence import Confusion, Curve, Evidence, Gallery, Image, Series
from grader.report.pictures import Pictures
from grader.report.plot import HEIGHT, WIDTH, ticks
from grader.report.prose import Prose
from grader.report.words import OURS, Words

FINITE = st.floats(allow_nan=False, allow_infinity=False, width=32)
WORDS = Words.load(None)


def drawn(evidence: Evidence) -> str:
    return str(Pictures(Prose(WORDS, "en")).draw(evidence))


def text_of(html: str) -> str:
    english = re.sub(r'<span lang="ko">.*?</span>', "", html)
    return " ".join(re.sub(r"<[^>]+>", " ", english).split())


def coordinates(html: str) -> list[tuple[float, float]]:
    paths = re.findall(r'class="(?:line|band)[^"]*" d="([^"]*)"', html)
    return [(float(x), float(y)) for d in paths for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", d)]


def test_a_loss_that_hardly_falls_does_not_look_as_if_it_fell() -> None:
    heights = [y for _, y in coordinates(drawn(Curve([2.31, 2.305, 2.30])))]
    assert max(heights) - min(heights) < HEIGHT / 50


def test_a_curve_says_its_ends_its_lowest_and_how_many_steps_there_were() -> None:
    text = text_of(drawn(Curve([2.0, 0.5, 0.7], of=300)))
    assert "over 300 steps: from 2 to 0.7." in text
    assert "The lowest is 0.5." in text
    assert "300" in re.findall(r'text-anchor="end">([^<]*)', drawn(Curve([2.0, 0.5], of=300)))


def test_a_band_stands_behind_a_curve_and_in_its_text() -> None:
    html = drawn(Curve([2.0, 2.1], low=[1.8, 0.01], high=[2.2, 0.2]))
    assert 'class="band"' in html
    assert html.index('class="band"') < html.index('class="line"')
    assert "between 0.01 and 0.2 at the end" in text_of(html)


def test_a_wild_first_step_of_the_band_does_not_press_the_curve_flat() -> None:
    band = {"low": [0.1] * 20, "high": [80.0, *[2.3] * 19]}
    heights = [y for _, y in coordinates(drawn(Curve([2.3] * 20, **band)))]
    line = heights[-20:]
    assert max(line) < HEIGHT / 2


def test_a_curve_that_runs_away_leaves_the_picture_and_the_text_says_where_to() -> None:
    html = drawn(Curve([1.0, 2.0, 5000.0]))
    assert "the highest is 5000" in text_of(html)
    (first, *_), *_ = [coordinates(html)]
    assert first[1] < HEIGHT - 20, "where it began can still be told from nothing"


@given(st.lists(FINITE, min_size=1, max_size=300))
def test_whatever_the_numbers_lines_stay_in_the_picture(values: list[float]) -> None:
    html = drawn(Curve(values, low=values, high=values))
    assert "nan" not in html
    assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in coordinates(html))


@given(FINITE, FINITE)
def test_ticks_lie_inside_and_have_different_names(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    found = ticks(low, high)
    assert len({name for _, name in found}) == len(found) <= 12
    room = (high - low) * 1e-6
    assert all(low - room <= value <= high + room for value, _ in found)


def test_every_number_of_a_series_stands_in_its_table() -> None:
    lines = [[0.1, 0.25], [0.3, 0.45], [0.5, 0.65]]
    html = drawn(Series(["@row.right_number", "@row.forecast", "@row.as_yesterday"], lines))
    assert html.count('class="line ') == 3
    assert {"0.1", "0.25", "0.3", "0.45", "0.5", "0.65"} <= set(re.findall(r'class="num">([^<]*)', html))
    assert "what came your forecast the number before" in text_of(html)


def test_lines_of_a_series_differ_in_more_than_colour() -> None:
    css = (OURS.parent / "templates" / "page.css").read_text("utf-8")
    assert all(f".line.{kind} {{ stroke: var(" in css for kind in ("right", "said", "other"))
    dashes = re.findall(r"\.line\.(?:said|other) \{[^}]*stroke-dasharray: ([^;]*);", css)
    assert len(set(dashes)) == 2


def test_a_confusion_marks_what_is_mixed_up_most_often_and_only_that() -> None:
    html = drawn(Confusion(["a", "b", "c"], [[5, 0, 1], [4, 2, 0], [0, 0, 6]]))
    assert html.count('class="bad"') == 1
    assert "13 of 18 are right" in text_of(html)
    assert "4 times, class b was answered as class a." in text_of(html)


def test_a_confusion_without_mistakes_marks_nothing() -> None:
    html = drawn(Confusion(["a", "b"], [[5, 0], [0, 6]]))
    assert "bad" not in html
    assert "mixed up" not in text_of(html)


def test_an_image_is_drawn_pixel_by_pixel_and_told_in_words() -> None:
    html = drawn(Gallery([Image("0f" + "f8", 2, "3", "8", 0.97)], 7))
    assert 'd="M1 0h1v1h-1zM0 1h1v1h-1z"' in html, "the two brightest pixels"
    assert 'fill-opacity="0.53"' in html
    assert "3 taken for 8 (97% sure)" in text_of(html)
    assert "Of 7 wrong answers the one" in text_of(html)


@pytest.mark.parametrize("lie", ["<script>", "<img src=x onerror=alert(1)>", "\x1b[31m", "a" * 1000])
def test_what_a_student_chose_is_escaped_and_cut(lie: str) -> None:
    pieces: list[Evidence] = [
        Series([lie], [[1.0, 2.0]]),
        Confusion([lie, "b"], [[1, 3], [0, 0]]),
        Gallery([Image(lie, 1, lie, lie, 0.5)], 1),
        Curve([1.0, 2.0], label=lie),
    ]
    for evidence in pieces:
        html = drawn(evidence)
        assert "<script" not in html
        assert "<img" not in html
        assert "\x1b" not in html
        assert "a" * 200 not in html


@pytest.mark.parametrize(
    "empty", [Curve([]), Series([], []), Series(["a"], [[]]), Confusion([], []), Gallery([], 0)]
)
def test_nothing_to_draw_is_no_error(empty: Evidence) -> None:
    assert drawn(empty).startswith("<figure>")
