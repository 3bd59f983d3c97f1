"""`python -m tests.crash [--moments 50] [--seed 0]`: a small class, and a driver that is killed at random.

At each moment the same command is begun, killed with SIGKILL, and run again to its end: nothing may be lost,
half written or graded twice, no process may be left, and the result has to be that of an undisturbed run.
A moment is so long after so many lines of what the run says, so that it may fall anywhere on a machine of
any speed. Every third time the run is killed twice. Prints a line for each moment; ends at the first that
fails.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

from tests.cli.leftover import Children
from tests.crash.course import begun, course, gone_on, names, results, sound


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    with tempfile.TemporaryDirectory(prefix="crash-") as name:
        root = Path(name)
        course(root)
        gone_on(root)
        lasted = _lasted(root)
        for number in range(1, asked.moments + 1):
            shutil.rmtree(root / "out")
            said = [_killed(root, *_moment(chance, lasted)) for _ in range(2 if number % 3 == 0 else 1)]
            gone_on(root)
            print(f"{number:3} {'; '.join(said)}", flush=True)
    return 0


def _lasted(root: Path) -> list[float]:
    """Seconds from line to line of an undisturbed run, its begin and its end counted as lines."""
    shutil.rmtree(root / "out")
    driver, times = begun(root), [time.monotonic()]
    assert driver.stdout is not None
    for line in driver.stdout:
        if line.strip():
            times.append(time.monotonic())
    driver.wait()
    times.append(time.monotonic())
    return [later - sooner for sooner, later in pairwise(times)]


def _moment(chance: random.Random, lasted: list[float]) -> tuple[int, float]:
    """A number of lines, and seconds after the last of them."""
    lines = chance.randrange(len(lasted))
    return lines, chance.uniform(0.0, lasted[lines])


def _killed(root: Path, lines: int, seconds: float) -> str:
    """Kills a run so many seconds after so many lines; says how far it had come."""
    driver = begun(root)
    assert driver.stdout is not None
    said = 0
    while said < lines and (line := driver.stdout.readline()):
        said += bool(line.strip())
    try:
        driver.wait(seconds)
        ended = True
    except subprocess.TimeoutExpired:
        ended = False
    children = Children(driver.pid) if not ended else None
    driver.kill()
    driver.communicate()
    if children is not None:
        left = children.left()
        assert not left, f"left behind: {left}"
    out = root / "out"
    files = names(out / "tiny") if (out / "tiny").is_dir() else []
    if out.is_dir():
        sound(out)
    done = len(list((out / "tiny").glob("*.json"))) if files else 0
    kept = results(out)
    return f"killed {seconds:.2f} s after line {said}: {kept} results, {done} records, {len(files)} files"


if __name__ == "__main__":
    sys.exit(main())
