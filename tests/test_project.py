"""What the documents say is there: commands, flags, links, probes, checks, the version."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from grader import __version__, lesson
from grader.cli import main
from grader.judge.probes import Probes

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("assignments/*/*.md")])
BLOCK = re.compile(
    r"^```(?P<kind>[a-z]*)\n(?P<fenced>.*?)^```|^(?P<indented>(?: {4}[^\n]*\n|\n)+)", re.DOTALL | re.MULTILINE
)
INLINE = re.compile(r"`([^`\n]+)`")
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")


@cache
def text(path: Path) -> str:
    return path.read_text("utf-8")


def code(path: Path) -> Iterator[str]:
    """Every line of code in a document, in a block or inline; comments are left out.

    Of a block that shows a terminal only the lines after a prompt are code; a diff has none of ours.
    """
    for found in BLOCK.finditer(text(path)):
        if found["kind"] == "diff":
            continue
        lines = (found["fenced"] or found["indented"]).splitlines()
        asked = [line.strip()[2:] for line in lines if line.strip().startswith("$ ")]
        yield from (line.partition(" #")[0].strip() for line in asked or lines)
    yield from INLINE.findall(BLOCK.sub("", text(path)))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(path: Path) -> set[str]:
    """The anchors that headings get: lower case, no punctuation, hyphens for blanks."""
    headings = re.findall(r"^#+ (.+)$", text(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def tracked() -> list[Path]:
    """Files of the project as git sees them, those not yet added too."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_make_command_in_the_documents_exists(path):
    targets = set(re.findall(r"^([a-z-]+):", text(ROOT / "Makefile"), re.MULTILINE))
    said = {line.split()[1] for line in code(path) if re.match(r"make [a-z-]+\b", line)}
    assert said <= targets


def test_the_readme_names_the_two_commands_for_newcomers():
    assert {"make grade", "make test"} <= set(code(ROOT / "README.md"))


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_links_lead_somewhere(path):
    dead = []
    for found in LINK.finditer(text(path)):
        target, _, anchor = found["target"].partition("#")
        if target.startswith(("https:", "http:", "mailto:")):
            continue
        place = (path.parent / target).resolve() if target else path
        if not place.exists() or (anchor and anchor not in anchors(place)):
            dead.append(found["target"])
    assert not dead, f"links of {named(path)} that lead nowhere: {', '.join(dead)}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=named)
def test_every_command_and_flag_in_the_documents_exists(path):
    strange = [line for line in code(path) if line.startswith("grader ") and not _runs(line.split()[1:])]
    known = {flag for command in main.commands.values() for flag in _flags(command)}
    strange += [
        line for line in code(path) if line.startswith("--") and line.split()[0].split("=")[0] not in known
    ]
    assert not strange, f"{named(path)} says what the command line does not know: {strange}"


def _runs(words: list[str]) -> bool:
    if words[0].startswith("-"):
        return words[0] in {"--help", "-h", "--version"}
    command = main.commands.get(words[0])
    flags = {word.partition("=")[0] for word in words[1:] if word.startswith("-") and len(word) > 1}
    return command is not None and flags <= _flags(command)


def _flags(command: click.Command) -> set[str]:
    return {flag for option in command.params for flag in option.opts if flag.startswith("-")} | {
        "--help",
        "-h",
    }


def test_every_command_is_in_the_readme():
    said = {line.split()[1] for line in code(ROOT / "README.md") if line.startswith("grader ")}
    assert set(main.commands) <= said


def test_every_probe_is_described():
    """The table of verbs in docs/writing-a-lesson.md holds those that there are; each example fits."""
    rows = re.findall(r"^\| `(probes\..+)` \|", text(ROOT / "docs/writing-a-lesson.md"), re.MULTILINE)
    calls = [ast.parse(row, mode="eval").body for row in rows]
    for call in calls:
        verb = inspect.signature(getattr(Probes, call.func.attr))
        verb.bind("self", *call.args, **{keyword.arg: keyword.value for keyword in call.keywords})
    verbs = {name for name in dir(Probes) if not name.startswith("_")}
    assert sorted(call.func.attr for call in calls) == sorted(verbs)


def test_every_check_stands_in_the_threat_model():
    """What each check certifies is written down, for those that there are and no others."""
    checks = [name for one in lesson.lessons() for name in one.expected_checks(hidden=True)]
    rows = re.findall(r"^\| `(test_\w+)`", text(ROOT / "docs/threat-model.md"), re.MULTILINE)
    assert sorted(rows) == sorted(checks)


def test_every_finding_is_listed():
    """docs/findings.md names those that have words, and says the same of them."""
    rows = re.findall(r"^\| `(\w+\.\w+)` \| (.+) \|$", text(ROOT / "docs/findings.md"), re.MULTILINE)
    words = [tomllib.loads(text(path)) for path in sorted((ROOT / "grader/report/words/en").glob("*.toml"))]
    said = {
        code: entry["headline"]
        for group in words
        for code, entry in group.items()
        if "." in code and isinstance(entry, dict) and "headline" in entry
    }
    assert dict(rows) == said


def test_the_changelog_tells_of_this_version():
    assert re.search(rf"^## {re.escape(__version__)}\b", text(ROOT / "CHANGELOG.md"), re.MULTILINE)


def test_decisions_are_numbered_without_gaps():
    numbers = sorted(int(path.name[:4]) for path in ROOT.glob("docs/decisions/[0-9]*.md"))
    assert numbers == list(range(1, len(numbers) + 1)) != []


def test_no_file_names_the_machine_it_was_written_on():
    # Written so that this file does not hold what it looks for.
    strange = re.compile(
        rb"(?<![\w.~-])/(?:ro{2}t|wor[k]|home/(?!student)\w+)/"
        rb"|py[p]i\.org|py[t]honhosted|download\.py[t]orch|https?://\S+/simpl[e]\b"
    )
    found = []
    for path in tracked():
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            if hit := strange.search(line):
                found.append(f"{named(path)}:{number}: {hit[0].decode()}")
    assert not found, "\n".join(found)
