"""`grader grade --engine dask` on real schedulers and workers."""

from __future__ import annotations

from collections import Counter

from tests.cluster import classes
from tests.cluster.conftest import Site

F = classes.F


def test_records_are_those_of_one_machine(site: Site) -> None:
    """Whoever grades: a worker that has the lesson, one that is sent it, one that comes late; also where one
    is killed in the middle. A worker of another build is named and gets nothing."""
    classes.made(site.root, held=[F, "# HOLD"], held_too=[F, "# HOLD"])
    here = classes.graded_here(site.root)
    workers = {"near": site.worker("near", wait=False)}
    workers["far"] = site.worker("far", env={"GRADER_TEST_APART": "1"}, wait=False)
    site.worker("other", env={"GRADER_TEST_SOURCE": "0" * 64}, wait=False)
    site.nodes.all_there(3)
    done = site.grade("--out", "there")

    first = {site.nodes.holder(), site.nodes.holder()}
    killed = workers["near"].process
    assert first == {node.process.pid for node in workers.values()}
    killed.kill()
    killed.wait()
    site.worker("late", env={"GRADER_TEST_APART": "1"})
    assert site.nodes.holder() not in first
    site.nodes.go(3)

    assert done.ended() == 0, done.said
    assert classes.timeless(site.root / "there" / "tiny") == here
    assert "The worker other gets no work: it has another build of grader" in done.said
    assert done.said.count("2 workers") == 2
    twice = site.nodes.did("near")[-1]
    assert "held" in twice
    names = [path.stem for path in site.root.glob("class/*")]
    begun = [name for worker in ("near", "far", "late") for name in site.nodes.did(worker)]
    assert sorted(set(begun)) == sorted(names)
    # What the killed worker had finished, but not yet handed over, is graded again as well.
    again = [name for name, count in Counter(begun).items() if count > 1]
    assert twice in again
    # What waits for its turn may get it just as it is taken to a worker that has nothing left.
    last = {site.nodes.did(worker)[-1] for worker in ("far", "late")}
    assert set(again) - set(site.nodes.did("near")) <= last
    assert twice in site.nodes.did("late")
    assert site.nodes.did("other") == []
