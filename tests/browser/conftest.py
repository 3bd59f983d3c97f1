"""A Chromium to look at pages with, and the pages: real files, opened as a reader opens them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

# The sample records live beside the tests of the report.
sys.path.insert(0, str(Path(__file__).parent.parent / "report"))

from class_records import class_records
from hostile_class import Graded, grade
from hostile_records import hostile_record
from invented_class import invented_class
from sample_records import LESSON_WORDS, packed_record, stopped_record, unreadable_record, untouched_record
from trap import trap_server

from grader.report.overview import class_page
from grader.report.page import instructor_page, student_page
from grader.report.words import Lang, Words
from tests.browser.chromium import MISSING, chromium
from tests.cli.making import once
from tests.sample.grading import graded

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        try:
            opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        except Error as error:
            pytest.skip(f"Chromium does not start here: {str(error).splitlines()[0]}")
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Lang], Path]:
    """Writes a named page in a language, once, and gives its file."""
    folder = tmp_path_factory.mktemp("pages")
    words = Words.load(LESSON_WORDS)
    render: dict[str, Callable[[Lang], str]] = {
        "packed": lambda lang: student_page(packed_record(), words, lang),
        "instructor": lambda lang: instructor_page(packed_record(), words, lang),
        "stopped": lambda lang: student_page(stopped_record(), words, lang),
        "untouched": lambda lang: student_page(untouched_record(), words, lang),
        "unreadable": lambda lang: student_page(unreadable_record(), words, lang),
        "hostile": lambda lang: instructor_page(hostile_record(), words, lang),
        "class": lambda lang: class_page(
            [*class_records(), hostile_record()], words, lang, {"20241201": "kim"}
        ),
    }

    def written(name: str, lang: Lang) -> Path:
        path = folder / f"{name}-{lang}.html"
        if not path.exists():
            path.write_text(render[name](lang), "utf-8")
        return path

    return written


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, Lang], Path]:
    """Writes the page of an invented class, once for each size and language."""
    folder = tmp_path_factory.mktemp("classes")
    words = Words.load(LESSON_WORDS)

    def written(size: int, lang: Lang = "en") -> Path:
        path = folder / f"class-{size}-{lang}.html"
        if not path.exists():
            records = invented_class(size)
            files = {one.student_id: f"{one.student}-{one.student_id}" for one in records}
            path.write_text(class_page(records, words, lang, files), "utf-8")
        return path

    return written


@pytest.fixture(scope="session")
def trapping() -> Iterator[tuple[str, list[str]]]:
    with trap_server() as server:
        yield server


@pytest.fixture(scope="session")
def trap(trapping: tuple[str, list[str]]) -> str:
    """The address that no page may ask."""
    return trapping[0]


@pytest.fixture
def trapped(trapping: tuple[str, list[str]]) -> list[str]:
    """What it was asked for."""
    return trapping[1]


@pytest.fixture(scope="session")
def hostile(base: Path, trap: str) -> Graded:
    """A hostile class, graded once for all processes of a test run: its trap is that of the first."""

    def make(folder: Path) -> None:
        graded = grade(folder, trap)
        (folder / "said").write_text(graded.said, "utf-8")

    folder = once(base, "hostile", make)
    return Graded(folder / "out", (folder / "said").read_text("utf-8"))


@pytest.fixture(scope="session")
def sample(base: Path) -> Callable[[str], Path]:
    """What a real grading of the sample class of a lesson wrote."""
    return lambda lesson: graded(lesson, base)


Open = Callable[..., Page]


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Opens a file. Any request, console message of error, script error or dialog fails the test."""
    contexts: list[BrowserContext] = []
    trouble: list[str] = []

    def open_file(path: Path, width: int = 1200, theme: str = "light", scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,  # type: ignore[arg-type]
            reduced_motion="reduce",
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        allowed = (path.as_uri(), "data:")
        page.on(
            "request",
            lambda one: None if one.url.startswith(allowed) else trouble.append(f"request {one.url}"),
        )
        page.on("console", lambda one: trouble.append(f"console {one.text}") if one.type == "error" else None)
        page.on("pageerror", lambda one: trouble.append(f"error {one}"))
        page.on("dialog", lambda one: (trouble.append(f"dialog {one.message}"), one.dismiss()))
        page.goto(path.as_uri())
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.fixture
def look(opened: Open, pages: Callable[[str, Lang], Path]) -> Callable[..., Page]:
    """Opens a named page in a language, with what `opened` takes besides."""

    def open_page(name: str, lang: Lang = "en", width: int = 1200, theme: str = "light") -> Page:
        return opened(pages(name, lang), width, theme)

    return open_page
