"""What no page may hold, whoever wrote what is shown on it."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

from grader.report.frame import _script

_RUNS = {"iframe", "object", "embed", "form", "base", "meta-refresh", "applet", "frame"}


class _Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.scripts: list[str] = []
        self.policy = ""
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_script = tag == "script"
        if self._in_script:
            self.scripts.append("")
        if tag in _RUNS or (self._in_script and attrs):
            self.bad.append(tag)
        if tag == "meta" and ("http-equiv", "Content-Security-Policy") in attrs:
            self.policy += dict(attrs)["content"] or ""
        for name, value in attrs:
            said = re.sub(r"\s", "", value or "").lower()
            if name.startswith("on") or said.startswith(
                ("javascript:", "http:", "https:", "//", "data:text")
            ):
                self.bad.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._in_script = False


def is_safe(page: str) -> None:
    """Nothing that runs, nothing from elsewhere, and a policy that forbids the rest. The class page has one
    script, ours, which its policy admits by digest; no other page has any."""
    seen = _Seen()
    seen.feed(page)
    seen.close()
    assert seen.bad == []
    assert "default-src 'none'" in seen.policy
    ours = _script("overview.html") if 'class="matrix"' in page else ""
    assert seen.scripts == ([str(ours)] if ours else [])
    digest = base64.b64encode(hashlib.sha256(ours.encode()).digest()).decode()
    assert re.findall(r"script-src ([^;]*)", seen.policy) == ([f"'sha256-{digest}'"] if ours else [])
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", page)
