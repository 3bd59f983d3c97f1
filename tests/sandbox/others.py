"""The command line as somebody else: another user, or on a machine whose kernel refuses walls."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.cli.making import ROOT, SECONDS, environment

USER = 61234
"""A user id that no account has."""

# What a machine refuses, laid on the process that then becomes the grader.
NO_NAMESPACES = """
from grader.guest import kernel, seccomp
kernel.no_new_privileges()
seccomp._DENIED = {"x86_64": {"unshare": 272}, "aarch64": {"unshare": 97}}
seccomp._SAME_EVERYWHERE = {}
seccomp.lock(mounted=True, silent=False)
"""
# Landlock takes at most 16 domains in one another; after that it refuses the next one.
NO_LANDLOCK = """
from grader.guest import kernel, landlock
kernel.no_new_privileges()
try:
    for _ in range(20):
        landlock.nest()
except OSError:
    pass
"""
BECOME = """
import sys
sys.path[:0] = sys.argv[1].split(":")
{refused}
import os
os.execve(sys.argv[2], sys.argv[2:], dict(os.environ))
"""


def passable(path: Path) -> bool:
    """Whether any user can read `path` and pass the folders above it."""
    real = path.resolve()
    if not real.exists() or not real.stat().st_mode & 0o004:
        return False
    return all(above.stat().st_mode & 0o001 for above in real.parents)


def interpreter() -> Path | None:
    """A Python of this version that any user can start; None where there is none."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    running = Path(getattr(sys, "_base_executable", sys.executable))
    places = [running, Path("/usr/local/bin") / name, Path("/usr/bin") / name]
    return next((place for place in places if passable(place)), None)


@contextmanager
def folder_of(user: int) -> Iterator[Path]:
    """A new folder that `user` owns and can reach, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="others-"))
    try:
        folder.chmod(0o755)
        os.chown(folder, user, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment_for(folder: Path) -> Path:
    """The Python of a virtual environment in `folder` that any user can use, with our packages in it.

    Trusted processes are started in isolation, so PYTHONPATH would not do.
    """
    base = interpreter()
    assert base is not None
    subprocess.run([base, "-m", "venv", "--without-pip", folder], check=True, capture_output=True)
    site = next((folder / "lib").glob("python*/site-packages"))
    packages = [place for place in sys.path if place.endswith("-packages")]
    (site / "grader.pth").write_text("\n".join([str(ROOT), *packages]) + "\n")
    return folder / "bin" / "python"


def run_as(
    user: int | None, python: str | Path, root: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """`grader ARGUMENTS` in `root` as `user` (None: as ourselves)."""
    return _run([str(python), "-m", "grader", *arguments], root, user, environment(root, TMPDIR=str(root)))


def run_refused(refused: str, root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`grader ARGUMENTS` in `root` on a machine that refuses what `refused` lays on the process."""
    source = BECOME.format(refused=refused)
    path = ":".join([str(ROOT), *(place for place in sys.path if place)])
    command = [sys.executable, "-c", source, path, sys.executable, "-m", "grader", *arguments]
    return _run(command, root, None, environment(root))


def _run(
    command: list[str], root: Path, user: int | None, env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    if user is not None:
        for place in (root, *root.rglob("*")):
            os.chown(place, user, user, follow_symlinks=False)
    groups: list[int] | None = [] if user is not None else None
    return subprocess.run(
        command,
        cwd=root,
        env=dict(env),
        user=user,
        group=user,
        extra_groups=groups,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
