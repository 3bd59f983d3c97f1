"""A page taken apart: tags, ids and the text of one language; refuses a page whose tags do not nest."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "img", "input", "br", "hr", "path"}


class Outline(HTMLParser):
    """Tags, ids, links and visible text of one language; asserts that every tag is closed in order."""

    def __init__(self, page: str, lang: str) -> None:
        super().__init__()
        self.lang, self.open, self.hidden = lang, [], 0
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            other = dict(attrs).get("lang") not in (None, self.lang) and tag != "html"
            self.open.append((tag, other or tag in ("style", "script")))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open[-1][0] == tag, (self.open[-5:], tag)
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if not any(other for _, other in self.open):
            self.text += data

    def ids(self) -> list[str]:
        return [str(attrs["id"]) for _, attrs in self.tags if "id" in attrs]
