"""The table of a class, as a reader sees it and uses it."""

from __future__ import annotations

from playwright.sync_api import Page

SHOWN = "[...document.querySelectorAll('.matrix tbody tr')].filter(one => one.checkVisibility())"


def column(page: Page, at: int) -> list[str]:
    found: list[str] = page.evaluate(f"{SHOWN}.map(one => one.cells[{at}].textContent)")
    return found


def press(page: Page, at: int) -> None:
    page.locator(".matrix thead button").nth(at).click()
