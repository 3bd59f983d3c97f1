"""The share of letters that a trained `Net` says rightly, by variant, kind of cell and number of steps.

    python -m tests.thresholds.hihello --draws 10

Each draw is another text, each training begins from weights of the model's own. `low` is the worst
better-of-two share of a row, as `probes.fits` counts; a cut has to lie below it for every right variant.
"""

from __future__ import annotations

import argparse
import json
from itertools import pairwise

import torch

from grader.judge.draws import Draw
from grader.judge.student import Student
from grader.judge.training import Trainer
from grader.lesson import find
from grader.solutions import Variant, variants
from tests.fakes import InProcessGuest

LETTERS, STEPS, HIDDEN = 6, 8, 16
BUDGETS = (100, 300)
WRONG = ("softmax_before_the_loss", "squared_error", "zero_grad_missing", "loss_of_the_last_step")


def pairs(draw: Draw) -> tuple[torch.Tensor, torch.Tensor]:
    """X (1, 8, 6) and Y (1, 8), drawn as the lesson's checks draw them."""
    while True:
        numbers = draw.integers(0, LETTERS, STEPS + 1, purpose="text")
        if all(a != b for a, b in pairwise(numbers.tolist())) and len(set(numbers.tolist())) > 3:
            return torch.eye(LETTERS)[numbers[:-1]][None], numbers[1:][None]


def shares(variant: Variant, cell: str, steps: int, draws: int) -> list[float]:
    """The better of two trainings, for each draw."""
    cells = [c for c in json.loads(variant.content)["cells"] if c["cell_type"] == "code"]
    guest = InProcessGuest(*["".join(c["source"]) for c in cells])
    found = []
    for number in range(draws):
        draw = Draw(b"thresholds", f"{variant.name} {cell} {steps} {number}")
        student = Student(guest, draw)
        x, y = pairs(draw)
        args = [student.Net(LETTERS, HIDDEN, cell), x, y, steps, 0.1]
        runs = Trainer(student.train).run([args] * 2, seeds=[draw.seed(), draw.seed()], then=[[x]])
        found.append(max(float((r.then[0].tensor().argmax(-1) == y).double().mean()) for r in runs))
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--draws", type=int, default=10)
    draws = options.parse_args().draws
    torch.set_num_threads(1)
    print(f"{'variant':28} {'cell':5} {'steps':>5} {'low':>6} {'mean':>6}")
    for variant in variants(find("hihello")):
        if variant.kind == "starter" or (variant.kind == "mistake" and variant.name not in WRONG):
            continue
        for cell in ("rnn", "lstm", "gru"):
            for steps in BUDGETS:
                got = shares(variant, cell, steps, draws)
                print(f"{variant.name:28} {cell:5} {steps:5} {min(got):6.2f} {sum(got) / len(got):6.2f}")


if __name__ == "__main__":
    main()
