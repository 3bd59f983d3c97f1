"""What the scripts of the lessons that write letters share: the cells of a variant, and a line for each."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import tempfile
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import torch

from grader.lesson import Lesson, find
from grader.solutions import Variant, variants
from tests.fakes import InProcessGuest


@contextlib.contextmanager
def furnished(lesson: Lesson) -> Iterator[None]:
    """A working folder with the lesson's data where notebooks look for it, as a room has it."""
    with tempfile.TemporaryDirectory() as home:
        work = Path(home, "notebook")
        work.mkdir()
        if lesson.data is not None:
            for place in (work / "data", Path(home, "data")):
                place.symlink_to(lesson.data)
            for path in lesson.data.iterdir():
                (work / path.name).symlink_to(path)
        with contextlib.chdir(work):
            yield


def guest_of(variant: Variant) -> InProcessGuest:
    """The state that the variant's cells leave, in this process; what they print is dropped."""
    cells = [c for c in json.loads(variant.content)["cells"] if c["cell_type"] == "code"]
    with contextlib.redirect_stdout(io.StringIO()):
        return InProcessGuest(*["".join(c["source"]) for c in cells])


def print_shares(
    about: str | None,
    lesson: str,
    wrong: Collection[str],
    shares: Callable[[Variant, int], list[float]],
    *,
    digits: int,
) -> None:
    """Prints least and mean of `shares(variant, draws)` for what is right and for the `wrong` mistakes."""
    options = argparse.ArgumentParser(description=about)
    options.add_argument("--draws", type=int, default=6)
    options.add_argument("--only", default="")
    asked = options.parse_args()
    torch.set_num_threads(1)
    print(f"{'variant':32} {'low':>6} {'mean':>6}")
    for variant in variants(find(lesson)):
        unasked = variant.kind == "mistake" and variant.name not in wrong
        if variant.kind == "starter" or unasked or asked.only not in variant.name:
            continue
        got = shares(variant, asked.draws)
        print(f"{variant.name:32} {min(got):6.{digits}f} {sum(got) / len(got):6.{digits}f}", flush=True)
