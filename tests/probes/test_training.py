"""Loops of every style move all weights by gradients of their own; each mistake gets its name."""

from __future__ import annotations

import pytest
import torch

from grader.evidence import Bars, Curve, Table
from grader.judge.probes import Probes
from grader.judge.student import Student
from tests.fakes import student_of
from tests.probes.loops import LETTERS, LOOP, NET, STYLES, data, found


def steps(probes: Probes, student: Student, x: torch.Tensor, y: torch.Tensor) -> None:
    probes.moves_every_weight(student.train, student.Net(LETTERS, 8), x, y, 6, 0.1)


def budgets(probes: Probes, student: Student, x: torch.Tensor, y: torch.Tensor) -> None:
    probes.trains_as_long_as_told(student.train, student.Net(LETTERS, 8), x, y, 1, 0.1, budget=3)


def falls(probes: Probes, student: Student, x: torch.Tensor, y: torch.Tensor) -> None:
    probes.losses_fall(student.train, student.Net(LETTERS, 8), x, y, 25, 0.1, inputs=1, targets=2)


def fitted(probes: Probes, student: Student, x: torch.Tensor, y: torch.Tensor) -> None:
    net = student.Net(LETTERS, 16)
    probes.fits(student.train, net, x, y, 0, 0.1, inputs=1, targets=2, budget=3, budgets=(60, 300), cut=0.8)


@pytest.mark.parametrize("style", [LOOP, *STYLES.values()], ids=["adam", *STYLES])
def test_right_loops_of_every_style_pass(style: str) -> None:
    for ask in (steps, budgets, falls):
        assert found(style, ask) is None


OPTIMIZER = "    opt = torch.optim.Adam(net.parameters(), lr=learning_rate)\n"
OTHER = "    other = torch.optim.Adam(net.fc.parameters(), lr=0.0)\n"
PASS, STEP, WIPE = "        loss.backward()\n", "        opt.step()\n", "        opt.zero_grad()\n"
KEPT = "    kept = copy.deepcopy(net.state_dict())\n"
PUT_BACK = "    net.load_state_dict(kept)\n    return"
BY_HAND = STYLES["steps by hand, gradients set to None"]
BY_GRAD = STYLES["no backward: torch.autograd.grad and data"]


@pytest.mark.parametrize(
    ("loop", "code"),
    [
        (LOOP.replace(WIPE, ""), "train.zero_grad_missing"),
        (LOOP.replace(WIPE, "        net.fc.zero_grad()\n"), "train.zero_grad_missing"),
        (BY_HAND.replace("                p.grad = None\n", ""), "train.zero_grad_missing"),
        (LOOP.replace(WIPE + PASS, PASS + WIPE), "train.grads_wiped_before_step"),
        (LOOP.replace(PASS, ""), "train.no_backward"),
        (LOOP.replace(STEP, ""), "train.no_step"),
        (BY_GRAD.replace("p.data.sub_(learning_rate * g)", "p.data - learning_rate * g"), "train.no_step"),
        (LOOP.replace(PASS + STEP, STEP + PASS), "train.step_before_backward"),
        (LOOP.replace("net.parameters()", "net.fc.parameters()"), "train.params_not_in_optimizer"),
        (LOOP.replace("net.parameters()", "Net(5, 8).parameters()"), "train.params_not_in_optimizer"),
        (LOOP.replace("net.parameters()", "[net.fc.weight]"), "train.params_not_in_optimizer"),
        (
            LOOP.replace("    opt = ", "    net = copy.deepcopy(net)\n    opt = "),
            "train.no_backward",
        ),
        (LOOP.replace("net(X)", "net.fc(net.rnn(X)[0].detach())"), "train.params_without_gradient"),
        (LOOP.replace("        out", f"    {OPTIMIZER}        out"), "train.optimizer_recreated"),
        (LOOP.replace("lr=learning_rate", "lr=0.0"), "train.lr_zero"),
        (LOOP.replace(OPTIMIZER, OPTIMIZER + KEPT).replace("    return", PUT_BACK), "train.weights_put_back"),
        (
            LOOP.replace(OPTIMIZER, OPTIMIZER + KEPT).replace("    return", PUT_BACK).replace(STEP, ""),
            "train.no_step",
        ),
        (
            BY_GRAD.replace("    losses, weights", KEPT + "    losses, weights").replace(
                "    return", PUT_BACK
            ),
            "train.weights_put_back",
        ),
        (LOOP.replace("loss_of(out", "loss_of(out.detach()"), "grad.graph_cut"),
        (LOOP.replace("loss_of(out, Y)", "F.cross_entropy(Y[0], out[0])"), "loss.arguments_swapped"),
        (LOOP.replace("loss_of(out, Y)", "F.cross_entropy(out, Y)"), "loss.wrong_pairs"),
        (LOOP.replace("loss_of(out, Y)", "loss_of(out, Y) * float('inf')"), "train.diverges"),
    ],
)
def test_each_mistake_gets_its_name(loop: str, code: str) -> None:
    finding = found(loop, steps)
    assert finding is not None
    assert finding.code == code


