"""What is judged with a model of ours where the notebook's own fails: it earns its points all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.lesson import Lesson
from grader.record import Record
from grader.solutions import variants
from tests.cli.making import ROOT, SECRET, once, records, run
from tests.lessons.partly import only

FILLED = {
    "longseq": [("train",), ("train", "stitch")],
    "time_series": [("train",)],
    "seq2seq": [("tensorize",), ("train", "tensorize"), ("evaluate", "tensorize")],
}
"""By lesson: functions of the reference that stand in a notebook whose models are blank."""
EARNS = {
    ("longseq", "train"): {
        "test_each_step_of_train_moves_every_weight",
        "test_train_takes_as_many_epochs_as_it_is_told",
        "test_loss_compares_each_prediction_with_its_own_target",
        "test_every_window_teaches",
        "test_training_lowers_the_loss",
    },
    ("longseq", "stitch"): {"test_stitch_takes_from_each_window_what_is_new"},
    ("time_series", "train"): {
        "test_each_step_of_train_moves_every_weight",
        "test_train_takes_as_many_steps_as_it_is_told",
        "test_loss_draws_each_prediction_towards_its_own_target",
        "test_training_lowers_the_error",
    },
    ("seq2seq", "tensorize"): {"test_tensorize_writes_the_words_and_the_end"},
    ("seq2seq", "train"): {
        "test_train_leads_each_sentence_through_both_networks",
        "test_each_step_of_train_moves_both_networks",
        "test_loss_asks_for_every_word_and_the_end",
        "test_the_teacher_speaks_as_often_as_the_ratio_says",
    },
    ("seq2seq", "evaluate"): {
        "test_evaluate_writes_what_the_decoder_says",
        "test_a_translation_depends_on_its_source_alone",
    },
}
"""The checks with points that each function passes by itself; those of model and function together wait."""
WRONG_NETWORK = {
    "longseq": "test_net_reads_each_window_by_itself",
    "seq2seq": "test_decoder_answers_in_log_probabilities",
}
"""By lesson: a check of a model; a mistake there is not to cost what `train` is worth."""


@pytest.fixture
def filled(base: Path, request: pytest.FixtureRequest) -> dict[str, Record]:
    """By the names filled in, joined by `+`; and `wrong`, a whole notebook with a mistake in its model."""
    lesson = Lesson.open(ROOT / "assignments" / request.param)

    def make(root: Path) -> None:
        (root / "class").mkdir()
        (root / "secret").write_text(SECRET, "utf-8")
        for names in FILLED[lesson.name]:
            (root / "class" / f"{'+'.join(names)}.ipynb").write_bytes(only(lesson, *names))
        if check := WRONG_NETWORK.get(lesson.name):
            mistake = next(v for v in variants(lesson) if v.kind == "mistake" and v.check == check)
            (root / "class" / "wrong.ipynb").write_bytes(mistake.content)
        done = run(root, "grade", "class", "--lesson", lesson.name, "--out", "out")
        assert done.returncode == 0, done.stdout + done.stderr

    return records(once(base, f"stand-ins-{lesson.name}", make) / "out" / lesson.name)


def earned(record: Record) -> set[str]:
    return {check.id for check in record.checks if check.state == "passed" and check.points}


@pytest.mark.parametrize("filled", FILLED, indirect=True)
def test_a_function_earns_its_points_without_a_model_of_the_notebook(filled: dict[str, Record]) -> None:
    for joined, record in filled.items():
        if joined != "wrong":
            assert earned(record) == set().union(*(EARNS[record.lesson, name] for name in joined.split("+")))


@pytest.mark.parametrize("filled", WRONG_NETWORK, indirect=True)
def test_a_mistake_in_a_model_does_not_cost_what_training_is_worth(filled: dict[str, Record]) -> None:
    record = filled["wrong"]
    assert earned(record) >= EARNS[record.lesson, "train"]
    assert WRONG_NETWORK[record.lesson] not in earned(record)
