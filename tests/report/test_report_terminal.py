"""The terminal: fixed columns, one explained failure, Hangul of double width, no control characters."""

from __future__ import annotations

import io
import re

import pytest
from class_records import class_records
from hostile_records import hostile_record
from rich.cells import cell_len
from rich.console import Console
from sample_records import (
    SECRET_TOKEN,
    check,
    packed_record,
    passed_record,
    stopped_record,
    unreadable_record,
)

from grader.evidence import HeatMap
from grader.record import Finding
from grader.report.progress import Progress, terminal_console
from grader.report.terminal import check_screen, class_summary, said_time, submission_line
from grader.report.words import Lang, Words


def test_check_explains_the_failure_that_opens_most_points(words: Words) -> None:
    screen = check_screen(packed_record(), words, "en", source="kim.ipynb").plain
    assert "  ✗ 0/3  Padding changes nothing" in screen
    assert screen.count("\n── ") == 1
    own = "  14 │      return self.out(output[:, -1])   # 마지막 시점\n"
    assert own + "     │                      ^^^^^^^^^^^^^\n" in screen
    assert "grader check kim.ipynb --only test_padding_changes_nothing" in screen
    assert screen.endswith(
        "8 / 20  Fix this one first: 2 more checks wait for it.  All of them explained: --all\n"
    )


def test_all_explains_every_failure_but_of_hidden_ones_our_words_alone(words: Words) -> None:
    screen = check_screen(packed_record(), words, "en", all=True).plain
    assert screen.count("\n── ") == 4
    assert SECRET_TOKEN not in screen
    assert "11 of 60" not in screen


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_no_line_of_prose_is_wider_than_the_screen(lang: Lang, words: Words) -> None:
    for record in (packed_record(), stopped_record(), passed_record(), unreadable_record()):
        for line in check_screen(record, words, lang, all=True, width=80).plain.splitlines():
            if "grader check" not in line and " / " not in line:
                assert cell_len(line) <= 80, line


def test_columns_line_up_in_hangul(words: Words) -> None:
    lines = [
        submission_line(packed_record(name), words, "ko").plain
        for name in ("김민지", "kim", "아주긴이름의학생입니다")
    ]
    at = {cell_len(line[: line.index("8/20")]) for line in lines}
    assert len(at) == 1


def test_all_green_says_what_hidden_checks_still_hold(words: Words) -> None:
    screen = check_screen(passed_record(), words, "en", hidden_points=3).plain
    assert screen.endswith(
        "Everything passes.\nHidden checks still hold 3 points. They run when your teacher grades.\n"
    )


def test_a_submission_s_line_says_the_one_thing(words: Words) -> None:
    said = {
        make: submission_line(make(), words, "en").plain
        for make in (packed_record, stopped_record, passed_record)
    }
    assert said[packed_record].startswith("  ! ")
    assert said[packed_record].endswith("our fault: test_gradient_reaches, not counted")
    assert said[stopped_record].endswith("cell 6 stopped: NameError: name 'nn' is not defined")
    assert said[passed_record] == "  ✓ lee-jun        22/22     3 s"


def test_the_summary_names_common_mistakes_and_who_needs_a_person(words: Words) -> None:
    summary = class_summary(
        class_records(), words, "en", seconds=192, class_page="reports/x/index.html"
    ).plain
    assert "24 graded in 3 min 12 s   median 20/22   20 finished, 4 stopped, 1 needs you" in summary
    assert "Your loss divides by padded steps, too   ████░░░░░░  9 of 24" in summary
    assert max(map(cell_len, summary.splitlines())) <= 80
    wide = class_summary(class_records(), words, "en", width=100).plain
    assert "Your loss divides by padded steps, too   ████████░░░░░░░░░░░░  9 of 24" in wide
    assert re.search(r"needs you +김민지 +our fault", summary)
    assert "reports/x/index.html" in summary


def test_nothing_of_a_student_controls_the_terminal(words: Words) -> None:
    record = hostile_record()
    shown = [
        check_screen(record, words, "en", all=True).plain,
        submission_line(record, words, "en").plain,
        class_summary([record], words, "en").plain,
    ]
    for text in shown:
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_time_is_said_as_people_do(words: Words) -> None:
    assert said_time(40, words, "en") == "40 s"
    assert said_time(192, words, "ko") == "3분 12초"


def console(terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=80, highlight=False, _environ={})


def test_without_a_terminal_there_is_a_line_for_each_submission_and_nothing_else(words: Words) -> None:
    quiet = console(terminal=False)
    with Progress(2, words, "en", quiet) as progress:
        for name in ("kim", "lee"):
            progress.running(name, "cell 1")
            progress.finished(name, submission_line(packed_record(name), words, "en"))
    written = quiet.file.getvalue()  # type: ignore[attr-defined]
    assert written.count("\n") == 2
    assert "\x1b" not in written
    assert "━" not in written


def test_on_a_terminal_finished_lines_stay_under_a_live_line(words: Words) -> None:
    live = console(terminal=True)
    with Progress(2, words, "en", live) as progress:
        progress.finished("kim", submission_line(packed_record("kim"), words, "en"))
    written = live.file.getvalue()  # type: ignore[attr-defined]
    assert "our fault" in written
    assert "1/2" in written


def test_time_left_is_estimated_from_the_pace_so_far(words: Words) -> None:
    seconds = iter(range(0, 1000, 10))
    progress = Progress(10, words, "en", console(terminal=False), clock=lambda: float(next(seconds)))
    for name in "abc":
        progress.running(name)
        progress.running("d", "cell 16/18")
        progress.finished(name, submission_line(packed_record(name), words, "en"))
    line = progress.line().plain
    assert "3/10  about 70 s left" in line
    assert line.endswith("now: d cell 16/18")


def test_an_interruption_says_how_to_go_on(words: Words) -> None:
    quiet = console(terminal=False)
    progress = Progress(4, words, "en", quiet)
    progress.finished("kim", submission_line(packed_record(), words, "en"))

    def interrupt() -> None:
        with progress:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert "1 of 4 graded. Run the same command to grade the rest." in quiet.file.getvalue()  # type: ignore[attr-defined]


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal_console().no_color
    monkeypatch.delenv("NO_COLOR")
    assert not terminal_console().no_color


def test_a_picture_too_large_for_a_terminal_says_that_it_goes_on(words: Words) -> None:
    labels = [str(at) for at in range(12)]
    values = [[float(row == column) for column in range(12)] for row in range(12)]
    large = HeatMap(labels, labels, values, None, "@axis.step", "@axis.letter")
    failed = check("test_shapes", "failed", findings=[Finding("shape.wrong", "", {}, [large])])
    text = check_screen(packed_record(checks=[failed]), words, "en").plain
    assert "step ↓   letter →" in text
    assert len(re.findall(r"\S +…$", text, re.MULTILINE)) == 8
    assert "\n  …\n" in text


def test_a_mistake_of_one_is_not_said_to_be_missed_most(words: Words) -> None:
    assert "most missed" in class_summary([packed_record("kim"), packed_record("lee")], words).plain
    assert "most missed" not in class_summary([packed_record("kim"), passed_record("lee")], words).plain
