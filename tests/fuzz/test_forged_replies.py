"""Replies as the judge reads them: whatever comes back, each check passes, fails or waits.

A check that crashed or could not decide would take its points out of the total or hold them for a person:
states that a student must not be able to choose. `python -m tests.fuzz.test_forged_replies LESSON SEEDS`
forges in each check of a lesson in turn, with the checks before it answered rightly.
"""

from __future__ import annotations

import contextlib
import json
import sys
from contextlib import AbstractContextManager, nullcontext
from functools import cache

import msgspec
import pytest
import torch

from grader.judge.guest import Guest
from grader.judge.outcome import Verdict
from grader.judge.run import run_checks
from grader.lesson import find
from tests.fakes import InProcessGuest
from tests.forked import in_fork
from tests.fuzz.forging import ForgingGuest
from tests.judge.lessons import collected

PLACES = (
    ("rnn_basics", None),
    ("rnn_basics", "test_gradients_flow_back_through_rnn"),
    ("rnn_basics", "test_build_rnn_walks_along_the_letters"),
    ("cross_entropy", "test_cross_entropy_is_written_by_hand"),
    ("packed_sequence", "test_padding_changes_nothing"),
    ("packed_sequence", "test_rnn_reads_words_without_their_padding"),
)
"""A lesson, and the check in which replies are forged (None: in all of them)."""


class Forged:
    """Gives each check the honest guest, and `check` (or each) one that forges a share of its replies."""

    def __init__(self, honest: Guest, check: str | None, seed: int, share: float) -> None:
        self._honest = honest
        self._check = check
        self._forging = ForgingGuest(honest, seed, share=share)

    def opened(self, check: str, *, fresh: bool) -> AbstractContextManager[Guest]:
        return nullcontext(self._forging if self._check in (None, check) else self._honest)

    def shared(self) -> bool:
        return False

    def cpu(self) -> float | None:
        return None


@cache
def reference(lesson: str) -> InProcessGuest:
    """The reference, its cells run once: each verdict is made in a fork of this process."""
    torch.set_num_threads(1)
    of = find(lesson)
    cells = json.loads((of.solutions / "reference.ipynb").read_bytes())["cells"]
    with contextlib.chdir(of.folder):
        return InProcessGuest(*("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"))


def forged(lesson: str, check: str | None, seed: int, share: float = 0.3) -> Verdict:
    """The verdict on the reference, `share` of whose replies are forged."""
    honest = reference(lesson)

    def work() -> bytes:
        guests = Forged(honest, check, seed, share)
        return msgspec.json.encode(run_checks(find(lesson), guests, b"forged", only=check))

    return msgspec.json.decode(in_fork(work), type=Verdict)


def strange(verdict: Verdict) -> list[str]:
    """What a student must not be able to bring about."""
    found = [verdict.trouble] if verdict.trouble else []
    known = ("passed", "failed", "blocked")
    return found + [
        f"{o.id} {o.state}: {o.found} {o.trouble}" for o in verdict.outcomes if o.state not in known
    ]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(("lesson", "check"), PLACES)
def test_no_forged_reply_breaks_or_puzzles_a_check(lesson: str, check: str | None, seed: int) -> None:
    found = strange(forged(lesson, check, seed))
    assert not found, "\n".join(found)


def main(lesson: str, seeds: int) -> None:
    """Forges in each check, `seeds` times, and prints what is strange."""
    for listed in collected(find(lesson)).listed:
        for seed in range(seeds):
            try:
                found = strange(forged(lesson, listed.id, seed))
            except (AssertionError, msgspec.MsgspecError) as error:
                found = [f"no verdict: {error}"]
            for line in found:
                print(f"{lesson} {listed.id} seed {seed}: {line}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
