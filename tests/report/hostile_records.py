"""A record with, in every field that a student reaches, what would break a careless page."""

from __future__ import annotations

import base64

import msgspec
from sample_records import check, packed_record

from grader.evidence import Bars, Curve, Evidence, HeatMap, Names, Pair, Shapes, Steps, Table
from grader.record import Cell, Finding, Note, Output, Override, Record, Run, Where

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)><a href='javascript:alert(3)'>x</a>"
    '"><svg onload=alert(4)></style></textarea>{{7*7}}\x1b]0;owned\x07'
    "\x1b[31mred\x1b[0m\u202eevil\u2066\x00\x9b31m"
)
HOSTILE_HTML = f"""<div style='position:fixed;inset:0' id=todo class=check lang=ko onclick=alert(5)>
{HOSTILE}</div>
<iframe src=https://example.org></iframe><form action=https://example.org><input></form>
<img src=https://example.org/x.png><base href=https://example.org><link rel=stylesheet href=https://example.org/x.css>
<meta http-equiv=refresh content='0;url=https://example.org'>"""
HOSTILE_SVG = """<svg xmlns='http://www.w3.org/2000/svg' onload='alert(6)'><script>alert(7)</script>
<image href='https://example.org/x.png'/></svg>"""
HOSTILE_MARKDOWN = f"""# head {HOSTILE}
[x](javascript:alert(9)) ![y](https://example.org/y.png) <https://example.org> [x]
<a href=https://example.org>remote</a>

```python
</pre><script>alert(1)</script>
```

[x]: javascript:alert(1)

{HOSTILE}
"""


def hostile_record() -> Record:
    """Every field that a student reaches, filled with what would break a careless page."""
    facts = {
        "of": 4,
        "changed": 3,
        "worst": 1e300,
        "tolerance": 1e-5,
        "name": HOSTILE,
        "type": HOSTILE,
        "message": HOSTILE,
    }
    where = Where(6, 1, [HOSTILE, "x = 1", HOSTILE * 20], 0, "<script>")
    evidence: list[Evidence] = [
        HeatMap(
            [HOSTILE, "a"],
            [HOSTILE] * 3,
            [[1e30, -1.0, 0.0], [0.0, 1.0, 2.0]],
            [[True, False, False]] * 2,
            HOSTILE,
            "@axis.step",
        ),
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
        Output("display", "", {"text/html": HOSTILE_HTML}),
        Output("display", "", {"image/png": "not a picture"}),
        Output("display", "", {"image/png": base64.b64encode(HOSTILE.encode()).decode()}),
        Output("display", "", {"image/svg+xml": HOSTILE_SVG}),
        Output("display", "", {"application/javascript": "alert(8)"}),
        Output("display", "", {"text/markdown": HOSTILE_MARKDOWN}),
        Output("error", HOSTILE, {"text/plain": HOSTILE}),
        Output("result", "", {}),
    ]  # fmt: skip
    hostile_cells = [
        Cell("markdown", HOSTILE_MARKDOWN + "\\begin{a}" * 5000),
        Cell("markdown", HOSTILE_MARKDOWN),
        Cell("code", HOSTILE * 50, 1, "failed", 0.1, outputs),
        Cell("raw", HOSTILE),
    ]  # fmt: skip
    record = packed_record(HOSTILE)
    checks = [
        check(
            HOSTILE,
            "failed",
            3,
            findings=[Finding("call.failed", HOSTILE, facts, evidence, where)],
            title=HOSTILE,
        ),
        check(
            "test_cells[gru <b>]",
            "failed",
            1,
            findings=[Finding("nosuch.code", HOSTILE, facts, evidence, where)],
        ),
        check("test_a", "blocked", 1, waits_for="test_b"),
        check("test_b", "blocked", 1, waits_for="test_a"),
        check("test_c", "undecided", 1, override=Override(0.5, HOSTILE)),
    ]
    finding = Finding(
        "notebook.cell_failed",
        HOSTILE,
        {"cell": 1, "type": HOSTILE, "message": HOSTILE, "line": 1},
        [],
        where,
    )
    return msgspec.structs.replace(
        record, student_id=HOSTILE, notebook=HOSTILE, checks=checks,
        notes=[Note("note.suspicion", HOSTILE, {"what": HOSTILE})],
        run=Run("cell_failed", 1, HOSTILE, 0.1, finding, hostile_cells),
    )  # fmt: skip
