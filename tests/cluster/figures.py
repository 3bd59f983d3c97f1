"""What a submission costs on a cluster, measured: `python -m tests.cluster.figures [--lesson L] [--write]`.

Two workers with one slot each, a scheduler and the driver, on machines of their own (network namespaces) with
mutual TLS. A class of real notebooks is graded twice, small and large: the difference is what the further
ones cost. With `--write` the table in docs/cluster.md is made anew.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from grader.sandbox import processes
from grader.sandbox.limits import Limits
from tests.cli.making import ROOT, SECRET
from tests.cluster import certificates
from tests.cluster.net import Host, Net, why_not
from tests.cluster.nodes import Node, Nodes

_PAGE = ROOT / "docs" / "cluster.md"
_BEGIN, _END = "<!-- figures: made by tests/cluster/figures.py -->", "<!-- end of figures -->"
_TICKS = os.sysconf("SC_CLK_TCK")
SUBMISSIONS = 50_000
SLOTS = (16, 64, 256, 1024)


@dataclass(frozen=True)
class Reading:
    """What had been used at one moment. cpu: seconds; sent, received: bytes of the driver"""

    seconds: float
    worker_cpu: float
    driver_cpu: float
    sent: int
    received: int
    count: int


@dataclass(frozen=True)
class Cost:
    """Of one more submission; and what a slot holds, in MiB."""

    seconds: float
    worker_cpu: float
    driver_cpu: float
    sent: float
    received: float
    slot: float


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--lesson", default="rnn_basics")
    asked.add_argument("--small", type=int, default=4)
    asked.add_argument("--large", type=int, default=44)
    asked.add_argument("--write", action="store_true")
    options = asked.parse_args()
    trouble = why_not()
    if trouble is not None:
        raise SystemExit(f"Nothing can be measured: {trouble}.")
    cost = measured(options.lesson, options.small, options.large)
    text = said(cost, options.lesson, options.large - options.small)
    print(text)
    if options.write:
        page = _PAGE.read_text("utf-8")
        kept = re.compile(re.escape(_BEGIN) + ".*" + re.escape(_END), re.DOTALL)
        _PAGE.write_text(kept.sub(lambda _: f"{_BEGIN}\n{text}\n{_END}", page), "utf-8")


def measured(lesson: str, small: int, large: int) -> Cost:
    """Grades both classes; raises where one does not come through."""
    with tempfile.TemporaryDirectory(prefix="grader-figures-") as folder, Net() as net:
        root = Path(folder)
        (root / "secret").write_text(SECRET)
        driver, place = net.host(), net.host()
        with Nodes(root, **certificates.made(root / "certificates")) as nodes:
            nodes.scheduler(place.address, place.inside, "tls")
            hosts = [net.host(), net.host()]
            workers = [
                nodes.worker(f"w{n}", host=one.address, inside=one.inside) for n, one in enumerate(hosts)
            ]
            _grade(nodes, root, driver, workers, lesson, range(1))  # makes all warm
            few = _grade(nodes, root, driver, workers, lesson, range(1, 1 + small))
            many = _grade(nodes, root, driver, workers, lesson, range(1 + small, 1 + small + large))
            slot = sum(_held(worker) for worker in workers) / len(workers)
    more = large - small
    return Cost(
        (many.seconds - few.seconds) * len(hosts) / more,
        (many.worker_cpu - few.worker_cpu) / more,
        (many.driver_cpu - few.driver_cpu) / more,
        (many.sent - few.sent) / more,
        (many.received - few.received) / more,
        slot,
    )


def said(cost: Cost, lesson: str, counted: int) -> str:
    """The page's table."""
    limits = Limits()
    each = (limits.memory + limits.disk) >> 20
    lines = [
        f"Measured over {counted} submissions of `{lesson}` (its right solutions) on {os.cpu_count()} cores, "
        f"which two workers, the scheduler and the driver shared; Python {platform.python_version()}, "
        f"torch {version('torch')}, distributed {version('distributed')}. "
        f"The load of the machine was {os.getloadavg()[0]:.1f}: above {os.cpu_count()}, the time of a slot "
        "holds waiting for a core, and the time to come lies between both columns of hours.",
        "",
        "| for one submission | |",
        "|---|---|",
        f"| time of a slot | {cost.seconds:.2f} s |",
        f"| CPU of the worker and all below it | {cost.worker_cpu:.2f} s |",
        f"| CPU of the driver | {cost.driver_cpu:.3f} s |",
        f"| bytes to the cluster | {cost.sent / 1e3:.0f} kB |",
        f"| bytes back (record and two pages) | {cost.received / 1e3:.0f} kB |",
        "",
        "| for one slot | |",
        "|---|---|",
        f"| memory of its warm processes (PSS) | {cost.slot:.0f} MiB |",
        f"| memory that a submission may use besides (default limits) | {each} MiB |",
        "",
        f"| {SUBMISSIONS:,} submissions on | hours, as measured | hours, CPU alone | moved by the driver | "
        "memory, all slots |",
        "|---|---|---|---|---|",
    ]
    moved = SUBMISSIONS * (cost.sent + cost.received) / 1e9
    for slots in SLOTS:
        hours = " | ".join(_hours(each_takes, slots, cost) for each_takes in (cost.seconds, cost.worker_cpu))
        memory = slots * (cost.slot + each) / 1024
        lines.append(f"| {slots} slots | {hours} | {moved:.1f} GB | {memory:,.0f} GiB |")
    return "\n".join(lines)


