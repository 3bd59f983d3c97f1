"""All rewrites, in the order in which they are made."""

from grader.mutation.rewrites import calls, cells, names, statements
from grader.mutation.rewrites.rule import Rule

REWRITES: tuple[Rule, ...] = (*names.RULES, *calls.RULES, *statements.RULES, *cells.RULES)

__all__ = ["REWRITES", "Rule"]
