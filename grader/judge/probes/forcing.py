"""Teacher forcing: what the decoder is given while it is trained, and how often it is the target."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from grader.evidence import Evidence, Steps, Table
from grader.judge.cast import Cast, Scene
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.drill import MARKED, drilled
from grader.judge.probes.passages import Passage, rows, target, word
from grader.judge.student import Handle
from grader.judge.vocabulary import SOS
from grader.record import Fact

_FEW, _MANY = 8, 60
_ALPHA = 1e-4
_SURE = 0.95
_COINS = 40
"""Fewer are not asked for their order: a fair coin changes sides once or never in 80 of 2**40 series."""


@dataclass(frozen=True)
class _Fed:
    """What one training fed: per sentence the kinds of its tokens from the second on."""

    kinds: list[list[str]]
    first: list[int]

    def share(self) -> float:
        """The share of forced tokens among those that are the target's or the decoder's own."""
        counts = Counter(kind for sentence in self.kinds for kind in sentence)
        return counts["forced"] / max(counts["forced"] + counts["own"], 1)

    def coins(self) -> list[bool]:
        """Which were forced: sentences where each is all forced or all the decoder's own, else tokens."""
        decided = [[k == "forced" for k in sentence if k in ("forced", "own")] for sentence in self.kinds]
        decided = [sentence for sentence in decided if sentence]
        if all(len(set(sentence)) == 1 for sentence in decided):
            return [sentence[0] for sentence in decided]
        return [coin for sentence in decided for coin in sentence]


def follows_ratio(handle: Handle, draw: Draw, cast: Cast) -> None:
    """`handle` gives its decoder SOS first, then the target's last word or the decoder's own, by the ratio.

    Trainings of 8 sentences at ratio 1 and 0, two of 60 at 0.5, in which the decoder is made to say a word
    that stands in no target, so that its own words are told from the target's. Two, from new weights each,
    because a decoder that is made to say a word for long learns to say anything else; the second does not
    count where it throws the coins of the first, as under a seed of its own. At 0.5 the number of forced
    sentences, or of forced words where both are mixed in a sentence, is binomial: exact two-sided
    test, alpha 1e-4. Nor may forced and free ones stand apart, each in one piece, in both trainings: a
    fair coin does that once in 10**10 trainings. Findings, in this order: what the call raised;
    tf.no_decoder_calls, tf.target_leak (most tokens are what the loss asks for at that very step),
    tf.input_constant (80 % are the first token), tf.wrong_shift (20 % are a word older), tf.sos_missing,
    tf.source_as_input, tf.other_inputs; then
    from the three together tf.own_output, tf.always, tf.ratio_inverted, tf.ratio_wrong.
    Limits: a recording, made by the guest. That a word was fed has no trace that we could compute.
    """
    scene = cast.scene(draw)
    fed = []
    for ratio, count in ((1.0, _FEW), (0.0, _FEW), (0.5, _MANY), (0.5, _MANY)):
        found = [p for p in drilled(handle, draw, scene, count, ratio) if p.pair is not None and p.speaking]
        if not found:
            raise Finding("tf.no_decoder_calls", facts={"name": handle.name}, about=handle.name)
        fed.append(_fed(found, scene))
        _only_known_tokens(fed[-1], found, scene, handle.name)
    one, none, *half = fed
    _ratio(one, none, half, handle.name)


def _joined(fed: Sequence[_Fed]) -> _Fed:
    """All trainings as one; only the first where the others threw the same coins again."""
    thrown = [each.coins() for each in fed]
    count = min(map(len, thrown))
    fed = fed if any(coins[:count] != thrown[0][:count] for coins in thrown) else fed[:1]
    return _Fed(
        [kinds for each in fed for kinds in each.kinds], [first for each in fed for first in each.first]
    )


def _fed(found: Sequence[Passage], scene: Scene) -> _Fed:
    kinds = []
    for passage in found:
        assert passage.pair is not None
        tokens, asked, y = passage.fed, passage.asked, target(scene, passage.pair)
        end = passage.scored or len(tokens)
        source = set(scene.source.of(scene.pairs[passage.pair][0]))
        kinds.append([_kind(n, tokens, asked, y, source, scene) for n in range(1, end)])
    return _Fed(kinds, [passage.fed[0] for passage in found])


