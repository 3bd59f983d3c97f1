"""What all verbs share: the draw of their check, and remarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.evidence import Evidence
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.function import Function
from grader.judge.probes.measure import Laboratory
from grader.judge.student import Handle
from grader.record import Fact


class Verbs:
    """Verbs of one check. `remarks` collects what is worth saying and costs nothing."""

    def __init__(self, draw: Draw) -> None:
        self._draw = draw
        self.remarks: list[Finding] = []

    def remark(
        self, code: str, *, facts: Mapping[str, Fact] | None = None, evidence: Sequence[Evidence] = ()
    ) -> None:
        """Says something without taking points: the check may pass all the same."""
        self.remarks.append(Finding(code, facts=facts, evidence=evidence))


def asked(subject: Laboratory | Handle) -> Laboratory:
    """What a verb asks: a model as it is, and a function of the notebook in the laboratory."""
    return Function(subject) if isinstance(subject, Handle) else subject
