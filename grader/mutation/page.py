"""The scores of lessons as a part of a Markdown page, and as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from grader.errors import UsageError
from grader.mutation import listing, merging
from grader.mutation.mutant import Mutant
from grader.mutation.scores import Result, Score, Tally
from grader.mutation.tables import named, sentences
from grader.output import write as write_file

BEGIN, END = "<!-- tables of grader prove --mutate --write: begin -->", "<!-- tables: end -->"
LIST, LIST_END = "<!-- operators of grader prove --mutate --write: begin -->", "<!-- operators: end -->"


def write(page: Path, scores: Sequence[Score]) -> None:
    """Puts the tables between the two marks of the page, and the operators between theirs where it has these.
    What stands there of lessons that were not scored stays.

    Raises `UsageError` where it has no place for the tables.
    """
    try:
        text = page.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{page} cannot be read: {error.strerror}.") from error
    before = text.partition(BEGIN)[2].partition(END)[0]
    filled = _between(text, BEGIN, END, markdown(scores, before))
    if filled is None:
        raise UsageError(f"{page} has no place for the tables. Put these two lines into it:\n{BEGIN}\n{END}")
    write_file(page, _between(filled, LIST, LIST_END, listing.markdown()) or filled)


def _between(text: str, first: str, last: str, content: str) -> str | None:
    """The text with this content between two marks; None where it has them not."""
    before, begin, rest = text.partition(first)
    _, end, after = rest.partition(last)
    return f"{before}{first}\n{content}\n{last}{after}" if begin and end else None


def markdown(scores: Sequence[Score], before: str = "") -> str:
    """A table of all lessons, then of each its groups, its checks, and what survived. Of lessons that were
    not scored, what the tables `before` said; they keep their places."""
    rows, sections = merging.kept(before, [score.lesson for score in scores])
    rows |= {score.lesson: _overall_row(score.tally) for score in scores}
    sections |= {score.lesson: _section(score) for score in scores}
    ranked = {name: place for place, name in enumerate(merging.order(before))}
    names = sorted(rows, key=lambda name: ranked.get(name, len(ranked)))
    return "\n\n".join([_overall({name: rows[name] for name in names}), *[sections[name] for name in names]])


def _section(score: Score) -> str:
    parts = [f"### `{score.lesson}`", _groups(score), _checks(score)]
    for title, kind in (("Survivors", "survived"), ("Right code that lost points", "alarm")):
        found = [one for one in score.tally.results if one.kind == kind]
        if found:
            parts += [f"**{title}**", *[_shown(one, score) for one in found]]
    return "\n\n".join(parts)


def plain(score: Score) -> dict[str, Any]:
    """Everything of a score as plain data."""
    tally = score.tally
    return {
        "lesson": score.lesson,
        "made": score.made,
        "tried": len(tally.results),
        "counted": tally.counted,
        "killed": tally.count("killed"),
        "stopped": tally.count("stopped"),
        "held": tally.count("held"),
        "survived": tally.count("survived"),
        "equivalent": tally.count("equivalent"),
        "still_right": tally.count("still right"),
        "named": tally.named,
        "right_variants": tally.right,
        "alarms": tally.alarms,
        "killed_percent": round(tally.killed_percent, 2),
        "named_percent": round(tally.named_percent, 2),
        "max_score": score.max_score,
        "misses": score.misses(),
        "seconds": round(score.seconds, 1),
        "results": [_result(one) for one in tally.results],
    }


def _result(one: Result) -> dict[str, Any]:
    made = one.made
    said: dict[str, Any] = {
        "class": one.kind,
        "named": one.named if one.kind == "killed" else None,
        "base": made.base,
        "digest": made.digest,
        "diff": made.diff,
        "mark": one.mark.reason if one.mark else None,
        "trial": msgspec.to_builtins(one.trial),
    }
    if isinstance(made, Mutant):
        names = ("operator", "group", "probes", "names", "cell", "line", "free")
        return said | {name: getattr(made, name) for name in names}
    return said | {"rewrite": made.rewrite}


def _overall(rows: Mapping[str, Sequence[str]]) -> str:
    shown = [[f"`{name}`", *cells] for name, cells in rows.items()]
    shown += [["all", *merging.summed(list(rows.values()))]] if len(rows) > 1 else []
    return _table(
        "lesson",
        ["mutants", "lose points", "truly named", "equivalent", "still right", "right code that loses"],
        shown,
    )  # fmt: skip


def _overall_row(tally: Tally) -> list[str]:
    return merging.cells(
        mutants=tally.counted,
        lost=tally.count("killed", "stopped"),
        named=tally.named,
        killed=tally.count("killed"),
        equivalent=tally.count("equivalent"),
        right=tally.count("still right"),
        alarms=tally.alarms,
        tried=tally.right,
    )


def _groups(score: Score) -> str:
    rows = [
        [
            group,
            str(len(tally.results)),
            str(tally.count("killed")),
            str(tally.count("stopped")),
            str(tally.count("survived", "held")),
            str(tally.count("equivalent")),
            named(tally),
        ]
        for group, tally in score.tally.by_group().items()
    ]
    return _table("operators", ["tried", "killed", "stopped", "survived", "equivalent", "truly named"], rows)


def _checks(score: Score) -> str:
    found = score.tally.by_check()
    rows = []
    for name in score.order:
        tally = found.get(name, Tally(()))
        rows.append([f"`{name}`", str(tally.count("killed")), str(tally.count("stopped")), named(tally)])
    return _table("check", ["killed", "stopped", "truly named"], rows)


def _table(first: str, others: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join([first, *others])} |", f"|---|{'--:|' * len(others)}"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def _shown(one: Result, score: Score) -> str:
    made = one.made
    what = made.operator if isinstance(made, Mutant) else f"rewrite {made.rewrite}"
    place = f" cell {made.cell}" if isinstance(made, Mutant) else ""
    said = " ".join(sentences(one, score))
    return f"`{what}`, {made.base}{place}, `{made.digest}`. {said}\n\n```diff\n{made.diff.rstrip()}\n```"
