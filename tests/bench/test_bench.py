"""The bench's own arithmetic: a figure that is wrong here is wrong on the page."""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from grader import lesson as lessons
from tests.bench.accounts import Account, Cost, account
from tests.bench.asserts import ASSERTS, Asserts
from tests.bench.assignment import nbgrader_source, nbgrader_submission, otter_submission, otter_test
from tests.bench.environments import Unavailable, environment, needed, reason
from tests.bench.measuring import rotated
from tests.bench.notebooks import notebook, sources
from tests.bench.page import Setting, page
from tests.bench.runs import Graded, Round, Runs, percent, spread
from tests.bench.seams import SEAMS, Moment, Seen, Stopwatch, watched


def moment(wall: float, cpu: float, driver: float = 0.0, judge: float = 0.0) -> Moment:
    return Moment(wall, cpu, driver, {"judge": judge, "desk": 0.0})


def one_round(*, slow: float = 1.0) -> Round:
    """Four notebooks on two slots: 2 s of cells and 0.5 s of probes each; we take `slow` times 6 s."""
    first, last = moment(10.0, 3.0, 1.0), moment(10.0 + 6.0 * slow, 15.0, 1.4, 2.0)
    seen = Seen(slots=2, tasks=4, busy=10.8 * slow, first=first, last=last, parts={"judge": 2.0})
    graded = Graded(Cost(10.0, 17.0), seen, cells=2.1, requests=0.4)
    return Round(Cost(4.0, 8.0), 0.5, graded, {"otter": Cost(20.0, 30.0)})


def runs(*rounds: Round) -> Runs:
    return Runs("rnn_basics", 4, 2, {"otter": 2}, list(rounds), 40e6)


def test_the_bound_is_the_cells_and_the_probes_on_all_slots() -> None:
    assert runs().bound(one_round()) == 4.0 + 4 * 0.5 / 2


def test_shares_and_ratios() -> None:
    made, one = runs(), one_round()
    assert made.share(one) == pytest.approx(5.0 / 6.0)
    assert made.share_of_all(one) == pytest.approx(5.0 / 10.0)
    assert made.busy(one) == pytest.approx(10.8 / 12.0)
    assert made.times(one, "otter") == pytest.approx((4 / 10) / (2 / 20))
    assert made.lighter(one, "otter") == pytest.approx((30 / 2) / (17 / 4))


def test_what_lies_beyond_cells_and_probes() -> None:
    made, one = runs(), one_round()
    assert made.cpu(one) == pytest.approx(12 / 4)
    assert made.beyond(one) == pytest.approx(3.0 - 2.0 - 0.5)
    assert made.beyond_of_all(one) == pytest.approx((17 - 8) / 4 - 0.5)


def test_the_median_stands_with_its_spread() -> None:
    assert spread([3.0, 1.0, 2.0], 1) == "2.0 (1.0 to 3.0)"
    assert percent([0.5, 0.8, 0.9]) == "80 % (50 to 90)"


def test_every_round_begins_with_another_and_leaves_none_out() -> None:
    names = ["a", "b", "c"]
    turns = [rotated(names, turn) for turn in range(4)]
    assert [turn[0] for turn in turns] == ["a", "b", "c", "a"]
    assert all(sorted(turn) == names for turn in turns)


def test_the_page_says_what_was_run_what_not_and_nothing_of_the_machine_but_its_size() -> None:
    setting = Setting(
        "x86_64 with 2 cores, Linux 6.1, Python 3.11.7",
        "2026-01-02",
        "a control group of its own",
        {"otter-grader": "9.9"},
        {"nbgrader": "the package index could not be reached"},
        profile=True,
    )
    also = [runs(one_round(), one_round(slow=1.5))]
    text = page([runs(one_round(), one_round(slow=1.5), one_round(slow=2.0))], also, setting)
    assert "3 rounds" in text
    assert "| otter | 6 (6 to 6) | 15.000 (15.000 to 15.000) | 4.0 (4.0 to 4.0) |" in text
    assert "nbgrader is missing here: the package index could not be reached" in text
    assert "| throughput, of the bound's | 56 % (42 to 83) |" in text
    assert "otter-grader 9.9" in text
    assert "| the judge and its forks | 0.500 (0.500 to 0.500) |" in text
    assert "(2.500 to 2.500) | 3.000 (3.000 to 3.000) | 0.500 (0.500 to 0.500) | 69 % (56 to 83) |" in text
    assert max(map(len, text.splitlines())) < 220
    for secret in (os.uname().nodename, str(Path.cwd()), "http"):
        assert secret not in text


