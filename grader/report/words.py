"""Words: everything the product says, in English and Korean, by key. Code holds no prose.

    grader/report/words/<lang>/<group>.toml     the findings of one group (`packing.*` in packing.toml)
    grader/report/words/<lang>/ui.toml          interface, states, axis names, table columns, captions
    grader/report/words/<lang>/note.toml        notes to the instructor
    assignments/<lesson>/words/<lang>.toml      the lesson's own words

Same keys and placeholders in both languages. Each finding has a table, with a headline and hints at least.

    ["packing.reads_padding"]
    headline = "Padding changes what your network says"
    tried    = "We ran {of} words alone, then together in one padded batch."
    expected = "The same answer for each word either way."
    saw      = "{changed} of {of} rows changed, by up to {worst:.0%}."
    why      = "The same word gets another answer depending on its neighbours in the batch."
    hints    = ["Your RNN reads on after the word is over. What tells it where each word ends?"]

Placeholders are plain names, filled from the finding's `facts`. Without a format, whole numbers stay whole
and others get three significant digits; `:.0%` says a fraction as a percentage, `:.2f` fixes the digits.
A sentence whose fact is missing or empty is dropped; the rest stays. `backticks` set code. Where a check
is hidden its students see headline, why and hints without any fact: keep placeholders out of those three
where you can, or give `bare`, the headline to use without facts. In Korean put a noun after each placeholder.

A table `["@"]` in any group file names what its evidence calls `@key` (columns, rows, axes), and says
facts that are one of a few tokens: here the fact `reason` "empty".

    ["@"]
    "column.alone" = "alone"
    "fact.reason.empty" = "the file is empty"

Where advice depends on a fact that is one of a few tokens, a table `by` gives other parts for some of them:

    ["notebook.cell_failed".by.type.NameError]
    why = "A fresh session knows nothing of what you ran before."

A lesson's file:

    title = "Packed sequences"
    [checks.test_padding_changes_nothing]
    title = "Padding changes nothing"     # a promise, in plain words
    tried = "..."                         # used where the finding's own words do not say what was tried
    why   = "..."                         # used where the finding's own words do not say why it matters
    [findings."packing.reads_padding"]    # any of the keys above, in place of the general ones
    hints = ["..."]

The title of a check with a parameter (`test_cells[gru]`) is that of `test_cells`, with `{param}` filled.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from grader.errors import LessonError
from grader.reading import UnreadableError, toml
from grader.report.sentences import Fact, fill

Lang = Literal["en", "ko"]
LANGS: tuple[Lang, Lang] = ("en", "ko")
OURS = Path(__file__).parent / "words"
FIELDS = ("headline", "bare", "tried", "expected", "saw", "why")

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Said:
    """A finding in one language. Every part but `headline` may be empty. `backticks` set code."""

    headline: str
    tried: str = ""
    expected: str = ""
    saw: str = ""
    why: str = ""
    hints: tuple[str, ...] = ()

    @property
    def message(self) -> str:
        """Headline and what was seen, as one line for a record or a log."""
        headline = self.headline if self.headline.endswith((".", "?")) else self.headline + "."
        return f"{headline} {self.saw}" if self.saw else self.headline


@dataclass(frozen=True)
class Words:
    """Both languages, and one lesson's words over them."""

    findings: Mapping[Lang, Mapping[str, Entry]]
    interface: Mapping[Lang, Mapping[str, str]]
    lesson: Mapping[Lang, Mapping[str, Any]]

    @classmethod
    def load(cls, lesson_words: Path | None) -> Words:
        """Our words, and those in the folder `lesson_words` (`en.toml`, `ko.toml`) where one is given.

        Raises `LessonError` where a lesson's file is no TOML.
        """
        findings: dict[Lang, Mapping[str, Entry]] = {}
        interface: dict[Lang, Mapping[str, str]] = {}
        lesson: dict[Lang, Mapping[str, Any]] = {}
        for lang in LANGS:
            findings[lang], interface[lang] = _ours(lang)
            lesson[lang] = _read_lesson(lesson_words / f"{lang}.toml") if lesson_words else {}
        return cls(findings, interface, lesson)

    def said(
        self, finding_code: str, facts: Mapping[str, Fact], lang: Lang, check_id: str | None = None
    ) -> Said:
        """The finding in words. Never raises: an unknown code gets a general sentence."""
        entry = self._entry(finding_code, lang)
        for fact, entries in entry.get("by", {}).items():
            entry = {**entry, **entries.get(str(facts.get(fact)), {})}
        facts = {name: self._fact(name, value, lang) for name, value in facts.items()}
        parts = {field: fill(entry.get(field, ""), facts) for field in FIELDS}
        of_check = self._check(check_id, lang) if check_id else {}
        for field in ("tried", "why"):
            parts[field] = parts[field] or fill(of_check.get(field, ""), facts)
        general = self.findings[lang]["check.unknown"]
        hints = tuple(said for hint in entry.get("hints", ()) if (said := fill(hint, facts)))
        return Said(
            headline=parts["headline"] or parts["bare"] or general["headline"],
            tried=parts["tried"],
            expected=parts["expected"],
            saw=parts["saw"],
            why=parts["why"],
            hints=hints,
        )

    def by(self, code: str) -> Mapping[str, Entry]:
        """The facts on which the words of a finding depend, each with the tokens that it has words for."""
        return dict(self._entry(code, "en").get("by", {}))

    def knows(self, code: str) -> bool:
        """Whether there are words for this code."""
        return code in self.findings["en"] or code in self.lesson["en"].get("findings", {})

    def check_title(self, check_id: str, lang: Lang) -> str:
        """The promise of a check; its id made readable where the lesson has no words for it."""
        base, param = _split(check_id)
        title = self._check(check_id, lang).get("title", "")
        if not title:
            readable = base.removeprefix("test_").replace("_", " ")
            title = readable[:1].upper() + readable[1:]
        if "{param}" in title:
            return fill(title, {"param": param})
        return (
            f"{title} ({param})" if param and check_id not in self.lesson[lang].get("checks", {}) else title
        )

    def has_check(self, check_id: str) -> bool:
        """Whether the lesson has a title for this check."""
        return bool(self._check(check_id, "en").get("title"))

    def shows_param(self, check_id: str) -> bool:
        """Whether the lesson's own title of this check is about its parameter."""
        by_id: Mapping[str, Entry] = self.lesson["en"].get("checks", {})
        return check_id in by_id or "{param}" in self._check(check_id, "en").get("title", "")

    def lesson_title(self, lang: Lang) -> str:
        """The lesson's title, or nothing where it has no words."""
        return str(self.lesson[lang].get("title", ""))

    def ui(self, key: str, lang: Lang, **facts: Fact) -> str:
        """A text of the interface. With a fact `n` of 1, `<key>.one` is taken where there is one.

        An unknown key gives its last part, so that a label that nobody named is still readable.
        """
        texts = self.interface[lang]
        text = texts.get(f"{key}.one") if facts.get("n") == 1 else None
        text = texts.get(key) if text is None else text
        if text is None:
            return key.rsplit(".", 1)[-1].replace("_", " ")
        return fill(text, facts)

    def label(self, text: str, lang: Lang) -> str:
        """A text of evidence: `@key` said in this language, anything else as it is."""
        return self.ui(text[1:], lang) if text.startswith("@") and len(text) > 1 else text

    def note(self, code: str, facts: Mapping[str, Fact], lang: Lang) -> str:
        """A note to the instructor in words."""
        return self.said(code, facts, lang).headline

    def _fact(self, name: str, value: Fact, lang: Lang) -> Fact:
        """A fact that is one of a few known tokens (`fact.<name>.<token>`), in words."""
        return self.interface[lang].get(f"fact.{name}.{value}", value) if isinstance(value, str) else value

    def _entry(self, code: str, lang: Lang) -> Entry:
        ours = self.findings[lang].get(code)
        theirs: Entry = self.lesson[lang].get("findings", {}).get(code, {})
        if ours is None and not theirs:
            return self.findings[lang]["check.unknown"]
        return {**(ours or {}), **theirs}

    def _check(self, check_id: str, lang: Lang) -> Entry:
        checks: Mapping[str, Entry] = self.lesson[lang].get("checks", {})
        return checks.get(check_id) or checks.get(_split(check_id)[0]) or {}


