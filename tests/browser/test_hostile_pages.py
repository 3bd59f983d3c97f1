"""Pages of a really graded, hostile class in a real browser: nothing runs, loads, leaves or covers anything.

Each page is opened twice: as it is, and with its content security policy switched off, so that what is left
in it would act if it could.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hostile_class import HONEST, HOSTILE, Graded
from playwright.sync_api import Browser, Dialog, Page

from grader.report.overview import class_page
from grader.report.words import Words

pytestmark = pytest.mark.browser

Visit = Callable[..., Page]
TOUCH = """() => {
    document.querySelectorAll('details').forEach(one => one.open = true)
    const events = 'mouseover mouseenter pointerenter focus toggle error load animationstart'.split(' ')
    for (const one of document.querySelectorAll('body *')) {
        for (const name of events) one.dispatchEvent(new Event(name))
        if (one.closest('a, label, summary') && !one.closest('.rich, .output')) continue
        one.dispatchEvent(new MouseEvent('click', {bubbles: true}))
    }
    window.scrollTo(0, document.body.scrollHeight)
}"""
FOREIGN = """() => [...document.querySelectorAll('*')].flatMap(one => [...one.attributes].map(a => [one, a]))
    .filter(([one, a]) => a.name.startsWith('on')
        || (['href', 'src', 'xlink:href'].includes(a.name)
            && !/^(#|data:image\\/|(instructor\\/)?[^:/]+[.]html$)/.test(a.value))
        || ['srcset', 'ping', 'background', 'formaction', 'srcdoc', 'poster', 'target'].includes(a.name)
        || (['style', 'id', 'class', 'name', 'lang', 'hidden'].includes(a.name)
            && one.closest('.rich, .output pre')
            && !one.matches('.rich, .output > pre, .output > .sr, .nb.rich > pre.out')))
    .map(([one, a]) => `${one.tagName} ${a.name}=${a.value.slice(0, 80)}`)"""
LOOKS = """names => names.map(name => {
    const style = getComputedStyle(document.querySelector(name))
    const { display, color, backgroundColor, backgroundImage, fontSize, position } = style
    return [display, color, backgroundColor, backgroundImage, fontSize, position]
})"""


@pytest.fixture(params=[False, True], ids=["as it is", "without its policy"])
def visit(browser: Browser, request: pytest.FixtureRequest, trapped: list[str]) -> Iterator[Visit]:
    """Opens a file. Requests, navigations, windows, downloads, dialogs and complaints fail the test."""
    trouble: list[str] = []
    with contextlib.ExitStack() as last:

        def opened(path: Path, touch: bool = True) -> Page:
            address = path.as_uri()

            def note(what: str, said: str, fine: tuple[str, ...] = ()) -> None:
                if not (fine and said.startswith(fine)):
                    trouble.append(f"{what} {said}")

            def dismiss(dialog: Dialog) -> None:
                note("dialog", dialog.message)
                dialog.dismiss()

            context = browser.new_context(bypass_csp=request.param, accept_downloads=True)
            last.callback(context.close)
            page = context.new_page()
            context.on("page", lambda one: note("window", one.url))
            page.on("request", lambda one: note("request", one.url, (address, "data:image/")))
            page.on("framenavigated", lambda one: note("went", one.url, (address,)))
            page.on("console", lambda one: note(one.type, one.text))
            page.on("pageerror", lambda one: note("error", str(one)))
            page.on("download", lambda one: note("download", one.url))
            page.on("dialog", dismiss)
            page.goto(address)
            if touch:
                page.evaluate(TOUCH)
                page.wait_for_load_state("networkidle")
            return page

        yield opened
        assert trouble == []
        assert trapped == []


@pytest.fixture(params=["student", "instructor", "class"])
def path(hostile: Graded, request: pytest.FixtureRequest) -> Path:
    kinds = {"student": hostile.page(HOSTILE), "instructor": hostile.page(HOSTILE, "instructor")}
    return kinds.get(request.param, hostile.page("index"))


def scripts_of_ours(path: Path) -> list[str]:
    """The class page has one script, the same for every class; no other page has any."""
    if path.name != "index.html":
        return []
    empty = class_page([], Words.load(None))
    return [empty[empty.index("<script>") : empty.index("</script>") + len("</script>")]]


def test_nothing_happens(visit: Visit, path: Path) -> None:
    page = visit(path)
    count = "name => document.querySelectorAll(name).length"
    none = "iframe, object, embed, form, base, link, frame, template, dialog, noscript, video, audio"
    assert page.evaluate(count, none) == 0
    assert page.evaluate("[...document.scripts].map(one => one.outerHTML)") == scripts_of_ours(path)
    assert page.evaluate(count, "meta") == 4
    assert page.evaluate(count, "style") == page.evaluate("document.styleSheets.length") == 1
    assert page.evaluate(count, "input, select, button") == page.evaluate(
        count, ".langs input, .tools input, .tools select, .tools button, .matrix thead button"
    )
    assert page.evaluate(FOREIGN) == []


def test_the_page_looks_as_it_does_without_them(visit: Visit, hostile: Graded) -> None:
    names = ["body", "header", "h1", ".big strong", "main", ".check", "#notebook .nb", "footer"]
    looks = [visit(hostile.page(who)).evaluate(LOOKS, names) for who in (HONEST, HOSTILE)]
    # Checks of another state look otherwise.
    for at, name in enumerate(names):
        if name not in (".check", "#notebook .nb"):
            assert looks[0][at] == looks[1][at], name
    assert {look[5] for look in looks[1]} <= {"static", "relative"}


def test_the_verdict_can_be_seen_and_clicked(visit: Visit, hostile: Graded) -> None:
    page = visit(hostile.page(HOSTILE))
    page.evaluate("window.scrollTo(0, 0)")
    on_top = """name => { const one = document.querySelector(name), box = one.getBoundingClientRect()
        return one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)) }"""
    for name in (".big strong", "h1", ".langs label"):
        assert page.evaluate(on_top, name), name
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.title().startswith("0/5")


def test_hostile_names_do_nothing_on_their_own_pages(visit: Visit, hostile: Graded) -> None:
    paths = sorted(
        set((hostile.out / "tiny").glob("*.html")) - {hostile.page("index"), hostile.page(HOSTILE)}
    )
    for path in paths:
        page = visit(path, touch=False)
        assert page.evaluate("document.querySelectorAll('script, img, iframe').length") == 0
        assert page.title().startswith(("0/5", "2/5", "3/5", "5/5"))
        page.context.close()


def test_the_trap_would_have_noticed(browser: Browser, trap: str, trapped: list[str], tmp_path: Path) -> None:
    """Else a silent page would prove nothing."""
    (tmp_path / "page.html").write_text(f"<img src='{trap}/there'><script>alert(1)</script>", "utf-8")
    page = browser.new_page()
    said: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_load_state("networkidle")
    page.close()
    assert (said, trapped) == (["1"], ["/there"])
    trapped.clear()
