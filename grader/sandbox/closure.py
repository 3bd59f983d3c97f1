"""Which installed files a notebook may see: the lessons' packages and what these need, no more.

All of site-packages would show the judge, pytest and, in data sets that packages carry, labels.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grader.errors import SandboxError

PACKAGES = ("torch", "numpy", "ipython", "matplotlib", "matplotlib-inline", "msgspec")


def needed(packages: Iterable[str] = PACKAGES) -> dict[str, Path]:
    """Path below a site folder to where it lies: each folder and file of `packages`' closure.

    Single modules come with their compiled form. Raises SandboxError where a package of the
    first row is not installed, or does not say which files it has.
    """
    found: dict[str, Path] = {}
    for one in _closure(packages):
        root = Path(str(one.locate_file("")))
        for part in _parts(one):
            place = root / part
            if place.exists():
                found.setdefault(part, place)
    return found


def _closure(packages: Iterable[str]) -> list[Distribution]:
    found: dict[str, Distribution] = {}
    wanted = [(Requirement(name), True) for name in packages]
    seen: set[tuple[str, frozenset[str]]] = set()
    while wanted:
        requirement, must = wanted.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            one = distribution(requirement.name)
        except PackageNotFoundError:
            if must:
                raise SandboxError(
                    f"The package {requirement.name} is not installed, and notebooks need it. "
                    f"Install the grader again with its dependencies (pip install .)."
                ) from None
            continue
        found.setdefault(key[0], one)
        for line in one.requires or []:
            further = Requirement(line)
            extras = ("", *requirement.extras)
            if further.marker is None or any(further.marker.evaluate({"extra": extra}) for extra in extras):
                wanted.append((further, False))
    return list(found.values())


def _parts(one: Distribution) -> set[str]:
    """First parts of the distribution's files; files in `__pycache__` and other shared folders whole."""
    record = one.read_text("RECORD")
    if record is None:
        raise SandboxError(
            f"The package {one.metadata['Name']} does not say which files it has (no RECORD), so they cannot "
            f"be shown to notebooks alone. Install it with pip in the grader's environment."
        )
    parts: set[str] = set()
    for line in record.splitlines():
        path = line.rsplit(",", 2)[0].strip('"')
        first, slash, _ = path.partition("/")
        if first == "__pycache__":
            parts.add(path)
        elif first not in ("", "..", "bin") and (slash or first.endswith((".py", ".so"))):
            parts.add(first)
    return parts
