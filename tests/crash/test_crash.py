"""A driver that is killed between any two of its steps, and the same command again."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.cli.leftover import Children
from tests.cli.making import SECONDS, once
from tests.crash.course import begun, course, gone_on, sound

AT_A_STEP = """
import os, sys
from grader.cli import main

moment = int(sys.argv.pop(1))
step = 0

def waiting(call):
    def stepped(*arguments):
        global step
        step += 1
        if step == moment:
            print("THE MOMENT", flush=True)
            sys.stdin.read()
        return call(*arguments)
    return stepped

os.replace = waiting(os.replace)
main()
"""
"""Stops before the file number `moment` gets its name, to be killed there. A whole run writes 17 files."""


@pytest.fixture(scope="module")
def root(base: Path) -> Path:
    return once(base, "crash", course)


def test_killed_at_any_step_it_goes_on(root: Path) -> None:
    """Each run goes on with the one before, until one is left to come to its end."""
    moments = random.Random(7).sample(range(1, 6), 3)
    for moment in moments:
        driver = begun(root, "-c", AT_A_STEP, str(moment))
        try:
            assert driver.stdout is not None
            said = ""
            for line in driver.stdout:
                said += line
                if line == "THE MOMENT\n":
                    break
            else:
                pytest.fail(f"It ended by itself: {said}")
            children = Children(driver.pid)
        finally:
            driver.kill()
            driver.communicate(timeout=SECONDS)
        assert len(children) >= 3
        assert children.left() == []
        assert list((root / "out" / "tiny").rglob(".new-*")), "nothing was half written: a weak moment"
        sound(root / "out")
    gone_on(root)
