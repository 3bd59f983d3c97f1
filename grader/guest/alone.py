"""A guest that is started afresh and cannot fork: `python -m grader.guest.alone`, over its standard streams.

It runs a notebook's cells in the folder it is started in, then answers each request on copies of what they
left. There are no walls: it is for a student's own notebook, and only where the student asked for that.
"""

from __future__ import annotations

import os
import site
import sys
import tempfile

from grader.guest import standins
from grader.guest.copying import answered
from grader.guest.session import preload, run_cells
from grader.guest.shell import Shell, take_streams
from grader.wire import cells, live
from grader.wire.frames import WireError
from grader.wire.pipes import Line


def main() -> None:
    line = _line()
    site.setquit()
    site.sethelper()
    preload()
    shell = Shell.instance()
    take_streams(shell)
    sys.path.insert(0, "")
    try:
        line.send(live.encode(live.Ready(again=False)))
        header, payload = line.receive()
        order = cells.decode_order(header)
        if isinstance(order, cells.Start):
            standins.install()
            run_cells(shell, line, order, cells.decode_code(payload))
        while True:
            header, payload = line.receive()
            ask = live.decode(header)
            if not isinstance(ask, live.Ask):
                return
            line.send(*answered(ask, payload, shell.user_ns))
    except WireError:
        return


def _line() -> Line:
    """The line over standard input and output; what the cells print past Python goes to a file."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nowhere, 0)
    for number in (1, 2):
        # Not `TemporaryFile`: it must be a file of its own that stays until the process ends.
        handle, name = tempfile.mkstemp(prefix="output-", dir=os.path.dirname(os.getcwd()))
        os.dup2(handle, number)
        os.close(handle)
        try:
            os.unlink(name)
        except OSError:
            continue  # an open file cannot be removed everywhere; its folder is the driver's to remove
    return Line(incoming, outgoing)


if __name__ == "__main__":
    main()
