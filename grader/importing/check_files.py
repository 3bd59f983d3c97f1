"""A check as a file of its own, in public or hidden."""

from __future__ import annotations

from fractions import Fraction

from grader.importing.assignment import Assignment
from grader.importing.check_bodies import indented, marked
from grader.importing.kinds import Check, reason_of

_LEAST_DENOMINATORS = 64


def file_of(check: Check, assignment: Assignment, public: str) -> str:
    """The text of the check's file. `public`: the body of the check of its visible part; "" without one."""
    piece, translated = check.piece, check.translated
    imports = {"import pytest", *(translated.imports if translated else ())}
    parts = [f'"""{_plain(_about(check, assignment))}"""', "\n".join(sorted(imports, key=_order))]
    if translated is not None:
        parts += [f"\n{helper.strip()}" for helper in translated.helpers]
    lines = [f"@pytest.mark.points({points(piece.points)})"]
    if translated is None:
        lines += ["@pytest.mark.manual", f"def {piece.id}():", f'    """{_plain(_by_hand(check))}"""']
    else:
        body = translated.body.strip("\n")
        if piece.hidden and public:
            body = marked(body, public)
        if piece.needs:
            lines.append(f"@pytest.mark.needs({', '.join(map(_quoted, piece.needs))})")
        lines += [f"def {piece.id}({', '.join(translated.fixtures)}):", indented(body)]
        lines += [f"    # {line}".rstrip() for line in translated.proposals]
    return "\n\n".join([*parts, "\n" + "\n".join(lines)]) + "\n"


def points(value: float) -> str:
    """What a check is worth, as it is written: 2, 0.5, 1 / 3."""
    if value == int(value):
        return str(int(value))
    near = Fraction(value).limit_denominator(_LEAST_DENOMINATORS)
    if near.numerator / near.denominator == value and len(repr(value)) > len(str(near)) + 3:
        return f"{near.numerator} / {near.denominator}"
    return repr(value)


def _about(check: Check, assignment: Assignment) -> str:
    place = f"`{check.piece.name}`, {check.piece.cell} of {assignment.source.name}"
    if check.kind in ("weak", "refused"):
        return f"{place}.\n\n{check.kind.capitalize()}: {reason_of(check)}.\n"
    return f"{place}."


def _by_hand(check: Check) -> str:
    if check.kind == "by hand":
        return f"A person marks `{check.piece.name}`."
    return f"A person marks `{check.piece.name}`: its test was refused, because {reason_of(check)}."


def _plain(text: str) -> str:
    return text.replace("\\", "/").replace('"""', "'''")


def _quoted(name: str) -> str:
    return f'"{name}"'


def _order(line: str) -> tuple[bool, str]:
    return (line.startswith("from"), line)