def _split(check_id: str) -> tuple[str, str]:
    """`test_cells[gru]` as ("test_cells", "gru")."""
    found = re.fullmatch(r"([^\[]*)\[(.*)\]", check_id, re.DOTALL)
    return (found[1], found[2]) if found else (check_id, "")


@cache
def _ours(lang: Lang) -> tuple[Mapping[str, Entry], Mapping[str, str]]:
    """Findings and interface; read once, because they are those of the program that runs."""
    codes, labels = _read_groups(OURS / lang)
    return codes, {**labels, **_flat(_read(OURS / lang / "ui.toml"))}


def _read_groups(folder: Path) -> tuple[dict[str, Entry], dict[str, str]]:
    codes: dict[str, Entry] = {}
    labels: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        if path.stem == "ui":
            continue
        content = _read(path)
        labels.update(_flat(content.pop("@", {})))
        codes.update(content)
    return codes, labels


def _read(path: Path) -> dict[str, Any]:
    return toml(path.read_bytes())


def _read_lesson(path: Path) -> dict[str, Any]:
    try:
        return _read(path)
    except FileNotFoundError:
        return {}
    except UnreadableError as error:
        raise LessonError(
            f"The words of the lesson in {path} are no TOML: {error}. Mend the file."
        ) from error


def _flat(tree: Mapping[str, Any], above: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            flat.update(_flat(value, f"{above}{key}."))
        else:
            flat[f"{above}{key}"] = str(value)
    return flat
