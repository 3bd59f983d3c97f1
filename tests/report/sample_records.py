"""Records as a grading of `packed_sequence` would leave them. Students, names and numbers are invented."""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path

import msgspec
from grader.evidence import Bars, Curve, Evidence, HeatMap, Names, Pair, Shapes, Steps, Table
from grader.record import Cell, Check, Environment, Finding, Note, Output, Override, Record, Run, Where

LESSON_WORDS = Path(__file__).parent / "lesson_words"
SECRET_FACT = 0.8731234
"""A number that only a hidden check saw; no student's page may hold it."""
SECRET_TOKEN = "geheimwort"


def png(width: int = 48, height: int = 24) -> str:
    """A small grey gradient as base64, made here so that no image file is needed."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    rows = b"".join(b"\0" + bytes(255 * x // width for x in range(width)) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    content = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return base64.b64encode(b"\x89PNG\r\n\x1a\n" + content).decode()


HEAT = HeatMap(
    rows=["h·e·l·l·o", "k·i·m", "사과", "a"],
    columns=["1", "2", "3", "4", "5", "6", "7"],
    values=[
        [0.31, 0.28, 0.4, 0.52, 0.77, 0.0, 0.0],
        [0.22, 0.3, 0.61, 0.14, 0.12, 0.1, 0.08],
        [0.4, 0.66, 0.25, 0.21, 0.2, 0.18, 0.15],
        [0.84, 0.44, 0.4, 0.31, 0.3, 0.25, 1.1e-5],
    ],
    promised=[[True] * n + [False] * (7 - n) for n in (5, 3, 2, 1)],
    row_axis="@axis.word",
    column_axis="@axis.step",
    threshold=1e-3,
)
TABLE = Table(
    columns=["@column.word", "@column.length", "@column.alone", "@column.together", "@column.change"],
    rows=[["hello", 5, 0.412, 0.412, 0.0], ["kim", 3, -0.22, -0.31, 0.41], ["사과", 2, 0.105, -0.02, 1.13]],
    bad=[1, 2],
)
STEPS = Steps(
    labels=["@row.given", "@row.expected", "@row.got"],
    tokens=[["<SOS>", "나는", "배가"], ["나는", "배가", "고프다"], ["나는", "고프다", "<EOS>"]],
    bad=[[2, 1], [2, 2]],
)
PAIR = Pair([0.1234, -1.5, 2.25, 0.0], [0.1234, -1.5, 1.125, 0.0], worst=2, difference=0.5, worst_index=[0, 2])
SHAPES = Shapes(["@axis.batch", "@axis.step", "@axis.class"], [4, 7, 5], [4, 5, 5], differing=[1])
BARS = Bars(
    ["rnn.weight_ih_l0", "rnn.weight_hh_l0", "rnn.bias_ih_l0", "out.weight", "out.bias"],
    [0.324, 0.0, 0.119, 0.304, 0.275],
    flagged=[1],
    unit="@column.gradient",
)
CURVE = Curve(
    [2.6 * 0.9**step + 0.1 for step in range(60)],
    low=[1.8 * 0.85**step for step in range(60)],
    high=[3.0 * 0.92**step + 0.2 for step in range(60)],
)
NAMES = Names(["Tagger", "masked_loss", "net2"])
EVERY_KIND: list[Evidence] = [HEAT, TABLE, STEPS, PAIR, SHAPES, BARS, CURVE, NAMES]

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
    return Finding("packing.reads_padding", "Padding changes what your network says.", said, [HEAT], OWN_LINES)


def cells(training_seconds: float = 2.1) -> list[Cell]:
    """An executed notebook with markdown, streams, a figure, a table and an error traceback's colours."""
    frame = "<style>.x{}</style><table class='dataframe'><tr><th>word</th><th>length</th></tr><tr><td>hello</td><td>5</td></tr></table>"
    net = "class Net(nn.Module):\n    def __init__(self, input_size, hidden_size, n_classes):\n        super().__init__()\n        self.rnn = nn.GRU(input_size, hidden_size, batch_first=True)\n        self.out = nn.Linear(hidden_size, n_classes)\n\n    def forward(self, x, lengths):\n        output, hidden = self.rnn(x)\n        return self.out(output[:, -1])   # 마지막 시점\n"
    losses = "\n".join(f"epoch {epoch:3d}  loss {2.6 * 0.9**epoch + 0.1:.4f}" for epoch in range(30))
    text = "# Packed sequences\n패딩이 **결과를 바꾸지 않도록** 길이가 다른 단어를 다룹니다. $h_t = \\tanh(W x_t)$\n\n- `pad_batch`\n- `pack_batch`"
    return [
        Cell("markdown", text),
        Cell("code", "import torch\nimport torch.nn as nn\ntorch.manual_seed(0)", 1, seconds=0.02,
             outputs=[Output("result", "", {"text/plain": "<torch._C.Generator at 0x7f2a>"})]),
        Cell("code", 'words = ["hello", "kim", "사과", "a"]\nchars = sorted(set("".join(words)))', 2, seconds=0.001),
        Cell("markdown", "## 1. Padding"),
        Cell("code", "def pad_batch(words, char2idx):\n    lengths = torch.tensor([len(word) for word in words])\n    padded = torch.zeros(len(words), int(lengths.max()), dtype=torch.long)\n    for row, word in enumerate(words):\n        padded[row, : len(word)] = torch.tensor([char2idx[c] for c in word])\n    return padded, lengths", 3, seconds=0.001),
        Cell("code", "pad_batch(words, char2idx)", 4, seconds=0.004,
             outputs=[Output("display", "", {"text/html": frame, "text/plain": "word length"})]),
        Cell("code", "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot(losses)", 5, seconds=0.2,
             outputs=[Output("display", "", {"image/png": png(), "text/plain": "<Figure size 640x480>"})]),
        Cell("code", net, 6, seconds=0.002),
        Cell("code", "for epoch in range(30):\n    train(net)", 7, seconds=training_seconds,
             outputs=[Output("stream", "stdout", {"text/plain": losses}),
                      Output("stream", "stderr", {"text/plain": "\x1b[33mUserWarning\x1b[0m: the epoch is long\n"})]),
        Cell("code", "", 8, "empty"),
    ]  # fmt: skip


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
            Finding("call.failed", "failed", {"call": "Tagger(3, 8, 5)(x, lengths)", "error": "RuntimeError: size mismatch, m1: [4 x 8]"}, [NAMES]),
        ]),
        check("test_tagger_is_causal", "undecided", 1, findings=[Finding("eval.nondeterministic", "two runs", {"difference": 0.2})]),
        check("test_masked_loss", "failed", 2, findings=[Finding("loss.divides_by_padding", "loss", loss, [TABLE, CURVE])],
              override=Override(1.0, "The idea is right: half of the points."), ),
        check("test_gradient_reaches", "broken", 2, findings=[Finding("check.assertion", "ours", {"text": "KeyError: 'weights'"}, [BARS])]),
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


