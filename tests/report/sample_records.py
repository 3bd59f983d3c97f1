"""Records as a grading of `packed_sequence` would leave them. Students, names and numbers are invented."""

from __future__ import annotations

from pathlib import Path

import msgspec
from sample_cells import cells
from sample_evidence import BARS, CURVE, HEAT, NAMES, PAIR, SHAPES, STEPS, TABLE

from grader.evidence import Table
from grader.record import Check, Environment, Finding, Note, Output, Override, Record, Run, Where

LESSON_WORDS = Path(__file__).parent / "lesson_words"
SECRET_FACT = 0.8731234
"""A number that only a hidden check saw; no student's page may hold it."""
SECRET_TOKEN = "geheimwort"


OWN_LINES = Where(
    cell=6,
    first_line=12,
    lines=[
        "    def forward(self, x, lengths):",
        "        output, hidden = self.rnn(x)",
        "        return self.out(output[:, -1])   # 마지막 시점",
    ],
    marked=2,
    token="output[:, -1]",
)


def check(name: str, state: str = "passed", points: float = 1.0, **changes: object) -> Check:
    """A check that gave all its points if it passed, none else."""
    plain = Check(
        id=name,
        title=name.removeprefix("test_").replace("_", " "),
        visibility="public",
        state="passed",
        override=None,
        points=points if state == "passed" else 0.0,
        max_points=points,
        findings=[],
        seconds=0.05,
    )
    return msgspec.structs.replace(plain, state=state, **changes)


def padding_finding(**facts: object) -> Finding:
    """The mistake most students make in this lesson."""
    said = {"of": 4, "changed": 3, "worst": 1.13, "tolerance": 1e-5, **facts}
    return Finding(
        "packing.reads_padding", "Padding changes what your network says.", said, [HEAT], OWN_LINES
    )


def environment() -> Environment:
    """What the sample says it ran with."""
    walls = ["user", "pid", "net", "mount", "landlock", "seccomp"]
    return Environment("0.1.0", "3.11.7", "2.13.0", "bubblewrap", 0, "5f0c22d19a7e", walls)


def packed_record(student: str = "kim-minji", **changes: object) -> Record:
    """Fourteen checks, every state, every kind of evidence, public and hidden."""
    loss = {"of": 4, "pads": 3, "expected": 1.6094, "got": 0.92}
    hidden = {"right": 11, "of": 60, "rate": SECRET_FACT, "word": SECRET_TOKEN}
    seen = Table(["@column.word"], [[SECRET_TOKEN]])
    shape = {"expected": "(4, 7, 5)", "got": "(4, 5, 5)"}
    call = {"name": "Tagger", "type": "RuntimeError", "message": "size mismatch, m1: [4 x 8]"}
    divides = Finding("loss.divides_by_padding", "loss", loss, [TABLE, CURVE])
    half = Override(1.0, "The idea is right: half of the points.")
    random = Finding("eval.nondeterministic", "two runs", {"difference": 0.2})
    ours = Finding("check.assertion", "ours", {"text": "KeyError: 'weights'"}, [BARS])
    checks = [
        check("test_names_are_there"),
        check("test_pad_batch", points=2),
        check("test_pack_batch", findings=[Finding("packing.never_packed", "never packed")]),
        check("test_shapes"),
        check("test_any_batch_size"),
        check("test_deterministic"),
        check("test_padding_changes_nothing", "failed", 3, findings=[padding_finding()]),
        check("test_reads_every_step", "blocked", 2, waits_for="test_padding_changes_nothing"),
        check("test_order_is_kept", "blocked", 1, waits_for="test_reads_every_step"),
        check("test_tagger_shapes", "failed", 1, findings=[
            Finding("shape.wrong", "shape", shape, [SHAPES, PAIR, STEPS]),
            Finding("call.failed", "failed", call, [NAMES]),
        ]),
        check("test_tagger_is_causal", "undecided", 1, findings=[random]),
        check("test_masked_loss", "failed", 2, findings=[divides], override=half),
        check("test_gradient_reaches", "broken", 2, findings=[ours]),
        check("test_learns_hidden_words", "failed", 3, visibility="hidden",
              findings=[Finding("accuracy.low", "low", hidden, [seen, CURVE], OWN_LINES)]),
    ]  # fmt: skip
    checks[11] = msgspec.structs.replace(checks[11], points=1.0)
    counted = [one for one in checks if one.state != "broken"]
    record = Record(
        lesson="packed_sequence",
        student=student,
        student_id="20241234",
        notebook=f"{student}.ipynb",
        digest="7f3a9c21" * 8,
        score=sum(one.points for one in checks),
        max_score=sum(one.max_points for one in counted),
        state="needs_review",
        raw_score=sum(one.points for one in checks),
        held=1.0,
        run=Run("finished", None, None, 2.4, None, cells()),
        checks=checks,
        notes=[
            Note("note.outputs_stale", "stale", {"what": "Cell 4 had printed something else."}),
            Note("note.other", "A note without words: 김민지"),
        ],
        environment=environment(),
    )
    return msgspec.structs.replace(record, **changes)


