from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import certificates
from tests.cluster.net import Host, Net, why_not
from tests.cluster.nodes import Node, Nodes


@dataclass(frozen=True)
class Site:
    """Machines, or one machine that stands for them, and the processes on them."""

    root: Path
    nodes: Nodes
    net: Net | None
    driver: Host | None
    schedulers: list[Node] = field(default_factory=list)

    def host(self) -> Host | None:
        """A machine for a worker."""
        return self.net.host() if self.net else None

    def worker(self, name: str, *options: str, host: Host | None = None, **more: Any) -> Node:
        place = host or self.host()
        where = {"host": place.address, "inside": place.inside} if place else {}
        return self.nodes.worker(name, *options, **where, **more)

    def grade(self, *words: str | Path, **env: str) -> Node:
        return self.nodes.grade(*words, inside=self.driver.inside if self.driver else (), env=env)

    def scheduler(self) -> None:
        """A new one, for those who come from now on."""
        place = self.host()
        where = (place.address, place.inside, "tls") if place else ()
        self.schedulers.append(self.nodes.scheduler(*where))


@pytest.fixture(params=["machines", "loopback"])
def kind(request: pytest.FixtureRequest) -> str:
    """On machines of their own with mutual TLS, and all on this one. CI runs the first where it can be."""
    trouble = why_not()
    whole = "GRADER_CLUSTER" in os.environ
    if request.param == "machines" and trouble is not None:
        pytest.skip(trouble)
    if request.param == "loopback" and trouble is None and not whole:
        pytest.skip("the same ran on machines of their own; `make cluster` runs both")
    return str(request.param)


@pytest.fixture
def site(kind: str, tmp_path: Path) -> Iterator[Site]:
    """A course, a class and a scheduler; workers are the test's to start."""
    with ExitStack() as stack:
        env, net, driver = {}, None, None
        if kind == "machines":
            env = certificates.made(tmp_path / "certificates")
            net = stack.enter_context(Net())
            driver = net.host()
        nodes = stack.enter_context(Nodes(tmp_path, **env))
        site = Site(tmp_path, nodes, net, driver)
        site.scheduler()
        yield site


@pytest.fixture
def patient() -> None:
    """For what takes long: `make cluster` runs it."""
    if "GRADER_CLUSTER" not in os.environ:
        pytest.skip("takes long: `make cluster` runs it")
