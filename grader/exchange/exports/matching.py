"""Which row of a roster a record belongs to: by id; by name alone only where that can mean nobody else."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from grader.exchange.exports import Filed, Outcome
from grader.exchange.exports.roster import Person, is_trial
from grader.exchange.exports.telling import who
from grader.record import Record

BY_NAME = "Found by its name alone: the roster does not have its id."


@dataclass(frozen=True)
class Match:
    """Records with their rows, and who is left over on either side."""

    rows: dict[int, Filed]
    """By the row of the roster."""
    by_name: dict[int, Filed]
    """Those of `rows` that were found by name alone."""
    unmatched: list[tuple[Filed, str]]
    """Records without a row, and why."""
    missing: list[Person]
    """People without a record."""

    def outcomes(self, lesson: str) -> list[Outcome]:
        """Those who are left over, for the summary."""
        lost = [Outcome(who(filed.record), lesson, "unmatched", why) for filed, why in self.unmatched]
        without = [
            Outcome(person.label, lesson, "missing") for person in self.missing if not is_trial(person)
        ]
        return lost + without


def matched(filed: Sequence[Filed], people: Sequence[Person]) -> Match:
    """Finds each record's row. Where two rows or two records could be meant, none is."""
    by_id: dict[str, list[Person]] = defaultdict(list)
    by_name: dict[str, list[Person]] = defaultdict(list)
    for person in people:
        for key in {_same(text) for text in person.ids}:
            by_id[key].append(person)
        for form in _forms(person.name):
            by_name[form].append(person)
    namesakes = Counter(_plain(one.record.student) for one in filed)
    claims: dict[int, list[Filed]] = defaultdict(list)
    weak: dict[int, list[Filed]] = defaultdict(list)
    unmatched: list[tuple[Filed, str]] = []
    for one in filed:
        record = one.record
        rows = by_id.get(_same(record.student_id), [])
        named = by_name.get(_plain(record.student), []) if _plain(record.student) else []
        fitting = [person for person in rows if not _contradicts(record, person)]
        if len(fitting) == 1:
            claims[fitting[0].row].append(one)
        elif rows:
            unmatched.append((one, _doubt(record, rows)))
        elif len(named) == 1 and namesakes[_plain(record.student)] == 1:
            weak[named[0].row].append(one)
        else:
            unmatched.append((one, _nobody(len(named), namesakes[_plain(record.student)])))
    for row, some in weak.items():
        if row in claims:
            why = "By its name it would be the row that another record has by its id."
            unmatched.extend((one, why) for one in some)
        else:
            claims[row] = some
    for row in [row for row, some in claims.items() if len(some) > 1]:
        why = "Several records claim one row, so none was taken."
        unmatched.extend((one, why) for one in claims.pop(row))
    rows_ = {row: some[0] for row, some in sorted(claims.items())}
    return Match(
        rows=rows_,
        by_name={row: one for row, one in rows_.items() if row in weak},
        unmatched=unmatched,
        missing=[person for person in people if person.row not in rows_],
    )


def _same(text: str) -> str:
    """An id as it is compared: leading zeros count, the case of an address does not."""
    return unicodedata.normalize("NFC", text.strip()).casefold()


def _plain(name: str) -> str:
    """A name as its letters and digits, in one Unicode form."""
    return "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())


def _forms(name: str) -> set[str]:
    """`Kim, Mina` is also `Mina Kim`."""
    last, comma, first = name.partition(",")
    return {form for form in (_plain(name), _plain(first + last) if comma else "") if form}


def _contradicts(record: Record, person: Person) -> bool:
    """Whether the names say that the id is somebody else's, as where it is another platform's number.

    The order of the parts says nothing, nor does a group's name before the student's.
    """
    if not person.name or record.student == record.student_id:
        return False
    ours, theirs = Counter(_plain(record.student)), Counter(_plain(person.name))
    return bool(ours - theirs) and bool(theirs - ours)


def _doubt(record: Record, rows: Sequence[Person]) -> str:
    if len(rows) > 1:
        return f"{len(rows)} rows of the roster have its id."
    return f"On the roster its id is that of {rows[0].name}. Enter these points by hand."


def _nobody(rows: int, records: int) -> str:
    if rows > 1:
        return f"The roster does not have its id, and {rows} of its rows have this name."
    if rows:
        return f"The roster does not have its id, and {records} records have this name."
    return "The roster has neither its id nor its name."
