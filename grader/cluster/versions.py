"""What has to be the same on a worker and in the driver: a record must not depend on where it was made."""

from __future__ import annotations

import platform
import sys
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import msgspec

from grader import __version__
from grader.digests import below, digest_below


class Versions(msgspec.Struct, frozen=True):
    """What a grading depends on besides the lesson and the notebook."""

    grader: str
    source: str
    """sha256 over the files of the grader's package."""
    python: str
    torch: str
    numpy: str
    platform: str


@cache
def own() -> Versions:
    """Those of this process; the files of the package are read once."""
    return Versions(
        grader=__version__,
        source=source_digest(Path(__file__).resolve().parent.parent),
        python=platform.python_version(),
        torch=_installed("torch"),
        numpy=_installed("numpy"),
        platform=f"{sys.platform} {platform.machine()}",
    )


def source_digest(package: Path) -> str:
    """sha256 over names and contents of all files below `package`, less what Python keeps there itself."""
    return digest_below(package, below(package))


def difference(theirs: Versions, ours: Versions) -> str | None:
    """What a worker has that is not what is needed, in words; None where all is the same."""
    said = [
        f"{name} {getattr(theirs, part) or 'missing'}, needed {getattr(ours, part)}"
        for part, name in _NAMES
        if getattr(theirs, part) != getattr(ours, part)
    ]
    if not said and theirs.source != ours.source:
        said = [
            f"another build of grader {ours.grader}: its files are {theirs.source[:8]}, "
            f"needed {ours.source[:8]}"
        ]
    return "; ".join(said) or None


_NAMES = (
    ("grader", "grader"),
    ("python", "Python"),
    ("torch", "torch"),
    ("numpy", "numpy"),
    ("platform", "platform"),
)


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
