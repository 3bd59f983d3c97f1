"""Lists for `grader override`: what people have said in a folder, and what one student's checks gave."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from rich.cells import cell_len

from grader.people import sheet as sheets
from grader.record import Check, Record
from grader.report import view
from grader.report.sentences import one_line, said_number
from grader.totals import is_open


def list_all(read: Mapping[Path, Mapping[str, Record]]) -> None:
    """By lesson: points given by hand, what is said of times, and what still waits for a person."""
    for folder, of in read.items():
        sheet = sheets.read(folder)
        by_id = {record.student_id: record for record in of.values()}
        click.echo(f"{folder}: {len(of)} records")
        rows: list[tuple[str, ...]] = [
            (_who(one.student_id, by_id), one.check, said_number(one.points), one_line(one.comment, 60))
            for one in sheet.override
        ]
        for time in sheet.late:
            said = [f"due {time.due.isoformat()}"] if time.due else []
            said += [f"handed in {time.submitted.isoformat()}"] if time.submitted else []
            who = _who(time.student_id, by_id)
            rows.append((who, ", ".join(said), "", one_line(time.comment, 60)))
        _columns(rows or [("nothing was given by hand",)])
        open_: list[tuple[str, ...]] = [
            (_who(record.student_id, by_id), check.id, said_number(check.max_points), check.state)
            for record in of.values()
            for check in record.checks
            if is_open(check)
        ]
        if open_:
            click.echo("  still to be looked at:")
            _columns(open_)


def list_student(folder: Path, record: Record) -> None:
    """The checks of one student with their ids, states and points."""
    score = f"{said_number(record.score)}/{said_number(record.max_score)}"
    click.echo(f"{folder}: {_who(record.student_id, {record.student_id: record})}, {score}")
    _columns([_row(check) for check in record.checks])


def _row(check: Check) -> tuple[str, ...]:
    points = f"{said_number(check.points)}/{said_number(check.max_points)}"
    by_hand = f"by hand, was {said_number(check.override.was)}" if check.override else ""
    comment = one_line(check.override.comment, 60) if check.override else ""
    return f"{view.GLYPHS[view.state_of(check)]} {check.id}", points, check.state, by_hand, comment


def _who(student_id: str, known: Mapping[str, Record]) -> str:
    record = known.get(student_id)
    if record is None:
        return f"{one_line(student_id, 40)} (no record)"
    name = one_line(record.student, 40)
    return name if name == student_id else f"{name} ({one_line(student_id, 40)})"


def _columns(rows: list[tuple[str, ...]]) -> None:
    widths = [max(cell_len(row[at]) if at < len(row) else 0 for row in rows) for at in range(len(rows[0]))]
    for row in rows:
        cells = [cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        click.echo(("  " + "  ".join(cells)).rstrip())
