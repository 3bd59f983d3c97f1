"""Findings can always be written down, whatever numbers the student's side sent."""

from __future__ import annotations

import math

import msgspec
import pytest

from grader.evidence import Bars, Curve, Evidence, HeatMap, Names, Pair, Shapes, Steps, Table
from grader.judge.finding import Finding
from grader.judge.outcome import Found

NAN, INF = math.nan, math.inf


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (Bars(["a", "b"], [NAN, -INF]), Bars(["a", "b"], [0.0, -1e30])),
        (Curve([1.0, 1e300], [NAN], [2.0]), Curve([1.0, 1e30], [0.0], [2.0])),
        (HeatMap(["1"], ["2"], [[INF]], [[True]]), HeatMap(["1"], ["2"], [[1e30]], [[True]])),
        (Table(["@a"], [[NAN, "x", 3]], [0]), Table(["@a"], [["nan", "x", 3]], [0])),
        (Pair([1.0], [INF], 0, NAN), Pair([1.0], ["inf"], 0, "nan")),
        (Shapes(["@a"], [1], [2**70]), Shapes(["@a"], [1], [2**63 - 1])),
        (Steps(["a"], [["x"]]), Steps(["a"], [["x"]])),
        (Names(["w"]), Names(["w"])),
    ],
)
def test_evidence_holds_numbers_that_can_be_written_and_read_again(given: Evidence, kept: Evidence) -> None:
    (evidence,) = Finding("a.b", evidence=[given]).evidence
    assert evidence == kept
    found = Found("a.b", {}, [evidence])
    assert msgspec.json.decode(msgspec.json.encode(found), type=Found) == found


def test_facts_hold_words_for_what_is_no_number() -> None:
    facts = Finding("a.b", facts={"nan": NAN, "inf": -INF, "long": "x" * 1000, "huge": 10**400, "n": 2}).facts
    assert facts == {"nan": "nan", "inf": "-inf", "long": "x" * 400, "huge": "inf", "n": 2}
