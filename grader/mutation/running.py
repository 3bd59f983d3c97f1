"""The trials of one lesson: what is known is taken as it is, the rest is tried until the time is up."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.engines.local import spread
from grader.mutation.kept import Kept
from grader.mutation.marks import Mark
from grader.mutation.mutant import Mutant
from grader.mutation.sampling import Made
from grader.mutation.scores import Result
from grader.mutation.trial import Trial
from grader.mutation.trying import Bench, sound
from grader.solutions import Variant


def base_name(variant: Variant) -> str:
    """As mutants and rewrites name what they are made of."""
    return "reference" if variant.kind == "reference" else f"alternatives/{variant.name}"


@dataclass(frozen=True)
class Trials:
    """bases: the solutions by name; until: a moment of `time.monotonic` after which nothing new is begun."""

    bench: Bench
    kept: Kept
    bases: Mapping[str, Variant]
    marks: Mapping[str, Mark]
    until: float | None = None

    def results(self, picked: Sequence[Made]) -> Iterator[Result]:
        """Each as it is done. Raises `LessonError` where a solution does not get full marks by itself."""
        measures = self._measures(sorted({one.base for one in picked}))
        known: list[Result] = []

        def coming() -> Iterator[Made]:
            for one in picked:
                if (trial := self.kept.look(self._key(one))) is not None:
                    known.append(self._result(one, trial))
                elif self.until is None or time.monotonic() < self.until:
                    yield one

        def work(one: Made, slot: int) -> Trial:
            trial = self._tried(one, measures, slot)
            self.kept.keep(self._key(one), trial)
            return trial

        for one, trial in spread(work, coming(), self.bench.slots):
            yield self._result(one, trial)
            while known:
                yield known.pop(0)
        yield from known

    def _tried(self, one: Made, measures: Mapping[str, Trial], slot: int) -> Trial:
        if isinstance(one, Mutant):
            return self.bench.mutant(one, self.bases[one.base], measures[one.base], slot)
        return self.bench.rewrite(one, slot)

    def _measures(self, names: Sequence[str]) -> dict[str, Trial]:
        measures: dict[str, Trial] = {}
        missing = []
        for name in names:
            trial = self.kept.look(self._base_key(name))
            if trial is None:
                missing.append(name)
            else:
                measures[name] = trial

        def work(name: str, slot: int) -> Trial:
            trial = self.bench.base(self.bases[name], slot)
            self.kept.keep(self._base_key(name), trial)
            return trial

        measures |= dict(spread(work, missing, self.bench.slots))
        for name, trial in measures.items():
            sound(self.bases[name], trial)
        return measures

    def _key(self, one: Made) -> str:
        # A mutant is compared with what it was made of, and a free one is not compared at all.
        base = self.bases[one.base].content if isinstance(one, Mutant) and one.free is None else b""
        return self.kept.key([one.content, base])

    def _base_key(self, name: str) -> str:
        return self.kept.key([self.bases[name].content, b"base"])

    def _result(self, one: Made, trial: Trial) -> Result:
        return Result(one, trial, self.marks.get(one.digest))
