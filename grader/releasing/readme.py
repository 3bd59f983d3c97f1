"""The page that goes with a student's copy, in English and below it in Korean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2

from grader import __version__
from grader.judge.outcome import Listed
from grader.lesson import Lesson
from grader.reading import toml

WHEEL = f"sequence_grader_check-{__version__}-py3-none-any.whl"
"""The students' distribution, as `make students` writes it."""

_TEMPLATES = Path(__file__).with_name("templates")
_LANGS = ("en", "ko")


def readme(lesson: Lesson, files: Mapping[str, bytes], public: Sequence[Listed], hidden_points: float) -> str:
    """The page for a copy of `lesson` that holds `files`; of hidden checks it says what they are worth."""
    words = {lang: toml(files.get(f"words/{lang}.toml", b"")) for lang in _LANGS}
    title = {lang: words[lang].get("title", lesson.name) for lang in _LANGS}
    points = sum(one.points for one in public)
    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True, autoescape=False
    )
    pages = []
    for lang in _LANGS:
        template = environment.from_string((_TEMPLATES / f"{lang}.md").read_text("utf-8"))
        rows = [
            {"points": number(one.points), "title": _title(words[lang], one.id), "id": _cell(one.id)}
            for one in public
        ]
        pages.append(
            template.render(
                title=title[lang],
                other=_anchor(title["ko"], taken=title["ko"] == title["en"]),
                notebook=f"{lesson.name}.ipynb",
                names=", ".join(f"`{name}`" for name in lesson.names),
                data=any(name.startswith("data/") for name in files),
                wheel=WHEEL,
                points=number(points),
                hidden=number(hidden_points) if hidden_points else "",
                total=number(points + hidden_points),
                rows=rows,
            )
        )
    return "\n".join(pages)


def number(points: float) -> str:
    """12.0 as "12", 0.5 as "0.5"."""
    return f"{points:g}"


def _title(words: Mapping[str, Any], check: str) -> str:
    """The check's promise in these words with its parameter; its name where there are no words."""
    name, _, param = check.partition("[")
    title = str(
        words.get("checks", {}).get(name, {}).get("title", name.removeprefix("test_").replace("_", " "))
    )
    return _cell(title.replace("{param}", param.removesuffix("]")))


def _cell(text: str) -> str:
    """Text for a cell of a Markdown table."""
    return " ".join(text.split()).replace("|", "\\|")


def _anchor(title: str, *, taken: bool) -> str:
    """The anchor that a heading gets: lower case, no punctuation, hyphens for blanks."""
    kept = "".join(letter for letter in title.lower() if letter.isalnum() or letter in " -_")
    return kept.replace(" ", "-") + ("-1" if taken else "")
