"""The summary of a step in Markdown: what a reader of the build sees without opening the report.

Of what a student wrote nothing but escaped text gets in; links, pictures and HTML cannot come of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from grader.reading import json_of
from grader.record import Record
from grader.report import outcome, view
from grader.report.audience import for_student
from grader.report.sentences import one_line, said_number
from grader.report.terminal import title_of
from grader.report.words import Lang, Words

MOST_BYTES = 1024 * 1024
"""Of the summary of one step, by the runner's own rule; a longer one is refused whole."""
_ROOM = MOST_BYTES - 4096
# The dot of an address that Markdown links by itself, too.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~@&:$^-]|(?<=www)\.)", re.IGNORECASE)
_DETAILS = 3
"""Failures that are explained for one submission where it is alone; of many, none is."""


def escaped(text: str) -> str:
    """Text in one line, what means something to Markdown as character references: those it only shows."""
    return _SPECIAL.sub(lambda found: f"&#{ord(found[1])};", one_line(text, 500).replace("`", "'"))


def summary(records: Sequence[tuple[Record, Words]], lang: Lang) -> str:
    """The summary of all records, cut with a note where it would be too long."""
    parts = [_one(record, words, lang) for record, words in records[:1]] if len(records) == 1 else []
    if len(records) > 1:
        parts = [_many(records, lang)]
    return _cut("\n".join(parts), records[0][1] if records else Words.load(None), lang)


def proof_table(proofs: Sequence[dict[str, Any]]) -> str:
    """The table of `grader prove --json`, for the authors of lessons: what did not hold, then the counts."""
    rows = [
        f"| {escaped(str(one.get('lesson', '')))} | {escaped(str(one.get('kind', '')))} "
        f"{escaped(str(one.get('name', '')))} | {one.get('score', 0):g}/{one.get('max_score', 0):g} "
        f"| {escaped('; '.join(map(str, one.get('got', [])[:3])))} |"
        for one in proofs
        if not one.get("ok")
    ]
    held = sum(bool(one.get("ok")) for one in proofs)
    lines = [
        "## Are the checks any good?",
        "",
        f"{held} of {len(proofs)} notebooks are graded as they should be.",
        "",
    ]
    if rows:
        lines += ["| lesson | what | score | found |", "|---|---|---|---|", *rows]
    return _cut("\n".join(lines) + "\n", Words.load(None), "en")


def read_proofs(content: str) -> list[dict[str, Any]]:
    """What `grader prove --json` wrote. Raises ValueError where it is something else."""
    proofs = json_of(content)
    if not isinstance(proofs, list) or not all(isinstance(one, dict) for one in proofs):
        raise ValueError("it is no list of proofs")
    return proofs


def _one(record: Record, words: Words, lang: Lang) -> str:
    shown = for_student(record, words, None)
    title = words.lesson_title(lang) or record.lesson
    lines = [f"## {escaped(title)}: {_score(record)}", ""]
    lines += [escaped(line) for line in outcome.standing(shown, words, lang)] + [""]
    heads = [words.ui(key, lang) for key in ("class.state", "class.promise", "points.head")]
    lines += ["| | " + " | ".join(map(escaped, heads)) + " |", "|---|---|---|--:|"]
    for check in shown.checks:
        state = view.state_of(check)
        points = f"{said_number(check.points)}/{said_number(check.max_points)}" if check.max_points else "–"
        lines.append(
            f"| {view.GLYPHS[state]} | {escaped(words.ui(f'state.{state}', lang))} "
            f"| {escaped(title_of(check, words, lang))} | {points} |"
        )
    said = [outcome.run_told(shown, words, lang)]
    failed = view.groups(shown).failed
    said += [outcome.told(check, shown, words, lang, None) for check in failed[:_DETAILS]]
    lines += ["", *[_block(text) for text in said if text]]
    if len(failed) > _DETAILS:
        lines.append(escaped(words.ui("ci.more", lang, n=len(failed) - _DETAILS)))
    return "\n".join(lines) + "\n"


def _many(records: Sequence[tuple[Record, Words]], lang: Lang) -> str:
    words = records[0][1]
    heads = [words.ui(f"class.{key}", lang) for key in ("student", "score", "state")]
    lines = ["| " + " | ".join(map(escaped, heads)) + " |", "|---|--:|---|"]
    for record, _ in records:
        state = words.ui(f"run_state.{record.run.state}", lang)
        if record.state == "needs_review":
            state += f", {words.ui('class.review', lang)}"
        lines.append(f"| {escaped(record.student)} | {_score(record)} | {escaped(state)} |")
    return "\n".join(lines) + "\n"


def _score(record: Record) -> str:
    return f"{said_number(record.score)}/{said_number(record.max_score)}"


def _block(text: str) -> str:
    """Text as a block of code, fenced by more backticks than it has anywhere."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}text\n{text}\n{fence}\n"


def _cut(text: str, words: Words, lang: Lang) -> str:
    if len(text.encode()) <= _ROOM:
        return text
    kept: list[str] = []
    room = _ROOM
    for line in text.splitlines(keepends=True):
        room -= len(line.encode())
        if room < 0:
            break
        kept.append(line)
    return "".join(kept) + "\n\n" + escaped(words.ui("ci.cut", lang)) + "\n"
