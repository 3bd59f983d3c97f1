"""What a console prints, so that no line of it is a command to a system that keeps logs.

Texts are looked at where they are made, too, but only a finished line tells what it begins with: one may have
been folded, cut, or put together of several.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderHook
from rich.segment import Segment

from grader.report.sentences import COMMANDS


def guarded(console: Console) -> Console:
    """The same console, which from now on breaks each workflow command (`::error::`, `##[group]`) with a
    blank, wherever in what it was given that came from. Nothing else of a line changes."""
    console.push_render_hook(_Guard())
    return console


class _Guard(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Harmless(one) for one in renderables]


class _Harmless:
    def __init__(self, shown: RenderableType) -> None:
        self._shown = shown

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        line: list[Segment] = []
        for segment in console.render(self._shown, options):
            if segment.control or "\n" not in segment.text:
                line.append(segment)
                continue
            *ended, rest = segment.text.split("\n")
            for text in ended:
                yield from _broken([*line, Segment(f"{text}\n", segment.style)])
                line = []
            if rest:
                line.append(Segment(rest, segment.style))
        yield from _broken(line)


def _broken(line: list[Segment]) -> Iterator[Segment]:
    """The segments of one line, with a blank after the first character of each command."""
    text = "".join(segment.text for segment in line if not segment.control)
    at = {found.start() + 1 for found in COMMANDS.finditer(text)}
    if not at:
        yield from line
        return
    start = 0
    for segment in line:
        if segment.control:
            yield segment
            continue
        said = "".join(f" {one}" if n in at else one for n, one in enumerate(segment.text, start=start))
        start += len(segment.text)
        yield Segment(said, segment.style)
