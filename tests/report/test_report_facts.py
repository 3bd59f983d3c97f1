"""What the words need from the code: every code, label, reason and fact is there; read from the sources."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import get_args

import pytest

from grader.exchange.entries import Refusal
from grader.report.sentences import placeholders
from grader.report.words import FIELDS, LANGS, OURS, Lang, Words

ROOT = OURS.parents[2]
GROUP_NAMES = "|".join(path.stem for path in (OURS / "en").glob("*.toml") if path.stem != "ui")
CODE = re.compile(rf"({GROUP_NAMES})\.[a-z_0-9]+")
REFUSES = {"refuse", "SubmissionError", "unreadable"}
"""Calls whose further keywords are facts."""
WIRE_ERRORS = {"OutOfTime", "Malformed", "TooLarge"}
ASKING = "grader/judge/student.py"
"""Gives every code of a guest that is gone its facts."""
GIVEN_ELSEWHERE = {
    "notebook.unreadable": ["grader/notebook.py"],
    "reply.malformed": ["grader/judge/answer.py"],
    # Named by what a map of letters shows, raised with its facts where the map was made.
    "packing.gather_off_by_one": ["grader/judge/probes/packing.py"],
    "packing.last_column_is_padding": ["grader/judge/probes/packing.py"],
    "packing.lengths_of_others": ["grader/judge/probes/packing.py"],
    "packing.valid_steps_ignored": ["grader/judge/probes/packing.py"],
}
OURSELVES = Words.load(None)


@cache
def trees() -> dict[str, ast.Module]:
    """Our code and the checks by path, but for what renders them."""
    paths = [
        path
        for root in (ROOT / "grader", ROOT / "assignments")
        for path in sorted(root.rglob("*.py"))
        if OURS.parent not in path.parents
    ]
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8")) for path in paths}


@cache
def nodes(path: str) -> list[ast.AST]:
    """Every node of a file; reading them off once makes the tests fast."""
    return list(ast.walk(trees()[path]))


@cache
def texts(path: str) -> set[str]:
    """Every text that stands in a file."""
    return {node.value for node in nodes(path) if isinstance(node, ast.Constant) and type(node.value) is str}


@cache
def groups_made(path: str) -> set[str]:
    """Groups of which a file puts codes together: `f"notebook.{state}"`."""
    made = (node.values[0] for node in nodes(path) if isinstance(node, ast.JoinedStr) and node.values)
    return {first.value for first in made if isinstance(first, ast.Constant)}


def called(node: ast.AST) -> str:
    """The name of the function that a call calls; nothing for other nodes."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", None) or getattr(node.func, "attr", "")


@cache
def keys(path: str) -> set[str]:
    """Names that this file may give to facts: keys of dictionaries, and keywords of what refuses a file."""
    found: set[str] = set()
    for node in nodes(path):
        if isinstance(node, ast.Dict):
            found |= {key.value for key in node.keys if isinstance(key, ast.Constant)}
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            found.add(str(node.slice.value))
        elif called(node) in REFUSES:
            found |= {keyword.arg for keyword in node.keywords if keyword.arg}
    return found


