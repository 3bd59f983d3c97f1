"""Translating without a teacher: the decoder's own words go back in, until EOS or the longest length."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader.evidence import Evidence, Steps
from grader.judge.cast import Cast, Scene
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.probes.flow import everything_read, hands_on
from grader.judge.probes.passages import Passage, passages, rows, same, word
from grader.judge.probes.shapes import type_text
from grader.judge.rehearsal import Part, Performance, rehearse
from grader.judge.student import Handle
from grader.judge.vocabulary import EOS, SOS
from grader.record import Fact
from grader.wire.rehearsing import Script

_LONG, _SHORT = 9, 6
_SPARED = 2
_SCALES = (1.0, 3.0, 6.0)
_CALLS = 1_000
_STOP = 150
_NAMES = {"<sos>", "sos", "<s>", "<bos>"}, {"<eos>", "eos", "</s>"}


def spells_script(handle: Handle, draw: Draw, cast: Cast) -> None:
    """`handle(pairs, *cast, longest)` gives what the decoder says, one text for each pair.

    The decoder is made to follow a drawn script: after SOS it says a word, after that word the next, and
    so on to EOS, another chain for each source; then chains that never end, with two longest lengths: some
    begin again, others say their last word over and over. So the
    text alone shows that its own words go back in, that EOS ends it, that the length has a limit (up to
    two words fewer are taken, for whoever counts SOS and EOS), and that the source is read. A leading SOS
    and a trailing EOS in the text are fine. What was heard gives a failure its name, in this order:
    what the call raised; reply.malformed; eval.sentences_missing; eval.uses_target (other references lead
    to other texts); eval.exceeds_max_length; tf.no_decoder_calls; eval.encoder_state_unused;
    tf.sos_missing; eval.own_output_not_fed_back; eval.no_eos_stop; eval.stops_early; text.words_wrong.
    Texts that are all whole scripts, but of other sources than those at their places, are text.words_wrong,
    whatever chose or sorted the pairs.
    Limits: the script is played by the guest, who knows it while it is played.
    """
    scene = cast.scene(draw)
    chains, others = _chains(draw, scene)
    scripts = [_script(scene, pair, [*chain, EOS], others) for pair, chain in enumerate(chains)]
    rounds = [_round(pair, chain) for pair, chain in enumerate(chains)]
    endless = [
        _script(scene, pair, [*chain, again[0]], others)
        for pair, (chain, again) in enumerate(zip(chains, rounds, strict=True))
    ]
    other = [[a, b] for (a, _), (_, b) in zip(scene.pairs, [*scene.pairs[1:], scene.pairs[0]], strict=True)]
    parts = [
        Part(handle, [pairs], [longest], scripts=lines, calls=_CALLS, stop=_STOP)
        for pairs, longest, lines in (
            (scene.pairs, _LONG, scripts),
            (other, _LONG, scripts),
            (scene.pairs, _LONG, endless),
            (scene.pairs, _SHORT, endless),
        )
    ]
    played = rehearse(scene.drawn(draw), parts)
    for each in played[:2]:
        if _endless(each):
            raise Finding("eval.no_eos_stop", facts={"name": handle.name}, about=handle.name)
    one, another = (texts(each, scene, handle.name) for each in played[:2])
    due = [[scene.target.word(n) or "" for n in chain] for chain in chains]
    if one != another and not all(words in due for words in [*one, *another]):
        raise _uses_target(one, another, handle.name)
    _limited(played[2:], scene, handle.name)
    said = [one, another, *(texts(each, scene, handle.name) for each in played[2:])]
    heard = [passages(each.turns, scene, trained=False) for each in played]
    if said[:2] != [due, due]:
        raise _named(said, heard, due, scene, handle.name)
    for text, found, longest in zip(said[2:], heard[2:], (_LONG, _SHORT), strict=True):
        heard_of = [*found, *[None] * len(text)]
        for words, chain, again, passage in zip(text, due, rounds, heard_of, strict=False):
            more = [scene.target.word(n) or "" for n in again] * longest
            endlessly = [*chain, *more][: len(words)]
            if len(words) < longest - _SPARED or words != endlessly:
                code = "eval.stops_early" if words == endlessly else "text.words_wrong"
                facts: dict[str, Fact] = {"name": handle.name, "most": longest, "got": len(words)}
                facts["expected"] = " ".join([*chain, *more][:longest])
                facts["said"] = " ".join(words)
                evidence = [] if passage is None else [_steps(passage, scene)]
                raise Finding(code, facts=facts, evidence=evidence, about=handle.name)


def needs_the_source_alone(handle: Handle, draw: Draw, cast: Cast) -> None:
    """What `handle` gives for a source depends on that source, on the weights, and on nothing else.

    Weights of ours, nobody prompts: other references, another order of the pairs and another seed change no
    text, and sources differ in their texts, with weights that are ever larger, or in the states from which
    the decoder starts at least. Findings: what the call raised;
    eval.random_initial_state, eval.dropout_active, eval.nondeterministic; eval.uses_target;
    seq2seq.source_not_fully_read, and those of `flow.hands_on`; seq2seq.encoder_state_not_reset (another
    order, other texts); eval.encoder_state_unused (every source has the same text and the same start).
    Limits: states are a recording; texts are compared by us.
    """
    found: list[Passage] = []
    for scale in _SCALES:
        scene = cast.scene(draw)
        other = [
            [a, b] for (a, _), (_, b) in zip(scene.pairs, [*scene.pairs[1:], scene.pairs[0]], strict=True)
        ]
        parts = [
            Part(handle, [pairs], [_LONG], seed=draw.seed("evaluation"), calls=_CALLS, stop=_STOP)
            for pairs in (scene.pairs, scene.pairs, other, scene.pairs[::-1])
        ]
        played = rehearse(scene.drawn(draw, scale=scale), parts)
        said = [texts(each, scene, handle.name) for each in played]
        facts: dict[str, Fact] = {"name": handle.name, "of": len(scene.pairs), "difference": ""}
        if said[0] != said[1]:
            raise Finding(_dice(played[:2], scene), facts=facts, about=handle.name)
        if said[0] != said[2]:
            raise _uses_target(said[0], said[2], handle.name)
        found = passages(played[0].turns, scene, trained=False)
        everything_read(found, scene, handle.name)
        hands_on(found, handle.name)
        if said[0] != said[3][::-1]:
            raise Finding("seq2seq.encoder_state_not_reset", facts=facts, about=handle.name)
        if len({tuple(words) for words in said[0]}) > 1:
            return
    starts = [passage.speaking[0].given for passage in found if passage.speaking]
    if all(same(starts[0], start) for start in starts[1:]):
        raise Finding("eval.encoder_state_unused", facts={"name": handle.name}, about=handle.name)


def texts(played: Performance, scene: Scene, name: str) -> list[list[str]]:
    """The words of each text that came back, without SOS in front and EOS behind.

    Raises what the call raised, `reply.malformed` for no list of texts, `eval.sentences_missing`.
    """
    value = played.answer.get()
    found = list(value) if isinstance(value, (list, tuple)) else []
    if not found or not all(isinstance(text, str) for text in found):
        facts: dict[str, Fact] = {"name": name, "wanted": "list[str]", "got": _kind(value), "detail": ""}
        raise Finding("reply.malformed", facts=facts, about=name)
    if len(found) != len(scene.pairs):
        facts = {"name": name, "got": len(found), "of": len(scene.pairs)}
        raise Finding("eval.sentences_missing", facts=facts, about=name)
    ends = [{*names, scene.target.word(n) or ""} for n, names in zip((SOS, EOS), _NAMES, strict=True)]
    return [_stripped(text.split(), *ends) for text in found]


def _dice(played: Sequence[Performance], scene: Scene) -> str:
    """Where chance comes in: in the first state, in dropout that nobody switched off, or elsewhere."""
    firsts = [each.turns[0].given for each in played if each.turns]
    if len(firsts) > 1 and not all(same(firsts[0], first) or first is None for first in firsts[1:]):
        return "eval.random_initial_state"
    kinds = [kind for model in (scene.encoder, scene.decoder) for _, kind in model.describe().modules]
    return "eval.dropout_active" if any("Dropout" in kind for kind in kinds) else "eval.nondeterministic"


def _kind(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"{type_text(value)}[{type_text(value[0])}]" if value else "[]"
    return type_text(value)


def _stripped(words: list[str], first: set[str], last: set[str]) -> list[str]:
    if words and (words[0] in first or words[0].lower() in first):
        words = words[1:]
    if words and (words[-1] in last or words[-1].lower() in last):
        words = words[:-1]
    return words


def _limited(played: Sequence[Performance], scene: Scene, name: str) -> None:
    """The endless scripts end all the same, after as many words as allowed."""
    for each, longest in zip(played, (_LONG, _SHORT), strict=True):
        if _endless(each) or any(len(words) > longest for words in texts(each, scene, name)):
            facts: dict[str, Fact] = {"name": name, "most": longest}
            raise Finding("eval.exceeds_max_length", facts=facts, about=name)


def _endless(played: Performance) -> bool:
    return played.answer.error is not None and played.answer.error.type == "TooManyCalls"


def _named(
    said: Sequence[list[list[str]]],
    heard: Sequence[list[Passage]],
    due: Sequence[list[str]],
    scene: Scene,
    name: str,
) -> Finding:
    """Why texts are not those of the script."""
    facts: dict[str, Fact] = {"name": name}
    turn = 0 if said[0] != due else 1
    found = [passage for passage in heard[turn] if passage.speaking]
    if not found:
        return Finding("tf.no_decoder_calls", facts=facts, about=name)
    if not any(passage.reading for passage in found):
        return Finding("eval.encoder_state_unused", facts=facts, about=name)
    wrong = next(n for n, (words, chain) in enumerate(zip(said[turn], due, strict=True)) if words != chain)
    text = said[turn][wrong]
    passage = found[wrong] if wrong < len(found) else found[-1]
    facts |= {"expected": " ".join(due[wrong]), "said": " ".join(text)}
    fed = passage.fed
    own = [scene.target.numbers[w] for w in due[wrong if passage.pair is None else passage.pair]]
    if fed[0] != SOS:
        facts["first"] = word(scene, fed[0])
        code = "tf.sos_missing"
    elif len(fed) > 2 and set(fed) == {SOS}:
        code = "eval.own_output_not_fed_back"
    elif EOS in fed[1:]:
        code = "eval.no_eos_stop"
    elif fed[1 : len(own) + 1] != own[: len(fed) - 1]:
        code = "eval.own_output_not_fed_back"
    elif text == due[wrong][: len(text)]:
        facts |= {"most": _LONG, "got": len(text)}
        code = "eval.stops_early"
    else:
        code = "text.words_wrong"
        facts |= {"place": "other"} if text in due else {}
    return Finding(code, facts=facts, evidence=[_steps(passage, scene)], about=name)


def _uses_target(one: Sequence[list[str]], other: Sequence[list[str]], name: str) -> Finding:
    changed = [(" ".join(a), " ".join(b)) for a, b in zip(one, other, strict=True) if a != b]
    facts: dict[str, Fact] = {"name": name, "changed": len(changed), "of": len(one)}
    facts |= {"one": changed[0][0], "other": changed[0][1]}
    return Finding("eval.uses_target", facts=facts, about=name)


def _steps(passage: Passage, scene: Scene) -> Evidence:
    return Steps(["@row.was_fed"], rows([word(scene, token) for token in passage.fed]))


def _chains(draw: Draw, scene: Scene) -> tuple[list[list[int]], list[int]]:
    """For each pair 3 or 4 words to say, all different, that stand in no target; and those that are left."""
    numbers = [scene.target.numbers[spare] for spare in scene.spare]
    order = [numbers[i] for i in draw("script").permutation(len(numbers))]
    return [[order.pop() for _ in range(3 + pair % 2)] for pair in range(len(scene.pairs))], order


def _round(pair: int, chain: Sequence[int]) -> Sequence[int]:
    """What comes over and over behind an endless chain: all of it again, or its last word alone."""
    return chain if pair % 2 else chain[-1:]


def _script(scene: Scene, pair: int, says: Sequence[int], others: Sequence[int]) -> Script:
    """After SOS the first of `says`, after each the next. After a word of a target one of `others`, so that
    whoever lets the decoder have the references gets other texts with other references."""
    words = [number for _, target in scene.pairs for number in scene.target.of(target)]
    after = [(number, others[n % len(others)]) for n, number in enumerate(words)]
    chain = list(zip([SOS, *says], says, strict=False))
    return Script(scene.source.of(scene.pairs[pair][0]), [*after, *chain], others[0])
