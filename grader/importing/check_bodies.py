"""The statements of a check: what of them students see anyway, and how they stand in a function."""

from __future__ import annotations

import io
import tokenize

from grader.releasing.leaks import RUN_OF_LINES, SHOWN


def marked(body: str, public: str) -> str:
    """The body with marks around those runs of its lines that the public check has too.

    Runs shorter than what a release takes for a leak stay as they are.
    """
    shown = {line.strip() for line in public.split("\n") if line.strip()}
    lines = body.split("\n")
    fixed = _fixed(body, lines)
    made: list[str] = []
    run: list[str] = []
    for number, line in enumerate([*lines, None], start=1):
        if line is not None and number not in fixed and (not line.strip() or line.strip() in shown):
            run.append(line)
            continue
        enough = sum(bool(one.strip()) for one in run) >= RUN_OF_LINES
        made += [SHOWN[0], *run, SHOWN[1]] if enough else run
        run = []
        if line is not None:
            made.append(line)
    return "\n".join(made)


def _fixed(body: str, lines: list[str]) -> set[int]:
    """Numbers of lines beside which no comment may stand: those of texts, and those that go on."""
    found = _inside_texts(body)
    for number, line in enumerate(lines, start=1):
        if line.endswith("\\"):
            found |= {number, number + 1}
    return found | {number - 1 for number in found}


def indented(body: str) -> str:
    """The body one level deeper; lines inside of texts stay where they are."""
    inside = _inside_texts(body)
    lines = enumerate(body.split("\n"), start=1)
    return "\n".join(f"    {line}" if line.strip() and n not in inside else line for n, line in lines)


def _inside_texts(body: str) -> set[int]:
    """Numbers of the lines that begin inside of a text in three quotes; all of them where it is no Python."""
    found: set[int] = set()
    begun: list[int] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(body).readline):
            name = tokenize.tok_name[token.type]
            if name == "FSTRING_START":  # from Python 3.12 on these are several tokens
                begun.append(token.start[0])
            elif name == "STRING" or (name == "FSTRING_END" and begun):
                first = begun.pop() if name == "FSTRING_END" else token.start[0]
                found |= set(range(first + 1, token.end[0] + 1))
    except (tokenize.TokenError, SyntaxError):
        return set(range(1, body.count("\n") + 2))
    return found
