"""For every probe that believes a recording: a forger whose recording is right and whose work is not, and who
earns nothing by it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.judge import plugin
from grader.lesson import find
from grader.record import Record
from grader.solutions import variants
from tests.cli.making import SECRET, notebook, once, records, run
from tests.hostile.forgers.networks import BY_HAND, NETWORKS
from tests.hostile.forgers.training import BROKEN, TOLD, UNDONE
from tests.judge.lessons import verdict

STEPS = "test_each_step_of_train_moves_every_weight"
LOSS = {
    "hihello": "test_loss_compares_each_prediction_with_its_own_target",
    "longseq": "test_loss_compares_each_prediction_with_its_own_target",
    "charseq": "test_loss_compares_each_prediction_with_its_own_target",
    "time_series": "test_loss_draws_each_prediction_towards_its_own_target",
    "lstm": "test_loss_compares_each_image_with_its_own_label",
    "cnn": "test_loss_compares_each_image_with_its_own_label",
}
TRAINED = {
    **{lesson: [STEPS, loss] for lesson, loss in LOSS.items()},
    "charseq": ["test_each_step_of_fit_moves_every_weight", LOSS["charseq"]],
    "seq2seq": [
        "test_train_leads_each_sentence_through_both_networks",
        "test_each_step_of_train_moves_both_networks",
        "test_loss_asks_for_every_word_and_the_end",
        "test_the_teacher_speaks_as_often_as_the_ratio_says",
    ],
}
INSIDE = {
    "packed_sequence": ["test_net_classifies_the_last_hidden_state"],
    "lstm": ["test_network_answers_by_its_hidden_state"],
    "time_series": ["test_net_answers_from_its_last_hidden_state"],
    "cnn": ["test_cnn_has_the_sizes_of_the_plan", "test_cnn_has_activations_and_max_pooling_between"],
}
HANDS = {
    "rnn_basics": ["test_rnn_is_written_by_hand"],
    "cross_entropy": ["test_softmax_is_written_by_hand", "test_cross_entropy_is_written_by_hand"],
    "seq2seq": ["test_a_translation_depends_on_its_source_alone"],
    "lstm": ["test_lstm_cell_is_written_by_hand", "test_accuracy_switches_to_evaluation_and_back"],
    "cnn": [
        "test_conv2d_is_written_by_hand_and_carries_gradients",
        "test_pools_are_written_by_hand_and_carry_gradients",
        "test_accuracy_switches_to_evaluation_and_back",
    ],
}
FORGERS = {
    (lesson, name): (cell, checks[lesson])
    for name, cells, checks in (
        ("undone", UNDONE, TRAINED),
        ("told", TOLD, TRAINED),
        ("broken", BROKEN, TRAINED),
        ("noise", NETWORKS, INSIDE),
        ("silent", BY_HAND, HANDS),
    )
    for lesson, cell in cells.items()
}
BELIEVED = [key for key in FORGERS if key[1] != "silent"]
"""Those that would earn points if a recording were enough."""


def cells_of(lesson: str) -> list[str]:
    (content,) = [v.content for v in variants(find(lesson)) if v.kind == "reference"]
    return ["".join(c["source"]) for c in json.loads(content)["cells"] if c["cell_type"] == "code"]


def grade_them(root: Path) -> None:
    for (lesson, name), (cell, _) in FORGERS.items():
        folder = root / lesson
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.ipynb").write_bytes(notebook(*cells_of(lesson), cell, lesson=lesson))
    (root / "secret").write_text(SECRET, "utf-8")
    for folder in [path for path in root.iterdir() if path.is_dir()]:
        done = run(root, "grade", folder, "--lesson", folder.name, "--out", root / "out")
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def forged(base: Path) -> dict[tuple[str, str], Record]:
    root = once(base, "forgers", grade_them)
    return {
        (lesson, name): record
        for lesson in {lesson for lesson, _ in FORGERS}
        for name, record in records(root / "out" / lesson).items()
    }


@pytest.mark.parametrize("key", FORGERS, ids="-".join)
def test_a_forger_earns_nothing_by_what_he_tells(
    forged: dict[tuple[str, str], Record], key: tuple[str, str]
) -> None:
    checks = {check.id: check for check in forged[key].checks}
    assert {checks[name].points for name in FORGERS[key][1]} == {0.0}
    assert {checks[name].state for name in FORGERS[key][1]} <= {"blocked", "failed"}


@pytest.mark.filterwarnings("ignore::DeprecationWarning:matplotlib")
@pytest.mark.parametrize("key", BELIEVED, ids="-".join)
def test_his_recording_would_have_been_believed(
    key: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else these forgers would show nothing."""
    lesson, _ = key
    cell, names = FORGERS[key]
    monkeypatch.setattr(plugin, "certifiers", lambda items, whole: {})
    data = find(lesson).folder
    monkeypatch.chdir(data)
    for name in names:
        told = verdict(find(lesson), *cells_of(lesson), cell, only=name)
        states = {outcome.id: outcome.state for outcome in told.outcomes}
        assert states[name] == "passed", (name, told)
