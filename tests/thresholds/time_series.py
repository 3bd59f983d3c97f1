"""The error of forecasts over that of yesterday's number, by variant, number of steps and learning rate.

    python -m tests.thresholds.time_series --draws 10

Each draw is another season, and a training that begins from weights of the model's own. `high` is the worst
ratio of a row; in the lesson the best of several trainings counts. A cut has to lie above what every right
variant reaches with one of the settings, and below what every wrong one does.
"""

from __future__ import annotations

import argparse
import json
import warnings

import torch

from grader.judge.draws import Draw
from grader.judge.probes.forecast import rmse, season
from grader.judge.student import Student
from grader.judge.training import Trainer
from grader.lesson import find
from grader.solutions import Variant, variants
from tests.fakes import InProcessGuest

SETTINGS = ((100, 0.03), (500, 0.3), (500, 0.1))
WRONG = (
    "first_step_used",
    "column_against_row",
    "zero_grad_missing",
    "batch_first_missing",
    "cell_state_used",
)


def ratios(variant: Variant, iterations: int, rate: float, draws: int) -> list[float]:
    """The ratio of each draw; infinite where a forecast is not finite."""
    cells = [c for c in json.loads(variant.content)["cells"] if c["cell_type"] == "code"]
    guest = InProcessGuest(*["".join(c["source"]) for c in cells])
    found = []
    for number in range(draws):
        draw = Draw(b"thresholds", f"{variant.name} {iterations} {rate} {number}")
        student = Student(guest, draw)
        data = season(draw, rows=100, steps=5, columns=3, tests=30)
        args = [student.Net(3, 12, 1), data.train_x, data.train_y, iterations, rate]
        (run,) = Trainer(student.train).run([args], seeds=[draw.seed()], then=[[data.test_x]])
        said = run.then[0].tensor().flatten()
        found.append(rmse(said, data.test_y[:, 0]) / data.yesterday())
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--draws", type=int, default=10)
    options.add_argument("--only", default="")
    asked = options.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    print(f"{'variant':30} {'steps':>5} {'rate':>5} {'low':>6} {'mean':>6} {'high':>6}")
    for variant in variants(find("time_series")):
        if variant.kind == "starter" or (variant.kind == "mistake" and variant.name not in WRONG):
            continue
        if asked.only not in variant.name:
            continue
        for iterations, rate in SETTINGS:
            got = ratios(variant, iterations, rate, asked.draws)
            numbers = " ".join(f"{number:6.2f}" for number in (min(got), sum(got) / len(got), max(got)))
            print(f"{variant.name:30} {iterations:5} {rate:5} {numbers}", flush=True)


if __name__ == "__main__":
    main()
