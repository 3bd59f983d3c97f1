"""Which schedulers are spoken to at all."""

from __future__ import annotations

import socket
import sys

import pytest

from grader.cluster import connecting
from grader.cluster.connecting import all_encrypted, connected
from grader.errors import ClusterError, GraderError, UsageError


@pytest.mark.parametrize(
    "address", ["tcp://192.0.2.1:8786", "tcp://[2001:db8::1]:8786", "tcp://0.0.0.0:8786"]
)
def test_no_plain_connection_leaves_this_machine(address: str) -> None:
    with pytest.raises(ClusterError, match="without encryption") as raised, connected(address):
        pass
    assert "docs/cluster.md" in str(raised.value)
    with pytest.raises(ClusterError, match="--host 127"):
        all_encrypted(["tcp://127.0.0.1:1", address])


@pytest.mark.parametrize(
    "address", ["", "here", "127.0.0.1:8786", "inproc://127.0.0.1/1/1", "ucx://127.0.0.1:1", "tcp://:1",
                "tcp://127.0.0.1", "tcp://127.0.0.1:x", "http://127.0.0.1:8786"],
)  # fmt: skip
def test_what_is_no_address_is_said(address: str) -> None:
    with pytest.raises(UsageError, match="is no address"), connected(address):
        pass


def test_names_are_resolved_before_they_are_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name is of this machine only where all its addresses are."""
    near, far = (2, 1, 6, "", ("127.0.0.1", 0)), (2, 1, 6, "", ("192.0.2.1", 0))
    found = [[near], [near, far]]
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port: found.pop(0))
    all_encrypted(["tcp://here:1"])
    with pytest.raises(ClusterError):
        all_encrypted(["tcp://both:1"])


def test_encrypted_and_local_ones_are_fine() -> None:
    all_encrypted(["tls://192.0.2.1:8786", "tcp://127.0.0.1:1", "tcp://[::1]:1", "tls://127.0.0.1:1"])


def test_certificates_that_are_not_configured_are_named() -> None:
    with (
        pytest.raises(ClusterError, match=r"comm\.tls\.ca-file.*client\.cert"),
        connected("tls://192.0.2.1:1"),
    ):
        pass


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UsageError, match=r"sequence-grader\[cluster\]"), connected("tcp://127.0.0.1:1"):
        pass


def test_a_port_where_nobody_listens_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "_CONNECT_SECONDS", 1.0)
    with socket.socket() as held:  # bound and not listening: no other process can take it
        held.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{held.getsockname()[1]}"
        with pytest.raises(GraderError, match="cannot be reached"), connected(address):
            pass


def test_a_port_where_somebody_says_nothing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "_CONNECT_SECONDS", 1.0)
    monkeypatch.setattr(connecting, "_CLOSE_SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ClusterError, match="cannot be reached"), connected(address):
            pass
