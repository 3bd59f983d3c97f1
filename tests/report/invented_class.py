"""A class of any size with the mistakes that classes make. Students, names and numbers are invented.

Seeded: the same size and seed give the same records. Nobody has cells: the class page shows none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from random import Random

import msgspec
from sample_records import environment

from grader.record import Check, Fact, Finding, Note, Record, Run

FAMILIES = "김이박최정강조윤장임한오서신권황안송류홍"
FIRSTS = "민서지하도예시준유은현수재나다가소태"
SECONDS = "준윤우연아호원빈진영희람온솔결율"

# Each check with its points, what it waits for, whether it is hidden, and its usual seconds.
CHECKS: Sequence[tuple[str, float, str | None, bool, float]] = [
    ("test_names_are_there", 1, None, False, 0.01),
    ("test_pad_batch", 2, "test_names_are_there", False, 0.05),
    ("test_pack_batch", 1, "test_pad_batch", False, 0.05),
    ("test_shapes", 1, "test_names_are_there", False, 0.1),
    ("test_any_batch_size", 1, "test_shapes", False, 0.1),
    ("test_deterministic", 1, "test_shapes", False, 0.2),
    ("test_padding_changes_nothing", 3, "test_shapes", False, 0.4),
    ("test_reads_every_step", 2, "test_padding_changes_nothing", True, 0.4),
    ("test_order_is_kept", 1, "test_shapes", True, 0.2),
    ("test_tagger_shapes", 1, "test_names_are_there", False, 0.1),
    ("test_tagger_is_causal", 1, "test_tagger_shapes", True, 0.2),
    ("test_masked_loss", 2, "test_names_are_there", False, 0.2),
    ("test_gradient_reaches", 2, "test_shapes", False, 0.5),
    ("test_learns_hidden_words", 3, "test_shapes", True, 14.0),
]

Ways = Sequence[tuple[str, Mapping[str, Fact]]]
PAD, NET, TAGGER = {"name": "pad_batch"}, {"name": "Net"}, {"name": "Tagger"}
SHAPES: Ways = [
    ("axis.batch_time_swapped", NET),
    ("shape.wrong", {"expected": "(4, 7, 5)", "got": "(7, 4, 5)"}),
    *(
        ("call.failed", {**NET, "type": kind, "message": "size mismatch, m1: [4 x 8]"})
        for kind in ("RuntimeError", "RuntimeError", "TypeError", "IndexError")
    ),
]

# Mistakes: the check, how many in a hundred make it, and the findings of which one is made.
MISTAKES: Sequence[tuple[str, int, Ways]] = [
    ("test_names_are_there", 3, [("name.missing", {"name": one}) for one in ("Net", "Net", "Tagger")]),
    ("test_pad_batch", 6, [("pad.side_wrong", PAD), ("reply.malformed", PAD)]),
    ("test_shapes", 9, SHAPES),
    ("test_deterministic", 4, [("eval.dropout_active", NET)]),
    ("test_padding_changes_nothing", 38, [("packing.reads_padding", {**NET, "of": 4, "changed": 3})]),
    ("test_order_is_kept", 5, [("packing.order_not_restored", NET)]),
    ("test_tagger_shapes", 7, [("axis.batch_time_swapped", TAGGER), ("shape.wrong", {"got": "(4,)"})]),
    ("test_tagger_is_causal", 11, [("causal.sees_future", TAGGER)]),
    ("test_masked_loss", 27, [("loss.divides_by_padding", {"of": 7, "pads": 3}), ("loss.differs", NET)]),
    ("test_gradient_reaches", 6, [("grad.graph_cut", {**NET, "parameter": "rnn.weight_ih_l0"})]),
    ("test_learns_hidden_words", 13, [("accuracy.low", {"right": 31, "of": 60, "rate": 0.52})]),
]

STOPS: Sequence[tuple[str, Mapping[str, Fact]]] = [
    ("NameError", {"message": "name 'nn' is not defined"}),
    ("NameError", {"message": "name 'lengths' is not defined"}),
    ("RuntimeError", {"message": "expected scalar type Long but found Float"}),
    ("FileNotFoundError", {"message": "[Errno 2] No such file or directory: 'names.txt'"}),
]


def invented_class(size: int, seed: int = 7) -> list[Record]:
    """Records of `size` invented students, in the order in which they handed in."""
    random = Random(f"class {seed}")
    names = [f"{random.choice(FAMILIES)}{random.choice(FIRSTS)}{random.choice(SECONDS)}" for _ in range(size)]
    return [_record(random, name, f"2026{10000 + at}") for at, name in enumerate(names)]


def _record(random: Random, name: str, number: str) -> Record:
    luck, care = random.random(), random.choice((0.15, 0.6, 1.0, 1.6))
    run = _run(random, luck)
    found = {check: random.choice(of) for check, rate, of in MISTAKES if random.random() * 100 < rate * care}
    checks: list[Check] = []
    for check in CHECKS:
        checks.append(_check(random, check, found.get(check[0]), checks, run))
    open_ = sum(one.max_points for one in checks if one.state == "undecided")
    score = sum(one.points for one in checks)
    odd = [Note("note.suspicion", "", {"what": "reply_twice", "count": 2, "evidence": "Net"})]
    return Record(
        lesson="packed_sequence",
        student=name,
        student_id=number,
        notebook=f"{number}.ipynb",
        digest=hashlib.sha256(number.encode()).hexdigest(),
        score=score,
        raw_score=score,
        max_score=sum(one.max_points for one in checks if one.state != "broken"),
        state="needs_review" if any(one.state in ("broken", "undecided") for one in checks) else "graded",
        held=open_,
        run=run,
        checks=checks,
        notes=odd if random.random() < 0.01 else [],
        environment=environment(),
    )


def _run(random: Random, luck: float) -> Run:
    if luck < 0.01:
        finding = Finding("notebook.unreadable", "", {"reason": "not_json"})
        return Run("unreadable", None, "no JSON", 0.0, finding)
    if luck < 0.03:
        facts: dict[str, Fact] = {"cell": 14, "seconds": 60, "limit": "cell_cpu"}
        return Run("out_of_time", 14, None, 61.0, Finding("notebook.out_of_time", "", facts))
    if luck < 0.07:
        kind, more = random.choice(STOPS)
        cell = random.randint(3, 12)
        facts = {"cell": cell, "type": kind, **more}
        finding = Finding("notebook.cell_failed", "", facts)
        return Run("cell_failed", cell, f"{kind}: {more['message']}", 0.4, finding)
    return Run("finished", None, None, round(random.lognormvariate(1.0, 0.7), 2))


def _check(
    random: Random,
    check: tuple[str, float, str | None, bool, float],
    mistake: tuple[str, Mapping[str, Fact]] | None,
    before: Sequence[Check],
    run: Run,
) -> Check:
    name, points, needs, hidden, usual = check
    seconds = round(usual * random.lognormvariate(0, 0.3), 3)
    made = Check(
        id=name, title=name, visibility="hidden" if hidden else "public", state="passed", override=None,
        points=points, max_points=points, findings=[], seconds=seconds,
    )  # fmt: skip
    nothing = {"points": 0.0, "seconds": 0.0}
    if run.state == "unreadable" and run.finding is not None:
        return msgspec.structs.replace(made, state="failed", findings=[run.finding], **nothing)
    if any(one.id == needs and one.state in ("failed", "blocked") for one in before):
        return msgspec.structs.replace(made, state="blocked", waits_for=needs, **nothing)
    if mistake is not None:
        finding = Finding(mistake[0], "", dict(mistake[1]))
        return msgspec.structs.replace(made, state="failed", findings=[finding], points=0.0)
    dice = random.random()
    if name == "test_gradient_reaches" and dice < 0.01:
        return msgspec.structs.replace(made, state="broken", points=0.0)
    if name == "test_tagger_is_causal" and dice < 0.01:
        return msgspec.structs.replace(made, state="undecided", points=0.0)
    return made
