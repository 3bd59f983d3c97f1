"""All rewrites, in the order in which they are made."""

from grader.mutation.rewrites import calls, cells, extra, names, statements, torch_losses
from grader.mutation.rewrites.rule import Rule

REWRITES: tuple[Rule, ...] = (
    *names.RULES,
    *calls.RULES,
    *torch_losses.RULES,
    *statements.RULES,
    *extra.RULES,
    *cells.RULES,
)

__all__ = ["REWRITES", "Rule"]
