"""Runs a command and tells, in a JSON file, what is left of it when it has ended.

python watched.py REPORT TEMPORARY COMMAND...

`processes`: names of descendants that live on, whoever their parent is now; they are ended.
`files`: what lies in the folder TEMPORARY. `status`, `stdout`, `stderr`: the command's.
A process of its own, because orphans come to the nearest subreaper above them: no test runner may be one.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36
_GRACE = 3.0


def main() -> None:
    report, temporary, *command = sys.argv[1:]
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "orphans cannot be adopted")
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    told = {
        "status": done.returncode,
        "stdout": done.stdout.decode("utf-8", "replace"),
        "stderr": done.stderr.decode("utf-8", "replace"),
        "processes": _outliving(),
        "files": sorted(str(path.relative_to(temporary)) for path in Path(temporary).rglob("*")),
    }
    Path(report).write_text(json.dumps(told), "utf-8")


def _outliving() -> list[str]:
    """Names of descendants that do not end by themselves in a moment; none lives afterwards."""
    names = []
    while living := _children():
        for pid in living:
            name = _name(pid)
            if name is None:
                continue
            handle = os.pidfd_open(pid)
            if not select.select([handle], [], [], _GRACE)[0]:
                names.append(name)
                signal.pidfd_send_signal(handle, signal.SIGKILL)
                select.select([handle], [], [], _GRACE)
            os.close(handle)
    return names


def _children() -> list[int]:
    """Children that have not ended; those that have are waited for. Orphans below them follow later."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return []
        if pid == 0:
            children = Path("/proc/self/task", str(os.getpid()), "children").read_text()
            return [int(word) for word in children.split()]


def _name(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:
        return None
    return None if ") Z " in stat else f"{stat.partition('(')[2].rpartition(')')[0]}: {command.strip()}"


if __name__ == "__main__":
    main()
