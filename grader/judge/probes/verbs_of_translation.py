"""Verbs about translating: vocabularies, an encoder and a decoder, teacher forcing, evaluation.

`cast`, of the type `grader.judge.cast.Cast`, says which names of the notebook play."""

from __future__ import annotations

from collections.abc import Sequence

from grader.judge.cast import Cast
from grader.judge.model import Model
from grader.judge.probes import (
    budgets,
    evaluation,
    flow,
    forcing,
    networks,
    scored,
    training,
    translations,
    vocabulary,
)
from grader.judge.probes.verbs import Verbs
from grader.judge.student import Handle
from grader.judge.training import Trainer


class OfTranslation(Verbs):
    """Verbs whose subject takes sentences apart, or is one half of a translation, or runs both halves."""

    def numbers_words(self, handle: Handle) -> None:
        """`handle()` numbers each word that `add_vocab` is given, once, in two tables that agree.

        Tolerance: none. Findings: vocab.words_missing, vocab.special_taken, vocab.not_inverse, vocab.shared,
        vocab.repeats_counted, vocab.size_wrong, reply.malformed. Cost: 3 ms. More in
        `vocabulary.numbers_words`.
        """
        vocabulary.numbers_words(handle, self._draw)

    def tensorizes(self, handle: Handle, vocab: Handle, *, ours: bool = False) -> None:
        """`handle(vocabulary, sentence)` is (T, 1) long: the numbers of the words, then EOS.

        Tolerance: none. Findings: seq2seq.eos_missing, encode.wrong, shape.*, dtype.wrong, reply.malformed.
        Cost: 3 ms. More in `vocabulary.tensorizes`.
        """
        vocabulary.tensorizes(handle, vocab, self._draw, ours=ours)

    def encodes(self, model: Model, *, words: int, hidden: int) -> None:
        """`model(token, state)` is (anything, new state), and the new state depends on both.

        Tolerance: 1e-9, relative. Findings: encoder.input_ignored, encoder.state_ignored,
        model.hidden_size_missing, eval.state_carried_over, shape.*, output.nan,
        model.unregistered_parameters, grad.frozen_parameters. Cost: 8 ms. More in
        `networks.encodes`.
        """
        networks.encodes(model, self._draw, words=words, hidden=hidden)

    def decodes(self, model: Model, *, words: int, hidden: int) -> None:
        """`model(token, state)` is (log-probabilities (1, words), new state), dependent on both.

        Tolerance: 1e-9, relative; 1e-3 for the logarithm of the sum of probabilities. Findings:
        loss.nll_on_logits, loss.nll_on_probabilities, ce.softmax_over_batch, decoder.input_ignored,
        decoder.state_ignored, decoder.state_not_updated, model.hidden_size_missing,
        eval.state_carried_over, shape.*, output.nan, model.unregistered_parameters, grad.frozen_parameters.
        Cost: 8 ms. More in `networks.decodes`.
        """
        networks.decodes(model, self._draw, words=words, hidden=hidden)

    def leads_through_both(self, handle: Handle, cast: Cast) -> None:
        """In training each source is read whole, states are handed on, gradients come back to the encoder.

        Tolerance: none for a state, to the bit; 80 % of the places decide. Findings: tf.no_decoder_calls,
        seq2seq.source_not_fully_read, seq2seq.target_not_fully_used, seq2seq.pairs_not_used,
        seq2seq.encoder_state_dropped, seq2seq.encoder_state_not_reset, seq2seq.encoder_state_unused,
        seq2seq.decoder_state_dropped, seq2seq.first_state_random, grad.graph_cut, grad.truncated_in_time.
        Cost: that of training on 56 sentences. More in `flow.leads_through`.
        """
        flow.leads_through(handle, self._draw, cast)

    def scores_every_word(self, handle: Handle, cast: Cast) -> None:
        """The loss asks for every target word and the end, each at its own step.

        Tolerance: a tenth of the sentences; a gradient below 1e-12 asks for nothing. Findings:
        loss.softmax_before_cross_entropy, seq2seq.loss_last_step_only, seq2seq.eos_missing,
        seq2seq.target_not_fully_used, seq2seq.loss_against_input, seq2seq.loss_targets_wrong,
        train.no_backward, tf.no_decoder_calls. Cost: that of training on 48 sentences. More in
        `scored.scores_every_word`.
        """
        scored.scores_every_word(handle, self._draw, cast)

    def forces_by_ratio(self, handle: Handle, cast: Cast) -> None:
        """The decoder is given SOS, then the target's last word or its own, by `teacher_forcing_ratio`.

        Tolerance: an exact binomial test at 0.5, alpha 1e-4; 5 % of the words at 0 and 1. Findings:
        tf.no_decoder_calls, tf.target_leak, tf.input_constant, tf.wrong_shift, tf.sos_missing,
        tf.source_as_input, tf.other_inputs, tf.own_output, tf.always, tf.ratio_inverted,
        tf.ratio_wrong. Cost: that of training on 136 sentences. More in `forcing.follows_ratio`.
        """
        forcing.follows_ratio(handle, self._draw, cast)

    def moves_both(self, handle: Handle, cast: Cast) -> None:
        """Every step of training moves all weights of both networks, and more sentences mean more steps.

        Tolerance and findings: those of `moves_every_weight`, `trains_as_long_as_told`,
        `learns_at_the_rate_told` and `flow.counts_sentences`. Cost: that of training on 30 sentences. More in
        `training.moves_every_weight`.
        """
        scene = cast.scene(self._draw)
        trainer = Trainer(handle)
        training.moves_every_weight(trainer, self._draw, [scene.pairs, *scene.cast(), 8, 4, 0.01])
        few = [scene.pairs[:1], *scene.cast(), 1, 100, 0.01]
        budgets.trains_as_long_as_told(trainer, self._draw, few, budget=5)
        budgets.rate_counts(trainer, self._draw, few, rate=7)
        flow.counts_sentences(handle, self._draw, scene)

    def spells_script(self, handle: Handle, cast: Cast) -> None:
        """The text for each source is what the decoder says, fed its own words, until EOS or the limit.

        Tolerance: up to two words fewer than the limit. Findings: eval.exceeds_max_length,
        eval.sentences_missing, eval.uses_target, eval.encoder_state_unused, tf.sos_missing,
        eval.own_output_not_fed_back, eval.no_eos_stop, eval.stops_early, text.words_wrong,
        tf.no_decoder_calls, reply.malformed. Cost: 60 ms. More in `evaluation.spells_script`.
        """
        evaluation.spells_script(handle, self._draw, cast)

    def needs_the_source_alone(self, handle: Handle, cast: Cast) -> None:
        """A text depends on its source and the weights, not on references, other pairs or chance.

        Tolerance: none. Findings: eval.random_initial_state, eval.dropout_active, eval.nondeterministic,
        eval.uses_target, eval.encoder_state_unused, seq2seq.source_not_fully_read,
        seq2seq.encoder_state_dropped, seq2seq.encoder_state_not_reset, seq2seq.decoder_state_dropped.
        Cost: 60 ms. More in `evaluation.needs_the_source_alone`.
        """
        evaluation.needs_the_source_alone(handle, self._draw, cast)

    def translations_come_out(
        self, train: Handle, evaluate: Handle, cast: Cast, *, budgets: Sequence[tuple[int, float]]
    ) -> None:
        """After the student's training the student's evaluation translates what was in no training.

        Tolerance: three of four sentences, in the best of as many trainings as there are `budgets`.
        Findings: eval.source_read_differently, accuracy.low, eval.uses_target, eval.sentences_missing.
        Cost: that of the trainings. More in `translations.come_out`.
        """
        translations.come_out(train, evaluate, self._draw, cast, budgets=budgets)

    def translations_are_learnt(
        self, train: Handle, cast: Cast, *, budgets: Sequence[tuple[int, float]]
    ) -> None:
        """As `translations_come_out`, where there is no evaluation: our own code leads the two networks.

        Tolerance: two of four sentences, in the best of the `budgets`. Findings: accuracy.low. Cost: that of
        the trainings. More in `translations.are_learnt`.
        """
        translations.are_learnt(train, self._draw, cast, budgets=budgets)
