"""One digest over many files: of a lesson, of the grader's own source."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def below(place: Path) -> list[Path]:
    """Every file below a folder, in order, but for what Python keeps there itself."""
    return sorted(path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def digest_of(files: Iterable[tuple[str, bytes]]) -> str:
    """sha256 over names and contents, in the order given."""
    whole = hashlib.sha256()
    for name, content in files:
        whole.update(hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest())
        whole.update(hashlib.sha256(content).digest())
    return whole.hexdigest()


def digest_below(root: Path, files: Iterable[Path]) -> str:
    """The same over files as they lie there, by their names below `root`."""
    return digest_of((path.relative_to(root).as_posix(), path.read_bytes()) for path in files)