def test_steps_and_weights_that_stayed_are_shown() -> None:
    (table,) = found(LOOP.replace(WIPE, ""), steps).evidence
    assert isinstance(table, Table)
    assert [row[3] for row in table.rows] == ["@said.fresh", *["@said.old"] * 5]
    assert table.bad == [1, 2, 3, 4, 5]
    finding = found(LOOP.replace("net.parameters()", "net.fc.parameters()"), steps)
    (bars,) = finding.evidence
    assert isinstance(bars, Bars)
    assert [bars.labels[n].partition(".")[0] for n in bars.flagged] == ["rnn"] * 4
    assert finding.facts["still"] == 4


@pytest.mark.parametrize(
    "loop",
    [
        LOOP.replace("range(iterations)", "range(4)"),
        LOOP.replace("append(loss.item())\n", "append(loss.item())\n        break\n"),
    ],
)
def test_a_loop_that_ends_on_its_own_terms_is_named(loop: str) -> None:
    assert found(loop, budgets).code == "train.epochs_ignored"


def test_a_loop_that_makes_one_step_too_few_is_named() -> None:
    short = found(LOOP.replace("range(iterations)", "range(1, iterations)"), budgets)
    assert short.code == "train.steps_missing"
    assert short.facts["asked"] == 1


def test_an_optimiser_for_each_epoch_is_named_and_two_stages_are_right() -> None:
    twice = LOOP.replace("        out = net(X)", "      for _ in range(2):\n        out = net(X)")
    assert found(twice, steps) is None
    assert found(twice.replace("      for _", f"  {OPTIMIZER}      for _"), steps).code == (
        "train.optimizer_recreated"
    )
    stages = twice.replace(
        "      for _", f"      if len(losses) == 6:\n        {OPTIMIZER.strip()}\n      for _"
    )
    assert found(stages, steps) is None


def test_one_optimiser_of_two_that_stands_still_is_named() -> None:
    two = LOOP.replace(OPTIMIZER, OPTIMIZER.replace("net.parameters()", "net.rnn.parameters()") + OTHER)
    two = two.replace(STEP, STEP + "        other.step()\n").replace(WIPE, "        net.zero_grad()\n")
    assert found(two, steps).code == "train.lr_zero"


@pytest.mark.parametrize(
    ("loop", "code"),
    [
        (LOOP.replace("return losses", "return losses[-1]"), "reply.malformed"),
        (LOOP.replace("return losses", "pass"), "reply.malformed"),
        (LOOP.replace("loss.item()", "float('nan')"), "train.diverges"),
        (LOOP.replace("lr=learning_rate", "lr=300.0"), "train.diverges"),
        (LOOP.replace("lr=learning_rate", "lr=1e-7"), "train.too_slow"),
        (LOOP.replace("loss_of(out, Y)", "-loss_of(out, Y)"), "train.diverges"),
    ],
)
def test_losses_that_do_not_fall_are_named(loop: str, code: str) -> None:
    finding = found(loop, falls)
    assert finding is not None
    assert finding.code == code
    if code != "reply.malformed":
        assert isinstance(finding.evidence[0], Curve)


def test_losses_that_are_only_claimed_do_not_count() -> None:
    claimed = LOOP.replace(STEP, "").replace("loss.item()", "2 * 0.9 ** len(losses)")
    assert found(claimed, falls).code == "train.too_slow"


def test_what_was_trained_on_is_answered() -> None:
    assert found(LOOP, fitted) is None
    low = found(LOOP.replace("lr=learning_rate", "lr=1e-6"), fitted)
    assert low.code == "accuracy.low"
    assert low.facts["accuracy"] < 0.8


