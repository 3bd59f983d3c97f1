"""Where a submission's time goes: CPU by who used it, the clock by the part that waited for it."""

from __future__ import annotations

from collections.abc import Callable

from tests.bench.runs import Round, Runs, spread
from tests.bench.seams import FAMILIES, SEAMS


def section(runs: Runs) -> list[str]:
    """The tables of one lesson, in Markdown."""
    rows: list[tuple[str, Callable[[Round], float]]] = [
        ("the driver", lambda one: _of(runs, one, "driver")),
        *((f"the {name} and its forks", _family(runs, name)) for name in FAMILIES),
        ("the rooms: fork, walls, cells, snapshots, sweeps", lambda one: _rooms(runs, one)),
        ("of that, the cells as the record says", lambda one: one.graded.cells),
        ("of that, requests of checks as the record says", lambda one: one.graded.requests),
        ("of that, the rest", lambda one: _rooms(runs, one) - one.graded.cells - one.graded.requests),
        ("all", runs.cpu),
        ("the cells alone, without any walls", runs.cells),
        ("the probes' arithmetic, without any walls", lambda one: one.probes),
    ]
    cpu = [f"| {name} | {spread(runs.each(figure), 3)} |" for name, figure in rows]
    clock = [f"| {name} | {spread(runs.each(_part(runs, name)), 3)} |" for name in SEAMS]
    clock.append(f"| all that a slot does | {spread(runs.each(lambda one: _slot(runs, one)), 3)} |")
    return [
        "### Where it goes",
        "",
        "| CPU seconds a notebook, the start left out | |",
        "|---|---|",
        *cpu,
        "",
        "| seconds by the clock a notebook, in its slot | |",
        "|---|---|",
        *clock,
        "",
    ]


def _of(runs: Runs, one: Round, name: str) -> float:
    first, last = one.graded.ends
    return float(getattr(last, name) - getattr(first, name)) / runs.count


def _family(runs: Runs, name: str) -> Callable[[Round], float]:
    def figure(one: Round) -> float:
        first, last = one.graded.ends
        return (last.families[name] - first.families[name]) / runs.count

    return figure


def _rooms(runs: Runs, one: Round) -> float:
    """All but the driver and the trusted side: what is reaped out of sight cannot be asked for itself."""
    trusted = sum(_family(runs, name)(one) for name in FAMILIES)
    return runs.cpu(one) - _of(runs, one, "driver") - trusted


def _part(runs: Runs, name: str) -> Callable[[Round], float]:
    return lambda one: one.graded.seen.parts.get(name, 0.0) / runs.count


def _slot(runs: Runs, one: Round) -> float:
    return one.graded.seen.busy / runs.count
