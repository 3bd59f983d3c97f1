"""Verbs about words of different lengths: encoding, padding, packing, and what padding may not change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.judge.function import Function
from grader.judge.model import Model
from grader.judge.probes import batches, encode, loss, packing, padding, ragged, state
from grader.judge.probes.verbs import Verbs
from grader.judge.student import Handle


class OfWords(Verbs):
    """Verbs whose subject encodes words, pads or packs them, or reads a padded batch."""

    def one_hot(self, handle: Handle) -> None:
        """`handle(word, chars)` gives one row per letter, 1 at the letter's place in `chars`.

        Tolerance: 1e-6. Findings: shape.*, dtype.wrong, encode.wrong, reply.malformed. Cost: 6 ms.
        More in `encode.one_hot`.
        """
        encode.one_hot(handle, self._draw)

    def batch_of_words(self, handle: Handle) -> None:
        """`handle(words, chars)` gives (B, T, V) float32, each word in its own row.

        Tolerance, findings and cost as `one_hot`. More in `encode.batch`.
        """
        encode.batch(handle, self._draw)

    def pads(self, function: Handle, words: Sequence[str], table: Mapping[str, int]) -> None:
        """`function(words, table)` pads words with 0 behind their letters, in the caller's order.

        Tolerance: none. Findings: shape.axes_swapped, shape.wrong, dtype.wrong, pad.value_wrong,
        pad.side_wrong, pad.lengths_wrong, packing.lengths_of_others, packing.order_not_restored,
        encode.wrong. Cost: 2 ms. More in `batches.pads`.
        """
        batches.pads(function, words, table)

    def packs_words(self, function: Handle, words: Sequence[str], table: Mapping[str, int]) -> None:
        """`function(words, table)` packs words so that they unpack in the caller's order.

        Tolerance: none. Findings: those of `pads`, packing.needs_sorted_lengths,
        packing.one_length_for_all, axis.batch_time_swapped. Cost: 2 ms. More in `batches.packs_words`.
        """
        batches.packs_words(function, words, table)

    def unpacks(self, function: Handle) -> None:
        """`function(packed)` turns a packed batch of ours back into (padded, lengths).

        Tolerance: none. Findings: those of `pads`. Cost: 2 ms. More in `batches.unpacks`.
        """
        batches.unpacks(function, self._draw)

    def masked_loss(self, function: Handle) -> None:
        """The mean cross-entropy over valid steps, with its gradient.

        Tolerance: 1e-5, relative; wrong formulas are drawn to differ by 1e-3. Findings:
        loss.counts_padding, loss.divides_by_padding, loss.sum_not_mean, loss.rows_weigh_equally,
        loss.not_all_steps, loss.first_class_ignored, loss.flatten_mismatch, loss.wrong_pairs,
        loss.softmax_before_cross_entropy, loss.nll_on_logits, loss.nll_on_probabilities, loss.differs,
        grad.graph_cut. Cost: 20 ms. More in `loss.masked_loss`.
        """
        loss.masked_loss(Function(function), self._draw)

    def at_letters(self, model: Model) -> Model:
        """`model`, of whose answers (B, T, C) only those at letters are looked at: others read 0.

        For verbs about any model. Asks nothing and raises nothing. More in `ragged.AtLetters`.
        """
        return ragged.at_letters(model)

    def takes_ragged(self, model: Model, *, features: int) -> None:
        """The model answers words of different lengths, in any order, with pads to spare.

        Tolerance: none. Findings: packing.needs_sorted_lengths, packing.gather_off_by_one,
        axis.batch_time_swapped. Cost: 12 ms. More in `packing.takes_ragged`.
        """
        packing.takes_ragged(model, self._draw, features=features)

    def keeps_columns(self, model: Model, *, features: int) -> None:
        """As many steps come back as went in; only the longest word's many are a remark.

        Tolerance: none. Findings: shape.wrong; the remark packing.total_length_missing. Cost: 10 ms.
        More in `packing.keeps_columns`.
        """
        found = packing.keeps_columns(model, self._draw, features=features)
        if found is not None:
            self.remarks.append(found)

    def reads_each_word(self, model: Model, *, features: int) -> None:
        """Each answer depends on exactly the steps of its own word.

        Tolerance: 1e-9 of the largest number (float32 1e-4; no influence is exactly 0). Findings:
        output.constant, packing.last_column_is_padding, packing.order_not_restored, batch.mixed,
        axis.batch_time_swapped, packing.gather_off_by_one, packing.lengths_of_others,
        packing.reads_padding, output.first_step_only, output.last_step_only, packing.one_length_for_all,
        packing.valid_steps_ignored. Cost: 75 ms where it holds, up to ten times that where a step seems to
        be missing. More in `packing.reads_each_word`.
        """
        packing.reads_each_word(model, self._draw, features=features)

    def tags_each_letter(self, model: Model, *, features: int) -> None:
        """Each step's answer depends on its own letter and on others of its word, on nothing else.

        Tolerance and cost as `reads_each_word`. Findings: output.constant, output.constant_steps,
        packing.order_not_restored, batch.mixed, axis.batch_time_swapped, packing.reads_padding,
        packing.gather_off_by_one, packing.one_length_for_all, packing.valid_steps_ignored,
        recurrence.none. More in `packing.tags_each_letter`.
        """
        packing.tags_each_letter(model, self._draw, features=features)

    def ignores_padding(self, model: Model, *, features: int, per_step: bool = False) -> None:
        """A word's answer is the same in any batch, with any padding.

        Tolerance: 1e-9 of the largest number (float32 1e-4; measured floor across shapes 1e-15, 5e-7).
        Findings: packing.reads_padding, packing.order_not_restored, packing.pad_length_matters,
        packing.equal_lengths, packing.lengths_one, batch.fixed_size, packing.batch_differs_from_single,
        packing.mean_over_padded_length, packing.max_over_padding, packing.min_over_padding.
        Cost: 25 ms. More in `padding.ignores_padding`.
        """
        padding.ignores_padding(model, self._draw, features=features, per_step=per_step)

    def packs(self, model: Model, *, features: int, required: bool = False) -> None:
        """The recurrent module is given a packed batch that counts: a remark where not, a failure if
        `required`.

        Tolerance: 1e-9 of the largest number (float32 1e-4). Findings: packing.never_packed. Cost: 20 ms.
        More in `padding.packs`.
        """
        found = padding.packs(model, self._draw, features=features)
        if found is not None and required:
            raise found
        if found is not None:
            self.remarks.append(found)

    def classifies_hidden_state(self, model: Model, *, features: int) -> None:
        """The answer comes from the last layer's hidden state, where modules of torch let us see it.

        Tolerance: 1e-9 of the largest number (float32 1e-4). Findings: state.cell_state_used,
        state.first_layer_used. Cost: 10 ms. More in `state.classifies_hidden_state`.
        """
        state.classifies_hidden_state(model, self._draw, features=features)

    def both_directions_see_the_word(self, model: Model, *, features: int) -> None:
        """A reverse direction, where there is one, sees more than one step.

        Tolerance: 40 % of the features at the last Linear may see one step only. Findings:
        bidirectional.backward_half_sees_one_step. Cost: 5 ms, with a reverse direction 30 ms.
        More in `state.both_directions_see_the_word`.
        """
        state.both_directions_see_the_word(model, self._draw, features=features)