FIT = LOOP.replace(
    "def train(net, X, Y, iterations=100, learning_rate=0.1):",
    "def fit(X, Y, size, epochs):\n    net = Net(size, 8)",
)
FIT = FIT.replace("range(iterations)", "range(epochs)").replace("learning_rate", "0.05")


@pytest.mark.parametrize(
    ("end", "code"),
    [("return net", None), ("return net, losses", None), ("return losses", "reply.malformed")],
)
def test_a_function_that_makes_the_model_itself(end: str, code: str | None) -> None:
    def ask(probes: Probes, student: Student, x: torch.Tensor, y: torch.Tensor) -> None:
        probes.moves_every_weight(student.fit, x, y, LETTERS, 6)
        probes.trains_as_long_as_told(student.fit, x, y, LETTERS, 1, budget=3)
        probes.loss_meets_targets(student.fit, x, y, LETTERS, 3, inputs=0, targets=1)
        probes.learns_from_every_target(student.fit, x, y, LETTERS, 2, targets=1, classes=LETTERS)

    finding = found(FIT.replace("return losses", end), ask)
    assert (finding.code if finding else None) == code


def test_such_a_function_may_keep_the_weights_in_a_dictionary() -> None:
    def ask(probes: Probes, student: Student, x: torch.Tensor, y: torch.Tensor) -> None:
        probes.moves_every_weight(student.fit, x, y, LETTERS, 6)
        probes.trains_as_long_as_told(student.fit, x, y, LETTERS, 1, budget=3)

    written_back = STYLES["weights in a dictionary, written back at the end"]
    begin = "def fit(X, Y, letters, iterations, learning_rate=0.1):\n    net = Net(letters, 8)\n"
    fit = written_back.replace("def train(net, X, Y, iterations=100, learning_rate=0.1):\n", begin)
    fit = fit.replace("return losses", "return net")
    assert found(fit, ask) is None
    assert found(fit.replace("    net.load_state_dict(weights)\n", ""), ask).code == "train.no_backward"


def test_layers_without_a_size_are_watched_once_they_have_one() -> None:
    def ask(probes: Probes, student: Student, x: torch.Tensor, y: torch.Tensor) -> None:
        probes.moves_every_weight(student.fit, x, y, LETTERS, 1)

    lazy = """
class Net(nn.Sequential):
    def __init__(self, i, h):
        super().__init__(nn.LazyLinear(h), nn.LazyLinear(i))
"""
    fit = FIT.replace("return losses", "return net")
    assert found(lazy + fit, ask) is None
    assert found(lazy + fit.replace(STEP, STEP.replace("opt.step()", "pass")), ask).code == "train.no_step"


def test_a_plan_may_begin_and_end_with_nothing_but_not_consist_of_it() -> None:
    plan = "    plan = torch.optim.lr_scheduler.LambdaLR(opt, lambda n: {})\n    losses = []\n"
    for factor, code in (("min(n, 1)", None), ("float(n < 5)", None), ("n // 5", "train.lr_zero")):
        loop = LOOP.replace("    losses = []\n", plan.format(factor)).replace(
            STEP, STEP + "        plan.step()\n"
        )
        finding = found(loop, steps)
        assert (finding.code if finding else None) == code, factor


def test_mistakes_inside_such_a_function_are_seen_too() -> None:
    def ask(probes: Probes, student: Student, x: torch.Tensor, y: torch.Tensor) -> None:
        probes.moves_every_weight(student.fit, x, y, LETTERS, 6)

    fit = FIT.replace("return losses", "return net")
    assert found(fit.replace(WIPE, ""), ask).code == "train.zero_grad_missing"
    assert (
        found(fit.replace("net.parameters()", "net.fc.parameters()"), ask).code
        == "train.params_not_in_optimizer"
    )


def test_nothing_of_the_watch_is_left_behind() -> None:
    student, draw = student_of(NET, LOOP)
    net = student._guest.namespace["Net"]
    before = torch.nn.Module.__call__, vars(net)["forward"], vars(torch.nn.RNN)["forward"]
    x, y = data(draw)
    Probes(draw).moves_every_weight(student.train, student.Net(LETTERS, 8), x, y, 6, 0.1)
    assert (torch.nn.Module.__call__, vars(net)["forward"], vars(torch.nn.RNN)["forward"]) == before
