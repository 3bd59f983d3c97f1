"""What no page may hold, whoever wrote what is shown on it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_RUNS = {"script", "iframe", "object", "embed", "form", "base", "meta-refresh", "applet", "frame"}


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _RUNS:
            self.bad.append(tag)
        for name, value in attrs:
            said = re.sub(r"\s", "", value or "").lower()
            if name.startswith("on") or said.startswith(
                ("javascript:", "http:", "https:", "//", "data:text")
            ):
                self.bad.append(f"{tag} {name}={value}")


def is_safe(page: str) -> None:
    """No script, nothing that runs, nothing from elsewhere, and a policy that forbids the rest."""
    seen = _Seen()
    seen.feed(page)
    assert seen.bad == []
    assert "Content-Security-Policy" in page
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", page)
