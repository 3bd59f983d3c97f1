"""Progress: live where somebody watches, plain lines elsewhere, an estimate from the pace so far."""

from __future__ import annotations

import io
import os

import pytest
from rich.cells import cell_len
from rich.console import Console
from sample_records import packed_record

from grader.report.progress import Progress, Terminal, terminal_console
from grader.report.terminal import submission_line
from grader.report.words import Words

NAMES = ["김민지", "kim", "아주긴이름의학생입니다정말로"]


def console(terminal: bool, width: int = 80) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=width, highlight=False, _environ={})


def written(on: Console) -> str:
    assert isinstance(on.file, io.StringIO)
    return on.file.getvalue()


def test_without_a_terminal_there_is_a_line_for_each_submission_and_nothing_else(words: Words) -> None:
    quiet = console(terminal=False, width=20)
    progress = Progress(words, "en", quiet)
    with progress.over(2):
        for name in ("kim", "lee"):
            progress.running(name, "cell 1")
            progress.finished(name, submission_line(packed_record(name), words, "en"))
    text = written(quiet)
    assert text.count("\n") == 2
    assert text.count("not counted") == 2
    assert "\x1b" not in text
    assert "━" not in text


def test_on_a_terminal_finished_lines_stay_under_a_live_line(words: Words) -> None:
    live = console(terminal=True)
    progress = Progress(words, "en", live)
    with progress.over(2):
        progress.finished("kim", submission_line(packed_record("kim"), words, "en"))
    assert "our fault" in written(live)
    assert "1/2" in written(live)


def test_time_left_is_estimated_from_the_pace_so_far(words: Words) -> None:
    seconds = iter(range(0, 1000, 10))
    progress = Progress(words, "en", console(terminal=True), clock=lambda: float(next(seconds)))
    with progress.over(10):
        for name in "abc":
            assert "about" not in progress.line().plain
            progress.running(name)
            progress.running("d", "cell 16/18")
            progress.finished(name, submission_line(packed_record(name), words, "en"))
        line = progress.line().plain
    assert "3/10  about 70 s left" in line
    assert line.endswith("now: d cell 16/18")


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_the_live_line_fits_the_terminal(width: int, words: Words) -> None:
    seconds = iter(range(0, 100_000, 100))
    progress = Progress(words, "ko", console(True, width), clock=lambda: float(next(seconds)))
    with progress.over(1000):
        for at in range(4):
            progress.finished(f"{at}", submission_line(packed_record(f"{at}"), words, "ko"))
        for name in NAMES:
            progress.running(name, "점검 12/16")
        lines = progress.line().plain.splitlines()
    assert len(lines) == 2
    assert max(map(cell_len, lines)) < width
    assert "4/1000" in lines[0]


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal_console().no_color
    monkeypatch.delenv("NO_COLOR")
    assert not terminal_console().no_color


def test_a_log_is_never_drawn_on_whatever_colours_it_gets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert not terminal_console().is_interactive


def test_who_prints_for_a_reader_that_has_gone_hears_of_it_once(words: Words) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "w", encoding="utf-8") as file:
        progress = Progress(words, "en", Terminal(file=file, width=80))
        with pytest.raises(BrokenPipeError):
            progress.say("x" * 100_000)
        progress.say("nobody reads this either")
        os.dup2(os.open(os.devnull, os.O_WRONLY), writer)