def _hours(seconds: float, slots: int, cost: Cost) -> str:
    hours = SUBMISSIONS * max(seconds / slots, cost.driver_cpu) / 3600
    return f"{hours:.2f}" + (" (the driver is the limit)" if cost.driver_cpu > seconds / slots else "")


def _grade(
    nodes: Nodes, root: Path, driver: Host, workers: list[Node], lesson: str, numbers: range
) -> Reading:
    """Grades copies of the lesson's solutions, each different by blank lines; reads the meters around it."""
    found = sorted((ROOT / "solutions" / lesson).glob("alternatives/*.ipynb"))
    found.append(ROOT / "solutions" / lesson / "reference.ipynb")
    folder = root / "class"
    for old in folder.glob("*"):
        old.unlink()
    folder.mkdir(exist_ok=True)
    for number in numbers:
        content = found[number % len(found)].read_text("utf-8")
        (folder / f"s{number}.ipynb").write_text(re.sub(r"\s*$", "\n" * (number + 1), content), "utf-8")
    before = _read(driver, workers, 0.0, 0)
    place = ROOT / "assignments" / lesson
    node = nodes.grade("--lesson", place, "--out", f"out-{numbers.start}", inside=driver.inside)
    _, status, used = os.wait4(node.process.pid, 0)
    node.process.returncode = os.waitstatus_to_exitcode(status)
    if node.process.returncode not in (0, 1):
        raise SystemExit(node.said)
    after = _read(driver, workers, used.ru_utime + used.ru_stime, len(numbers))
    return Reading(
        after.seconds - before.seconds,
        after.worker_cpu - before.worker_cpu,
        after.driver_cpu,
        after.sent - before.sent,
        after.received - before.received,
        len(numbers),
    )


def _read(driver: Host, workers: list[Node], driver_cpu: float, count: int) -> Reading:
    shown = subprocess.run(
        [*driver.inside, "cat", "/proc/net/dev"], check=True, capture_output=True, text=True
    )
    words = next(line for line in shown.stdout.splitlines() if "eth0:" in line).split()
    cpu = sum(_cpu(worker.process.pid) for worker in workers)
    return Reading(time.monotonic(), cpu, driver_cpu, int(words[9]), int(words[1]), count)


def _cpu(root: int) -> float:
    """Seconds of a process and all below it, those that have ended and were waited for too."""
    total = 0
    for pid in processes.tree(root):
        try:
            words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(int(word) for word in words[11:15])
    return total / _TICKS


def _held(worker: Node) -> float:
    """MiB of a worker and all below it, shared pages by their share."""
    total = 0
    for pid in processes.tree(worker.process.pid):
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += int(re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)[1])  # type: ignore[index]
    return total / 1024


if __name__ == "__main__":
    main()
