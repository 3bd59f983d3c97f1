"""`python -m tests.bench.graded OUT parts|whole ARGUMENT...`: `grader ARGUMENT...` with a stopwatch.

What was seen at its seams is written to OUT, see `seams`. Without `parts` only the slots are timed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.bench.accounts import inherited
from tests.bench.seams import Stopwatch, watched


def main() -> None:
    out, how, arguments = Path(sys.argv[1]), sys.argv[2], sys.argv[3:]
    sys.argv = ["grader", *arguments]
    watch = Stopwatch(inherited())
    from grader.cli import main as grader

    try:
        with watched(watch, parts=how == "parts"):
            grader()
    finally:
        watch.seen.write(out)


if __name__ == "__main__":
    main()