def test_cpu_is_that_of_all_processes_and_the_environment_has_one_thread() -> None:
    burn = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    code = f"import os, subprocess, sys\nsubprocess.run([sys.executable, '-c', {burn!r}])\n"
    code += "print(os.environ['OMP_NUM_THREADS'])"
    with account() as counted:
        cost = counted.run([sys.executable, "-c", code])
    assert cost.output == "1\n"
    assert cost.cpu >= 0.29


def test_a_command_that_fails_ends_the_bench_with_what_it_said() -> None:
    with pytest.raises(SystemExit, match="no such luck"):
        Account(None).run([sys.executable, "-c", "raise SystemExit('no such luck')"])


def test_the_seams_are_where_the_grader_has_them_and_are_left_as_they_were() -> None:
    submit = ThreadPoolExecutor.submit
    watch = Stopwatch(Account(None))
    with watched(watch, parts=True):
        with ThreadPoolExecutor(2, thread_name_prefix="slot") as pool:
            assert list(pool.map(abs, [-1, 2, -3])) == [1, 2, 3]
        with ThreadPoolExecutor(1, thread_name_prefix="other") as pool:
            assert pool.submit(abs, -1).result() == 1
        assert ThreadPoolExecutor.submit is not submit
    assert ThreadPoolExecutor.submit is submit
    seen = watch.seen
    assert (seen.slots, seen.tasks) == (2, 3)
    assert seen.first is not None
    assert seen.last is not None
    assert seen.first.wall <= seen.last.wall
    assert seen.busy <= 2 * (seen.last.wall - seen.first.wall)


def test_a_part_is_timed_where_it_is_called_from(tmp_path: Path) -> None:
    from grader.output import Shelf

    watch = Stopwatch(Account(None))
    with watched(watch, parts=True):
        Shelf(tmp_path, "tiny").write("a.txt", b"text")
    assert set(watch.seen.parts) == {"write"} <= set(SEAMS)
    watch.seen.write(tmp_path / "seen.json")
    assert Seen.read(tmp_path / "seen.json").parts == watch.seen.parts


def test_pip_is_quoted_without_any_address() -> None:
    said = reason("ERROR: Could not find a version at https://host.example/index", "otter")
    assert said == "pip found no fitting version of what otter needs"
    assert reason("NewConnectionError(host.example)", "otter") == "the package index could not be reached"
    assert reason("anything https://host.example", "otter") == "pip failed"
    assert all(package.partition("=")[0] for package in needed("nbgrader"))


def test_what_is_not_installed_is_not_installed_where_that_is_switched_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.bench.environments.PLACE", tmp_path / "nothing")
    with pytest.raises(Unavailable, match="switched off"):
        environment("otter", make=False)
    assert not (tmp_path / "nothing").exists()


def ran(cells: list[str]) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in cells:
            exec(compile(cell, "cell", "exec"), names)  # noqa: S102
    return names


@pytest.fixture(scope="module", params=ASSERTS)
def answered(request: pytest.FixtureRequest) -> tuple[str, dict[str, Any]]:
    """A lesson and what the bench's notebooks of it define."""
    import matplotlib as mpl

    mpl.use("agg")
    return request.param, ran(sources(lessons.find(request.param), 0, 2))


def test_the_asserts_hold_on_the_reference_and_fail_without_an_answer(
    answered: tuple[str, dict[str, Any]],
) -> None:
    name, names = answered
    for test in ASSERTS[name]:
        exec(test.source, dict(names))  # noqa: S102
        emptied = dict(names) | {key: lambda *_, **__: None for key in lessons.find(name).names}
        with pytest.raises((AssertionError, AttributeError, TypeError)):
            exec(test.source, emptied)  # noqa: S102


def test_otter_asks_the_same_as_doctests(answered: tuple[str, dict[str, Any]]) -> None:
    name, names = answered
    for test in ASSERTS[name]:
        told: dict[str, Any] = {}
        exec(otter_test(test), told)  # noqa: S102
        (suite,) = told["test"]["suites"]
        examples = doctest.DocTestParser().get_doctest(suite["cases"][0]["code"], dict(names), name, None, 0)
        said = io.StringIO()
        failed, tried = doctest.DocTestRunner(verbose=False).run(examples, out=said.write)
        assert (failed, tried > 0) == (0, True), said.getvalue()
        assert told["test"]["points"] == test.points


def test_the_students_cells_are_the_same_for_everybody() -> None:
    student = notebook(lessons.find("rnn_basics"), 3, 2)
    tests = (Asserts("a_name", 2, "assert True\n"),)
    theirs, others = nbgrader_submission(student, tests), otter_submission(student, tests)
    assert theirs["cells"][: len(student["cells"])] == student["cells"]
    assert others["cells"][1 : 1 + len(student["cells"])] == student["cells"]
    (source,) = nbgrader_source(tests)["cells"]
    assert source == theirs["cells"][-1]
    assert source["metadata"]["nbgrader"]["points"] == 2
