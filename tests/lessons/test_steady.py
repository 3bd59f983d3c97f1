"""Other draws cost a right notebook nothing. Which notebooks are asked changes from day to day."""

from __future__ import annotations

import datetime
import subprocess
import sys

from tests.cli.making import ROOT

SHARES = 12


def test_a_share_of_the_right_notebooks_keeps_its_points_under_other_keys() -> None:
    turn = datetime.date.today().toordinal() % SHARES + 1
    command = [sys.executable, "-m", "tests.stability", "--draws", "3", "--share", f"{turn}/{SHARES}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, f"share {turn} of {SHARES}\n{done.stdout}{done.stderr}"
    assert "0 of " in done.stdout.splitlines()[-1]
