"""The installed PyTorch: whether there is one, and whether the checks were tried with it.

Students bring their own: a distribution that asked for one version would replace theirs, by gigabytes.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from packaging.version import InvalidVersion, Version

TRIED = "2.13"
"""The release that checks, probes and thresholds were tried with."""
COMMAND = "pip install torch"


def installed() -> str | None:
    """The version of the installed PyTorch; None where there is none."""
    try:
        return version("torch")
    except PackageNotFoundError:
        return None


def untried(found: str) -> bool:
    """Whether `found` is another release than the one that was tried."""
    try:
        return Version(found).release[:2] != Version(TRIED).release[:2]
    except InvalidVersion:
        return True
