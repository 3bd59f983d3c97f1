"""How many mutants and rewrites each operator makes of each reference: `python -m tests.mutation.counts`.

With the names of lessons only those; with `--alternatives` the alternatives as well.
"""

from __future__ import annotations

import sys
from collections import Counter

from grader.lesson import find, lessons
from grader.mutation.mutants import mutants
from grader.mutation.rewriting import rewrites
from grader.solutions import variants


def main(arguments: list[str]) -> None:
    kinds = {"reference", "alternative"} if "--alternatives" in arguments else {"reference"}
    names = [one for one in arguments if not one.startswith("--")]
    columns: dict[str, Counter[str]] = {}
    for lesson in [find(name) for name in names] or list(lessons()):
        for base in (one for one in variants(lesson) if one.kind in kinds):
            made = mutants(lesson, base)
            count = Counter(one.operator for one in made)
            count["(still right by a rule)"] = sum(one.free is not None for one in made)
            count["(all)"] = len(made)
            count["(rewrites)"] = len(rewrites(lesson, base))
            columns[lesson.name if base.kind == "reference" else f"{lesson.name}/{base.name}"] = count
    rows = sorted({name for count in columns.values() for name in count})
    print("operator", *columns, sep="\t")
    for row in rows:
        print(row, *(count[row] for count in columns.values()), sep="\t")


if __name__ == "__main__":
    main(sys.argv[1:])
