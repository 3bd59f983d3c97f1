"""No line of a log is a command, however a text of a student's was folded, cut or put together."""

from __future__ import annotations

import re
from io import StringIO

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sample_records import stopped_record

from grader.record import Record
from grader.report.excerpt import plain
from grader.report.log_lines import guarded
from grader.report.progress import terminal_console
from grader.report.terminal import check_screen
from grader.report.words import Words

OBEYED = re.compile(r"\s*::[A-Za-z]|.*##(?:\[|vso\[)")
COMMANDS = ["::error::FORGED", "::stop-commands::abc123", "##[error]forged", "##vso[task.complete]"]
WORDS = Words.load(None)


def printed(what: object, width: int, **options: bool) -> list[str]:
    console = guarded(Console(file=StringIO(), width=width, highlight=False, _environ={}))
    console.print(what, **options)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


def told(message: str) -> Record:
    """A record of a notebook that stopped with this message."""
    record = stopped_record()
    assert record.run.finding is not None
    finding = msgspec.structs.replace(record.run.finding, facts={"cell": 1, "message": message})
    return msgspec.structs.replace(
        record, run=msgspec.structs.replace(record.run, message=message, finding=finding)
    )


@given(
    before=st.integers(0, 130),
    letter=st.sampled_from(["x", "가", "`", "\u200b", " "]),
    command=st.sampled_from(COMMANDS),
    width=st.integers(20, 130),
)
def test_no_width_makes_a_line_of_the_screen_a_command(
    before: int, letter: str, command: str, width: int
) -> None:
    screen = check_screen(told(letter * before + command), WORDS, "en", width=width)
    assert not [line for line in printed(screen, width, soft_wrap=True) if OBEYED.match(line)]


@pytest.mark.parametrize("command", COMMANDS)
def test_what_the_console_itself_folds_is_looked_at_too(command: str) -> None:
    for width in range(8, 60):
        text = "a" * width + command
        table = Table(box=None, pad_edge=False)
        table.add_column("what")
        table.add_row(text)
        for what in (Text(text), table, Text("a\n").append(command[:1], "red").append(command[1:], "bold")):
            assert not [line for line in printed(what, width) if OBEYED.match(line)]


def test_what_is_no_command_is_printed_as_it_is() -> None:
    text = "a[::2] and b::c, std::vector\n  :: 3\n## heading\n\n\nthe end"
    assert printed(Text(text), 80) == text.split("\n")
    assert printed(Text("1", end=""), 80) == ["1"]


def test_marks_of_code_do_not_hide_a_command() -> None:
    assert not OBEYED.match(plain("`::error::x"))
    assert not OBEYED.match(plain("#`#[error]x"))


def test_every_console_of_a_command_is_guarded(capsys: pytest.CaptureFixture[str]) -> None:
    terminal_console().print(Text("::error::x"))
    terminal_console(stderr=True).print(Text("::error::x"))
    said = capsys.readouterr()
    assert said.out == said.err == ": :error::x\n"
