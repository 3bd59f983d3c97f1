"""How a classifier mixes things up: a table of counts, and the images that it is surest and wrong about."""

from __future__ import annotations

from markupsafe import Markup

from grader.evidence import Confusion, Gallery, Image
from grader.report.figure import coloured, figure, heads, wrong
from grader.report.prose import Prose
from grader.report.sentences import one_line

_LEVELS = "0123456789abcdef"
_MOST_ROOMY = 6


def confusion_table(confusion: Confusion, prose: Prose) -> Markup:
    """Rows are what is right, columns what was answered; what is mixed up most often is marked."""
    counts, names = confusion.counts, confusion.classes
    wrongs = {
        (row, column): count
        for row, line in enumerate(counts)
        for column, count in enumerate(line)
        if row != column and count
    }
    worst = max(wrongs, key=lambda place: wrongs[place], default=None)
    rows = []
    for row, (name, line) in enumerate(zip(names, counts, strict=False)):
        most = sum(line) or 1
        cells = Markup("").join(
            coloured(
                count / most,
                {"own": row == column, "bad": (row, column) == worst},
                wrong(prose) if (row, column) == worst else "",
                count,
            )
            for column, count in enumerate(line)
        )
        rows.append(Markup('<tr><th scope="row">{}</th>{}</tr>').format(prose.label(name), cells))
    right = sum(line[at] for at, line in enumerate(counts) if at < len(line))
    caption = [prose.ui("evidence.confusion", right=right, of=sum(map(sum, counts)))]
    if worst is not None:
        facts = {"right": one_line(names[worst[0]], 40), "said": one_line(names[worst[1]], 40)}
        caption.append(prose.ui("evidence.confusion_worst", n=wrongs[worst], **facts))
    axes = Markup(
        '<td></td><th scope="colgroup" colspan="{}" class="axis">{}&nbsp;→</th></tr><tr>'
        '<th scope="col" class="axis">{}&nbsp;↓</th>'
    ).format(len(names), prose.ui("axis.answered"), prose.ui("axis.right"))
    kind = "heat dense counts" if len(names) > _MOST_ROOMY else "heat counts"
    return figure(prose, kind, axes + heads([prose.label(name) for name in names]), rows, caption, len(names))


def gallery(shown: Gallery, prose: Prose) -> Markup:
    """The images side by side, each with what it is and what it was taken for."""
    images = Markup("").join(
        Markup("<li>{}<span>{}</span></li>").format(
            _drawn(image),
            prose.ui(
                "evidence.gallery_one",
                right=one_line(image.right, 20),
                said=one_line(image.said, 20),
                share=image.share,
            ),
        )
        for image in shown.images
    )
    return Markup('<figure><ul class="gallery">{}</ul><figcaption>{}</figcaption></figure>').format(
        images, prose.ui("evidence.gallery", n=len(shown.images), of=shown.of)
    )


def _drawn(image: Image) -> Markup:
    """The image as one path for each level of grey; equal neighbours in a row are one stroke."""
    width = max(image.width, 1)
    paths: dict[str, list[str]] = {}
    for top in range(0, len(image.pixels), width):
        line, at = image.pixels[top : top + width], 0
        while at < len(line):
            end = at
            while end < len(line) and line[end] == line[at]:
                end += 1
            paths.setdefault(line[at], []).append(f"M{at} {top // width}h{end - at}v1h-{end - at}z")
            at = end
    strokes = Markup("").join(
        Markup('<path fill-opacity="{}" d="{}"/>').format(
            f"{_LEVELS.index(level) / 15:.2g}", "".join(paths[level])
        )
        for level in sorted(paths)
        if level in _LEVELS and level != "0"
    )
    height = -(-len(image.pixels) // width)
    return Markup('<svg viewBox="0 0 {} {}" aria-hidden="true">{}</svg>').format(width, height, strokes)
