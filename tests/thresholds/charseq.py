"""The share of certain letters that the model of `fit` says rightly in unseen texts of a drawn language.

    python -m tests.thresholds.charseq --draws 6 [--only NAME]

Each draw is another language and another training. `low` and `mean` are of single trainings of 60 epochs; the
check takes the best of three, so a cut has to lie below `low` for every right variant.
"""

from __future__ import annotations

import contextlib
import io

from grader.judge.draws import Draw
from grader.judge.probes.language import STEPS, TEXTS
from grader.judge.probes.lexicon import ALPHABET, certain, drawn_lexicon
from grader.judge.student import Student
from grader.judge.training import Trainer
from grader.solutions import Variant
from tests.thresholds.table import guest_of, print_shares

EPOCHS = 60
WRONG = (
    "flattened_in_different_orders",
    "softmax_before_the_loss",
    "squared_error",
    "zero_grad_missing",
    "first_text_only",
    "state_cut_by_data",
)


def shares(variant: Variant, draws: int) -> list[float]:
    """The share of one training, for each draw."""
    guest = guest_of(variant)
    found = []
    for number in range(draws):
        draw = Draw(b"thresholds", f"{variant.name} {number}")
        lexicon = drawn_lexicon(draw)
        known = lexicon.texts(TEXTS, STEPS + 1, draw, apart=frozenset())
        new = lexicon.texts(TEXTS, STEPS + 1, draw, apart=frozenset(map(tuple, known.tolist())))
        args = [known[:, :-1], known[:, 1:], ALPHABET, EPOCHS]
        with contextlib.redirect_stdout(io.StringIO()):
            (run,) = Trainer(Student(guest, draw).fit).run([args], seeds=[draw.seed()], then=[[new[:, :-1]]])
        right = run.then[0].tensor().argmax(-1) == new[:, 1:]
        found.append(float(right[:, certain(STEPS)].double().mean()))
    return found


if __name__ == "__main__":
    print_shares(__doc__, "charseq", WRONG, shares, digits=3)
