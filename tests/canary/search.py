"""The search itself: this file, like `memory`, is a cell of the notebook that looks for what it must not see.

Planted tokens are a mark and sixteen hexadecimal digits. The mark stands nowhere here, or the search would
find itself. `sweep` returns `place token` for each that it finds, and how many bytes of memory it read.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import platform
import pwd
import re
import struct
import sys
import time
from collections.abc import Iterator

from tests.canary.memory import memory

MARK = bytes(letter ^ 1 for letter in b"bosx")
TOKEN = re.compile(re.escape(MARK) + b"[0-9a-f]{16}")
MOST_FILE = 1 << 20
MOST_FILES = 300_000_000
SECONDS = 40.0
PLACES = (
    "/",
    "/home",
    "/root",
    "/tmp",
    "/var",
    "/etc",
    "/usr",
    "/opt",
    "/dev",
    "/dev/shm",
    "/proc",
    "/sys",
    "/run",
)
SYSTEM = ("/usr/", "/lib", "/bin", "/sbin", "/sys/", "/proc/")
OF_PROCESSES = (
    "environ",
    "cmdline",
    "maps",
    "mountinfo",
    "mounts",
    "stat",
    "status",
    "comm",
    "cgroup",
    "auxv",
)


def tokens(content: bytes) -> set[str]:
    """Tokens in plain text and in any encoding that puts zeros between the letters."""
    found = set()
    for text in (content, content.translate(None, b"\0")):
        if MARK in text:
            found |= {token.decode() for token in TOKEN.findall(text)}
    return found


def sweep(since: float | None = None, *, memory_too: bool = True) -> list[str]:
    """All that can be found from here. `since`: look into the system's folders, too, and there into files
    that have changed after this. `memory_too`: the slowest part."""
    found: set[str] = set()
    read = 0
    for place, content in [*said_by_python(), *said_by_the_kernel(), *of_processes()]:
        found |= {f"{place} {token}" for token in tokens(content)}
    for path, content in files(since):
        found |= {f"file:{path[:200]} {token}" for token in tokens(content)}
    before = b""
    for piece in memory() if memory_too else ():
        read += len(piece)
        found |= {f"memory {token}" for token in tokens(before + piece)}
        before = piece[-256:]
    return [*sorted(found), f"read {read}"]


def said_by_python() -> Iterator[tuple[str, bytes]]:
    yield "argv", repr([sys.argv, sys.orig_argv, sys.path, sys.executable, sys.prefix]).encode()
    yield "environment", repr(dict(os.environ)).encode()
    yield "modules", repr([getattr(module, "__file__", "") for module in list(sys.modules.values())]).encode()
    for frame in list(sys._current_frames().values()):
        above = frame
        while above is not None:
            yield "frame", repr([above.f_code.co_filename, list(above.f_locals)]).encode()
            above = above.f_back  # type: ignore[assignment]


def said_by_the_kernel() -> Iterator[tuple[str, bytes]]:
    yield "uname", repr(platform.uname()).encode()
    with contextlib.suppress(OSError):
        yield "cwd", os.getcwd().encode()
    with contextlib.suppress(Exception):
        yield "users", repr(pwd.getpwall()).encode()
    for fd in range(64):
        with contextlib.suppress(OSError):
            os.fstat(fd)
            yield f"descriptor {fd}", os.pread(fd, MOST_FILE, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    listmount, statmount = 458, 457
    ids = (ctypes.c_uint64 * 512)()
    count = libc.syscall(listmount, struct.pack("IIQQQ", 32, 0, 2**64 - 1, 0, 0), ids, 512, 0)
    for one in ids[: max(0, count)]:
        told = ctypes.create_string_buffer(1 << 16)
        asked = struct.pack("IIQQQ", 32, 0, one, 0x23A, 0)
        if libc.syscall(statmount, asked, told, 1 << 16, 0) == 0:
            yield "mounts", told.raw


def of_processes() -> Iterator[tuple[str, bytes]]:
    numbers = [str(number) for number in range(1, 200)] + [str(os.getppid())]
    with contextlib.suppress(OSError):
        numbers += [name for name in os.listdir("/proc") if name.isdigit()]
    for number in {"self", "thread-self", *numbers}:
        for name in OF_PROCESSES:
            with contextlib.suppress(OSError), open(f"/proc/{number}/{name}", "rb") as file:
                yield f"/proc/{number}/{name}", file.read(MOST_FILE)
        for link in ("cwd", "root", "exe", *(f"fd/{fd}" for fd in range(32))):
            with contextlib.suppress(OSError):
                yield f"/proc/{number}/{link}", os.readlink(f"/proc/{number}/{link}").encode()


def files(since: float | None) -> Iterator[tuple[str, bytes]]:
    """Names, links and contents of all that can be listed, from every folder that is known here."""
    begin, left = time.monotonic(), MOST_FILES
    skipped = () if since is not None else SYSTEM
    known = [*PLACES, os.getcwd(), os.path.expanduser("~"), *sys.path, os.environ.get("GRADER_DATA", "/data")]
    above = {os.path.abspath(place) for place in known if place}
    for place in list(above):
        while place != "/":
            place = os.path.dirname(place)
            above.add(place)
    seen: set[str] = set()
    for top in sorted(above):
        for folder, inner, leaves in os.walk(top):
            late = time.monotonic() > begin + SECONDS
            if folder in seen or late or f"{folder}/".startswith(skipped) or of_packages(folder, since):
                inner.clear()
                continue
            seen.add(folder)
            yield folder, " ".join([*inner, *leaves]).encode("utf-8", "replace")
            for name in (*inner, *leaves):
                path = os.path.join(folder, name)
                with contextlib.suppress(OSError, ValueError):
                    if os.path.islink(path):
                        yield path, os.readlink(path).encode("utf-8", "replace")
                    if name in leaves and left > 0 and wanted(path, since):
                        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                        with open(fd, "rb") as file:
                            content = file.read(MOST_FILE)
                        left -= len(content)
                        yield path, content


def of_packages(folder: str, since: float | None) -> bool:
    """Whether this is a folder of packages or of the interpreter, and these are not looked into."""
    inside = "/packages" in folder or folder.startswith(os.path.dirname(os.__file__))
    return since is None and inside


def wanted(path: str, since: float | None) -> bool:
    """Regular files; of the system's and the packages' only those that are as new as the planted ones."""
    found = os.stat(path)
    if found.st_mode & 0o170000 != 0o100000:
        return False
    system = path.startswith(SYSTEM) or of_packages(path, None)
    return not system or (since is not None and found.st_ctime >= since)
