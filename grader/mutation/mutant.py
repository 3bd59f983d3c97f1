"""What mutation makes: a notebook with one edit, and what is known of it before it is graded."""

from __future__ import annotations

from dataclasses import dataclass

from grader.submission import Submission


@dataclass(frozen=True)
class Mutant:
    """A solution with one wrong edit that a program made.

    `names` are finding codes, or patterns such as `axis.*`, each of which would be true of the edit; `free`
    is the rule by which the contract leaves the edited place to the student, so that the mutant is right
    after all. Both are fixed before anything is graded. `cell` counts code cells, `line` the lines in it,
    from 1."""

    lesson: str
    base: str
    """`reference` or `alternatives/<name>`."""
    operator: str
    group: str
    probes: str
    """The family of probes that could see it."""
    names: tuple[str, ...]
    cell: int
    line: int
    diff: str
    content: bytes
    free: str | None
    digest: str
    """Of the lesson, the base, the operator and the diff: the same in every run until one of them changes."""

    def submission(self) -> Submission:
        name = f"mutant-{self.digest}"
        return Submission(self.lesson, name, name, f"{name}.ipynb", self.content)


@dataclass(frozen=True)
class Rewrite:
    """A solution that says the same in other words: it must keep full marks."""

    lesson: str
    base: str
    rewrite: str
    diff: str
    content: bytes
    digest: str

    def submission(self) -> Submission:
        name = f"rewrite-{self.digest}"
        return Submission(self.lesson, name, name, f"{name}.ipynb", self.content)
