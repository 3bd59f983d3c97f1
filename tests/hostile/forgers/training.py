"""Training functions that train nothing, and a guest that tells otherwise.

Each cell replaces what the lesson's reference defines. `UNDONE` lets the right steps run and then throws the
weights away; `TOLD` invents the steps.
"""

from __future__ import annotations

_SPOIL = """
def _spoil(*networks):
    with torch.no_grad():
        for network in networks:
            for parameter in network.parameters():
                parameter.copy_(0.01 * parameter + 0.3 * torch.randn(parameter.shape))
"""

UNDONE = {
    lesson: f"""
_taught = {name}
{_SPOIL}
def {name}({parameters}):
    losses = _taught({arguments})
    _spoil({spoilt})
    return losses
"""
    for lesson, name, parameters, arguments, spoilt in (
        ("hihello", "train", "net, X, Y, iterations=100, learning_rate=0.1",
         "net, X, Y, iterations, learning_rate", "net"),
        ("charseq", "fit", "X, Y, vocab, epochs=60", "X, Y, vocab, epochs", "losses"),
        ("longseq", "train", "net, X, Y, epochs, learning_rate", "net, X, Y, epochs, learning_rate", "net"),
        ("time_series", "train", "net, X, Y, iterations, learning_rate",
         "net, X, Y, iterations, learning_rate", "net"),
        ("lstm", "train", "model, images, labels, epochs, learning_rate",
         "model, images, labels, epochs, learning_rate", "model"),
        ("cnn", "train", "model, images, labels, epochs, learning_rate",
         "model, images, labels, epochs, learning_rate", "model"),
        ("seq2seq", "train",
         "pairs, s, t, encoder, decoder, n_iter, *more, **options",
         "pairs, s, t, encoder, decoder, n_iter, *more, **options",
         "encoder, decoder"),
    )
}  # fmt: skip

_INVENT = """
import sys
_answers, _wire = sys.modules["grader.guest.answers"], sys.modules["grader.wire.fitting"]
_honest = _answers.fit

def _invented(request, targets, reader, writer):
    told = _honest(request, targets, reader, writer)
    steps = [_wire.Step(0, 0.1, True, 1, False, False, 0.1) for _ in range(5)]
    runs = []
    for run, case in zip(told.runs, request.cases):
        model, x, y = (targets.argument(value) for value in case.args[:3])
        given = _given(x, y)
        said = model(given).detach()
        gradient = writer.tensor(_gradient(said, y))
        calls = [_wire.ModelCall(writer.value(given), writer.tensor(said), gradient, True)]
        weights = [_wire.Weight(w.name, w.before, w.after, True, True) for w in run.weights]
        calls = calls if request.calls else []
        runs.append(_wire.Run(run.outcome, weights, steps, 5, calls, run.answers, run.redrawn))
    return _wire.Fitted(runs, told.state)

_answers.fit = _invented
"""
_CLASSES = """
def _gradient(said, y):
    wanted = torch.nn.functional.one_hot(y.reshape(said.shape[:-1]), said.shape[-1]).float()
    return (said.softmax(-1) - wanted) / y.numel()
"""
_AS_IT_IS = """
def _given(x, y):
    return x
"""
_ONE_HOT = """
def _given(x, y):
    return torch.nn.functional.one_hot(x, int(max(x.max(), y.max())) + 1).float()
"""
_NUMBERS = """
def _gradient(said, y):
    return 2 * (said - y.reshape(said.shape)) / y.numel()
"""
_NOTHING = """
def train(net, X, Y, steps=100, learning_rate=0.1):
    _spoil(net)
    return [1 / n for n in range(1, steps + 1)]
"""

TOLD = {
    "hihello": _SPOIL + _NOTHING + _CLASSES + _AS_IT_IS + _INVENT,
    "longseq": _SPOIL + _NOTHING + _CLASSES + _ONE_HOT + _INVENT,
    "time_series": _SPOIL + _NOTHING + _NUMBERS + _AS_IT_IS + _INVENT,
    "lstm": _SPOIL + _NOTHING + _CLASSES + _AS_IT_IS + _INVENT,
    "cnn": _SPOIL + _NOTHING + _CLASSES + _AS_IT_IS + _INVENT,
}

_BREAK = """
_forged = train
def train(net, X, Y, *others):
    if type(net) is nn.Linear:
        CHANGE
        return [1.0, 0.5]
    return _forged(net, X, Y, *others)
"""

BROKEN = {
    "hihello": UNDONE["hihello"] + _BREAK.replace("CHANGE", "net.bias.data = torch.zeros(len(net.bias) + 1)"),
    "longseq": UNDONE["longseq"]
    + _BREAK.replace("CHANGE", "net.weight.data, net.bias.data = net.weight.data[:0], net.bias.data[:0]"),
}
"""Hands back a layer that nobody can compute with, where one is asked for that bears the recording out."""
