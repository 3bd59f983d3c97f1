"""The frame that every picture shares: a table that scrolls by itself, the mark of what is wrong, heads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from grader.report.prose import Prose


def figure(
    prose: Prose, kind: str, head: Markup, rows: Sequence[Markup], caption: Sequence[Markup], columns: int = 0
) -> Markup:
    """A table in a frame that scrolls by itself where it is too wide.

    `columns`, where given, tells the style how much room the table asks for.
    """
    return Markup(
        '<figure><div class="scroll" tabindex="0"><table class="{}"{}><caption class="sr">{}</caption>'
        "{}<tbody>{}</tbody></table></div><figcaption>{}</figcaption></figure>"
    ).format(
        kind,
        Markup(' style="--n:{}"').format(columns) if columns else "",
        prose.ui(f"evidence.kind.{kind.split()[0]}"),
        Markup("<thead><tr>{}</tr></thead>").format(head) if head else Markup(""),
        Markup("").join(rows),
        Markup(" ").join(caption),
    )


def wrong(prose: Prose, key: str = "evidence.wrong") -> Markup:
    """The mark of what breaks the promise, said aloud to those who cannot see it."""
    return Markup('<b class="x" aria-hidden="true">✗</b><span class="sr">{}: </span>').format(prose.ui(key))


def heads(names: Sequence[object]) -> Markup:
    """The head of each column."""
    return Markup("").join(Markup('<th scope="col">{}</th>').format(name) for name in names)


def coloured(share: float, kinds: Mapping[str, bool], mark: Markup | str, text: object) -> Markup:
    """A cell as hot as its share of the hottest; one of 0 has no colour. `kinds` are its classes, where they
    hold. A table may have a thousand of these, so each says no more than it must."""
    names = " ".join(kind for kind, holds in kinds.items() if holds)
    kind = Markup(' class="{}"').format(names) if names else Markup("")
    heat = Markup(' style="--v:{}"').format(f"{max(abs(share), 0.01):.2f}") if share else Markup("")
    return Markup("<td{}{}>{}{}</td>").format(kind, heat, mark, text)
