"""The share of letters that a trained `Net` says rightly in the windows of a drawn text, by variant.

    python -m tests.thresholds.longseq --draws 6 [--only NAME]

Each draw is another text, each training begins from weights of the net's own. `low` is the worst
better-of-two share of a row, as `probes.fits` counts; a cut has to lie below it for every right variant.
"""

from __future__ import annotations

import torch

from grader.judge.draws import Draw
from grader.judge.student import Student
from grader.judge.training import Trainer
from grader.solutions import Variant
from tests.thresholds.table import guest_of, print_shares

LETTERS, WINDOWS, STEPS, HIDDEN = 6, 14, 5, 24
EPOCHS, RATE = 100, 0.02
WRONG = (
    "flattened_in_different_orders",
    "softmax_before_the_loss",
    "reads_along_the_windows",
    "zero_grad_missing",
)


def windows(draw: Draw) -> tuple[torch.Tensor, torch.Tensor]:
    """X and Y (14, 5), drawn as the lesson's checks draw them."""
    while True:
        steps = 1 + draw.integers(0, LETTERS - 1, WINDOWS + STEPS, purpose="text")
        cut = (torch.cumsum(steps, 0) % LETTERS).unfold(0, STEPS, 1)
        known = len({tuple(row) for row in cut.tolist()}) == len(cut)
        if known and len(set(cut[:-1].flatten().tolist())) == LETTERS:
            return cut[:-1].clone(), cut[1:].clone()


def shares(variant: Variant, draws: int) -> list[float]:
    """The better of two trainings, for each draw."""
    guest = guest_of(variant)
    found = []
    for number in range(draws):
        draw = Draw(b"thresholds", f"{variant.name} {number}")
        student = Student(guest, draw)
        x, y = windows(draw)
        args = [student.Net(LETTERS, HIDDEN, 2), x, y, EPOCHS, RATE]
        seeds = [draw.seed(), draw.seed()]
        runs = Trainer(student.train).run([args] * 2, seeds=seeds, then=[[torch.eye(LETTERS)[x]]])
        found.append(max(float((r.then[0].tensor().argmax(-1) == y).double().mean()) for r in runs))
    return found


if __name__ == "__main__":
    print_shares(__doc__, "longseq", WRONG, shares, digits=2)
