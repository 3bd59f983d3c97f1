"""Records without a notebook behind them, rosters as platforms give them out, and the command itself."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader import record as records
from grader.exchange.exports import Filed, Order
from grader.exchange.kept import kept
from grader.filenames import stems
from grader.record import Check, Environment, Record, Run
from grader.submission import Submission

MOODLE = (
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", "Grade can be changed",
    "Last modified (submission)", "Last modified (grade)", "Feedback comments",
)  # fmt: skip
KOREAN = (
    "식별자", "성 / 이름", "이메일 주소", "상태", "성적", "최고 성적", "성적 변경 가능", "최종 수정(제출)",
    "최종 수정(성적)", "피드백 댓글",
)  # fmt: skip


def made(
    student: str,
    student_id: str | None = None,
    score: float = 10.0,
    *,
    lesson: str = "cnn",
    most: float = 20.0,
    held: float = 0.0,
    state: str = "graded",
    folder: str = "",
) -> Record:
    """A record of one check, whose points it has."""
    score, most, held = float(score), float(most), float(held)
    waits = state == "needs_review"
    check = Check(
        id="test_it",
        title="It works",
        visibility="public",
        state="undecided" if waits else "passed",
        override=None,
        points=score,
        max_points=most,
        findings=[],
        seconds=0.1,
    )
    return Record(
        lesson=lesson,
        student=student,
        student_id=student if student_id is None else student_id,
        notebook="nb.ipynb",
        digest="0" * 64,
        score=score,
        max_score=most,
        state="needs_review" if waits else "graded",
        raw_score=score,
        held=held,
        run=Run("finished", None, None, 1.0),
        checks=[check],
        notes=[],
        environment=Environment("0", "3", "2", "none", 0, ""),
        folder=folder,
    )


def of(submission: Submission, score: float) -> Record:
    """The record that grading a submission would give."""
    return made(
        submission.student, submission.student_id, score, lesson=submission.lesson, folder=submission.folder
    )


def keep(folder: Path, class_: Iterable[Record]) -> Path:
    """Writes records and pages as `grade` does."""
    by_lesson: dict[str, list[Record]] = {}
    for record in class_:
        by_lesson.setdefault(record.lesson, []).append(record)
    for lesson, some in by_lesson.items():
        place = folder / lesson
        place.mkdir(parents=True, exist_ok=True)
        files = stems([(record.student, record.student_id) for record in some])
        for record in some:
            stem = files[record.student_id]
            (place / f"{stem}.json").write_bytes(records.encode(record))
            (place / f"{stem}.html").write_text(f"<p>{record.student_id}", "utf-8")
    return folder


def ordered(class_: Sequence[Record], roster: bytes | None = None, **more: object) -> Order:
    """An order without files."""
    filed = [Filed(Path(f"{record.lesson}/{record.student}.json"), record) for record in class_]
    filed.sort(key=lambda one: (one.record.lesson, one.record.student, one.record.student_id))
    return Order(filed, roster, **more)  # type: ignore[arg-type]


def order_of(folder: Path, roster: bytes | None = None, provisional: bool = False) -> Order:
    filed, broken = kept(folder)
    assert not broken
    return Order(filed, roster, provisional)


def table(
    rows: Iterable[Sequence[str]], end: str = "\n", always: bool = False, delimiter: str = ","
) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator=end, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode("utf-8")


def canvas_roster(
    people: Iterable[tuple[str, str]], assignments: Sequence[tuple[str, str]] = (), points: bool = True
) -> bytes:
    """A gradebook of (Student, ID), with assignments (header, points possible) and the totals behind them."""
    titles = [title for title, _ in assignments]
    rows = [["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *titles, "Final Score"]]
    if points:
        rows.append(["    Points Possible", "", "", "", "", *(p for _, p in assignments), "(read only)"])
    rows += [
        [name, one, f"00{one}", f"login{one}", "DL-01", *("" for _ in assignments), "0.0"]
        for name, one in people
    ]
    return table(rows)


def worksheet(
    people: Iterable[tuple[str, str]],
    header: Sequence[str] = MOODLE,
    most: str = "100.00",
    word: str = "Participant",
) -> bytes:
    """Moodle's, of (full name, number): a byte order mark, CRLF, quotes where PHP puts them."""
    lines = [",".join(_php(text) for text in header)]
    for name, number in people:
        cells = [
            f"{word} {number}", name, f"s{number}@example.com", "Submitted for grading - ", "", most,
            "Yes" if word == "Participant" else "예", "Monday, 2 November 2026, 10:21 AM", "-", "",
        ]  # fmt: skip
        lines.append(",".join(_php(text) for text in cells))
    return b"\xef\xbb\xbf" + ("\r\n".join(lines) + "\r\n").encode("utf-8")


def _php(text: str) -> str:
    """PHP's fputcsv also puts quotes around what holds a blank."""
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ' ,"\t\n') else text


def read_back(content: bytes, delimiter: str = ",") -> list[list[str]]:
    """By Python's csv module, which is not ours."""
    return list(
        csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter, strict=True)
    )


@dataclass(frozen=True)
class Done:
    status: int
    out: bytes
    said: str


def export(folder: Path, *words: str | Path) -> Done:
    """The command as a teacher runs it, its output going into a pipe."""
    command = [sys.executable, "-m", "grader", "export", str(folder), *map(str, words)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    return Done(done.returncode, done.stdout, done.stderr.decode("utf-8"))