def _kind(
    n: int, tokens: Sequence[int], asked: Sequence[int], y: Sequence[int], source: set[int], scene: Scene
) -> str:
    token = tokens[n]
    if n <= len(y) and token == y[n - 1]:
        return "forced"
    if token == scene.target.numbers[scene.spare[MARKED]]:
        return "own"
    if token == asked[n] or (asked[n] < 0 and n < len(y) and token == y[n]):
        return "same"
    if n >= 2 and n - 2 < len(y) and token == y[n - 2]:
        return "late"
    if token == tokens[0]:
        return "constant"
    return "source" if token in source else "other"


def _only_known_tokens(fed: _Fed, found: Sequence[Passage], scene: Scene, name: str) -> None:
    """Raises what the tokens are where they are neither the target's last word nor the decoder's own."""
    counts = Counter(kind for sentence in fed.kinds for kind in sentence)
    total = sum(counts.values())
    if 2 * counts["same"] > total:
        code = "tf.target_leak"
    elif counts["constant"] > 0.8 * total:
        code = "tf.input_constant"
    elif counts["late"] > 0.2 * total:
        code = "tf.wrong_shift"
    elif 2 * sum(token != SOS for token in fed.first) > len(fed.first):
        code = "tf.sos_missing"
    elif 2 * counts["source"] > total:
        code = "tf.source_as_input"
    elif total - counts["forced"] - counts["own"] > 0.02 * total:
        code = "tf.other_inputs"
    else:
        return
    shown = next((n for n, sentence in enumerate(fed.kinds) if set(sentence) - {"forced", "own"}), 0)
    steps = _steps(found[shown], fed.kinds[shown], scene)
    facts: dict[str, Fact] = {"name": name, "first": word(scene, fed.first[shown])}
    raise Finding(code, facts=facts, evidence=[steps], about=name)


def _steps(passage: Passage, kinds: Sequence[str], scene: Scene) -> Evidence:
    assert passage.pair is not None
    y = target(scene, passage.pair)
    due = [SOS, *y[:-1]]
    given = [word(scene, token) for token in passage.fed]
    bad = [[1, n + 1] for n, kind in enumerate(kinds) if kind not in ("forced", "own")]
    if passage.fed[:1] != [SOS]:
        bad = [[1, 0], *bad]
    tokens = rows([word(scene, n) for n in due], given, [word(scene, n) for n in y])
    return Steps(["@row.teacher", "@row.was_fed", "@row.must_say"], tokens, [b for b in bad if b[1] < 12])


def _ratio(one: _Fed, none: _Fed, halves: Sequence[_Fed], name: str) -> None:
    half = _joined(halves)
    always = [each.share() >= _SURE for each in (one, none)]
    never = [each.share() <= 1 - _SURE for each in (one, none)]
    coins = half.coins()
    order = "mixed"
    if always[0] and never[1]:
        if _binomial(sum(coins), len(coins)) >= _ALPHA:
            if not all(_apart(each.coins()) for each in halves):
                return
            order = "apart"
        code = "tf.ratio_wrong"
    elif never[0] and always[1]:
        code = "tf.ratio_inverted"
    elif all(never) and half.share() <= 1 - _SURE:
        code = "tf.own_output"
    elif all(always) and half.share() >= _SURE:
        code = "tf.always"
    else:
        code = "tf.ratio_wrong"
    shares = [each.share() for each in (one, half, none)]
    table = Table(
        ["@column.forcing_ratio", "@column.forced"],
        [[ratio, round(share, 3)] for ratio, share in zip((1.0, 0.5, 0.0), shares, strict=True)],
        [n for n, (ratio, share) in enumerate(zip((1.0, 0.5, 0.0), shares, strict=True)) if ratio != share],
    )
    facts: dict[str, Fact] = {"name": name, "one": shares[0], "half": shares[1], "none": shares[2]}
    facts["order"] = order
    by_chance = code == "tf.ratio_wrong"
    raise Finding(code, facts=facts, evidence=[table], about=name, by_chance=by_chance)


def _apart(coins: Sequence[bool]) -> bool:
    """Whether so many coins change sides once at most, as those of nobody who throws them."""
    return len(coins) >= _COINS and sum(one != other for one, other in pairwise(coins)) <= 1


def _binomial(successes: int, count: int) -> float:
    """The exact two-sided p-value of so many successes among `count` fair coins."""
    weights = [math.comb(count, k) for k in range(count + 1)]
    return float(sum(w for w in weights if w <= weights[successes]) / 2**count)
