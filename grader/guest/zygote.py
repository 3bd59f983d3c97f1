"""The zygote: a process that has everything imported, of which each submission's room is a fork."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import site
import socket
import sys
from typing import NoReturn

from grader.guest import rooms
from grader.guest.doors import MOST_DESCRIPTORS
from grader.wire.memory import settle

_HEAVY = ("torch", "torch._dynamo", "numpy", "IPython", "matplotlib.pyplot")


def main(descriptor: int, *, warm: bool, few: bool) -> NoReturn:
    """Imports all that a notebook needs, says `ready`, then makes rooms until the socket is closed.

    descriptor: of the control socket (packets)
    warm: False makes bare rooms, to try the walls or a stand-in for the session
    few: there will be a handful of rooms only
    """
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_DESCRIPTORS, max(hard, MOST_DESCRIPTORS)))
    site.setquit()
    site.sethelper()
    begin = None
    if warm:
        for name in _HEAVY:
            importlib.import_module(name)
        from grader.guest import beginning, session

        begin = beginning.run
        session.preload()
        settle(few=few)
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        sys.exit(f"the zygote has {threads} threads, so its forks would hang")
    with contextlib.suppress(OSError):
        os.setgroups([])  # the operator's groups are none of the student's; only root can drop them
    size, resident = rooms.sizes()
    control = socket.socket(fileno=descriptor)
    control.send(json.dumps({"ready": True, "size": size, "resident": resident}).encode())
    sys.stdout.flush()
    sys.stderr.flush()
    rooms.serve(control, begin)


if __name__ == "__main__":
    main(int(sys.argv[1]), warm="bare" not in sys.argv[2:], few="few" in sys.argv[2:])
