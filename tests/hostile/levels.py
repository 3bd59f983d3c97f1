"""The classes that are graded at each level, and by whom."""

from __future__ import annotations

import json
import os
import shutil
import sys
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.record import Record
from tests.cli.making import ROOT, once
from tests.hostile import machine_calls, machine_cells, reports, tiny
from tests.hostile.answers import notebook
from tests.hostile.arranged import arranged, put
from tests.hostile.case import Hostile
from tests.hostile.course import Graded, Operator, keep
from tests.hostile.trap import Trap

ALL: dict[str, Hostile] = {**machine_cells.ATTACKS, **machine_calls.ATTACKS, **reports.ATTACKS}
FEW = (
    "endless", "deaf", "children_compute", "leaves", "exits", "kills", "many_hogs", "shared_hogs",
    "one_long_line", "daemon", "program_in_the_background", "fork_bomb", "thread_bomb", "many_bytes",
    "many_descriptors", "network", "removes_everything", "call_endless", "call_kills", "call_leaves_a_child",
    "half_a_reply",
)  # fmt: skip
"""One for each kind of harm."""
UNREADABLE = "unreadable"
"""A student whose file only root could read."""
NOBODY = 64321
"""A user id that no account has."""


def few() -> dict[str, Hostile]:
    return {name: ALL[name] for name in FEW}


def command(level: str) -> tuple[str, ...]:
    return ("grade", "class", "--lesson", tiny.NAME, "--out", "out", "--jobs", "2", "--sandbox", level)


def graded(
    base: Path, name: str, table: Mapping[str, Hostile], level: str, operator: Operator | None = None
) -> Graded:
    """The class of `table` with honest neighbours; `folder/reached` tells who came to the trap."""

    def make(folder: Path) -> None:
        with Trap() as trap:

            def fill(place: Path) -> None:
                tiny.make(place)
                put(place, arranged(table, tiny.HONEST, tiny.NAME), trap.port)
                if operator is not None:
                    (place / "class" / f"{UNREADABLE}.ipynb").touch(mode=0)
                trap.listen_at(str(place / "listens"))

            keep(folder, fill, *command(level), operator=operator)
            (folder / "reached").write_text(json.dumps(trap.reached()), "utf-8")

    return Graded.kept(once(base, f"hostile-{name}", make))


def alone(base: Path, name: str, level: str, operator: Operator | None = None) -> dict[str, Record]:
    """The honest notebooks without any hostile one, by the name of the part."""

    def make(folder: Path) -> None:
        def fill(place: Path) -> None:
            tiny.make(place)
            put(place, ((part, notebook(list(cells), tiny.NAME)) for part, cells in tiny.HONEST.items()))

        keep(folder, fill, *command(level), operator=operator)

    return Graded.kept(once(base, f"hostile-{name}-alone", make)).records(tiny.NAME)


def unprivileged() -> Operator:
    """Somebody without any rights. Skips where these tests have none to give up, or nobody could read us."""
    if os.geteuid() != 0:
        pytest.skip("these tests run as an ordinary user already, so all of them say what holds for one")
    version = f"python3.{sys.version_info[1]}"
    for python in (os.path.realpath(sys.executable), shutil.which(version, path="/usr/bin:/usr/local/bin")):
        packages = sysconfig.get_path("purelib")
        if python and all(map(_readable_to_all, (Path(python), Path(packages), ROOT))):
            return Operator(NOBODY, python, (str(ROOT), packages))
    pytest.skip(f"no {version} and project that other users may read: they lie in folders of root's own")


def _readable_to_all(path: Path) -> bool:
    real = path.resolve()
    folders = (real, *real.parents) if real.is_dir() else real.parents
    return bool(real.stat().st_mode & 0o004) and all(above.stat().st_mode & 0o001 for above in folders)
