"""What must hold of every hostile notebook's record, whatever it tried."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from grader.record import Record
from tests.hostile.arranged import codes, honest_ones, nameless, passed, said
from tests.hostile.case import Hostile
from tests.hostile.course import Graded


def earns_what_is_honest(record: Record, case: Hostile, alone: Mapping[str, Record]) -> None:
    """No check passes that the honest part alone does not pass, and nothing is held or taken out."""
    honest = alone[case.honest]
    shown = {check.id: (check.state, [f.code for f in check.findings]) for check in record.checks}
    assert passed(record) <= passed(honest), shown
    if case.exactly:
        assert passed(record) == passed(honest), (record.run.state, record.run.message, shown)
    assert record.score <= honest.score
    assert (record.max_score, record.held) == (honest.max_score, 0), shown
    assert record.state == "graded", shown
    assert (record.submitted, record.late_penalty) == (None, 0)


def says_what_happened(record: Record, case: Hostile) -> None:
    """The run ends as it must, the findings have their names, and the attack was made."""
    assert record.run.state in case.run, (record.run.message, said(record)[-500:])
    assert "channel" not in (record.run.message or ""), "who ended it has to be said"
    if case.cell is not None:
        assert record.run.cell == case.cell
    assert set(case.codes) <= codes(record), codes(record)
    assert case.says in said(record), said(record)[-500:]
    notes = [str(note.facts.get("what", "")) for note in record.notes]
    for what in case.noted:
        assert any(what in told for told in notes), notes


def neighbours_are_unharmed(records: Mapping[str, Record], alone: Mapping[str, Record]) -> None:
    """Every honest notebook has, but for times and names, the record that it has alone."""
    for part, record in alone.items():
        between = honest_ones(records, part)
        assert between, part
        for one in between:
            assert nameless(one) == nameless(record), one.student


def nothing_is_left(processes: Iterable[str], files: Iterable[str], touched: Iterable[str]) -> None:
    assert list(processes) == []
    assert list(files) == []
    assert list(touched) == []


def everyone_has_pages(graded: Graded, lesson: str, students: int) -> None:
    """A record, a page and an instructor's page for each, the class page, and a run that ended well."""
    out = graded.folder / "out" / lesson
    stems = {path.stem for path in out.glob("*.json")}
    assert len(stems) == students
    assert {path.stem for path in out.glob("*.html")} == stems | {"index"}
    assert {path.stem for path in (out / "instructor").glob("*.html")} == stems
    assert (graded.status, graded.stderr) == (0, "")


def files_are_small(graded: Graded) -> None:
    for path in (graded.folder / "out").rglob("*"):
        limit = 5_000_000 if path.suffix == ".json" else 10_000_000
        assert path.is_dir() or path.stat().st_size <= limit, path
