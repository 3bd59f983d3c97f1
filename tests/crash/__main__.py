"""`python -m tests.crash [--moments 50] [--seed 0]`: a small class, and a driver that is killed at random.

At each moment the same command is begun, killed with SIGKILL, and run again to its end: nothing may be lost,
half written or graded twice, no process may be left, and the result has to be that of an undisturbed run.
Every third time the run is killed twice. Prints a line for each moment, and ends at the first that fails.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
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
        begin = time.monotonic()
        gone_on(root)
        longest = time.monotonic() - begin
        for number in range(1, asked.moments + 1):
            shutil.rmtree(root / "out")
            said = [_killed(root, chance.uniform(0.0, longest)) for _ in range(2 if number % 3 == 0 else 1)]
            gone_on(root)
            print(f"{number:3} {'; '.join(said)}", flush=True)
    return 0


def _killed(root: Path, seconds: float) -> str:
    """Kills a run after so many seconds; says how far it had come."""
    driver = begun(root)
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
    return f"killed after {seconds:.2f} s: {kept} results, {done} records, {len(files)} files"


if __name__ == "__main__":
    sys.exit(main())
