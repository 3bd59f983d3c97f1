"""`python -m tests.sample.pictures`: the README's pictures, of the sample report as it is now.

Needs a Chromium. Not part of `make sample`, whose files are the same bytes on every machine: fonts differ.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import sync_playwright

from tests.browser.chromium import MISSING, chromium
from tests.sample.make import FOLDER


@dataclass(frozen=True)
class Picture:
    """One file in `docs/sample`: a page as a window of this width and height (CSS pixels) shows it."""

    file: str
    page: str
    theme: Literal["light", "dark"]
    width: int
    height: int


PICTURES = (
    Picture("report.png", "en/s05.html", "light", 1200, 1261),
    Picture("report-ko-dark.png", "ko/s05.html", "dark", 1200, 1261),
    Picture("class.png", "en/index.html", "light", 1200, 1240),
)


def main() -> None:
    path = chromium()
    if path is None:
        sys.exit(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for picture in PICTURES:
            page = browser.new_page(
                viewport={"width": picture.width, "height": picture.height}, color_scheme=picture.theme
            )
            page.goto((FOLDER / "report" / picture.page).as_uri())
            page.screenshot(path=FOLDER / picture.file)
            page.close()
        browser.close()
    print(f"{len(PICTURES)} pictures in {FOLDER}")


if __name__ == "__main__":
    main()
