"""`python -m tests.crowd.watched SEEN ARGUMENT...`: `grader ARGUMENT...`, and how busy its slots were.

Writes to SEEN, as JSON: seconds in which each slot worked, and seconds from the first work's begin to the
last one's end.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any


def main() -> None:
    seen = Path(sys.argv[1])
    sys.argv = ["grader", *sys.argv[2:]]
    from grader.cli import main as grader
    from grader.commands import locally

    spread = locally.spread
    begun: list[float] = []
    ended: list[float] = []
    busy: dict[int, float] = {}

    def watched(
        work: Callable[[Any, int], Any], tasks: Iterable[Any], count: int, stop: Callable[[], None]
    ) -> Iterator[Any]:
        def timed(task: Any, slot: int) -> Any:
            begin = time.monotonic()
            begun.append(begin)
            try:
                return work(task, slot)
            finally:
                end = time.monotonic()
                ended.append(end)
                busy[slot] = busy.get(slot, 0.0) + end - begin

        return spread(timed, tasks, count, stop)

    locally.spread = watched
    try:
        grader()
    finally:
        span = max(ended) - min(begun) if ended else 0.0
        seen.write_text(json.dumps({"busy": sorted(busy.values()), "span": span}))


if __name__ == "__main__":
    main()