def untouched_record() -> Record:
    """A starter handed in as it was: one finding in every check, others waiting for two of them."""
    blank = [Finding("name.not_attempted", "blank", {"name": "Net"}, where=OWN_LINES)]
    return packed_record(
        checks=[
            check("test_pad_batch", "failed", 1, findings=blank),
            check("test_shapes", "failed", 2, findings=blank),
            check("test_any_batch_size", "blocked", 1, waits_for="test_shapes"),
            check("test_tagger_shapes", "failed", 1, findings=blank),
            check("test_tagger_is_causal", "blocked", 1, waits_for="test_tagger_shapes"),
            check("test_deterministic", "blocked", 1, waits_for="test_any_batch_size"),
        ],
        score=0.0,
        max_score=7.0,
    )


def passed_record(student: str = "lee-jun", **changes: object) -> Record:
    """Everything right."""
    record = packed_record(student)
    checks = [
        msgspec.structs.replace(
            one, state="passed", points=one.max_points, findings=[], override=None, waits_for=None
        )
        for one in record.checks
    ]
    full = sum(one.max_points for one in checks)
    finished = msgspec.structs.replace(
        record,
        student_id=student,
        checks=checks,
        score=full,
        raw_score=full,
        max_score=full,
        held=0.0,
        state="graded",
        notes=[],
    )
    return msgspec.structs.replace(finished, **changes)


def stopped_record(student: str = "park-seo", **changes: object) -> Record:
    """A notebook that stops in cell 6; what was defined before is judged."""
    record = packed_record(student)
    error = "NameError: name 'nn' is not defined"
    traceback = (
        "\x1b[0;31mNameError\x1b[0m  Traceback (most recent call last)\nCell In[6], line 1\n"
        "----> 1 class Net(nn.Module):\n\x1b[0;31mNameError\x1b[0m: name 'nn' is not defined"
    )
    ran = [
        msgspec.structs.replace(
            cell, state="failed", outputs=[Output("error", "NameError", {"text/plain": traceback})]
        )
        if cell.number == 6
        else cell
        for cell in cells(0.0)
    ]
    facts = {"cell": 6, "type": "NameError", "message": "name 'nn' is not defined", "line": 1}
    finding = Finding("notebook.cell_failed", error, facts)
    missing = Finding("name.missing", "missing", {"name": "Net", "near": "net2"})
    cleared = [msgspec.structs.replace(one, override=None, waits_for=None) for one in record.checks]
    checks = cleared[:3]
    checks += [msgspec.structs.replace(cleared[3], state="failed", points=0.0, findings=[missing])]
    for one in cleared[4:]:
        waiting = msgspec.structs.replace(one, state="blocked", points=0.0, findings=[])
        checks.append(msgspec.structs.replace(waiting, waits_for="test_shapes"))
    score = sum(one.points for one in checks)
    stopped = msgspec.structs.replace(
        record, student_id=student, checks=checks, score=score, raw_score=score, held=0.0, state="graded",
        max_score=sum(one.max_points for one in checks), run=Run("cell_failed", 6, error, 0.4, finding, ran),
    )  # fmt: skip
    return msgspec.structs.replace(stopped, **changes)


def unreadable_record(student: str = "choi") -> Record:
    """A file that is no notebook: no cells, no checks that ran."""
    reason = "no JSON at line 1, column 1"
    facts = {"reason": "not_json", "line": 1, "column": 1}
    finding = Finding("notebook.unreadable", "no JSON", facts)
    blank = msgspec.structs.replace(packed_record(student), student_id=student, notes=[])
    echoes = [
        msgspec.structs.replace(
            one, state="failed", points=0.0, findings=[finding], override=None, waits_for=None
        )
        for one in blank.checks
    ]
    blank = msgspec.structs.replace(blank, checks=echoes)
    scored = msgspec.structs.replace(
        blank, score=0.0, raw_score=0.0, max_score=22.0, held=0.0, state="graded"
    )
    return msgspec.structs.replace(scored, run=Run("unreadable", None, reason, 0.0, finding, []))
