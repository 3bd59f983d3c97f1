"""Verbs about texts: a vocabulary, windows, writing letter by letter, a language that is drawn afresh."""

from __future__ import annotations

from collections.abc import Sequence

from grader.judge.model import Model
from grader.judge.probes import generating, language, letter_tables, reach, stitching, text_windows
from grader.judge.probes.verbs import Verbs
from grader.judge.student import Handle
from grader.judge.training import Trainer


class OfTexts(Verbs):
    """Verbs whose subject numbers letters, cuts texts, writes them, or learns to."""

    def numbers_letters(self, handle: Handle) -> None:
        """`handle(sample)` gives letters and a dictionary of their numbers, each the other's inverse.

        Tolerance: none. Findings: vocab.not_inverse, vocab.shared, reply.malformed; a remark
        vocab.order_random where the order is that of a set. Cost: 5 ms. More in `letter_tables.are_inverse`.
        """
        if not letter_tables.are_inverse(handle, self._draw):
            self.remark("vocab.order_random", facts={"name": handle.name})

    def gradient_reaches_every_step(self, model: Model) -> None:
        """The last answer can teach what was read at every step, the first included.

        `model` reads numbers below `reach.LETTERS`. Tolerance: none, no gradient is 0 (1e-9 of the largest in
        float64, 1e-6 in float32), in the union of three draws. Findings: grad.truncated_in_time. Nothing is
        said where no weight tells letters apart. Cost: 10 ms. More in
        `reach.gradient_reaches_every_step`.
        """
        reach.gradient_reaches_every_step(model, self._draw)

    def feeds_letters_back(self, handle: Handle, model: Model) -> None:
        """`handle(model, start, length, char_set, char_dic)` writes the likeliest letters, one after another.

        `model` is over `generating.LETTERS` letters. Tolerance: none, the scores are drawn apart. Findings:
        text.not_fed_back, text.context_lost, text.argmax_axis, text.wrong_length, text.letters_wrong,
        eval.uses_target, reply.malformed. Cost: 60 ms. More in `generating.feeds_letters_back`.
        """
        generating.feeds_letters_back(handle, model, self._draw)

    def learns_language(self, handle: Handle, *, budgets: Sequence[int], cut: float = 0.9) -> None:
        """`handle(X, Y, vocab, epochs)` gives a model that knows how words of a new language go on.

        Tolerance: the share `cut` of the certain letters of unseen texts, in the best of as many trainings as
        there are `budgets` (right: .98 and more; a table of letter pairs: .67 at most). Findings:
        answer.hard_coded, answer.lookup_table, train.diverges, train.too_slow, accuracy.low, shape.wrong,
        reply.malformed. Cost: that of the trainings. More in `language.learns_language`.
        """
        language.learns_language(Trainer(handle), self._draw, budgets=budgets, cut=cut)

    def cuts_windows(self, handle: Handle) -> None:
        """`handle(sentence, sequence_length, char_dic)` gives every window, and targets one letter later.

        Tolerance: none. Findings: window.order, window.count, window.time_reversed, window.target_too_late,
        window.target_wrong, train.target_not_shifted, train.target_shifted_wrong_way, encode.wrong, shape.*,
        dtype.wrong, reply.malformed. Cost: 5 ms. More in `text_windows.cuts_windows`.
        """
        text_windows.cuts_windows(handle, self._draw)

    def stitches(self, handle: Handle) -> None:
        """`handle(outputs, char_set)` spells the first window, then the last letter of each further one.

        Tolerance: none, the scores are drawn apart. Findings: text.stitched_wrong, text.argmax_axis,
        text.wrong_length, text.letters_wrong, reply.malformed. Cost: 5 ms. More in `stitching.stitches`.
        """
        stitching.stitches(handle, self._draw)
