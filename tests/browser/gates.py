"""What a reader could miss on a page, asked of the page itself: text out of its box, text not on paper."""

from __future__ import annotations

import io
import re
import unicodedata

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pypdf import PdfReader

OPEN_ALL = "document.querySelectorAll('details').forEach(one => one.open = true)"

# Text that stands outside the box of the block that holds it, outside the window, or is cut off by it.
# What scrolls may be wider than it shows; what is for screen readers alone shows nothing.
OUT_OF_BOX = """() => {
    const found = new Set(), unseen = '.sr, .skip, .p, script, style'
    const style = (box) => getComputedStyle(box)
    const scrolls = (box) => box && (/auto|scroll/.test(style(box).overflowX) || scrolls(box.parentElement))
    const block = (box) => (/^(inline|contents)$/.test(style(box).display) ? block(box.parentElement) : box)
    const shortened = (box) => style(box).textOverflow === 'ellipsis' && style(box).overflowX === 'hidden'
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
        const text = walker.currentNode, parent = text.parentElement
        if (!text.data.trim() || parent.closest(unseen) || !parent.checkVisibility()) continue
        const box = block(parent), frame = (parent.closest('svg') ?? box).getBoundingClientRect()
        if (scrolls(box) || shortened(box)) continue
        const range = document.createRange()
        range.selectNodeContents(text)
        for (const { left, right } of range.getClientRects()) {
            const most = Math.min(frame.right, document.documentElement.clientWidth)
            if (right > most + 1.5 || left < frame.left - 1.5)
                found.add(`${box.tagName}.${box.className}: ${text.data.trim().slice(0, 60)}`)
        }
    }
    return [...found]
}"""

# The texts of what can be read alone: in the language shown, less what paper leaves out on purpose.
TEXTS = """() => {
    const leaves = 'h1, h2, h3, h4, h5, p, dt, dd, li, td, th, figcaption, caption, .hint div, summary, text'
    const left_out = '.sr, .look, .again, nav, .langs, .skip, .tools, #notebook, .p, .bar'
    const texts = []
    for (const one of document.querySelectorAll(leaves)) {
        if (one.querySelector(leaves) || one.closest(left_out)) continue
        const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT)
        let text = ''
        while (walker.nextNode()) {
            const parent = walker.currentNode.parentElement
            if (parent.checkVisibility() && !parent.closest(left_out)) text += walker.currentNode.data
        }
        if (text.trim()) texts.push(text)
    }
    return texts
}"""
UNFOLD = """() => [...document.querySelectorAll('details')].map((one) => {
    const was = one.open
    one.open = true
    return was
})"""
FOLD = "were => document.querySelectorAll('details').forEach((one, at) => { one.open = were[at] })"


def out_of_box(page: Page) -> list[str]:
    """Texts that leave their box or the window."""
    found: list[str] = page.evaluate(OUT_OF_BOX)
    return found


def not_on_paper(page: Page) -> list[str]:
    """Texts of the page, those of folded parts too, that its PDF does not hold."""
    folded = page.evaluate(UNFOLD)
    texts: list[str] = page.evaluate(TEXTS)
    page.evaluate(FOLD, folded)
    pdf = PdfReader(io.BytesIO(page.pdf(format="A4")))
    printed = _letters("".join(sheet.extract_text() for sheet in pdf.pages))
    return [text for text in texts if _letters(text) not in printed]


def violations(page: Page) -> list[str]:
    """What axe finds wrong, by rule and element."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:120]} {node.get('failureSummary', '')[:200]}"
        for rule in found
        for node in rule["nodes"][:3]
    ]


def _letters(text: str) -> str:
    """Less blanks and the hyphens that a break may add, and with ligatures taken apart."""
    return re.sub(r"[\s\u00ad\ufffe]+", "", unicodedata.normalize("NFKC", text))
