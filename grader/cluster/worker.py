"""What the driver calls on a worker: bytes in, bytes out, one at a time.

Nothing here ends by an exception of ours: what went wrong comes back as a `Failed`, for a pickled exception
would be unpickled in the driver. A Dask worker's process is daemonic and calls this in a thread: the
processes of a workshop are started by subprocess, and deadlines are kept behind the wall.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from functools import cache
from typing import Literal

from grader.cluster import messages
from grader.cluster.kept import Kept
from grader.cluster.messages import Failed, Greeting, Job, Prepared, Reply, Terms
from grader.cluster.versions import difference, own
from grader.cluster.workbench import workbench
from grader.errors import ClusterError, GraderError, LessonError, SandboxError
from grader.sandbox import stands
from grader.sandbox.launch import Level
from grader.work import done


def greet(terms: bytes) -> bytes:
    """Who this worker is: a `Greeting`. Starts at most a bare zygote, to try the walls."""

    def greeting() -> Reply:
        asked = messages.unpack(terms, Terms)
        if difference(own(), asked.versions) is not None:  # refused, whatever it could do
            return Reply(greeting=Greeting(own(), socket.gethostname(), None, (), "", False))
        level: Level | None = None
        walls: tuple[str, ...] = ()
        trouble = ""
        try:
            level, walls = _stands(asked.level)
        except SandboxError as error:
            trouble = str(error)
        here = Kept().find(asked.lesson, asked.bundle, asked.folder) if asked.lesson else None
        return Reply(greeting=Greeting(own(), socket.gethostname(), level, walls, trouble, here is not None))

    return _told(greeting)


def bring(terms: bytes, content: bytes) -> bytes:
    """Keeps the lesson, which came as a bundle."""

    def kept() -> Reply:
        asked = messages.unpack(terms, Terms)
        Kept().keep(asked.lesson, asked.bundle, content)
        return Reply()

    return _told(kept)


def prepare(terms: bytes) -> bytes:
    """Makes everything warm: a `Prepared`."""

    def prepared() -> Reply:
        asked = messages.unpack(terms, Terms)
        with workbench().course(asked) as (course, _):
            return Reply(prepared=Prepared(course.listed))

    return _told(prepared)


def carry_out(job: bytes) -> bytes:
    """Grades one submission: its `Product`."""

    def product() -> Reply:
        asked = messages.unpack(job, Job)
        other = difference(own(), asked.terms.versions)
        if other is not None:
            raise ClusterError(f"This worker has {other}.")
        with workbench().course(asked.terms) as (course, slot):
            return Reply(product=done(asked.sent.work(), course, slot))

    return _told(product)


@cache
def _stands(asked: Level | None) -> tuple[Level, tuple[str, ...]]:
    return stands(asked)  # of a machine, and each try takes a second


def _told(call: Callable[[], Reply]) -> bytes:
    try:
        reply = call()
    except GraderError as error:
        who: Literal["author", "us", "worker"] = "us"
        if isinstance(error, LessonError):
            who = "author"
        elif isinstance(error, (SandboxError, ClusterError)):
            who = "worker"
        reply = Reply(Failed(who, str(error)))
    except OSError as error:
        reply = Reply(Failed("worker", f"{type(error).__name__}: {error}"))
    except Exception as error:
        reply = Reply(Failed("us", f"{type(error).__name__}: {error}"))
    return messages.pack(reply)
