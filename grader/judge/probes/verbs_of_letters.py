"""Verbs about networks that say the next letter: what they are trained on, what their scores spell."""

from __future__ import annotations

from grader.judge.model import Model
from grader.judge.probes import letters
from grader.judge.probes.verbs import Verbs
from grader.judge.student import Handle


class OfLetters(Verbs):
    """Verbs whose subject turns text into pairs, scores into text, or is made by a choice of cell."""

    def next_letters(self, handle: Handle) -> None:
        """`handle(text, char_set)` pairs each letter, one-hot, with the number of the next.

        Tolerance: 1e-6. Findings: train.target_not_shifted, train.target_shifted_wrong_way, encode.wrong,
        text.letters_wrong, shape.*, dtype.wrong, reply.malformed. Cost: 5 ms. More in `letters.next_letters`.
        """
        letters.next_letters(handle, self._draw)

    def predicts_letters(self, handle: Handle) -> None:
        """`handle(net, X, char_set)` spells the likeliest letter of every step.

        Tolerance: none, the scores are drawn apart. Findings: text.argmax_axis, text.wrong_length,
        text.letters_wrong, reply.malformed. Cost: 5 ms. More in `letters.predicts_letters`.
        """
        letters.predicts_letters(handle, self._draw)

    def grows_with_argument(self, *models: Model, argument: str) -> None:
        """Each model has more weights than the one before.

        Tolerance: none. Findings: model.argument_ignored. Cost: 2 ms a model. More in
        `letters.grows_with_argument`.
        """
        letters.grows_with_argument(models, argument)
