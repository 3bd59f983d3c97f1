"""The terminal: fixed columns, one explained failure, Hangul of double width, no control characters."""

from __future__ import annotations

import re
import shlex

import pytest
from class_records import class_records
from hostile_records import hostile_record
from rich.cells import cell_len
from sample_evidence import BARS, CURVE, PAIR, SHAPES, STEPS, TABLE
from sample_records import (
    SECRET_TOKEN,
    check,
    packed_record,
    passed_record,
    stopped_record,
    unreadable_record,
)

from grader.evidence import Evidence, HeatMap, Steps
from grader.record import Finding, Record
from grader.report.columns import table
from grader.report.summary import class_summary, said_about, said_time, stopped_summary
from grader.report.terminal import check_screen, submission_line
from grader.report.words import Lang, Words

COMMAND = ["grader", "check", "kim.ipynb"]
WIDTHS = [40, 60, 80, 120, 200]


def test_check_explains_the_failure_that_opens_most_points(words: Words) -> None:
    screen = check_screen(packed_record(), words, "en", command=COMMAND).plain
    assert "  ✗ 0/3  Padding changes nothing" in screen
    assert screen.count("\n── ") == 1
    own = "  14 │      return self.out(output[:, -1])   # 마지막 시점\n"
    assert own + "     │                      ^^^^^^^^^^^^^\n" in screen
    assert "  This check alone:  grader check kim.ipynb --only test_padding_changes_nothing\n" in screen
    assert "8 / 20  Fix this one first: 2 more checks wait for it." in screen
    assert screen.endswith("All of them explained: --all\n")


def test_all_explains_every_failure_but_of_hidden_ones_our_words_alone(words: Words) -> None:
    screen = check_screen(packed_record(), words, "en", all=True).plain
    assert screen.count("\n── ") == 4
    assert SECRET_TOKEN not in screen
    assert "11 of 60" not in screen


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("lang", ["en", "ko"])
def test_no_line_is_wider_than_the_screen(lang: Lang, width: int, words: Words) -> None:
    for record in (packed_record(), stopped_record(), passed_record(), unreadable_record()):
        screen = check_screen(
            record, words, lang, all=True, command=COMMAND, width=width, hidden_points=3
        ).plain
        # A single word of the command is never broken: it would no longer be the command.
        lines = [line for line in screen.splitlines() if not re.fullmatch(r" +--only \S+", line)]
        assert max(map(cell_len, lines)) <= width
    summary = class_summary(class_records(), words, lang, width=width).plain
    assert max(map(cell_len, summary.splitlines())) <= width


def test_the_command_can_be_copied_as_it_stands(words: Words) -> None:
    command = ["grader", "check", "my homework/김민지.ipynb", "--lesson", "packed", "--lang", "ko"]
    for width in WIDTHS:
        screen = check_screen(packed_record(), words, "en", command=command, width=width).plain
        found = re.search(r"grader check .*?(?<!\\)\n", screen, re.DOTALL)
        assert found is not None
        said = shlex.split(found[0].replace("\\\n", " "))
        assert said == [*command, "--only", "test_padding_changes_nothing"]


def test_a_single_failure_is_the_one_thing_to_fix(words: Words) -> None:
    failed = [check("test_shapes", "failed", findings=[Finding("shape.wrong", "", {})])]
    screen = check_screen(packed_record(checks=failed), words, "en").plain
    assert screen.endswith("This is the one thing to fix.\n")


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
    korean = check_screen(passed_record(), words, "ko", hidden_points=1).plain
    assert "비공개 점검에 남은 점수는 1점입니다." in korean


def test_a_submission_s_line_says_the_one_thing(words: Words) -> None:
    said = {
        make: submission_line(make(), words, "en").plain
        for make in (packed_record, stopped_record, passed_record)
    }
    assert said[packed_record].startswith("  ! ")
    assert said[packed_record].endswith("our fault: test_gradient_reaches, not counted")
    assert said[stopped_record].endswith("cell 6 stopped: NameError: name 'nn' is not defined")
    assert said[passed_record] == "  ✓ lee-jun        22/22     3 s"


def test_a_mistake_has_the_headline_of_its_page_in_the_line_and_in_the_summary(words: Words) -> None:
    found = Finding("output.cut_at_zero", "", {"cut": "answer"})
    record = passed_record(checks=[check("test_padding", "failed", findings=[found])])
    headline = words.said(found.code, found.facts, "en").headline
    assert headline != words.said(found.code, {}, "en").headline
    assert submission_line(record, words, "en").plain.endswith(headline)
    assert headline in class_summary([record, record], words, width=160).plain