def passed_record(student: str = "lee-jun", **changes: object) -> Record:
    """Everything right."""
    record = packed_record(student)
    checks = [
        msgspec.structs.replace(one, state="passed", points=one.max_points, findings=[], override=None, waits_for=None)
        for one in record.checks
    ]
    full = sum(one.max_points for one in checks)
    finished = msgspec.structs.replace(
        record, student_id=student, checks=checks, score=full, raw_score=full, max_score=full, held=0.0, state="graded", notes=[]
    )
    return msgspec.structs.replace(finished, **changes)


def stopped_record(student: str = "park-seo", **changes: object) -> Record:
    """A notebook that stops in cell 6; what was defined before is judged."""
    record = packed_record(student)
    error = "NameError: name 'nn' is not defined"
    traceback = f"\x1b[0;31mNameError\x1b[0m  Traceback (most recent call last)\nCell In[6], line 1\n----> 1 class Net(nn.Module):\n\x1b[0;31mNameError\x1b[0m: name 'nn' is not defined"
    ran = [
        msgspec.structs.replace(cell, state="failed", outputs=[Output("error", "NameError", {"text/plain": traceback})])
        if cell.number == 6
        else cell
        for cell in cells(0.0)
    ]
    where = Where(6, 1, ["class Net(nn.Module):", "    def __init__(self, input_size, hidden_size, n_classes):"], 0, "nn")
    finding = Finding("notebook.cell_failed", error, {"cell": 6, "error": error}, [], where)
    checks = [
        one
        if at < 3
        else msgspec.structs.replace(
            one, state="failed", points=0.0, override=None, waits_for=None,
            findings=[Finding("name.missing", "missing", {"name": "Net", "cell": 6})],
        )
        if at == 3
        else msgspec.structs.replace(one, state="blocked", points=0.0, findings=[], override=None, waits_for="test_shapes")
        for at, one in enumerate(record.checks)
    ]  # fmt: skip
    score = sum(one.points for one in checks)
    stopped = msgspec.structs.replace(
        record, student_id=student, checks=checks, score=score, raw_score=score, held=0.0, state="graded",
        max_score=sum(one.max_points for one in checks), run=Run("cell_failed", 6, error, 0.4, finding, ran),
    )  # fmt: skip
    return msgspec.structs.replace(stopped, **changes)


def unreadable_record(student: str = "choi") -> Record:
    """A file that is no notebook: no cells, no checks that ran."""
    finding = Finding("notebook.unreadable", "no JSON", {"reason": "no JSON at line 1, column 1"})
    return msgspec.structs.replace(
        packed_record(student), student_id=student, checks=[], score=0.0, raw_score=0.0, max_score=20.0, held=0.0,
        state="graded", notes=[], run=Run("unreadable", None, "no JSON at line 1, column 1", 0.0, finding, []),
    )  # fmt: skip


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)><a href='javascript:alert(3)'>x</a>"
    '"><svg onload=alert(4)></style></textarea>{{7*7}}\x1b]0;owned\x07\x1b[31mred\x1b[0m\u202eevil\u2066\x00\x9b31m'
)


