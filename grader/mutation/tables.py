"""The score of a lesson on a terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader.mutation.mutant import Mutant
from grader.mutation.scores import Result, Score, Tally

_MOST_DIFF = 24
_DIFF = {"+": "green", "-": "red"}
_COLUMNS = ("tried", "killed", "stopped", "survived", "equiv.", "right", "named")


def show(console: Console, score: Score) -> None:
    """The tables, then what an author has to look at, then the rates."""
    tally = score.tally
    console.print(_groups(score))
    console.print()
    if tally.by_check():
        console.print(_checks(score))
        console.print()
    for title, kinds in (
        ("Survivors: wrong, and full marks", ("survived",)),
        ("Checks of ours broke on", ("held",)),
        ("Right code that lost points", ("alarm",)),
    ):
        found = [one for one in tally.results if one.kind in kinds]
        if found:
            console.print(Text(title, "bold"))
            for one in found:
                console.print(_shown(one, score))
    _aside(console, "Probably equivalent", [one for one in tally.results if one.kind == "equivalent"])
    _aside(console, "Still right", [one for one in tally.results if one.kind == "still right"])
    for sentence in score.misses():
        console.print(Text("✗ ", "red bold") + Text(sentence))
    console.print(Text(summary(score)))
    console.print()


def summary(score: Score) -> str:
    tally = score.tally
    part = "" if len(tally.results) == score.made else f" (tried {len(tally.results)} of {score.made})"
    return (
        f"{score.lesson}: {tally.count('killed', 'stopped')} of {tally.counted} mutants lose points "
        f"({tally.killed_percent:.1f} %), {tally.named} of {tally.count('killed')} under a true name "
        f"({tally.named_percent:.1f} %), {tally.alarms} of {tally.right} right variants lose any"
        f"{part}   {score.seconds:.0f} s"
    )


def _groups(score: Score) -> Table:
    table = Table(
        title=score.lesson, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0)
    )
    table.add_column("operators", overflow="fold")
    for name in _COLUMNS:
        table.add_column(name, justify="right", no_wrap=True)
    for group, tally in score.tally.by_group().items():
        table.add_row(group, *_row(tally))
    mutants = Tally(tuple(one for one in score.tally.results if isinstance(one.made, Mutant)))
    table.add_section()
    table.add_row("all", *_row(mutants), style="bold")
    return table


def _row(tally: Tally) -> list[str]:
    counts = [
        len(tally.results),
        tally.count("killed"),
        tally.count("stopped"),
        tally.count("survived", "held"),
        tally.count("equivalent"),
        tally.count("still right", "alarm"),
    ]
    return [*(str(n) if n else "" for n in counts), named(tally)]


def named(tally: Tally) -> str:
    """Such as `17 of 18`; empty where a finding killed nothing."""
    return f"{tally.named} of {tally.count('killed')}" if tally.count("killed") else ""


def _checks(score: Score) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("check", overflow="fold")
    for name in ("killed", "stopped", "named"):
        table.add_column(name, justify="right", no_wrap=True)
    found = score.tally.by_check()
    for name in score.order:
        tally = found.get(name, Tally(()))
        counts = [str(tally.count(kind) or "") for kind in ("killed", "stopped")]
        table.add_row(name, *counts, named(tally))
    return table


def _shown(result: Result, score: Score) -> RenderableType:
    made = result.made
    head = Text("  ✗ ", "red bold")
    lines: list[RenderableType] = []
    if isinstance(made, Mutant):
        head += Text(f"{made.operator}  {made.base} cell {made.cell} line {made.line}  ", "bold")
        head += Text(made.digest, "dim")
    else:
        head += Text(f"rewrite {made.rewrite}  {made.base}  ", "bold") + Text(made.digest, "dim")
    lines.append(head)
    lines += [Text(f"    {line}", _DIFF.get(line[:1], "")) for line in _body(made.diff)]
    lines += [Padding(Text(sentence), (0, 0, 0, 4)) for sentence in sentences(result, score)]
    return Group(*lines, Text())


def _body(diff: str) -> list[str]:
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++", "@@"))]
    return lines if len(lines) <= _MOST_DIFF else [*lines[:_MOST_DIFF], "…"]


def sentences(result: Result, score: Score) -> list[str]:
    """What there is to know of a result that an author has to look at."""
    made, trial, said = result.made, result.trial, []
    if result.kind == "survived":
        said.append(f"It would get {score.max_score:g} of {score.max_score:g} points.")
        if isinstance(made, Mutant):
            said.append(f"Probes that could see it: {made.probes}.")
        if trial.run != "finished":
            said.append(f"Its cells did not all run ({trial.run}), and that cost nothing.")
        if trial.remarks:
            said.append(f"Remarked without costing points: {', '.join(trial.remarks)}.")
        said += _told(result)
    else:
        said.append(f"{trial.check}: {trial.finding or 'a check of ours broke'}")
        if isinstance(made, Mutant) and made.free:
            said.append(f"The contract leaves this free: {made.free}")
    if result.mark is not None:
        said.append(f"Marked by its author: {result.mark.reason}")
    return said


def _told(result: Result) -> list[str]:
    told = result.trial.told
    if told is None:
        return []
    if told.trouble:
        return [f"It could not be compared with the original: {told.trouble.splitlines()[-1]}"]
    if not told.differs:
        return [f"No difference in {told.asked} requests, {told.rounds} of them with other arguments."]
    where = "a search with other arguments finds it" if told.searched else f"{told.check} asked it"
    return [f"What tells it from the original ({where}): {told.request}", f"The replies: {told.what}"]


def _aside(console: Console, title: str, found: list[Result]) -> None:
    if not found:
        return
    told = [one.trial.told for one in found if one.trial.told is not None]
    console.print(Text(f"{title}: {len(found)}", "bold"))
    if told:
        least = min(one.asked - one.rounds for one in told), min(one.rounds for one in told)
        console.print(
            Text(f"No reply differed in at least {least[0]} requests and {least[1]} searched ones.")
        )
    for one in found:
        made = one.made
        if isinstance(made, Mutant):
            why = f"  {made.free}" if made.free else ""
            console.print(Text(f"  {made.operator}  {made.base} cell {made.cell} line {made.line}{why}"))
            for line in _body(made.diff):
                if line[:1] in _DIFF:
                    console.print(Text(f"    {line}", "dim"))
    console.print()
