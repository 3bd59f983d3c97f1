"""The other tools, each installed into an environment of its own: made once, used again.

They lie in `build/bench/`, outside of git. Where one cannot be made (no network, no such version), its tools
are left out of the bench, and the page says so.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACE = ROOT / "build" / "bench"
PACKAGES = {
    "jupyter": ("nbconvert", "nbclient"),
    "nbgrader": ("nbgrader",),
    "otter": ("otter-grader",),
}
"""By environment: what is installed besides what notebooks import and the kernel."""
_SECONDS = 1800


@dataclass(frozen=True)
class Environment:
    """One environment. versions: of its packages, by name."""

    python: Path
    versions: dict[str, str]

    def program(self, name: str) -> Path:
        """A program that its packages brought along."""
        return self.python.with_name(name)


class Unavailable(Exception):
    """The environment cannot be made; the message says why, without any address."""


def needed(name: str) -> list[str]:
    """What is installed into the environment `name`; torch is ours to the digit."""
    torch = version("torch").partition("+")[0]
    return [f"torch=={torch}", "numpy", "matplotlib", "ipykernel", *PACKAGES[name]]


def environment(name: str, *, make: bool = True) -> Environment:
    """The environment of that name, made now where it is not there yet.

    Without `make` only one that is there is taken. Raises `Unavailable`.
    """
    folder = PLACE / name
    python, mark = folder / "bin" / "python", folder / "made-of"
    wanted = needed(name)
    if not (mark.is_file() and mark.read_text().split() == wanted):
        if not make:
            raise Unavailable("it is not installed, and installing was switched off")
        shutil.rmtree(folder, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(folder)], name)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run([*install, *wanted], name)
        mark.write_text("\n".join(wanted))
    return Environment(python, {package: _version(python, package) for package in PACKAGES[name]})


def _run(command: list[str], name: str) -> None:
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"installing took longer than {_SECONDS} s") from error
    if done.returncode:
        sys.stderr.write(done.stderr)
        raise Unavailable(reason(done.stderr, name))


def reason(errors: str, name: str) -> str:
    """Why pip failed, in a few words that name no address: the whole text goes to the terminal."""
    if "No matching distribution" in errors or "Could not find a version" in errors:
        return f"pip found no fitting version of what {name} needs"
    if any(
        word in errors for word in ("ConnectionError", "NewConnectionError", "Name or service", "timed out")
    ):
        return "the package index could not be reached"
    return "pip failed"


def _version(python: Path, package: str) -> str:
    code = f"from importlib.metadata import version; print(version({package!r}))"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()
