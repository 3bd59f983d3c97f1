"""The connection to a Dask scheduler: refused where others could send it something to unpickle.

Dask pickles functions and arguments, so whoever reaches a scheduler runs code on its workers and in its
clients. Off this machine only mutual TLS is taken, with the certificates of Dask's own configuration.
"""

from __future__ import annotations

import ipaddress
import logging
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from grader.errors import ClusterError, UsageError

if TYPE_CHECKING:
    from distributed import Client

_CONNECT_SECONDS = 30.0
_CLOSE_SECONDS = 5.0
_NEEDED = {"tls_ca_file": "ca-file", "tls_client_cert": "client.cert"}
_HOW = (
    "Use mutual TLS: certificates in Dask's configuration (distributed.comm.tls) of the scheduler, the "
    "workers and this machine, and a tls:// address. docs/cluster.md has each step."
)


@contextmanager
def connected(address: str) -> Iterator[Client]:
    """A client of the scheduler at `address`.

    Raises `UsageError` where Dask is not installed or the address is none, `ClusterError` where it may not
    be used or does not answer.
    """
    try:
        import dask
        from distributed import Client
        from distributed.security import Security
    except ImportError as error:
        raise UsageError(
            "The dask engine needs Dask, which is not installed here: pip install 'sequence-grader[cluster]'."
        ) from error
    check_address(address)
    security = Security()
    if address.startswith("tls://"):
        missing = [name for part, name in _NEEDED.items() if not getattr(security, part)]
        if missing:
            names = " and ".join(f"distributed.comm.tls.{name}" for name in missing)
            raise ClusterError(f"Dask's configuration on this machine lacks {names}. {_HOW}")
    _quiet()
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "64 MB"}):
        client = _opened(lambda: Client(
            address, security=security, timeout=_CONNECT_SECONDS, set_as_default=False, name="grader",
        ), address)  # fmt: skip
        try:
            all_encrypted([client.scheduler_info(n_workers=0)["address"]])
            yield client
        finally:
            with suppress(Exception):
                client.close(timeout=_CLOSE_SECONDS)


def all_encrypted(addresses: Iterable[str]) -> None:
    """Raises `ClusterError` where a scheduler or worker of the cluster listens to others without TLS."""
    for address in addresses:
        if not address.startswith("tls://") and not _loopback(address):
            raise ClusterError(
                f"The cluster listens at {address}, without encryption and for everybody who reaches it. "
                "Start the scheduler and the workers with --host 127.0.0.1 where all are on this machine. "
                f"Else: {_HOW}"
            )


def check_address(address: str) -> None:
    """Raises `UsageError` where this is no address, `ClusterError` where it may not be spoken to."""
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in ("tcp", "tls") or not parts.hostname or port is None:
        raise UsageError(
            f"--scheduler {address} is no address of a Dask scheduler: "
            "it looks like tls://scheduler.example:8786."
        )
    if parts.scheme == "tcp" and not _loopback(address):
        raise ClusterError(
            f"The scheduler {address} is on another machine, and without encryption anybody on the way could "
            f"run code here and change grades. {_HOW}"
        )


def _loopback(address: str) -> bool:
    """Whether every address that the name stands for is of this machine alone."""
    host = urlsplit(address).hostname or ""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, None)}
        return bool(found) and all(ipaddress.ip_address(one).is_loopback for one in found)
    except (OSError, ValueError):
        return False


def _quiet() -> None:
    """Dask tells of lost peers in tracebacks; we do in words. Each of its loggers has its own level."""
    for name in ("distributed", "tornado", "asyncio", *logging.Logger.manager.loggerDict):
        if name.partition(".")[0] in ("distributed", "tornado", "asyncio"):
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _opened(make: object, address: str) -> Client:
    """The client that `make` makes, in a thread: a peer that accepts and says nothing keeps it for ever."""
    assert callable(make)
    made: list[Client] = []
    trouble: list[BaseException] = []

    def call() -> None:
        try:
            made.append(make())
        except BaseException as error:
            trouble.append(error)

    thread = threading.Thread(target=call, name="connecting", daemon=True)
    thread.start()
    thread.join(_CONNECT_SECONDS + _CLOSE_SECONDS)
    if made:
        return made[0]
    said = f"{type(trouble[0]).__name__}: {trouble[0]}" if trouble else "it does not answer"
    raise ClusterError(
        f"The scheduler {address} cannot be reached ({' '.join(said.split())[:300]}). Is it running, is the "
        "address right, and are its certificates signed by the authority that Dask's configuration names?"
    )
