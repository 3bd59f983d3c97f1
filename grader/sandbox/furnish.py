"""The folder that a house keeps beside it while it stands: the guest's code, and rooms without mounts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import grader
from grader.sandbox.launch import Interpreter
from grader.wire.room import INSIDE_ID

_SHARED = 0o755
_PASSABLE = 0o711
_PRIVATE = 0o700


def furnish(folder: Path, guest: Path | None = None) -> None:
    """Puts into `folder` what a zygote needs: `guest/grader` (code) and `etc` (who the student is).

    guest: where to take the guest's code from, in place of `grader/guest`
    """
    source = Path(grader.__file__).parent
    code = folder / "guest" / "grader"
    only_code = shutil.ignore_patterns("__pycache__")
    shutil.copytree(source / "wire", code / "wire", ignore=only_code)
    shutil.copytree(guest or source / "guest", code / "guest", ignore=only_code)
    shutil.copyfile(source / "guest" / "stub.py", code / "__init__.py")
    etc = folder / "etc"
    etc.mkdir()
    (etc / "passwd").write_text(f"student:x:{INSIDE_ID}:{INSIDE_ID}::/home/student:/bin/bash\n")
    (etc / "group").write_text(f"student:x:{INSIDE_ID}:\n")
    (folder / "rooms").mkdir()
    # The rooms' own users must pass and read, whatever the operator's umask.
    for place in (folder / "guest", folder / "etc"):
        for found in (place, *place.rglob("*")):
            found.chmod(_SHARED if found.is_dir() else 0o644)
    for place in (folder, folder / "rooms"):
        place.chmod(_PASSABLE)


def add_room(folder: Path, name: str, user: int | None) -> Path:
    """Makes a private folder for one room below `folder`."""
    room = folder / "rooms" / name
    room.mkdir(mode=_PRIVATE)
    if user is not None:
        os.chown(room, user, user)
    return room


def readable_to_all(places: Iterable[Path], *, parents: bool) -> bool:
    """Whether any user can read `places` and, if asked, pass the folders above them."""
    for place in places:
        real = place.resolve()
        mode = real.stat().st_mode
        if not mode & 0o004 or (real.is_dir() and not mode & 0o001):
            return False
        if parents and not all(above.stat().st_mode & 0o001 for above in real.parents):
            return False
    return True


def may_have_users(packages: Iterable[Path], data: Iterable[Path], *, mounted: bool) -> bool:
    """Whether rooms can run as users of their own: we are root, and these could read what they need.

    mounted: below bubblewrap the folders above a mounted file do not matter
    """
    if os.geteuid() != 0:
        return False
    python = Interpreter.running()
    places = [python.executable, python.stdlib, python.stdlib / "os.py", *python.libraries, *packages]
    places += [place for folder in data for place in (folder, *folder.rglob("*"))]
    return readable_to_all(places, parents=not mounted)
