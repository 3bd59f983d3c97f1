"""What `grader similar` finds and what it lists without reason, on the lessons' own solutions.

`python -m tests.similar.figures` prints the tables of docs/similar.md, `--write` puts them there. Every
disguise is put on every alternative of every lesson, and the two are compared in the class of all of them.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from grader.similar.code import Code, Known
from grader.similar.measure import Alike, alike
from grader.similar.rarity import nearest, weights
from tests.similar.code import LESSONS, ROOT, alternatives, code, contract, reference, starter
from tests.similar.disguises import DISGUISES

SEED = 20261122
PAGE = ROOT / "docs" / "similar.md"
_TABLE = re.compile(r"(?<=<!-- figures -->\n).*?(?=<!-- end of figures -->)", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """Pairs of one kind: how many there are, how many were listed, and their shares in ascending order."""

    what: str
    listed: int
    shares: Sequence[float]

    @classmethod
    def of(cls, what: str, found: Sequence[Alike | None]) -> Row:
        """None stands for a pair that was not even laid side by side."""
        shares = sorted(one.share if one else 0.0 for one in found)
        return cls(what, sum(one is not None and one.listed for one in found), shares)


def in_class(left: Code, right: Code, others: Sequence[Code]) -> Alike | None:
    """What two share in a class with others, found as the command finds it."""
    class_ = [{mark for _, mark in one.marks} for one in (left, right, *others)]
    weight_of = weights(class_)
    near = any((one.left, one.right) == (0, 1) for one in nearest(class_, weight_of, 1_000))
    return alike(left, right, weight_of) if near else None


def disguised(lesson: str, disguise: str) -> Iterator[Alike | None]:
    """Each alternative beside itself in disguise."""
    all_ = {name: code(of, lesson) for name, of in alternatives(lesson).items()}
    for name, of in alternatives(lesson).items():
        dice = random.Random(f"{SEED} {lesson} {name} {disguise}")
        changed = DISGUISES[disguise](of, contract(lesson), dice)
        assert changed != of, (lesson, name, disguise)
        others = [one for other, one in all_.items() if other != name]
        yield in_class(all_[name], code(changed, lesson), others)


def halves(lesson: str) -> Iterator[Alike | None]:
    """Each alternative beside one that has half of its cells, and the other half of the next one's."""
    names = list(alternatives(lesson))
    all_ = {name: code(of, lesson) for name, of in alternatives(lesson).items()}
    for name, next_ in zip(names, [*names[1:], names[0]], strict=True):
        mixed = alternatives(lesson)[name][1::2] + alternatives(lesson)[next_][::2]
        others = [one for other, one in all_.items() if other not in (name, next_)]
        yield in_class(all_[name], code(mixed, lesson), others)


def apart(lesson: str) -> Iterator[Alike]:
    """Every two alternatives, all weights 1: each pair a class of its own, which is the hardest case."""
    for one, other in combinations(alternatives(lesson).values(), 2):
        yield alike(code(one, lesson), code(other, lesson), {})


def apart_from_reference(lesson: str) -> Iterator[Alike]:
    """Every alternative beside the reference, which is then not taken out."""
    known = Known.of(starter(lesson))
    for one in alternatives(lesson).values():
        yield alike(Code.of(one, known), Code.of(reference(lesson), known), {})


def same(lessons: Sequence[str] = LESSONS) -> list[Row]:
    """Pairs that are to be found."""
    rows = [
        Row.of(one, [found for lesson in lessons for found in disguised(lesson, one)]) for one in DISGUISES
    ]
    return [*rows, Row.of("half of it taken", [found for lesson in lessons for found in halves(lesson)])]


def strangers(lessons: Sequence[str] = LESSONS) -> list[Row]:
    """Pairs that are not to be listed."""
    kinds: Mapping[str, list[Alike]] = {
        "two alternatives": [found for lesson in lessons for found in apart(lesson)],
        "an alternative and the reference": [found for one in lessons for found in apart_from_reference(one)],
    }
    return [Row.of(what, found) for what, found in kinds.items()]


def tables() -> str:
    """Both tables in Markdown."""
    lines = ["| to be found | listed | least alike | median |", "|---|---|---|---|"]
    for row in same():
        middle = row.shares[len(row.shares) // 2]
        lines.append(
            f"| {row.what} | {row.listed} of {len(row.shares)} | {row.shares[0]:.0%} | {middle:.0%} |"
        )
    lines += ["", "| not to be listed | listed | most alike | median |", "|---|---|---|---|"]
    for row in strangers():
        middle = row.shares[len(row.shares) // 2]
        lines.append(
            f"| {row.what} | {row.listed} of {len(row.shares)} | {row.shares[-1]:.0%} | {middle:.0%} |"
        )
    return "\n".join(lines) + "\n"


def written() -> str:
    """The tables as they stand in the page."""
    found = _TABLE.search(PAGE.read_text("utf-8"))
    assert found is not None, f"{PAGE} has no place for the tables"
    return found[0]


if __name__ == "__main__":
    made = tables()
    print(made)
    if "--write" in sys.argv[1:]:
        PAGE.write_text(_TABLE.sub(lambda _: made, PAGE.read_text("utf-8")), "utf-8")
