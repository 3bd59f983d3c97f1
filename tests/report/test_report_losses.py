"""The losses of the notebook's own training: what it kept, else what it printed."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace
from outline import Outline
from sample_records import packed_record

from grader.evidence import Curve, Series
from grader.record import Cell, Losses, Output, Record
from grader.report.curve import curve_svg, series_svg
from grader.report.losses import told
from grader.report.page import student_page
from grader.report.plot import HEIGHT, WIDTH
from grader.report.prose import Prose
from grader.report.words import Words


def record_of(*printed: str, kept: Losses | None = None) -> Record:
    cells = [
        Cell("code", "train()", number, "ok", 0.1, [Output("stream", "stdout", {"text/plain": text})])
        for number, text in enumerate(printed, start=1)
    ]
    record = packed_record()
    return replace(record, run=replace(record.run, cells=cells, losses=kept))


@pytest.mark.parametrize(
    "line",
    [
        "loss {}",
        "Epoch 3, Loss: {}",
        "epoch 3 loss={} acc=0.5",
        "[3/10] train_loss: {}",
        "3 손실 {}",
        "cost = {}",
        "Loss: tensor({}, grad_fn=<NllLossBackward0>)",
    ],
)
def test_the_ways_in_which_students_print_a_loss(line: str) -> None:
    found = told(record_of("\n".join(line.format(value) for value in (2.5, 1.0, 0.5, 2e-3))))
    assert found is not None
    assert found.curve.values == [2.5, 1.0, 0.5, 2e-3]
    assert found.cell == 1


@pytest.mark.parametrize(
    "line", ["glossary {}", "closs {}", "loss went down", "accuracy {}", "loss of epoch"]
)
def test_other_lines_are_no_losses(line: str) -> None:
    assert told(record_of("\n".join(line.format(value) for value in range(9)))) is None


def test_a_few_lines_are_no_curve() -> None:
    assert told(record_of("loss 2.0\nloss 1.0\nloss 0.5")) is None


def test_what_was_kept_comes_before_what_was_printed() -> None:
    found = told(record_of("loss 1\n" * 9, kept=Losses("losses", [2.0, 1.0], 40)))
    assert found is not None
    assert (found.name, found.curve.values, found.curve.of) == ("losses", [2.0, 1.0], 40)


def test_the_cell_that_printed_most_is_shown_with_a_link(words: Words) -> None:
    page = student_page(record_of("loss 1\n" * 5, "loss 2\n" * 6), words, "en")
    text = " ".join(Outline(page, "en").text.split())
    assert "The losses that cell 2 printed:" in text
    assert 'href="#cell-2"' in page


def test_the_list_is_named(words: Words) -> None:
    kept = Losses("loss_history", [2.0, 1.5, 1.0], 3)
    text = " ".join(Outline(student_page(record_of("", kept=kept), words, "en"), "en").text.split())
    assert "The losses that your notebook kept in loss_history" in text
    assert "The loss over 3 steps: from 2 to 1." in text


@given(values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=9))
@example(values=[1e308, -1e308, 0.0])
@example(values=[1.7976931348623157e308, 1.7976931348623157e308])
@example(values=[5e-324, 0.0, -0.0])
def test_every_curve_stays_in_its_picture(values: list[float]) -> None:
    prose = Prose(Words.load(None), "en")
    for drawn in (curve_svg(Curve(values), prose), series_svg(Series(["@axis.step"], [values]), prose)):
        places = re.findall(r"[ML](-?(?:[\d.]+|inf|nan)),(-?(?:[\d.]+|inf|nan))", drawn)
        assert places
        for x, y in places:
            assert 0 <= float(x) <= WIDTH, (x, y)
            assert 0 <= float(y) <= HEIGHT, (x, y)
        assert "nan" not in drawn
