"""Our words as safe HTML, in both languages at once. Nothing of a student's passes here unescaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup, escape

from grader.record import Check, Finding
from grader.report.sentences import Fact, clean, one_line, said_number
from grader.report.words import LANGS, Lang, Said, Words

CODE_SPAN = re.compile(r"`([^`]+)`")
NUMBER = re.compile(
    r"(?<![\w.;&#-])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?(?:\s?%)?(?![\w;])"
)

# Private-use characters hold the place of HTML in a filled sentence until it has been escaped.
FIRST_SLOT = 0xE000


@lru_cache(2048)
def inline(text: str, numbers: bool = False) -> Markup:
    """A sentence as HTML: escaped, `backticks` as code, numbers bold where asked for."""
    pieces: list[Markup] = []
    for index, piece in enumerate(CODE_SPAN.split(clean(text))):
        if index % 2:
            pieces.append(Markup("<code>{}</code>").format(piece))
        else:
            safe = str(escape(piece))
            pieces.append(Markup(NUMBER.sub(lambda m: f"<b>{m[0]}</b>", safe) if numbers else safe))
    return Markup("").join(pieces)


@lru_cache(4096)
def _twice(*said: Markup) -> Markup:
    """The same in each of `LANGS`, marked; once only where all are the same."""
    if len(set(said)) == 1:
        return said[0]
    both = zip(LANGS, said, strict=True)
    return Markup("".join(f'<span lang="{lang}">{text}</span>' for lang, text in both))


@dataclass(frozen=True)
class Prose:
    """Both languages of a page. Each text is given twice, marked with its language; CSS shows one."""

    words: Words
    first: Lang
    """The language that the page opens in; for what cannot be said twice, such as its title."""

    def each(self, say: Callable[[Lang], Markup]) -> Markup:
        """What `say` gives in each language; once only where both are the same."""
        return _twice(*(escape(say(lang)) for lang in LANGS))

    def ui(self, key: str, **facts: Fact) -> Markup:
        """A text of the interface."""
        return self.each(lambda lang: inline(self.words.ui(key, lang, **facts)))

    def plain(self, key: str, **facts: Fact) -> str:
        """A text of the interface in the page's first language, for attributes and the title."""
        return clean(self.words.ui(key, self.first, **facts)).replace("`", "")

    def woven(self, key: str, html: Mapping[str, Callable[[Lang], Markup]], **facts: Fact) -> Markup:
        """A text of the interface with HTML in some of its places."""

        def say(lang: Lang) -> Markup:
            slots = {name: chr(FIRST_SLOT + index) for index, name in enumerate(html)}
            text = str(inline(self.words.ui(key, lang, **facts, **slots)))
            for name, slot in slots.items():
                text = text.replace(slot, str(html[name](lang)))
            return Markup(text)

        return self.each(say)

    def points(self, value: float) -> Callable[[Lang], Markup]:
        """Points with their word, bold, as a part for `woven`."""
        return lambda lang: Markup("<b>{}</b>").format(self.said_points(value, lang))

    def said_points(self, value: float, lang: Lang) -> str:
        """Points with their word."""
        return self.words.ui("points.n", lang, n=1 if value == 1 else 2, points=said_number(value))

    def label(self, text: str) -> Markup:
        """A label of evidence: our words for `@key`, the student's own token otherwise."""
        if text.startswith("@") and len(text) > 1:
            return self.each(lambda lang: self.label_in(text, lang))
        return escape(one_line(text, 80))

    def label_in(self, text: str, lang: Lang) -> Markup:
        """The same in one language, as a part for `woven`."""
        return escape(one_line(self.words.label(text, lang), 80))

    def title(self, check: Check) -> Markup:
        """The promise of a check."""
        return self.each(lambda lang: inline(self.title_in(check, lang)))

    def title_in(self, check: Check, lang: Lang) -> str:
        """The promise of a check in one language; the record's own title where the lesson has no words."""
        if self.words.has_check(check.id) or not check.title:
            return self.words.check_title(check.id, lang)
        return one_line(check.title)

    def said(self, finding: Finding, check: Check | None, with_facts: bool) -> SaidTwice:
        """A finding in both languages; without facts only our own words are left."""
        facts: Mapping[str, Fact] = finding.facts if with_facts else {}
        check_id = check.id if check else None
        said = {lang: self.words.said(finding.code, facts, lang, check_id) for lang in LANGS}
        if not with_facts:
            said = {lang: Said(one.headline, why=one.why, hints=one.hints) for lang, one in said.items()}
        return SaidTwice(self, said)


@dataclass(frozen=True)
class SaidTwice:
    """A finding in both languages, part by part, as HTML; an empty part is empty Markup."""

    prose: Prose
    languages: Mapping[Lang, Said]

    @property
    def headline(self) -> Markup:
        return self.prose.each(lambda lang: inline(self.languages[lang].headline))

    @property
    def why(self) -> Markup:
        return self.prose.each(lambda lang: inline(self.languages[lang].why))

    @property
    def compared(self) -> list[tuple[str, Markup]]:
        """(key of the label, text) for what was tried, expected and seen, as far as there is any."""
        parts = [(f"page.{name}", self._numbered(name)) for name in ("tried", "expected", "saw")]
        return [(key, text) for key, text in parts if text]

    @property
    def hints(self) -> list[Markup]:
        most = max(len(said.hints) for said in self.languages.values())
        return [self.prose.each(lambda lang, at=at: self._hint(lang, at)) for at in range(most)]  # type: ignore[misc]

    def _numbered(self, name: str) -> Markup:
        return self.prose.each(lambda lang: inline(getattr(self.languages[lang], name), numbers=True))

    def _hint(self, lang: Lang, at: int) -> Markup:
        hints = self.languages[lang].hints
        return inline(hints[at]) if at < len(hints) else Markup("")
