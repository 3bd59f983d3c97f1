"""`grader prove`: one table per lesson; exit 0 only when everything holds."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader import lesson as lessons
from grader import secret
from grader.engines.local import slots
from grader.errors import UsageError
from grader.grade import Course
from grader.lesson import Lesson
from grader.near import meant
from grader.proofreading import miscounted, proofread
from grader.prove import Proof, prove
from grader.report.log_lines import guarded
from grader.report.progress import terminal_console
from grader.report.words import Words
from grader.sandbox import choose
from grader.sandbox.limits import Limits
from grader.solutions import narrowed, rotated, variants
from grader.workshop import Workshop

_DAY = 86400


def run(
    lessons_: tuple[str, ...],
    json_: Path | None,
    sandbox: str | None,
    all_: bool,
    check: str | None = None,
    mistakes: tuple[str, ...] = (),
) -> int:
    """Proves the named lessons, or all. Unless `all_` is set, a mistake is asked of its own check alone, and
    mistakes common to training loops are proved in two of the lessons at each run, in other ones each day.
    With `check` or `mistakes` only what these are about is proved, of one lesson."""
    chosen = [lessons.find(name) for name in lessons_] or list(lessons.lessons())
    if not chosen:
        raise UsageError(
            "There are no lessons here: run this where assignments/ lies, or name a lesson's folder."
        )
    if len({lesson.name for lesson in chosen}) != len(chosen):
        raise UsageError("Two of these lessons have the same name: prove them one after the other.")
    narrow = check is not None or bool(mistakes)
    if narrow and len(chosen) != 1:
        raise UsageError("--check and --mistake belong to one lesson: name it, as in grader prove LESSON.")
    if check is not None and all_:
        raise UsageError("--check asks one check and --all asks every one: leave one of them out.")
    # Whatever can be said without running anything is said before anything is started.
    found = {lesson.name: list(variants(lesson)) for lesson in chosen}
    spoken = {lesson.name: Words.load(lesson.words) for lesson in chosen}
    amiss = {lesson.name: proofread(lesson, found[lesson.name], spoken[lesson.name]) for lesson in chosen}
    if narrow:
        (lesson,) = chosen
        if check is not None:
            _known(lesson, check)
        picked = {lesson.name: narrowed(found[lesson.name], check=check, mistakes=mistakes)}
    else:
        picked = found if all_ else rotated(found, int(time.time() // _DAY))
    console, watch = guarded(Console()), terminal_console(stderr=True)
    proofs: list[Proof] = []
    level = choose(sandbox)
    by_limits: dict[Limits, list[Lesson]] = {}
    for lesson in chosen:
        by_limits.setdefault(lesson.limits, []).append(lesson)
    for limits, group in by_limits.items():
        most = max(len(picked[lesson.name]) for lesson in group)
        count = min(slots(limits, None), most)
        with (
            _waiting(watch, "starting") as told,
            Workshop.open(level, group, slots=count, pages=False) as workshop,
        ):
            for lesson in group:
                begin = time.monotonic()
                course = _course(lesson, workshop, spoken[lesson.name])
                amiss[lesson.name] += miscounted(lesson, course.listed)
                if check is not None:
                    _collected(lesson, check, course)
                done = []
                for proof in prove(course, picked[lesson.name], count, whole=all_, check=check):
                    done.append(proof)
                    told(f"{lesson.name}: {len(done)} of {len(picked[lesson.name])}")
                done.sort(key=_order)
                proofs += done
                console.print(_table(lesson.name, done))
                _advise(console, done, amiss[lesson.name])
                points = "" if narrow else _worth(course)
                console.print(f"{_summary(done)}{points}   {time.monotonic() - begin:.0f} s\n")
    if not narrow and (left := sum(map(len, found.values())) - sum(map(len, picked.values()))):
        console.print(
            f"{left} mistakes common to training loops were proved in other lessons only: "
            "they take turns from day to day. Add --all to prove each of them everywhere."
        )
    if json_ is not None:
        json_.write_text(json.dumps([proof.plain() for proof in proofs], indent=1) + "\n", encoding="utf-8")
    return 0 if all(proof.ok for proof in proofs) and not any(amiss.values()) else 1


def _known(lesson: Lesson, check: str) -> None:
    """Raises `UsageError` for a check that no file of the lesson defines, before anything is started."""
    checks = lesson.expected_checks(hidden=True)
    if check.partition("[")[0] not in checks:
        all_ = f" The checks of {lesson.name}: {', '.join(checks)}."
        raise UsageError(f"There is no check {check!r}.{meant(check, checks, all_)}")


def _collected(lesson: Lesson, check: str, course: Course) -> None:
    """Raises `UsageError` for a check with parameters that was named without one, or with a wrong one."""
    ids = [listed.id for listed in course.listed]
    if check not in ids:
        same = [one for one in ids if one.partition("[")[0] == check.partition("[")[0]]
        raise UsageError(f"The check {check} of {lesson.name} is several. Name one: {', '.join(same)}.")


def _course(lesson: Lesson, workshop: Workshop, words: Words) -> Course:
    return Course(
        lesson,
        workshop,
        secret.fingerprint(secret.PUBLIC),
        words,
        "en",
        tuple(workshop.listed(lesson, hidden=True)),
    )


@contextmanager
def _waiting(watch: Console, text: str) -> Iterator[Callable[[str], None]]:
    """A live line on standard error while somebody watches a terminal; what it hands out changes the line."""
    if not watch.is_interactive:
        yield lambda text: None
        return
    with watch.status(text) as status:
        yield status.update


def _order(proof: Proof) -> tuple[int, str]:
    return ["reference", "alternative", "starter", "mistake"].index(proof.kind), proof.name


def _table(name: str, proofs: list[Proof]) -> Table:
    table = Table(title=name, title_justify="left", box=None, pad_edge=False)
    for column in ("", "what", "score", "found"):
        table.add_column(column, overflow="fold")
    for proof in proofs:
        mark = Text("✓", "green") if proof.ok else Text("✗", "red bold")
        table.add_row(mark, _named(proof), f"{proof.score:g}/{proof.max_score:g}", _found(proof))
    return table


def _found(proof: Proof) -> str:
    """Of what is as it should be the name of the mistake; of all else what was found and what should be."""
    if proof.ok and proof.kind == "mistake":
        codes = [one.rpartition(": ")[2] for one in proof.got]
        return next((code for code in codes if code in proof.expected), "")
    if proof.ok:
        return "" if proof.kind == "starter" else _expected(proof)
    expected = " or ".join(proof.expected) if proof.kind == "mistake" else _expected(proof)
    more = f"; and {len(proof.got) - 2} more" if len(proof.got) > 2 else ""
    return f"{'; '.join(proof.got[:2]) or 'nothing'}{more}  (wanted: {expected})"


def _advise(console: Console, proofs: list[Proof], amiss: list[str]) -> None:
    """Below the table: what to do about each thing that does not hold."""
    # While what is right fails, what becomes of mistakes says nothing.
    right = [proof for proof in proofs if proof.kind in ("reference", "alternative")]
    said: set[str] = set()
    for proof in proofs if all(proof.ok for proof in right) else right:
        if proof.advice and proof.advice not in said:
            said.add(proof.advice)
            console.print(Text("✗ ", "red bold") + Text(f"{_named(proof)}: {proof.advice}"), soft_wrap=True)
    for sentence in amiss:
        console.print(Text("✗ ", "red bold") + Text(sentence), soft_wrap=True)
    if amiss or any(proof.advice for proof in proofs):
        console.print()


def _named(proof: Proof) -> str:
    return proof.kind if proof.kind == proof.name else f"{proof.kind} {proof.name}"


def _worth(course: Course) -> str:
    public = sum(check.points for check in course.listed if check.visibility == "public")
    return f"   {sum(check.points for check in course.listed):g} points, {public:g} of them public"


def _expected(proof: Proof) -> str:
    if proof.kind == "starter":
        return "no points"
    return f"full marks but {proof.by_hand:g} given by hand" if proof.by_hand else "full marks"


def _summary(proofs: list[Proof]) -> str:
    right = [p for p in proofs if p.kind in ("reference", "alternative")]
    wrong = [p for p in proofs if p.kind == "mistake"]
    empty = [p for p in proofs if p.kind == "starter"]
    said = [f"right with full marks {sum(p.ok for p in right)} of {len(right)}"] if right else []
    said += [f"starter {'zero' if all(p.ok for p in empty) else 'NOT zero'}"] if empty else []
    if wrong:
        caught = sum(p.score < p.max_score - p.by_hand for p in wrong)
        said.append(
            f"mistakes caught {caught} of {len(wrong)}, at the right check under the right name "
            f"{sum(p.ok for p in wrong)} of {len(wrong)}"
        )
    return "   ".join(said)
