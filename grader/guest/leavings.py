"""What student code has left lying in its room: files that programs run or read as they start, and bulk.

The keeper looks, not the guest. Names alone are looked at: no file is opened, no link followed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from grader.wire.room import Order

_MOST_ENTRIES = 3000
_MOST_NAMES = 12
_LONGEST = 100
_BULK = 4
"""This part of what the disk may hold is more than notebooks leave."""

_ODD = re.compile(r"[^ -~]")
_STARTUP = re.compile(
    r"""(?:.*/)?(?:
        \.ipython/(?:profile_[^/]+/(?:startup/[^/]+\.i?py|[^/]+_config\.(?:py|json))|extensions/.+)
      | \.jupyter/.+
      | \.python(?:rc|startup)(?:\.py)?
      | \.(?:bashrc|bash_profile|bash_login|profile|zshrc|zshenv)
      | \.?matplotlibrc | \.(?:config/)?matplotlib/matplotlibrc
      | (?:site|user)customize(?:\.py|/__init__\.py)
      | [^/]+\.pth | pyvenv\.cfg
      | conftest\.py | pytest\.ini
      | \.ssh/.+ | \.config/(?:autostart|systemd)/.+
      | (?:torch|numpy|IPython|matplotlib|msgspec|grader)(?:\.py|/__init__\.py)
    )""",
    re.VERBOSE,
)


def look(order: Order) -> dict[str, object]:
    """`planted`: files of the room that programs would run or read as they start; `large`: bytes of all
    files where that is bulk, else 0. At most a few thousand files are looked at."""
    planted: list[str] = []
    size = seen = 0
    for place in _places(order):
        for path, blocks in _files(place):
            size += blocks * 512
            seen += 1
            name = os.path.relpath(path, place)
            if _STARTUP.fullmatch(name) and len(planted) < _MOST_NAMES:
                planted.append(_ODD.sub("?", name[:_LONGEST]))
            if seen > _MOST_ENTRIES:
                break
    return {"planted": sorted(planted), "large": size if size > order.disk // _BULK else 0}


def _places(order: Order) -> list[str]:
    return [order.home, order.temporary] + ([] if order.folder else ["/dev/shm"])


def _files(folder: str) -> Iterator[tuple[str, int]]:
    """Path and blocks of 512 bytes of every file and link below `folder`."""
    waiting = [folder]
    while waiting:
        try:
            entries = os.scandir(waiting.pop())
        except OSError:
            continue
        with entries:
            for entry in entries:
                try:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        yield entry.path, entry.stat(follow_symlinks=False).st_blocks
                except OSError:
                    continue
