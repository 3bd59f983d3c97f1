"""The lesson's words as students get them: those of public checks, and of what public checks can find.

Titles and promises of hidden checks stay: a report shows them after grading, and beforehand they would say
what to prepare for. So do the lesson's own sentences about findings that only hidden checks are known to
give; where a public check gives one all the same, the general words say it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from grader.errors import LessonError
from grader.lesson import Lesson
from grader.reading import UnreadableError, toml


def public_words(
    content: bytes, path: Path, public: Iterable[str], findings: Iterable[str]
) -> dict[str, Any]:
    """What the lesson's words in `content` say of the `public` checks and these codes of findings."""
    try:
        said = toml(content)
    except UnreadableError as error:
        raise LessonError(f"{path} cannot be read: {error}. Mend the file.") from error
    kept: dict[str, Any] = {key: said[key] for key in ("title",) if key in said}
    for table, keys in (("checks", set(public)), ("findings", set(findings))):
        entries = {key: entry for key, entry in said.get(table, {}).items() if key in keys}
        if entries:
            kept[table] = entries
    return kept


def public_findings(lesson: Lesson, public: Mapping[str, object]) -> set[str]:
    """Codes that a mistake of the lesson has to be given by one of the `public` checks."""
    found: set[str] = set()
    for path in sorted((lesson.solutions / "mistakes").glob("*.toml")):
        try:
            said = toml(path.read_bytes())
        except UnreadableError as error:
            raise LessonError(f"{path} is no TOML: {error}. Mend that line.") from error
        if str(said.get("check")).partition("[")[0] in public:
            found.update(map(str, said.get("finding", [])))
    return found
