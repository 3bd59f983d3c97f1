"""What can go wrong with a cluster in the middle of a class. All of it takes long: `make cluster` runs it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from grader.report.words import Words
from tests.cli.making import records
from tests.cluster import certificates, classes
from tests.cluster.conftest import Site
from tests.cluster.nodes import Nodes, until

F = classes.F

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("patient")]


def names(root: Path) -> list[str]:
    return [path.stem for path in root.glob("class/*")]


def test_a_notebook_that_kills_every_worker_is_for_a_person_and_harms_nobody(site: Site) -> None:
    classes.made(site.root, killer=[F, "# KILLER"])
    here = classes.graded_here(site.root)
    for name in ("near", "far"):
        site.worker(name, nanny=True, wait=False)
    site.nodes.all_there(2)
    done = site.grade("--out", "there")
    assert done.ended() == 1, done.said
    there = classes.timeless(site.root / "there" / "tiny")
    assert sorted(there) == sorted(here)
    assert {name for name in here if there[name] != here[name]} == {"killer.json"}
    killer = records(site.root / "there" / "tiny")["killer"]
    assert (killer.state, killer.run.state, killer.score, killer.held) == ("needs_review", "died", 0, 6)
    assert {check.state for check in killer.checks} == {"undecided"}
    assert killer.run.finding is not None
    assert killer.run.finding.code == "notebook.died"
    assert [note.code for note in killer.notes] == ["note.lost_workers"]
    words = Words.load(None).note("note.lost_workers", {"count": 3}, "en")
    assert words in (site.root / "there" / "tiny" / "instructor" / "killer.html").read_text("utf-8")
    begun = [name for worker in ("near", "far") for name in site.nodes.did(worker)]
    assert begun.count("killer") == 3


def test_a_worker_that_is_cut_off_is_given_up_and_can_come_back(site: Site) -> None:
    """Dask ends a worker that has lost its scheduler: who has started it starts it again."""
    if site.net is None:
        pytest.skip("all are on this machine: there is no cable to pull")
    classes.made(site.root, held=[F, "# HOLD"], held_too=[F, "# HOLD"])
    here = classes.graded_here(site.root)
    place = site.net.host()
    near = site.worker("near", host=place, wait=False)
    site.worker("far", wait=False)
    site.nodes.all_there(2)
    done = site.grade("--out", "there")
    assert site.nodes.holder() != site.nodes.holder()
    site.net.cut(place)
    until(lambda: "\n1 worker\n" in done.said, "the loss of a worker")
    site.nodes.go(2)
    site.nodes.holder()  # the other one has it now
    near.ended()
    site.net.mend(place)
    site.worker("again", host=place)
    until(lambda: done.said.count("2 workers") == 2, "its return")
    site.nodes.go(2)
    assert done.ended() == 0, done.said
    assert classes.timeless(site.root / "there" / "tiny") == here
    for name in names(site.root):
        assert done.said.count(f" {name} ") == 1


def test_a_short_gap_in_the_network_costs_nothing(site: Site) -> None:
    if site.net is None:
        pytest.skip("all are on this machine: there is no cable to pull")
    classes.made(site.root, held=[F, "# HOLD"], held_too=[F, "# HOLD"])
    here = classes.graded_here(site.root)
    place = site.net.host()
    site.worker("near", host=place, wait=False)
    site.worker("far", wait=False)
    site.nodes.all_there(2)
    done = site.grade("--out", "there")
    assert site.nodes.holder() != site.nodes.holder()
    site.net.cut(place)
    site.nodes.go(4)  # both go on, one of them where nobody hears it
    until(lambda: " held" in done.said, "the one that is heard")
    site.net.mend(place)
    assert done.ended() == 0, done.said
    assert classes.timeless(site.root / "there" / "tiny") == here


def test_without_the_scheduler_what_is_graded_is_kept_and_gone_on_with(site: Site) -> None:
    classes.made(site.root, held=[F, "# HOLD"])
    here = classes.graded_here(site.root)
    workers = [site.worker("near", wait=False), site.worker("far", wait=False)]
    site.nodes.all_there(2)
    done = site.grade("--out", "there")
    site.nodes.holder()
    until(lambda: done.said.count("/6  ") == len(here) - 1, "all others")
    site.schedulers[0].process.kill()
    assert done.ended() == 2
    assert "The connection to the scheduler is lost." in done.said
    assert "Traceback" not in done.said
    before = classes.timeless(site.root / "there" / "tiny")
    assert before == {name: one for name, one in here.items() if name != "held.json"}
    assert (site.root / "there" / "tiny" / "index.html").is_file()
    for node in workers:
        node.process.kill()
        node.ended()
    site.scheduler()
    site.worker("later")
    site.nodes.go()
    again = site.grade("--out", "there")
    assert again.ended() == 0, again.said
    assert classes.timeless(site.root / "there" / "tiny") == here
    assert site.nodes.did("later") == ["held"]


def test_ctrl_c_takes_everything_back_and_the_cluster_serves_the_next(site: Site) -> None:
    classes.made(site.root, held=[F, "# HOLD"])
    here = classes.graded_here(site.root)
    site.worker("near")
    done = site.grade("--out", "there")
    site.nodes.holder()
    done.process.send_signal(signal.SIGINT)
    assert done.ended() == 130, done.said
    assert "Traceback" not in done.said
    assert "Run the same command: it goes on from here" in done.said
    site.nodes.go(2)
    again = site.grade("--out", "there", "--lang", "ko")
    site.nodes.holder()
    assert again.ended() == 0, again.said
    assert "워커 1개" in again.said
    assert sorted(classes.timeless(site.root / "there" / "tiny")) == sorted(here)


def test_a_worker_that_is_asked_to_leave_is_replaced(site: Site) -> None:
    classes.made(site.root, held=[F, "# HOLD"], held_too=[F, "# HOLD"])
    here = classes.graded_here(site.root)
    near = site.worker("near", wait=False)
    site.worker("far", wait=False)
    site.nodes.all_there(2)
    done = site.grade("--out", "there")
    assert site.nodes.holder() != site.nodes.holder()
    near.process.terminate()
    until(lambda: "\n1 worker\n" in done.said, "its leaving")
    site.nodes.go(4)
    assert done.ended() == 0, done.said
    assert classes.timeless(site.root / "there" / "tiny") == here


def test_a_cluster_that_has_no_worker_begins_to_grow(tmp_path: Path) -> None:
    """To one worker for the first question, to two for what waits while the first is busy."""
    classes.made(tmp_path, held=[F, "# HOLD"])
    here = classes.graded_here(tmp_path)
    with Nodes(tmp_path) as nodes:
        nodes.growing(2)
        done = nodes.grade("--out", "there")
        nodes.holder()
        until(lambda: "2 workers" in done.said, "a second worker")
        nodes.go()
        assert done.ended() == 0, done.said
    assert classes.timeless(tmp_path / "there" / "tiny") == here


def test_only_workers_of_another_build_end_the_run(site: Site) -> None:
    classes.made(site.root)
    site.worker("other", env={"GRADER_TEST_SOURCE": "0" * 64})
    site.worker("wide", "--nthreads", "2")
    done = site.grade("--out", "there")
    assert done.ended() == 2
    assert "The worker other gets no work: it has another build of grader" in done.said
    assert "The worker wide gets no work: it takes 2 tasks at once: start it with --nthreads 1" in done.said
    assert "No worker of the cluster fits." in done.said
    assert not list(site.root.glob("there/tiny/*.json"))


def test_strangers_neither_join_nor_read(site: Site) -> None:
    """Mutual TLS: another authority's certificate, and none at all, come to nothing."""
    if site.net is None:
        pytest.skip("loopback needs no certificates")
    classes.made(site.root)
    theirs = certificates.made(site.root / "theirs")
    stranger = site.worker("stranger", env=theirs, wait=False)
    done = site.grade("--out", "there", **theirs)
    assert done.ended() == 2
    assert "cannot be reached" in done.said
    bare = site.grade("--out", "there", DASK_DISTRIBUTED__COMM__TLS__CA_FILE="")
    assert bare.ended() == 2
    assert "docs/cluster.md" in bare.said
    assert "Traceback" not in done.said + bare.said
    assert "Registered to:" not in stranger.said
