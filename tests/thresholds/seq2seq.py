"""How many of four new sources are translated after training, by variant and budget.

    python -m tests.thresholds.seq2seq --draws 5

Each draw has other pairs, each training begins from weights of the networks' own. The probe
`translations_come_out` asks for three of four in the best of all budgets, so `best` has to be 3 or 4 for
every right variant.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace

import torch

from grader.judge.cast import Cast
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.evaluation import texts
from grader.judge.rehearsal import Part, rehearse
from grader.judge.student import Student
from grader.lesson import find
from grader.solutions import Variant, variants
from tests.fakes import InProcessGuest

HIDDEN, LONGEST = 16, 9
BUDGETS = ((300, 0.01), (600, 0.01), (250, 0.1), (800, 0.1))
PLAIN = {
    "plain descent": "torch.optim.SGD(",
    "Adagrad": "torch.optim.Adagrad(",
    "RMSprop": "torch.optim.RMSprop(",
}
WRONG = ("eos_for_sos", "zero_grad_missing", "loss_of_the_last_step", "decoder_forgets_every_word")


def sources() -> dict[str, str]:
    """The code of every right notebook, of the reference with other optimisers, and of some mistakes."""
    found: dict[str, str] = {}
    for variant in variants(find("seq2seq")):
        if variant.kind in ("reference", "alternative") or variant.name in WRONG:
            found[variant.name] = code(variant)
    for name, optimiser in PLAIN.items():
        found[name] = found["reference"].replace("torch.optim.Adam(", optimiser)
    return found


def code(variant: Variant) -> str:
    cells = [c for c in json.loads(variant.content)["cells"] if c["cell_type"] == "code"]
    return "\n".join("".join(c["source"]) for c in cells)


def right(source: str, budget: tuple[int, float], draws: int) -> list[int]:
    """New sources that are translated word for word, for each draw; -1 where training or evaluation fails."""
    guest = InProcessGuest(source)
    found = []
    for number in range(draws):
        draw = Draw(b"thresholds", f"{budget} {number}")
        student = Student(guest, draw)
        scene, new = Cast(student.Vocab, student.Encoder, student.Decoder, HIDDEN).phrase_book(draw)
        named = {"print_every": 10_000, "learning_rate": budget[1], "teacher_forcing_ratio": 1.0}
        parts = [
            Part(student.train, [scene.pairs], [budget[0]], named, seed=draw.seed("training")),
            Part(student.evaluate, [new], [LONGEST], stop=1000),
        ]
        try:
            said = texts(rehearse(scene.cast(), parts)[1], replace(scene, pairs=new), "evaluate")
        except Finding:
            found.append(-1)
            continue
        pairs = zip(said, new, strict=True)
        found.append(sum(" ".join(words) == target for words, (_, target) in pairs))
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--draws", type=int, default=5)
    draws = options.parse_args().draws
    torch.set_num_threads(1)
    for name, source in sources().items():
        by_budget = [right(source, budget, draws) for budget in BUDGETS]
        best = [max(each) for each in zip(*by_budget, strict=True)]
        print(f"{name:28} best {best} of 4; by budget {by_budget}")


if __name__ == "__main__":
    main()
