"""Which names would be true of an edit, fixed before anything is graded.

An operator that makes one certain mistake says its names itself. Of an edit that a general operator makes
(another number, another comparison) nobody can know the right name beforehand. Then a name is true if it
accuses of nothing else: it says what was seen (`PLAIN`), or it is about what the edited function is for
(`ROLES`). So an edit in `masked_loss` may be called any mistake of a loss, but no mistake of the training
loop."""

from __future__ import annotations

from dataclasses import dataclass

PLAIN = (
    "call.failed", "call.out_of_time", "shape.wrong", "shape.axes_swapped", "shape.batch_lost", "dtype.wrong",
    "output.nan", "reply.malformed", "name.missing", "name.wrong_kind", "notebook.*", "check.*",
)  # fmt: skip
"""Names that say what was seen and accuse of no cause: true of whatever they are found with."""

ARCHITECTURE = (
    "axis.*", "batch.*", "causal.*", "recurrence.*", "output.*", "state.*", "bidirectional.*", "model.*",
    "grad.*", "input.mutated", "eval.dropout_active", "eval.nondeterministic", "eval.random_initial_state",
    "eval.state_carried_over", "accuracy.low", "baseline.not_beaten", "train.too_slow", "train.diverges",
    "train.params_without_gradient", "train.params_not_in_optimizer",
)  # fmt: skip
"""What can be said of a network, and that it does not learn."""

LEARNING = ("train.*", "loss.*", "grad.*", "accuracy.low", "baseline.not_beaten")
"""What can be said of a training loop, and that nothing is learnt by it."""

NETWORKS = frozenset({"Net", "Tagger", "CharModel", "Encoder", "Decoder"})
"""Networks of whose architecture the contracts say little."""


@dataclass(frozen=True)
class Role:
    """What a promised name is for: the family of probes that looks at it, and what can truly be said of
    it."""

    probes: str
    names: tuple[str, ...]


_LETTERS = Role("letters", ("encode.*", "pad.*", "batch.*"))
_PADDED = Role("padding", ("pad.*", "packing.*", "axis.*"))
_NETWORK = Role("networks", (*ARCHITECTURE, "packing.*"))
_TEXT = Role("texts", ("text.*", "eval.*", "encode.*"))
_WINDOWS = Role(
    "series", ("window.*", "train.target_not_shifted", "train.target_shifted_wrong_way", "encode.*")
)
_ACCURACY = Role("evaluation", ("eval.*", "train.eval_mode", "data.scaled_differently"))
_IMAGES = Role("images", ("cnn.*", "grad.*", "input.mutated"))

ROLES: dict[str, Role] = {
    "one_hot": _LETTERS,
    "make_batch": _LETTERS,
    "rnn": Role("formula", ("rnn.*", "causal.*", "grad.*", "output.constant", "input.mutated", "batch.*")),
    "build_rnn": _NETWORK,
    "many_to_one": Role("last_step", ("output.*", "rnn.last_state_wrong", "batch.*", "axis.*", "state.*")),
    "one_to_many": Role(
        "rollout", ("eval.own_output_not_fed_back", "rnn.*", "recurrence.*", "output.*", "batch.*", "grad.*")
    ),
    "make_dataset": Role("letters", (*_WINDOWS.names, "text.letters_wrong")),
    "Net": _NETWORK,
    "Tagger": _NETWORK,
    "CharModel": _NETWORK,
    "RecurrentNeuralNetworkClass": _NETWORK,
    "CNN": Role("images", (*ARCHITECTURE, "cnn.*")),
    "Encoder": Role("translation", (*ARCHITECTURE, "encoder.*")),
    "Decoder": Role("translation", (*ARCHITECTURE, "decoder.*", "loss.nll_on_*")),
    "train": Role("training", (*LEARNING, "tf.*", "seq2seq.*", "data.scaled_differently")),
    "fit": Role("training", LEARNING),
    "predict": _TEXT,
    "generate": _TEXT,
    "stitch": _TEXT,
    "build_vocab": Role("letters", ("vocab.*",)),
    "make_windows": _WINDOWS,
    "build_dataset": _WINDOWS,
    "minmax_scaler": Role("series", ("scale.*",)),
    "prepare": Role("series", (*_WINDOWS.names, "scale.*", "leak.*")),
    "Vocab": Role("letters", ("vocab.*",)),
    "tensorize": Role("letters", ("encode.*", "seq2seq.eos_missing", "vocab.*")),
    "evaluate": Role("translation", ("eval.*", "text.*", "seq2seq.*", "tf.sos_missing")),
    "pad_batch": _PADDED,
    "pack_batch": _PADDED,
    "unpack": _PADDED,
    "masked_loss": Role("losses", ("loss.*", "grad.graph_cut", "packing.*", "batch.*")),
    "lstm_cell": Role("formula", ("lstm.*", "grad.*", "input.mutated", "batch.*")),
    "accuracy": _ACCURACY,
    "conv_output_size": _IMAGES,
    "conv2d": _IMAGES,
    "max_pool2d": _IMAGES,
    "avg_pool2d": _IMAGES,
    "softmax": Role("losses", ("ce.*", "grad.*", "batch.*", "input.mutated")),
    "cross_entropy": Role("losses", ("ce.*", "loss.*", "grad.*", "batch.*", "input.mutated")),
    "sequence_loss": Role("losses", ("loss.*", "ce.*", "grad.*", "batch.*", "input.mutated")),
}

_UNKNOWN = Role("own", ("*",))
"""Of a name that no lesson here promises anything can be true: its lesson has findings of its own."""


def role(about: tuple[str, ...]) -> Role:
    """What code is for that these promised names need."""
    roles = [ROLES.get(name, _UNKNOWN) for name in about] or [_UNKNOWN]
    names = dict.fromkeys(name for one in roles for name in one.names)
    return Role(roles[0].probes, (*names, *PLAIN))
