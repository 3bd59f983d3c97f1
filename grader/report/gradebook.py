"""The gradebook as CSV, one row per record, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from grader.record import Record
from grader.report.class_view import all_checks
from grader.report.sentences import clean, said_number
from grader.totals import is_open

FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
# A spreadsheet that takes semicolons for commas begins a cell after each, quoted or not.
INNER = re.compile(r"([;|\t]\s*)(?=[=+\-@＝＋－＠])")
BYTE_ORDER_MARK = "\ufeff"
FIXED = ("student", "student_id", "score", "max_score", "state", "run", "raw_score", "late_penalty", "held")


def gradebook_csv(records: Sequence[Record]) -> str:
    """Name, id, score, maximum, state, how the notebook ran, the points before lateness, what lateness took
    off, what is held for a person, then the points of each check.

    Begins with a byte order mark, without which spreadsheets misread Hangul. A check that broke or that a
    person has still to look at is blank: it has no points yet.
    """
    checks = [check.id for check in all_checks(records)]
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow([*FIXED, *map(quoted, checks)])
    for record in sorted(records, key=lambda record: record.student_id):
        points = {check.id: "" if is_open(check) else _number(check.points) for check in record.checks}
        rows.writerow(
            [
                quoted(record.student),
                quoted(record.student_id),
                _number(record.score),
                _number(record.max_score),
                record.state,
                record.run.state,
                _number(record.raw_score),
                _number(record.late_penalty),
                _number(record.held),
                *(points.get(name, "") for name in checks),
            ]
        )
    return BYTE_ORDER_MARK + text.getvalue()


def quoted(cell: str) -> str:
    """A student's text as a cell that no spreadsheet takes for a formula."""
    flat = INNER.sub(r"\1'", clean(cell).replace("\n", " "))
    begins = (cell, flat, flat.lstrip())
    return f"'{flat}" if any(text.startswith(FORMULA) for text in begins) else flat


def _number(value: float) -> str:
    return said_number(value).replace(",", "") if float(value).is_integer() else repr(round(value, 6))