def test_the_summary_names_common_mistakes_and_who_needs_a_person(words: Words) -> None:
    summary = class_summary(
        class_records(), words, "en", seconds=192, class_page="reports/x/index.html"
    ).plain
    assert "24 graded in 3 min 12 s   median 20/22   20 finished, 4 stopped, 1 needs you" in summary
    assert re.search(r"Your loss divides by padded steps, too +████░░░░░░  9 of 24", summary)
    wide = class_summary(class_records(), words, "en", width=100).plain
    assert re.search(r"Your loss divides by padded steps, too +████████░░░░░░░░░░░░  9 of 24", wide)
    narrow = class_summary(class_records(), words, "en", width=40).plain
    assert "█" not in narrow
    assert "9 of 24" in narrow
    assert re.search(r"needs you +김민지 +our fault", summary)
    assert "reports/x/index.html" in summary


def test_a_class_that_needs_a_person_throughout_is_not_listed_throughout(words: Words) -> None:
    summary = class_summary([packed_record(f"kim{at}") for at in range(30)], words).plain
    assert summary.count("our fault") == 10
    assert "and 20 more" in summary


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_what_is_said_when_a_run_was_ended(lang: Lang, words: Words) -> None:
    left = [f"2024{at}" for at in range(12)]
    said = stopped_summary(32, left, ["out/seq2seq/index.html"], words, lang, 80, True).plain
    assert "32" in said
    assert "20" in said.split("out/")[0]
    assert "out/seq2seq/index.html" in said
    assert "20249 " in said
    assert "202410" not in said
    nothing = stopped_summary(2, ["kim", "lee"], [], words, lang, 80, True).plain
    assert "kim, lee" in nothing
    assert "index.html" not in nothing
    everything = stopped_summary(2, [], ["out/seq2seq/index.html"], words, lang, 80, True).plain
    assert words.ui("terminal.left_over", lang) not in everything
    assert words.ui("terminal.go_on", lang) not in everything


def test_nothing_of_a_student_controls_the_terminal(words: Words) -> None:
    record = hostile_record()
    shown = [
        check_screen(record, words, "en", all=True).plain,
        submission_line(record, words, "en").plain,
        class_summary([record], words, "en").plain,
        stopped_summary(1, [record.student], ["a\x1b[31m"], words, "en", 80, True).plain,
    ]
    for text in shown:
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_time_is_said_as_people_do(words: Words) -> None:
    assert said_time(40, words, "en") == "40 s"
    assert said_time(192, words, "ko") == "3분 12초"
    assert [said_about(seconds, words, "en") for seconds in (1, 43, 100)] == ["5 s", "45 s", "2 min"]


def shown(evidence: Evidence, words: Words, lang: Lang = "en", width: int = 80) -> list[str]:
    return table(evidence, words, lang, width).plain.splitlines()


def test_steps_stand_under_one_another_in_hangul(words: Words) -> None:
    assert shown(STEPS, words, "ko") == [
        "  주어진 것       <SOS>  나는      배가",
        "  나와야 할 것    나는   배가      고프다",
        "  실제로 나온 것  나는   ✗ 고프다  ✗ <EOS>",
    ]


def test_numbers_end_flush_and_what_is_bad_is_marked(words: Words) -> None:
    assert shown(PAIR, words) == ["  expected  0.123  -1.5    2.25  0", "  got       0.123  -1.5  ✗ 1.12  0"]
    assert shown(SHAPES, words)[1:] == ["  expected      4     7      5", "  got           4   ✗ 5      5"]
    marked = [re.split("   +", line)[0] for line in shown(TABLE, words)[1:]]
    assert marked == ["  hello", "  ✗ kim", "  ✗ 사과"]
    assert shown(BARS, words)[1] == "  ✗ rnn.weight_hh_l0      0"
    assert shown(CURVE, words) == []


@pytest.mark.parametrize("width", [30, 80])
def test_a_table_that_is_too_large_shows_where_it_is_bad(width: int, words: Words) -> None:
    tokens = [[f"word{at}" for at in range(40)] for _ in range(2)]
    lines = shown(Steps(["@row.expected", "@row.got"], tokens, [[1, 30]]), words, width=width)
    assert max(map(cell_len, lines)) <= width
    assert "✗ word30" in lines[1]
    assert lines[1].count("…") == 2


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


def test_a_class_of_none_has_an_end_too(words: Words) -> None:
    nobody: list[Record] = []
    assert class_summary(nobody, words).plain == "No submission has been graded yet.\n"
