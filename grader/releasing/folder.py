"""Putting a copy into a folder: as a whole or not at all, and over nobody's work.

The copy is made whole beside the folder and then renamed to it. `release.json` in it lists what a release
wrote, so that the next one knows its own and sees what has been added or changed since.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from grader.errors import UsageError
from grader.reading import json_of

LIST = "release.json"


@contextmanager
def prepared(out: Path, lesson: str, files: Mapping[str, bytes]) -> Iterator[Path]:
    """A folder beside `out` with `files` and their list; when the block ends well it has become `out`.

    Raises `UsageError`, and changes nothing, where `out` holds anything that no release wrote.
    """
    out = Path(os.path.abspath(out))
    _refuse_foreign(out)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name[:40]}.new-"))
    except OSError as error:
        raise UsageError(
            f"Nothing can be written beside {out}: {error.strerror}. Choose another --out."
        ) from error
    try:
        try:
            _fill(made, lesson, files)
            yield made
            _become(made, out)
        except OSError as error:
            raise UsageError(
                f"{out} cannot be written: {error.strerror}. Nothing there was changed."
            ) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _fill(made: Path, lesson: str, files: Mapping[str, bytes]) -> None:
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    listed = {"schema": "grader/release/1", "lesson": lesson, "files": sums}
    text = json.dumps(listed, indent=1, ensure_ascii=False) + "\n"
    for name, content in {**files, LIST: text.encode()}.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o644)
    made.chmod(0o755)


def _become(made: Path, out: Path) -> None:
    """Renames `made` to `out`; what lay there is deleted after that, or comes back."""
    _refuse_foreign(out)  # someone may have begun to work there meanwhile
    if not out.exists() or not any(out.iterdir()):
        os.replace(made, out)
        return
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name[:40]}.old-") as old:
        kept = Path(old) / "release"
        os.replace(out, kept)
        try:
            os.replace(made, out)
        except BaseException:
            os.replace(kept, out)
            raise


def _refuse_foreign(out: Path) -> None:
    """Raises `UsageError` unless `out` is new, empty, or exactly what a release wrote."""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise UsageError(f"{out} is no folder. Choose a new or empty folder as --out.")
    if not out.exists() or not any(out.iterdir()):
        return
    sums = _listed(out / LIST)
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.is_dir() and not path.is_symlink():
            if sums is not None and any(known.startswith(f"{name}/") for known in sums):
                continue
        elif sums is not None and name == LIST:
            continue
        elif sums is not None and not path.is_symlink() and path.is_file():
            if sums.get(name) == hashlib.sha256(path.read_bytes()).hexdigest():
                continue
            if name in sums:
                raise UsageError(
                    f"{path} has been changed since it was released. Move it away, or choose another --out."
                )
        raise UsageError(
            f"{out} holds {name}, which no release wrote. Move it away, or choose an empty folder as --out."
        )


def _listed(path: Path) -> dict[str, str] | None:
    """The sums by file that a release left in `path`; None where it is no such list."""
    with contextlib.suppress(OSError, ValueError, AttributeError, TypeError):
        listed = json_of(path.read_bytes())
        if not path.is_symlink() and listed.get("schema") == "grader/release/1":
            return {str(name): str(value) for name, value in listed["files"].items()}
    return None
