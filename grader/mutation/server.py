"""The warm process that compares notebooks; each comparison is a fork made when the checks are collected."""

from __future__ import annotations

import contextlib
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np

from grader.judge.run import run_when_asked, warm_up
from grader.judge.snapshots import Snapshots
from grader.judge.sweeper import Sweeper
from grader.judge.task import Task
from grader.lesson import Lesson
from grader.mutation.messages import Comparison, Told
from grader.mutation.searching import search
from grader.mutation.twins import Pair, Twins
from grader.serving import Limits, Request, Serve, serve_staged
from grader.wire.frames import Channel

_CPU_SECONDS = 600
_MEMORY = 8 << 30


def stage_of(request: bytes) -> tuple[str, str]:
    """Comparisons of one lesson share the collected checks."""
    asked = msgspec.json.decode(request, type=Comparison)
    return asked.folder, asked.digest


def collected(first: bytes, serve: Serve) -> None:
    """Collects the checks of the lesson that `first` is about, and answers comparisons from there.

    Descriptors of a request: the original's waiting guest and keeper, the other's waiting guest and keeper.
    """
    lesson = Lesson.open(Path(msgspec.json.decode(first, type=Comparison).folder))
    made: list[tuple[Request, Comparison, Twins]] = []

    def wait() -> Task:
        request = serve()
        asked = msgspec.json.decode(request.payload, type=Comparison)
        twins = Twins(
            _snapshots(request.fds[:2], asked, asked.original),
            _snapshots(request.fds[2:], asked, asked.other),
        )
        made.append((request, asked, twins))
        return Task(twins, asked.key)

    verdict = run_when_asked(lesson, wait, hidden=True)
    request, asked, twins = made[0]
    request.answer(lambda payload, fds: msgspec.json.encode(_told(asked, twins, verdict.trouble)))


def _told(asked: Comparison, twins: Twins, trouble: str | None) -> Told:
    if trouble is not None and twins.difference is None:
        return Told(twins.count, trouble=trouble)
    rounds = 0
    searched = twins.difference is None

    @contextlib.contextmanager
    def opened(check: str) -> Iterator[Pair]:
        with twins.opened(check, fresh=True) as pair:
            assert isinstance(pair, Pair)
            yield Pair(twins, check, pair.original, pair.other, searching=True)

    if searched:
        generator = np.random.Generator(np.random.Philox(key=int.from_bytes(asked.key[:16], "big")))
        rounds = search(twins, opened, generator, rounds=asked.rounds, seconds=asked.seconds)
    found = twins.difference
    if found is None:
        return Told(twins.count, rounds)
    return Told(twins.count, rounds, found.check, found.request, found.what, searched)


def _snapshots(fds: list[int], asked: Comparison, keeper: int) -> Snapshots:
    host = Channel(socket.socket(fileno=fds[0]))
    return Snapshots(host, Sweeper(socket.socket(fileno=fds[1])), asked.limits, keeper)


def main() -> None:
    import torch

    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory(prefix="grader-mutation-") as cache:
        sys.pycache_prefix = cache  # rewritten checks are kept for this run only, never beside the lesson
        warm_up(Path(cache))
        serve_staged(int(sys.argv[1]), stage_of, collected, Limits(_CPU_SECONDS, _MEMORY))


if __name__ == "__main__":
    main()
