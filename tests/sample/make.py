"""Makes the sample class, `docs/sample/class/<lesson>/<student>.ipynb`, from the lessons' solutions.

`make sample` runs it. What it writes depends on the solutions alone, so it is the same every time.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader import lesson as lessons
from grader.errors import LessonError
from grader.record import RunState
from grader.solutions import Variant, variants
from tests.sample.pages import Notebook, commented, edited, read, with_cell, written

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "sample"
HANGUL = "홍길동"
ENDLESS = "# wait until something happens\nwhile True:\n    pass"
Change = Callable[[Notebook], Notebook]


@dataclass(frozen=True)
class Recipe:
    """How a lesson's class is made; names are those of files in the lesson's solutions.

    failing: a cell that raises, and words in the cell it follows
    syntax, leaves: an edit each, as (what stands there, what stands there instead)
    leaving: the solution that `leaves` is made in; korean: a mistake, commented in Korean
    """

    lesson: str
    alternatives: tuple[str, ...]
    mistakes: tuple[str, ...]
    failing: tuple[str, str]
    syntax: tuple[str, str]
    leaving: str
    leaves: tuple[str, str]
    korean: str
    comments: dict[str, str]


@dataclass(frozen=True)
class Promise:
    """What grading a notebook has to give.

    runs: how the run may end; marks: all the points, some or none
    finding: codes of which a failed check has to give one; empty where no check has to fail
    """

    runs: tuple[RunState, ...] = ("finished",)
    marks: Literal["all", "some", "none"] = "all"
    finding: tuple[str, ...] = ()


@dataclass(frozen=True)
class Student:
    """One notebook of the class; `about`: what is in it, for the reader of `docs/sample/README.md`."""

    lesson: str
    name: str
    about: str
    content: bytes
    promise: Promise


RNN_BASICS = Recipe(
    lesson="rnn_basics",
    alternatives=("cells_and_loops", "time_first_inside", "own_weights_einsum"),
    mistakes=(
        "batch_first_missing",
        "b_hh_missing",
        "state_not_carried",
        "view_for_transpose",
        "w_hh_not_transposed",
        "last_of_the_wrong_axis",
        "never_fed_back",
    ),
    failing=("print(outputs.shape, hiden.shape)", "net = build_rnn(4, 2)\noutputs, status = net(batch)"),
    syntax=("return outputs[:, -1]", "return outputs[:, -1"),
    leaving="cells_and_loops",
    leaves=("        batch_size, steps, _ = x.size()", "        import os\n\n        os._exit(1)"),
    korean="no_tanh",
    comments={
        "for x_t in x:": "시점마다 한 번씩, 모든 단어를 함께 읽습니다",
        "return torch.stack(outputs), h": "모든 시점의 출력과 마지막 상태",
        "return nn.RNN(": "배치가 첫 번째 축입니다",
    },
)

PACKED_SEQUENCE = Recipe(
    lesson="packed_sequence",
    alternatives=("gather_no_packing", "mean_of_valid_steps", "sorted_by_hand"),
    mistakes=(
        "net_last_column_of_padded",
        "net_never_unsorts",
        "net_dropout_at_evaluation",
        "net_cell_state_for_hidden_state",
        "tagger_reads_padding_backwards",
        "loss_counts_padding",
        "pad_batch_time_first",
    ),
    failing=("print(lenghts.sum())", "padded, lengths = pad_batch(words, char2idx)"),
    syntax=("return (losses * mask).sum() / mask.sum()", "return (losses * mask).sum() / mask.sum("),
    leaving="reference",
    leaves=("        return self.out(hidden)", "        import os\n\n        os._exit(1)"),
    korean="loss_divides_by_all_positions",
    comments={
        "padded = torch.zeros(": "0은 패딩입니다",
        "_, h_n = self.rnn(packed)": "단어마다 마지막 글자까지만 읽습니다",
        "return self.fc(h_n[-1])": "마지막 층의 은닉 상태",
    },
)


def students() -> Iterator[Student]:
    """Every student of the class. Raises `LessonError` where a solution that is named here is missing."""
    for recipe in (RNN_BASICS, PACKED_SEQUENCE):
        for number, (about, content, promise) in enumerate(_notebooks(recipe), start=1):
            name = f"s{number:02}" + (f"-{HANGUL}" if "Korean" in about else "")
            yield Student(recipe.lesson, name, about, content, promise)


def _notebooks(recipe: Recipe) -> Iterator[tuple[str, bytes, Promise]]:
    known = {(v.kind, v.name): v for v in variants(lessons.find(recipe.lesson))}

    def solution(kind: str, name: str) -> Variant:
        if (kind, name) not in known:
            raise LessonError(
                f"The sample class of {recipe.lesson} needs the {kind} {name}, which is missing."
            )
        return known[kind, name]

    def page(kind: str, name: str, *changes: Change) -> bytes:
        notebook = read(solution(kind, name).content)
        for change in changes:
            try:
                notebook = change(notebook)
            except ValueError as error:
                raise LessonError(f"{recipe.lesson}, {kind} {name}: {error}. Change the recipe.") from error
        return written(notebook)

    def wrong(name: str) -> tuple[str, Promise]:
        codes = solution("mistake", name).findings
        # What a mistake returns may stop a later cell of the lesson's own.
        promise = Promise(("finished", "cell_failed"), "some", codes)
        return f"{name} ({' or '.join(f'`{code}`' for code in codes)})", promise

    failing, after = recipe.failing
    right = page("reference", "reference")
    yield "right: the reference", right, Promise()
    for name in recipe.alternatives:
        yield f"right in another style: {name}", page("alternative", name), Promise()
    for name in recipe.mistakes:
        said, promise = wrong(name)
        yield f"one mistake: {said}", page("mistake", name), promise
    blank = Promise(("finished", "cell_failed"), "none", ("notebook.not_attempted", "name.missing"))
    yield "blank: the starter, untouched", page("starter", "starter"), blank
    fails = page("reference", "reference", lambda n: with_cell(n, failing, after=after))
    yield "a cell of the student's own fails; nothing hangs on it", fails, Promise(("cell_failed",))
    broken = page("reference", "reference", lambda n: edited(n, *recipe.syntax))
    yield "a cell is no Python", broken, Promise(("cell_failed",), "some", ("name.missing",))
    endless = page("reference", "reference", lambda n: with_cell(n, ENDLESS))
    yield "the last cell never ends", endless, Promise(("out_of_time",))
    own = "reference" if recipe.leaving == "reference" else "alternative"
    leaving = page(own, recipe.leaving, lambda n: edited(n, *recipe.leaves))
    # A cell that calls the model takes the process along.
    left = Promise(("finished", "died"), "some", ("notebook.died", "name.missing"))
    yield "`os._exit(1)` in a `forward`", leaving, left
    said, promise = wrong(recipe.korean)
    korean = page("mistake", recipe.korean, lambda n: commented(n, recipe.comments))
    yield f"comments in Korean, and one mistake: {said}", korean, promise
    cut = Promise(("unreadable",), "none", ("notebook.unreadable",))
    yield "cut off in the middle: no notebook any more", right[: len(right) // 2], cut


def readme(class_: list[Student]) -> str:
    """`docs/sample/README.md`: who is in the class."""
    lines = [
        "# The sample class",
        "",
        "`make grade` grades these notebooks. All students are invented, the Hangul name too: it stands for",
        "anybody. `make sample` writes this page and the notebooks from [`solutions/`](../../solutions); to",
        "change them, change `tests/sample/make.py`. The one that never ends takes as long as its lesson",
        "lets a cell run (`cell_cpu`, in seconds of CPU); the others are graded beside it.",
        "",
        "What comes of seven of them is kept too, as records and as the pages that are made of these:",
        "[the class in English](report/en/index.html), [in Korean](report/ko/index.html).",
        "",
        "| file | what is in it |",
        "|---|---|",
    ]
    for student in class_:
        path = f"class/{student.lesson}/{student.name}.ipynb"
        lines.append(f"| [{student.lesson}/{student.name}]({path}) | {student.about} |")
    return "\n".join(lines) + "\n"


def files() -> dict[Path, bytes]:
    """Everything that is made, by its place below `docs/sample`."""
    class_ = list(students())
    made = {Path("class", s.lesson, f"{s.name}.ipynb"): s.content for s in class_}
    return {**made, Path("README.md"): readme(class_).encode()}


def put(made: dict[Path, bytes], among: str) -> None:
    """Writes what was made below `docs/sample`; files that match `among` and were not made go."""
    for path in FOLDER.glob(among):
        if path.relative_to(FOLDER) not in made:
            path.unlink()
    for place, content in made.items():
        (FOLDER / place).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / place).write_bytes(content)


def main() -> None:
    made = files()
    put(made, "class/*/*")
    print(f"{len(made) - 1} notebooks in {FOLDER / 'class'}")


if __name__ == "__main__":
    try:
        main()
    except LessonError as error:
        sys.exit(f"make sample: {error}")
