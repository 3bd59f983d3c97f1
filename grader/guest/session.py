"""One submission's process: runs the cells, then answers by forks of the state they left."""

from __future__ import annotations

import contextlib
import gc
import os
import random
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, Protocol

from grader.guest import lab, standins
from grader.guest.conversing import converse
from grader.guest.history import losses_in
from grader.guest.inventory import Inventory
from grader.guest.reporter import Speaker
from grader.guest.shell import Begun, Shell, build, take_streams
from grader.wire import cells
from grader.wire.frames import Channel, WireError

_HOST = 3


class Door(Protocol):
    """What the walls offer to a snapshot: `nest` shuts it off from siblings and from the waiting guest."""

    def nest(self) -> list[str]: ...


def preload() -> None:
    """Everything slow that no submission changes, done once in the zygote. Starts no thread."""
    import torch

    torch.set_num_threads(1)
    shell = build()
    _warm(shell)
    shell.inventory = Inventory()


def main(sock_fd: int, door: Door) -> None:
    """Serves one submission over the descriptor `sock_fd`, which is 3. Returns when the driver has gone."""
    channel = Channel(socket.socket(fileno=sock_fd))
    shell = Shell.instance()
    if shell.begun is None:
        take_streams(shell)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    while True:
        try:
            header, payload, fds = channel.receive_with_fds(deadline=None, most=1)
            order = cells.decode_order(header)
        except (WireError, KeyboardInterrupt):
            return
        _reap()
        match order:
            case cells.Start():
                furnish(order.data)
                run_cells(shell, channel, order, cells.decode_code(payload))
            case cells.Snapshot():
                child = os.fork()
                if child == 0:
                    _serve(shell, channel, fds, door)
                for fd in fds:
                    os.close(fd)


def run_cells(shell: Shell, channel: Speaker, order: cells.Start, notebook: list[cells.Code]) -> None:
    """Runs the cells in the working folder, and says over `channel` what they print, show and raise.

    Those that a beginning has run already are told of, and not run again.
    """
    if shell.begun is None:
        prepare(shell, channel, order)
    else:
        _go_on(shell, channel, shell.begun)
    run_cell: Any = shell.run_cell  # a cell may put another in its place
    for code in notebook:
        if shell.begun is None or code.number > shell.begun.cells:
            play(shell, code, run_cell)
    reporter = shell.reporter
    for noticed in _noticed(shell):
        reporter.say(noticed)
    for losses in _kept(shell):
        reporter.say(losses)
    reporter.close(cells.Done(reporter.cut))


def prepare(shell: Shell, channel: Speaker, order: cells.Start) -> None:
    """What comes before the first cell."""
    shell.reporter.channel, shell.reporter.cap = channel, order.output
    standins.install()
    lab.seed(order.seed)


def play(shell: Shell, code: cells.Code, run_cell: Any) -> bool:
    """Runs one cell by the shell's `run_cell`; whether it came to its end without an exception."""
    reporter = shell.reporter
    reporter.cell = shell.execution_count = code.number
    shell.source = code.source
    reporter.say(cells.Begin(code.number))
    begin = time.monotonic()
    try:
        result = run_cell(code.source, store_history=False)
        ok = bool(result.success)
    except BaseException as error:
        reporter.problem(error, f"{type(error).__name__}: {error}", 0)
        ok = False
    reporter.collect_files()
    reporter.say(cells.End(code.number, ok, round(time.monotonic() - begin, 4)))
    return ok


def _go_on(shell: Shell, channel: Speaker, begun: Begun) -> None:
    shell.reporter.resume(channel, begun.events)
    random.setstate(begun.random)  # each fork has seeded this generator anew
    # A folder of this name has been looked into, and it was another.
    sys.path_importer_cache.pop(os.getcwd(), None)


def _noticed(shell: Shell) -> list[cells.Noticed]:
    # The notebook may have changed whatever this rests on.
    try:
        return [] if shell.inventory is None else list(shell.inventory.changes(shell))
    except BaseException as error:
        return [cells.Noticed("failed", [type(error).__name__[:100]])]


def _kept(shell: Shell) -> list[cells.Losses]:
    try:
        found = losses_in(shell.user_ns)
    # A picture may be missing; a run may not end by it.
    except BaseException:
        return []
    return [] if found is None else [found]


def _serve(shell: Shell, host: Channel, fds: list[int], door: Door) -> None:
    """A snapshot's life. Never returns."""
    try:
        shell.reporter.channel = None
        if len(fds) != 1:
            os._exit(3)
        os.dup2(fds[0], _HOST, inheritable=False)
        os.close(fds[0])
        host.sock.detach()
        door.nest()
        gc.freeze()
        channel = Channel(socket.socket(fileno=_HOST))
        converse(channel, shell.user_ns)
    except BaseException:
        os._exit(1)


def furnish(data: str | None) -> None:
    """A working folder with the lesson's data at ./, ./data and ../data, where notebooks look for it."""
    home = Path(os.environ.get("HOME", "/tmp"))
    work = home / "notebook"
    work.mkdir(exist_ok=True)
    os.chdir(work)
    if data is not None:
        source = Path(os.environ.get("GRADER_DATA", "/data")) / data
        for place in (work / "data", home / "data"):
            place.symlink_to(source)
        for path in source.iterdir():
            (work / path.name).symlink_to(path)
    if "" not in sys.path:
        sys.path.insert(0, "")


def _reap() -> None:
    """Collects every child that has ended, the cells' own too: the dead count as processes until then."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _warm(shell: Shell) -> None:
    """First uses that build tables: a cell, a traceback, a figure, a layer, an optimiser. Leaves no name."""
    import matplotlib.pyplot as plt
    import torch

    run_cell: Any = shell.run_cell
    reset: Any = shell.reset
    for source in ("_warm = 1\n_warm", "1/0", "%matplotlib inline"):
        run_cell(source, store_history=False)
    figure = plt.figure()
    figure.add_subplot().plot([0, 1])
    figure.canvas.draw()
    plt.close("all")
    model = torch.nn.LSTM(2, 3)
    model(torch.zeros(2, 1, 2))
    torch.optim.Adam(model.parameters())
    reset(new_session=True)
