"""The pytest plugin: collects a lesson's checks, orders them by what they need, and records outcomes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from _pytest.runner import runtestprotocol

from grader.errors import LessonError
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.fixtures import runs_there
from grader.judge.guest import Guest
from grader.judge.known import Known
from grader.judge.ordering import certifiers, closure, identity, needs, ordered, points, prefers, waits
from grader.judge.outcome import Listed, Outcome, State
from grader.judge.own_lines import why_not_collected
from grader.judge.probes import Probes
from grader.judge.ruling import BLOCKED, Ruling, overruled, ruled
from grader.judge.stopwatch import Stopwatch, Took
from grader.judge.student import Student
from grader.judge.task import Task
from grader.lesson import Option

_MAX_TROUBLE = 4000


class Checks:
    """One run over one submission. `outcomes` fills up in the order of the checks.

    `wait` is called once, when the checks have been collected, for what to run them on; for None none runs.
    """

    def __init__(
        self,
        folder: Path,
        expected: dict[str, Literal["public", "hidden"]],
        options: dict[str, Option],
        names: tuple[str, ...],
        wait: Callable[[], Task | None],
    ) -> None:
        self._folder = folder
        self._expected = expected
        self._options = options
        self._names = names
        self._wait = wait
        self._task: Task | None = None
        self._guest: Guest | None = None
        self._student: Student | None = None
        self._known = Known(names)
        self._probes: Probes | None = None
        self._error: BaseException | None = None
        self._again = False
        self._over = False
        self._certifiers: dict[str, list[str]] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.collection_errors: list[str] = []
        self.refused: str | None = None
        self.listed: list[Listed] = []
        self.only_listed = False

    @pytest.fixture
    def draw(self, request: pytest.FixtureRequest) -> Draw:
        """Fresh random numbers of this check and submission."""
        assert self._task is not None
        draw = Draw(self._task.key, identity(request.node))
        return draw.again() if self._again else draw

    @pytest.fixture
    def student(self, draw: Draw) -> Student:
        """The notebook's names; what is asked runs behind the wall."""
        assert self._guest is not None
        self._student = Student(self._guest, draw, self._known)
        return self._student

    @pytest.fixture
    def probes(self, draw: Draw) -> Probes:
        """The verbs of judging."""
        self._probes = Probes(draw)
        return self._probes

    @pytest.fixture
    def passed(self) -> Callable[..., bool]:
        """`passed(*ids)`: whether all these checks, which came before, have passed."""
        return lambda *names: self._waits_for(list(names)) is None

    @pytest.fixture
    def options(self) -> dict[str, Option]:
        """The table `[options]` of lesson.toml."""
        return self._options

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.collection_errors.append(
                why_not_collected(report.nodeid, report.longreprtext[-_MAX_TROUBLE:])
            )

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        if self.collection_errors:
            return
        try:
            items[:] = self._arranged(items)
        except LessonError as error:
            self.refused = str(error)
            items.clear()

    def _arranged(self, items: list[pytest.Item]) -> list[pytest.Item]:
        by_id = {identity(item): item for item in items}
        wanted = waits(by_id)
        missing = sorted(set(self._expected) - {name.partition("[")[0] for name in by_id})
        if missing or len(by_id) != len(items):
            which = ", ".join(missing) or "doubled ids"
            raise LessonError(f"What pytest collected is not what the files define: {which}.")
        self._certifiers = certifiers(by_id, whole="hidden" in self._expected.values())
        order = ordered(wanted)
        self.listed = [
            Listed(
                name,
                self._visibility(name),
                points(by_id[name], self._options),
                needs(by_id[name]),
                runs_there(by_id[name]),
            )
            for name in order
        ]
        return [by_id[name] for name in order]

    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Asks for what to run on, before pytest's own loop runs it."""
        if self.collection_errors or self.refused is not None or not self.listed:
            return
        for item in session.items:
            _ = item.location  # what pytest finds out once for an item, forks need not
        self._task = self._wait()
        if self._task is None:
            self.only_listed = True
            session.items.clear()
            return
        if (only := self._task.only) is None:
            return
        by_id = {identity(item): item for item in session.items}
        if only not in by_id:
            self.refused = f"There is no check {only}. Checks here: {', '.join(by_id)}."
            session.items.clear()
            return
        session.items[:] = [by_id[name] for name in closure(only, waits(by_id), list(by_id))]

    def _visibility(self, name: str) -> Literal["public", "hidden"]:
        return self._expected[name.partition("[")[0]]

    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool:
        assert self._task is not None
        guests = self._task.guests
        root = self._waits_for(needs(item))
        if root is not None or self._over:
            # The item before left up what it shares with this one, and the next may share less.
            item.session._setupstate.teardown_exact(nextitem)
            self._again = False
            if not self._over:
                self._record(item, BLOCKED, Took(0.0, 0.0), waits_for=root)
            return True
        watch = Stopwatch(guests.cpu)
        self._again = self._known.relied = False
        state = self._run(item, nextitem, watch, fresh=False)
        if state not in ("passed", "manual") and (guests.shared() or self._known.relied):
            self._known = Known(forgetful=True)
            state = self._run(item, nextitem, watch, fresh=True)
        if state == "failed" and isinstance(self._error, Finding) and self._error.by_chance:
            self._again = True
            state = self._run(item, nextitem, watch, fresh=guests.shared())
        if self._known.forgetful:
            self._known = Known(self._names)
        root = self._waits_for(prefers(item))
        if state == "failed" and root is not None:
            self._record(item, BLOCKED, watch.took(), waits_for=root)
        self._over = self._task.fail_fast and self.outcomes[identity(item)].loses()
        return True

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Overrules what passed on a recording that nothing bears out."""
        for item in session.items:
            outcome = self.outcomes.get(identity(item))
            by = [self.outcomes[n] for n in self._certifiers.get(identity(item), ()) if n in self.outcomes]
            if outcome is None or (ruling := overruled(outcome, by, self.outcomes)) is None:
                continue
            self._again = outcome.again
            waits_for = by[-1].root if ruling.state == "blocked" else None
            self._record(item, ruling, Took(outcome.seconds, outcome.cpu_seconds), waits_for=waits_for)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
        if call.excinfo is not None and self._error is None:
            self._error = call.excinfo.value
        return (yield)

    def _run(
        self, item: pytest.Item, nextitem: pytest.Item | None, watch: Stopwatch, *, fresh: bool
    ) -> State:
        self._error = self._student = self._probes = None
        assert self._task is not None
        with self._task.guests.opened(identity(item), fresh=fresh) as guest:
            self._guest = guest
            if hasattr(item, "_initrequest"):
                item._initrequest()
            runtestprotocol(item, log=False, nextitem=nextitem)
            remarks = self._probes.remarks if self._probes else ()
            ruling = ruled(self._error, item, self._folder, self._student, remarks)
        self._record(item, ruling, watch.took())
        return ruling.state

    def _waits_for(self, wanted: list[str]) -> str | None:
        for name in wanted:
            outcome = self.outcomes.get(name)
            if outcome is not None and outcome.state != "passed":
                return outcome.root
        return None

    def _record(
        self,
        item: pytest.Item,
        ruling: Ruling,
        took: Took,
        *,
        waits_for: str | None = None,
    ) -> None:
        name = identity(item)
        self.outcomes[name] = Outcome(
            name,
            self._visibility(name),
            ruling.state,
            points(item, self._options),
            ruling.found,
            took.seconds,
            waits_for,
            ruling.trouble,
            self._again,
            took.cpu_seconds,
            runs_there(item),
            ruling.otherwise,
        )
        assert self._task is not None
        self._task.heard(self.outcomes[name])
