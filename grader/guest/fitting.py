"""Running the student's own training function under watch, once per case, on models built afresh."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from grader.guest import lab as laboratory
from grader.guest.calls import one, raised
from grader.guest.targets import Targets
from grader.guest.watching import Called, Watch
from grader.wire.cases import Case, Lab
from grader.wire.fitting import Fit, Fitted, ModelCall, Run, Weight
from grader.wire.outcomes import Outcome, Returned
from grader.wire.tensors import Reader, Writer


def fit(request: Fit, targets: Targets, reader: Reader, writer: Writer) -> Fitted:
    """Every case in turn; one that raises does not stop the others. Raises as building a model does."""
    lab = Lab(mode="as_is", double=request.double, grad=True)
    runs = []
    with laboratory.laboratory(lab):
        function = targets.named(request.target.name)
        for case in request.cases:
            runs.append(_run(request, function, case, targets, writer))
            torch.set_grad_enabled(True)
    return Fitted(runs, laboratory.state())


def _run(request: Fit, function: Any, case: Case, targets: Targets, writer: Writer) -> Run:
    laboratory.seed(case.seed)
    args = [targets.argument(a) for a in case.args]
    kwargs = {name: targets.argument(value) for name, value in case.kwargs.items()}
    given = [value for value in (*args, *kwargs.values()) if isinstance(value, nn.Module)]
    watch = Watch(given, request.calls)
    laboratory.seed(case.seed)
    result: Any = None
    outcome: Outcome
    with watch.watching(_classes(targets, given)):
        try:
            result = function(*args, **kwargs)
        except (Exception, SystemExit) as error:
            outcome = raised(error)
        else:
            outcome = Returned(writer.value(result))
    models = given or _modules(result)[:1]
    answers: list[Outcome] = []
    redrawn: list[Outcome] = []
    weights = _weights(models, watch, writer, made=not given)
    if models and isinstance(outcome, Returned):
        answers = _asked(models[0], request, targets, writer)
        if request.redraw:
            _redraw(models[0], case.seed)
            redrawn = _asked(models[0], request, targets, writer)
    kinds = {type(model) for model in models}
    told = [_told(call, writer) for call in watch.calls if given or type(call.module) in kinds]
    calls = [call for call in told if call is not None]
    return Run(outcome, weights, watch.steps, watch.passes, calls, answers, redrawn, watch.looks)


def _told(call: Called, writer: Writer) -> ModelCall | None:
    """None for a call inside `torch.vmap`, whose tensors hold no numbers once that is over."""
    try:
        return ModelCall(
            writer.value(call.input),
            writer.tensor(call.output),
            None if call.gradient is None else writer.tensor(call.gradient),
            call.training,
        )
    except RuntimeError:
        return None


def _asked(model: nn.Module, request: Fit, targets: Targets, writer: Writer) -> list[Outcome]:
    model.eval()
    answers: list[Outcome] = []
    with torch.no_grad():
        for case in request.then:
            try:
                answers.append(one(model, case, Lab(double=request.double), targets, writer))
            except (Exception, SystemExit) as error:
                answers.append(raised(error))
    return answers


def _redraw(model: nn.Module, seed: int) -> None:
    laboratory.seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.data = torch.randn(parameter.shape, dtype=parameter.dtype)


def _weights(models: list[nn.Module], watch: Watch, writer: Writer, *, made: bool) -> list[Weight]:
    found = []
    for number, model in enumerate(models):
        first = _first_of_its_kind(model, watch) if made else {}
        for name, parameter in model.named_parameters():
            origin = first.get(name, parameter)
            before = watch.before.get(id(origin), parameter)
            found.append(
                Weight(
                    (f"{number}.{name}" if len(models) > 1 else name)[:200],
                    writer.tensor(before),
                    writer.tensor(parameter),
                    bool(parameter.requires_grad),
                    not watch.held.isdisjoint({id(parameter), id(origin)}),
                )
            )
    return found


def _first_of_its_kind(model: nn.Module, watch: Watch) -> dict[str, nn.Parameter]:
    """Parameters of the first watched module that is like this one: a function that makes its model may
    hand back a copy, of its best moment for instance, and the copy was never trained itself."""
    own = dict(model.named_parameters())
    for other in watch.seen:
        found = dict(other.named_parameters())
        if type(other) is type(model) and found.keys() == own.keys():
            return found
    return own


def _classes(targets: Targets, given: list[nn.Module]) -> list[type[nn.Module]]:
    """Classes whose `forward` may be called by name: those of the notebook, and those of what is given."""
    return list(dict.fromkeys([*targets.modules(), *(type(module) for module in given)]))


def _modules(value: Any) -> list[nn.Module]:
    if isinstance(value, nn.Module):
        return [value]
    if isinstance(value, (list, tuple)):
        return [module for item in value for module in _modules(item)]
    return []
