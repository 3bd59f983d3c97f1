"""The judge of live notebooks: `python -m grader.live.judge [HANDLES]`, over its standard input and output.

It runs no code of the notebook's: what it wants to know it asks over the line, or of the host, a fork of the
notebook whose socket comes over the descriptor HANDLES. Where it can fork, a fork does each job: pytest twice
in one process gives stale answers. Elsewhere it does one job and ends, and the notebook starts the next.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import tempfile
from pathlib import Path

from grader.judge.run import warm_up
from grader.live.work import done
from grader.report.words import Words
from grader.wire import live
from grader.wire.frames import WireError
from grader.wire.memory import settle
from grader.wire.pipes import Line


def main() -> None:
    import torch

    torch.set_num_threads(1)
    line = _line()
    handles = socket.socket(fileno=int(sys.argv[1])) if len(sys.argv) > 1 else None
    with tempfile.TemporaryDirectory(prefix="grader-live-", ignore_cleanup_errors=True) as folder:
        # Rewritten checks are kept for this process only, never beside the lesson.
        sys.pycache_prefix = folder
        Words.load(None)
        warm_up(Path(folder))
        if handles is not None:
            # What only jobs with a host import; and pages that a fork need not copy.
            from grader.judge import snapshots  # noqa: F401
            from grader.live import sweeping  # noqa: F401

            settle()
        with contextlib.suppress(WireError, KeyboardInterrupt):
            line.send(live.encode(live.Ready(again=handles is not None)))
            while True:
                header, _ = line.receive()
                job = live.decode(header)
                if not isinstance(job, live.Job):
                    return
                if handles is None:
                    _work(job, line, None)
                    return
                _in_fork(job, line, handles)


def _line() -> Line:
    """The line over standard input and output, where nothing else is read or printed from now on."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nowhere, number)
    return Line(incoming, outgoing)


def _in_fork(job: live.Job, line: Line, handles: socket.socket) -> None:
    child = os.fork()
    if child == 0:
        try:
            _work(job, line, handles)
            os._exit(0)
        except BaseException:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if status:
        sys.exit(1)


def _work(job: live.Job, line: Line, handles: socket.socket | None) -> None:
    host = None
    if job.host and handles is not None:
        _, fds, _, _ = socket.recv_fds(handles, 1, 1)
        host = socket.socket(fileno=fds[0])
    passed, bundle = done(job, line, host)
    line.send(live.encode(live.Show(passed)), bundle)


if __name__ == "__main__":
    main()
