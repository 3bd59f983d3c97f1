"""The share of hidden digits that a trained network is right on, by variant and budget; for two lessons."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from grader.judge.draws import Draw
from grader.judge.model import Model
from grader.judge.probes.recognition import Pictures, trained
from grader.judge.student import Student
from grader.judge.training import Trainer
from grader.lesson import Lesson, find
from grader.solutions import Variant, variants
from tests.fakes import InProcessGuest
from tests.thresholds.table import furnished, guest_of


def pictures(lesson: Lesson, draw: Draw, count: int) -> Pictures:
    """Digits drawn, turned and noisy as the lesson's last check draws them; budgets and cut are not used."""
    train, hidden = (_load(lesson.folder / path) for path in ("data/digits_train.npz", "hidden/digits.npz"))
    return Pictures.drawn(train, hidden, draw, counts=(count, count), budgets=(), cut=1.0)


def shares(
    variant: Variant,
    budget: tuple[int, float],
    draws: int,
    net: Callable[[Student], Model],
    digits: Callable[[Draw], Pictures],
) -> list[float]:
    """One training for each draw, of the same digits for every budget."""
    guest = _guest(variant)
    found = []
    for number in range(draws):
        draw = Draw(b"thresholds", f"{variant.name} {number}")
        student = Student(guest, draw)
        task = digits(draw)
        share = trained(Trainer(student.train), net(student), draw, task, *budget).share
        found.append(share)
    return found


def main(
    name: str,
    budgets: Sequence[tuple[int, float]],
    wrong: Sequence[str],
    net: Callable[[Student], Model],
    digits: Callable[[Lesson, Draw], Pictures],
) -> None:
    """Prints a row for each right variant, and for the mistakes called `wrong`; the row `best` is what the
    check asks for: the best of the budgets in each draw."""
    options = argparse.ArgumentParser()
    options.add_argument("--draws", type=int, default=10)
    options.add_argument("--only", default="")
    asked = options.parse_args()
    torch.set_num_threads(1)
    lesson = find(name)
    print(f"{'variant':28} {'epochs':>6} {'rate':>6} {'low':>6} {'mean':>6}")
    for variant in variants(lesson):
        unasked = variant.kind == "mistake" and variant.name not in wrong
        if variant.kind == "starter" or unasked or asked.only not in variant.name:
            continue
        rows = []
        for epochs, rate in budgets:
            got = shares(variant, (epochs, rate), asked.draws, net, lambda draw: digits(lesson, draw))
            rows.append(got)
            _print(f"{variant.name:28} {epochs:6} {rate:6}", got)
        _print(f"{variant.name:28} {'best':>6} {'':6}", list(map(max, zip(*rows, strict=True))))


def _print(what: str, got: list[float]) -> None:
    print(f"{what} {min(got):6.2f} {sum(got) / len(got):6.2f}", flush=True)


def enlarged(task: Pictures) -> Pictures:
    """8x8 images as (N, 1, 28, 28)."""
    large = [
        torch.nn.functional.interpolate(images[:, None], size=(28, 28), mode="bilinear")
        for images in (task.images, task.test)
    ]
    return replace(task, images=large[0], test=large[1])


def _guest(variant: Variant) -> InProcessGuest:
    """The notebook run where it finds its data, as a guest does."""
    with furnished(find(variant.lesson)):
        return guest_of(variant)


def _load(path: Path) -> tuple[torch.Tensor, torch.Tensor]:
    with np.load(path) as file:
        return torch.from_numpy(file["images"]).float() / 16, torch.from_numpy(file["labels"]).long()
