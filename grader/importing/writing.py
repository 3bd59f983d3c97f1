"""Putting an imported lesson into its folders: whole or not at all, over nothing that is there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from grader.errors import UsageError
from grader.new import Place
from grader.starter import starter_of


def rewrite(place: Place, files: Mapping[str, bytes]) -> None:
    """Writes these files of a lesson that `write` has just written once more. Raises `UsageError`."""
    tops = {"assignments": place.folder, "solutions": place.solutions}
    try:
        for name, content in files.items():
            top, _, path = name.partition("/")
            (tops[top] / path).write_bytes(content)
    except OSError as error:
        raise UsageError(f"The lesson cannot be written below {place.root}: {error.strerror}.") from error


def write(place: Place, files: Mapping[str, bytes], data: Mapping[str, Path]) -> list[Path]:
    """Writes `files` (as `files_of` gives them), the data and the starter; returns what was written.

    Raises `UsageError` where nothing can be written there.
    """
    try:
        place.root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.root, prefix=".grader-import-") as scratch:
            made = Path(scratch)
            for name, content in files.items():
                path = made / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            for name, whence in data.items():
                path = made / "assignments" / "data" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(whence, path)
            starter = starter_of(made / "solutions" / "reference.ipynb")
            (made / "assignments" / f"{place.name}.ipynb").write_bytes(starter)
            for part, final in (("solutions", place.solutions), ("assignments", place.folder)):
                final.parent.mkdir(parents=True, exist_ok=True)
                (made / part).rename(final)
    except OSError as error:
        raise UsageError(f"The lesson cannot be written below {place.root}: {error.strerror}.") from error
    return sorted(
        path for top in (place.folder, place.solutions) for path in top.rglob("*") if path.is_file()
    )
