"""A runner's folders; as an ordinary user where the tests run as root and others may read what is used."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ci_action.stepping import ROOT

NOBODY = 65534
_NEEDED = (ROOT, Path(sys.prefix), Path(sys.base_prefix))


@dataclass(frozen=True)
class Runner:
    """temp: RUNNER_TEMP, in which the grader is installed; workspace: the checkout; prefix: who runs it"""

    temp: Path
    workspace: Path
    prefix: tuple[str, ...]


@pytest.fixture
def runner() -> Iterator[Runner]:
    """The grader is there already, as after a first use in the same job: the tests' own."""
    top = Path(tempfile.mkdtemp(prefix="runner-", dir="/tmp"))
    temp, workspace = top / "temp", top / "work"
    for folder in (temp, temp / "home", workspace):
        folder.mkdir(parents=True)
    (temp / "grader").symlink_to(sys.prefix)
    prefix: tuple[str, ...] = ()
    if os.geteuid() == 0 and shutil.which("setpriv") and all(map(_open_to_all, _NEEDED)):
        prefix = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--")
        top.chmod(0o755)
        for path in (temp, temp / "home", workspace):
            os.chown(path, NOBODY, NOBODY)
    yield Runner(temp, workspace, prefix)
    shutil.rmtree(top)


def _open_to_all(folder: Path) -> bool:
    place = folder.resolve()
    return all(above.stat().st_mode & 0o001 for above in (place, *place.parents))
