"""What a worker goes through before it gets a task: greeting, comparison, the lesson, warm processes."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from grader.cluster import bundle, messages, worker
from grader.cluster.connecting import all_encrypted
from grader.cluster.messages import Greeting, Prepared, Reply, Terms
from grader.cluster.versions import difference
from grader.errors import ClusterError, LessonError
from grader.lesson import Lesson
from grader.report.sentences import one_line
from grader.sandbox.launch import Level

if TYPE_CHECKING:
    from distributed import Client

_ANSWER_SECONDS = 300.0
_STEP_SECONDS = 1.0


class Unfit(Exception):
    """A worker cannot be given work; the message says why, for the operator."""


class Admission:
    """Speaks with a worker; thread-safe once there is agreement."""

    def __init__(self, client: Client, terms: Terms, lesson: Lesson | None = None) -> None:
        self._client, self._lesson = client, lesson
        self.terms = terms

    def agree(self, level: Level, walls: tuple[str, ...]) -> None:
        """From now on every worker has to reach this level and, if they are given, have these walls."""
        self.terms = replace(self.terms, level=level, walls=walls)

    def names(self, addresses: Iterable[str]) -> dict[str, str]:
        """How each worker is called: the name it was started with, else where it is."""
        known = self._client.scheduler_info(n_workers=-1)["workers"]
        named = {}
        for address in addresses:
            name = str(known.get(address, {}).get("name", address))
            named[address] = one_line(urlsplit(name).netloc if "://" in name else name, 40)
        return named

    def beacon(self) -> object:
        """A greeting for any worker that comes; it is withdrawn when it is forgotten."""
        return self._client.submit(
            worker.greet, messages.pack(self.terms), key=f"greet-{uuid.uuid4().hex}", pure=False
        )

    def greeted(self, address: str) -> Greeting:
        """What the worker says of itself. Raises `Unfit` where it cannot take part."""
        try:
            all_encrypted([address])
        except ClusterError as error:
            raise Unfit(str(error)) from error
        threads = self._client.nthreads([address]).get(address, 0)
        if threads > 1:
            raise Unfit(f"it takes {threads} tasks at once: start it with --nthreads 1 and more --nworkers")
        said = self._asked(address, worker.greet, messages.pack(self.terms))
        greeting = said.greeting
        if greeting is None:
            raise Unfit(said.failed.message if said.failed else "it gives no answer to a greeting")
        other = difference(greeting.versions, self.terms.versions)
        if other is not None:
            raise Unfit(f"it has {other}")
        if greeting.level is None:
            raise Unfit(f"the sandbox level does not stand there: {one_line(greeting.trouble, 300)}")
        if self.terms.walls and greeting.walls != self.terms.walls:
            odd = ", ".join(sorted(set(greeting.walls) ^ set(self.terms.walls)))
            raise Unfit(f"its walls are others than those of the rest ({odd})")
        return greeting

    def made_ready(self, address: str) -> Prepared:
        """Greets the worker, sends the lesson where it is missing, and makes the worker warm.

        Raises `Unfit` where the worker cannot, `LessonError` where the checks do not work.
        """
        assert self._lesson is not None
        greeting = self.greeted(address)
        terms = messages.pack(self.terms)
        if not greeting.lesson:
            self._asked(address, worker.bring, terms, bundle.pack(self._lesson))
        prepared = self._asked(address, worker.prepare, terms).prepared
        if prepared is None:
            raise Unfit("it gives no answer when asked to prepare")
        return prepared

    def _asked(self, address: str, call: Callable[..., bytes], *arguments: Any) -> Reply:
        future = self._client.submit(
            call, *arguments, key=f"{call.__name__}-{uuid.uuid4().hex}", pure=False,
            workers=[address], allow_other_workers=False,
        )  # fmt: skip
        try:
            reply = messages.unpack(self._waited(address, future), Reply)
        except ClusterError as error:
            raise Unfit(str(error)) from error
        finally:
            future.release()
        if reply.failed is not None and reply.failed.who == "author":
            raise LessonError(reply.failed.message)
        if reply.failed is not None:
            raise Unfit(one_line(reply.failed.message, 300))
        return reply

    def _waited(self, address: str, future: Any) -> bytes:
        """The bytes that come; gives up where the worker leaves meanwhile."""
        until = time.monotonic() + _ANSWER_SECONDS
        while time.monotonic() < until:
            try:
                result = future.result(timeout=_STEP_SECONDS)
            except TimeoutError:
                if address not in self._client.nthreads([address]):
                    raise Unfit("it left while it was asked") from None
                continue
            except (ImportError, AttributeError) as error:
                raise Unfit(
                    f"it has no grader of this version ({one_line(str(error), 120)}): "
                    f"pip install sequence-grader=={self.terms.versions.grader}"
                ) from error
            except Exception as error:
                raise Unfit(f"{type(error).__name__}: {one_line(str(error), 200)}") from error
            if isinstance(result, bytes):
                return result
            raise Unfit(f"it answers with {type(result).__name__} in place of bytes")
        raise Unfit(f"it did not answer within {_ANSWER_SECONDS:.0f} s: is it busy with other work?")