@cache
def imported(path: str) -> list[str]:
    """Files of ours that a file takes names from, or whose name it takes."""
    names = [
        (node.module or "", alias.name)
        for node in nodes(path)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    both = {f"{place.replace('.', '/')}.py" for m, n in names for place in (m, f"{m}.{n}")}
    return sorted(both & set(trees()))


def mentions(path: str, code: str) -> bool:
    """Whether a file names the code or makes codes of its group."""
    return code in texts(path) or f"{code.partition('.')[0]}." in groups_made(path)


def reasons() -> Iterator[str]:
    """Every reason for which a file is refused."""
    yield from get_args(Refusal)
    for path in trees():
        for node in nodes(path):
            if called(node) == "refuse" and len(node.args) > 1 and isinstance(node.args[1], ast.Constant):
                yield node.args[1].value
            if called(node) in REFUSES:
                yield from (
                    k.value.value for k in node.keywords if k.arg == "reason" and hasattr(k.value, "value")
                )


def details() -> Iterator[str]:
    """Every detail that is a fixed text: guests that are gone, replies that do not fit, broken messages."""
    for path in trees():
        judging = path.startswith("grader/judge/")
        for node in nodes(path):
            given: list[ast.expr | None] = []
            if called(node) == "GuestGone":
                given = node.args[1:2]
            elif called(node) in (WIRE_ERRORS if path.startswith("grader/wire/") else {"_malformed"}):
                given = node.args[:1]
            elif judging and isinstance(node, ast.Dict):
                given = [
                    v
                    for k, v in zip(node.keys, node.values, strict=True)
                    if getattr(k, "value", "") == "detail"
                ]
            elif judging and isinstance(node, ast.Assign):
                given = [node.value] if getattr(node.targets[0], "id", "") == "detail" else []
            yield from (v.value for v in given if isinstance(v, ast.Constant) and v.value)


def test_every_label_that_evidence_uses_has_words_in_both_languages() -> None:
    used = {text[1:] for path in trees() for text in texts(path) if re.fullmatch(r"@[a-z]+\.[a-z_]+", text)}
    assert "axis.batch" in used
    for lang in LANGS:
        assert used - set(OURSELVES.interface[lang]) == set(), lang


def test_every_code_that_a_probe_can_give_has_words_in_both_languages() -> None:
    used = {text for path in trees() for text in texts(path) if CODE.fullmatch(text)}
    assert "name.missing" in used
    for lang in LANGS:
        assert used - set(OURSELVES.findings[lang]) == set(), lang


@pytest.mark.parametrize("lang", LANGS)
def test_every_reason_why_a_file_is_refused_is_said_and_no_other(lang: Lang) -> None:
    said = {
        key.removeprefix("fact.reason.")
        for key in OURSELVES.interface[lang]
        if key.startswith("fact.reason.")
    }
    assert {"not_json", "archive", "too_large"} <= said
    assert said == set(reasons())


@pytest.mark.parametrize("lang", LANGS)
def test_every_fixed_detail_is_said_and_no_other(lang: Lang) -> None:
    said = {
        key.removeprefix("fact.detail.")
        for key in OURSELVES.interface[lang]
        if key.startswith("fact.detail.")
    }
    assert "the process ended during the call" in said
    assert said == set(details())


@pytest.mark.parametrize("code", sorted(OURSELVES.findings["en"]))
def test_the_code_gives_every_fact_that_the_words_use(code: str) -> None:
    sources = [path for path in trees() if mentions(path, code)]
    if not sources:
        pytest.skip("nothing gives this code yet")
    sources += [ASKING, *GIVEN_ELSEWHERE.get(code, [])]
    given = set().union(*(keys(path) for source in sources for path in [source, *imported(source)]))
    entry = OURSELVES.findings["en"][code]
    for text in [*(entry.get(field, "") for field in FIELDS), *entry["hints"]]:
        assert placeholders(text) <= given, text


@pytest.mark.parametrize(
    "facts", [{"name": ""}, {"name": "Net", "seconds": 0.0}, {"name": "Net", "seconds": 2.5}]
)
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("code", ["notebook.died", "call.out_of_time", "call.failed", "reply.malformed"])
def test_a_guest_that_is_gone_is_told_of_without_a_cell(
    code: str, lang: Lang, facts: dict[str, str | float]
) -> None:
    said = OURSELVES.said(code, {**facts, "detail": "the process ended during the call"}, lang)
    assert said.headline == OURSELVES.findings[lang][code]["headline"]
    assert OURSELVES.interface[lang]["fact.detail.the process ended during the call"] in said.saw
    shown = " ".join([said.headline, said.tried, said.expected, said.saw])
    assert not re.search(r"(?i)\bcell|셀", shown)
    assert ("Net" in shown) == (facts["name"] == "Net")


def test_late_work_is_noted_and_nothing_is_said_to_be_taken_off() -> None:
    note = OURSELVES.findings["en"]["note.late"]
    assert "nothing is subtracted" in note["hints"][0]
    assert OURSELVES.note("note.late", {"what": "LATE"}, "en") == "The notebook was handed in late."


def test_a_difference_without_bounds_is_said_in_words() -> None:
    facts = {"name": "Net", "changed": 1, "of": 4, "worst": "inf"}
    assert OURSELVES.said("packing.reads_padding", facts, "en").saw.endswith("relative change is infinite.")
    assert "무한대" in OURSELVES.said("eval.dropout_active", {"difference": "inf"}, "ko").saw
