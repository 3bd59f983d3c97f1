"""`grader grade` and `check` at a real terminal."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pexpect
from rich.cells import cell_len

from tests.cli.classes import CHECKS, HANGUL, HIDDEN, F
from tests.cli.leftover import Children
from tests.cli.making import SECONDS, environment, lesson, notebook

CHECK = "def test_f(student):\n    assert student.f(1) == 2\n"
BUSY = "for n in range(40):\n    sum(range(10**6))"
"""Long enough for the live line to be drawn while it runs."""
FOREVER = "while True:\n    pass"
WIDTH = 80
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOUR = re.compile(r"\x1b\[[0-9;]*3[0-7]m")


def terminal(root: Path, *arguments: str, **variables: str) -> pexpect.spawn[str]:
    """The command line in `root`, at a terminal of 80 columns."""
    return pexpect.spawn(
        sys.executable,
        ["-m", "grader", *arguments],
        cwd=str(root),
        env={**environment(root), "TERM": "xterm-256color", **variables},  # type: ignore[arg-type]
        dimensions=(24, WIDTH),
        encoding="utf-8",
        timeout=SECONDS,
    )


def lines(shown: str) -> list[str]:
    return re.split("[\r\n]+", ESCAPE.sub("", shown))


def test_a_terminal_shows_a_live_line_no_wider_than_itself(tmp_path: Path) -> None:
    lesson(tmp_path, checks=CHECK, reference=notebook(F))
    (tmp_path / "class").mkdir()
    for name in ("kim", HANGUL * 3, "lee"):
        (tmp_path / "class" / f"{name}.ipynb").write_bytes(notebook(F, BUSY))
    arguments = ("grade", "class", "--out", "out", "--lang", "ko", "--jobs", "1")
    child = terminal(tmp_path, *arguments, NO_COLOR="1")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    shown: str = child.before
    assert "\x1b[?25l" in shown  # the live line hides the cursor
    assert "\x1b[?25h" in shown  # and gives it back
    assert not COLOUR.search(shown)
    said = lines(shown)
    assert max(cell_len(line) for line in said) <= WIDTH
    assert any(line.endswith("0/3") for line in said)
    assert any(line.startswith("  지금: kim 2/2번 셀") for line in said)
    assert [line for line in said if line.startswith("  ✓ kim ")]
    ends = {cell_len(line.partition("1/1")[0]) for line in said if line.startswith("  ✓ ")}
    assert len(ends) == 1


def test_a_terminal_that_can_only_print_gets_plain_lines(tmp_path: Path) -> None:
    lesson(tmp_path, checks=CHECKS, hidden=HIDDEN, reference=notebook(F))
    (tmp_path / "right.ipynb").write_bytes(notebook(F))
    child = terminal(tmp_path, "check", "right.ipynb", "--lang", "ko", TERM="dumb")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "\x1b" not in child.before
    assert lines(child.before.strip())[-2:] == [
        "3 / 3  모두 통과했습니다.",
        "비공개 점검에 남은 점수는 3점입니다. 비공개 점검은 선생님이 채점할 때 실행됩니다.",
    ]


def test_ctrl_c_in_a_check_ends_it_and_leaves_the_terminal_as_it_was(tmp_path: Path) -> None:
    lesson(tmp_path, checks=CHECK, reference=notebook(F))
    (tmp_path / "endless.ipynb").write_bytes(notebook(F, FOREVER))
    child = terminal(tmp_path, "check", "endless.ipynb")
    child.expect_exact("cell 2/2")
    children = Children(child.pid)
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert len(children) >= 4
    assert children.left() == []
    assert "Ended before the checks were through." in child.before
    assert child.before.rindex("\x1b[?25h") > child.before.rfind("\x1b[?25l")
    assert "Traceback" not in child.before
