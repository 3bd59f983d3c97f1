"""The judge's own training loop over a student's model, run where the model lives."""

from __future__ import annotations

import torch
from torch import nn

from grader.guest import lab as laboratory
from grader.guest.calls import one, raised
from grader.guest.observing import first_tensor
from grader.guest.targets import Targets
from grader.wire.replies import Outcome, Trained
from grader.wire.requests import Lab, Train
from grader.wire.tensors import Reader, Writer


def train(request: Train, targets: Targets, reader: Reader, writer: Writer) -> Trained:
    """Adam on cross-entropy for `epochs` passes over the batches, then the cases in eval mode.

    Raises TypeError where the target is no module or returns no tensor, and as torch does where
    nothing can be learnt (no parameters, no graph).
    """
    lab = Lab(mode="train", grad=True)
    with laboratory.laboratory(lab):
        weights = {name: reader.tensor(value) for name, value in request.weights.items()}
        model = targets.make(request.target, lab, request.seed, weights)
        if not isinstance(model, nn.Module):
            raise TypeError(f"{type(model).__name__} is no torch.nn.Module")
        optimizer = torch.optim.Adam(model.parameters(), lr=request.learning_rate)
        batches = [[targets.argument(a) for a in case.args] for case in request.batches]
        labels = [reader.tensor(label) for label in request.labels]
        losses = []
        for _ in range(request.epochs):
            for args, label in zip(batches, labels, strict=True):
                output = first_tensor(model(*args))
                if output is None:
                    raise TypeError("the model returned no tensor")
                loss = nn.functional.cross_entropy(output.reshape(-1, output.shape[-1]), label.reshape(-1))
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
                losses.append(float(loss.detach()))
        model.eval()
        outcomes: list[Outcome] = []
        with torch.no_grad():
            for case in request.cases:
                try:
                    outcomes.append(one(model, case, Lab(), targets, writer))
                except (Exception, SystemExit) as error:
                    outcomes.append(raised(error))
    finite = [loss if loss == loss and abs(loss) != float("inf") else 1e30 for loss in losses]
    return Trained(finite, outcomes, laboratory.state())