def hostile_record() -> Record:
    """Every field that a student reaches, filled with what would break a careless page."""
    facts = {"of": 4, "changed": 3, "worst": 1e300, "tolerance": 1e-5, "call": HOSTILE, "error": HOSTILE}
    where = Where(6, 1, [HOSTILE, "x = 1", HOSTILE * 20], 0, "<script>")
    evidence: list[Evidence] = [
        HeatMap([HOSTILE, "a"], [HOSTILE] * 3, [[1e30, -1.0, 0.0], [0.0, 1.0, 2.0]], [[True, False, False]] * 2, HOSTILE, "@axis.step"),
        Table([HOSTILE, "@column.nosuch"], [[HOSTILE, "nan"], ["inf", 1]], [0]),
        Steps([HOSTILE], [[HOSTILE, "<EOS>"]], [[0, 0], [9, 9]]),
        Pair(["nan", 1], ["inf", 2], 0, "inf", [1]),
        Shapes([HOSTILE], [1], [1, 2, 3], [0, 2]),
        Bars([HOSTILE, "w"], [0.0, -1.0], [1], HOSTILE),
        Curve([1.0], label=HOSTILE),
        Names([HOSTILE, "x" * 5000]),
    ]
    outputs = [
        Output("stream", "stdout", {"text/plain": HOSTILE + "x" * 200_000}, cut=True),
        Output("stream", "stdout", {"text/plain": "0%\r50%\r100%\n"}),
        Output("display", "", {"text/html": f"<div style='position:fixed;inset:0' id=todo class=check lang=ko onclick=alert(5)>{HOSTILE}</div><iframe src=https://example.org></iframe><form action=https://example.org><input></form><img src=https://example.org/x.png><base href=https://example.org><meta http-equiv=refresh content='0;url=https://example.org'><link rel=stylesheet href=https://example.org/x.css>"}),
        Output("display", "", {"image/png": "not a picture"}),
        Output("display", "", {"image/png": base64.b64encode(HOSTILE.encode()).decode()}),
        Output("display", "", {"image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(6)'><script>alert(7)</script><image href='https://example.org/x.png'/></svg>"}),
        Output("display", "", {"application/javascript": "alert(8)"}),
        Output("display", "", {"text/markdown": f"[x](javascript:alert(9)) ![y](https://example.org/y.png) {HOSTILE}"}),
        Output("error", HOSTILE, {"text/plain": HOSTILE}),
        Output("result", "", {}),
    ]  # fmt: skip
    hostile_cells = [
        Cell("markdown", f"# {HOSTILE}\n[link](javascript:alert(1)) <a href=https://example.org>remote</a>\n\n{HOSTILE}\n\n" + "\\begin{a}" * 5000),
        Cell("markdown", "# head\n" + HOSTILE + "\n\n```python\n</pre><script>alert(1)</script>\n```\n\n[x]: javascript:alert(1)\n[x] <https://example.org>"),
        Cell("code", HOSTILE * 50, 1, "failed", 0.1, outputs),
        Cell("raw", HOSTILE),
    ]  # fmt: skip
    record = packed_record(HOSTILE)
    checks = [
        check(HOSTILE, "failed", 3, findings=[Finding("call.failed", HOSTILE, facts, evidence, where)], title=HOSTILE),
        check("test_cells[gru <b>]", "failed", 1, findings=[Finding("nosuch.code", HOSTILE, facts, evidence, where)]),
        check("test_a", "blocked", 1, waits_for="test_b"),
        check("test_b", "blocked", 1, waits_for="test_a"),
        check("test_c", "undecided", 1, override=Override(0.5, HOSTILE)),
    ]
    finding = Finding("notebook.cell_failed", HOSTILE, {"cell": 1, "error": HOSTILE}, [], where)
    return msgspec.structs.replace(
        record, student_id=HOSTILE, notebook=HOSTILE, checks=checks, notes=[Note("note.suspicion", HOSTILE, {"what": HOSTILE})],
        run=Run("cell_failed", 1, HOSTILE, 0.1, finding, hostile_cells),
    )  # fmt: skip


def class_records(size: int = 24) -> list[Record]:
    """A class: right ones, two kinds of common mistakes, a stopped one, an unreadable one, one met by our fault."""
    records: list[Record] = []
    for at in range(size):
        name = f"2024{1200 + at}"
        if at % 6 == 5:
            records.append(stopped_record(name) if at % 12 == 5 else unreadable_record(name))
        elif at % 3 == 0:
            records.append(passed_record(name, run=Run("finished", None, None, 1.0 + at, None, cells(1.0 + at))))
        else:
            records.append(_one_mistake(name, at))
    records[1] = msgspec.structs.replace(packed_record("김민지"), student_id="20241201")
    return records


def _one_mistake(name: str, at: int) -> Record:
    record = passed_record(name)
    wrong = 6 if at % 2 else 11
    findings = {6: padding_finding(changed=at), 11: Finding("loss.divides_by_padding", "loss", {"got": 0.1 * at})}
    checks = [
        msgspec.structs.replace(one, state="failed", points=0.0, findings=[findings[wrong]]) if place == wrong else one
        for place, one in enumerate(record.checks)
    ]
    score = sum(one.points for one in checks)
    return msgspec.structs.replace(record, checks=checks, score=score, raw_score=score)
