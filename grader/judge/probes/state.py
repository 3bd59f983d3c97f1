"""Which state of a recurrent module an answer is made of, where the module and a Linear can be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch.nn.utils.rnn import PackedSequence

from grader.evidence import HeatMap, Table
from grader.judge.answer import Seen
from grader.judge.draws import Draw
from grader.judge.finding import Finding
from grader.judge.model import Model
from grader.judge.probes.measure import OTHER_SHAPE, SAME_SHAPE
from grader.judge.probes.ragged import ragged
from grader.record import Fact

LENGTHS = (3, 5, 2, 4)
_STEPS = 6
_ONE_STEP_SHARE = 0.4


@dataclass
class _States:
    """Rows (n, H) that a recurrent module returned: as output or h, h of lower layers, and as c."""

    hidden: list[torch.Tensor] = field(default_factory=list)
    lower: list[torch.Tensor] = field(default_factory=list)
    cells: list[torch.Tensor] = field(default_factory=list)


def classifies_hidden_state(model: Model, draw: Draw, *, features: int) -> bool:
    """What enters the last Linear is no cell state and no state of a lower layer.

    model: (x (B, T, features), lengths (B,)) -> (B, C). Each block of H features at the Linear is looked
    for, row by row and in any order of rows, among what the recurrent modules returned (modules and cells,
    packed or not), H being the width of the top layer's hidden states; cell states may be wider, where
    `proj_size` is given. Tolerance 1e-9 (float32: 1e-4). Raises `state.cell_state_used`,
    `state.first_layer_used`. Returns whether there was anything to compare: where no built-in recurrent
    module or no matrix at a Linear was seen, or the features are pooled, this probe has no verdict and the
    relations stand, which a cell state keeps.
    """
    return made_of_hidden_state(model, draw, ragged(draw, LENGTHS, features))


def made_of_hidden_state(model: Model, draw: Draw, inputs: Sequence[torch.Tensor]) -> bool:
    """`classifies_hidden_state` for any `model(*inputs)` -> (B, C) that reads its input step by step."""
    events, states, tolerance = _observed(model, draw, inputs)
    entered = _entered(events)
    sizes = {s.shape[1] for s in states.hidden}
    if entered is None or len(sizes) != 1:
        return False
    size = sizes.pop()
    facts: dict[str, Fact] = {"name": model.name, "of": len(entered)}
    if _are_cells(entered, [cell for cell in states.cells if cell.shape[1] != size], tolerance):
        raise Finding("state.cell_state_used", facts=facts, about=model.name)
    if entered.shape[1] % size:
        return False
    rows: list[tuple[str, int, int, int]] = []
    for start in range(0, entered.shape[1], size):
        block = entered[:, start : start + size]
        top, lower, cell = (
            _share(block, of, tolerance) for of in (states.hidden, states.lower, states.cells)
        )
        rows.append((f"{start + 1}–{start + size}", top, lower, cell))
    table = Table(
        ["@column.features", "@column.top_hidden", "@column.lower_hidden", "@column.cell"],
        [list(row) for row in rows[:30]],
        [i for i, row in enumerate(rows[:30]) if row[1] < len(entered)],
    )
    if any(row[3] == len(entered) and row[1] < len(entered) for row in rows):
        raise Finding("state.cell_state_used", facts=facts, evidence=[table], about=model.name)
    if all(row[2] == len(entered) and row[1] < len(entered) for row in rows):
        raise Finding("state.first_layer_used", facts=facts, evidence=[table], about=model.name)
    return any(row[1] == len(entered) for row in rows)


def hands_on_no_cell_state(model: Model, draw: Draw, inputs: Sequence[torch.Tensor]) -> None:
    """No Linear of `model(*inputs)`, at any step, reads rows that all are cell states and no hidden ones.

    Rows and tolerance as in `classifies_hidden_state`. Raises `state.cell_state_used`. Says nothing of
    recurrent layers written by hand.
    """
    events, states, tolerance = _observed(model, draw, inputs)
    for event in events:
        value = event.inputs[0] if event.role == "linear" and event.inputs else None
        if not isinstance(value, torch.Tensor):
            continue
        rows = value.double().reshape(-1, value.shape[-1])
        hidden = [*states.hidden, *states.lower]
        if _share(rows, states.cells, tolerance) == len(rows) > _share(rows, hidden, tolerance):
            facts: dict[str, Fact] = {"name": model.name, "of": len(rows)}
            raise Finding("state.cell_state_used", facts=facts, about=model.name)


def both_directions_see_the_word(model: Model, draw: Draw, *, features: int) -> bool:
    """Where the model reads in both directions, fewer than 40 % of its features see one step only.

    Three words of 6 steps; each step is replaced in all of them, and the features at the last Linear that
    move are counted. Raises `bidirectional.backward_half_sees_one_step`. Returns whether this applied: a
    reverse direction or two recurrent modules, and a matrix at a Linear.
    """
    x, lengths = ragged(draw, [_STEPS] * 3, features)
    drawn = model.drawn(draw).settled(x, lengths)
    described = drawn.describe()
    recurrent = {name for name, kind in described.modules if kind in ("RNN", "LSTM", "GRU")}
    if len(recurrent) < 2 and not any("_reverse" in entry.name for entry in described.entries):
        return False
    base = _linear_input(drawn, x, lengths)
    if base is None:
        return False
    moved = torch.zeros(_STEPS, base.shape[1])
    for step in range(_STEPS):
        changed = x.clone()
        changed[:, step] += draw.normal(3, features, scale=1.5, purpose="substitute")
        other = _linear_input(drawn, changed, lengths)
        if other is None or other.shape != base.shape:
            return False
        moved[step] = (other - base).abs().amax(0) / max(float(base.abs().max()), 1e-30)
    counts = (moved > SAME_SHAPE[drawn.double]).sum(0)
    blind = counts == 1
    if float(blind.double().mean()) < _ONE_STEP_SHARE:
        return True
    shown = moved[:, :15].T
    picture = HeatMap(
        [str(j + 1) for j in range(shown.shape[0])],
        [str(t + 1) for t in range(_STEPS)],
        [[round(v, 4) for v in row] for row in shown.tolist()],
        None,
        "@axis.features_at_linear",
        "@axis.letter",
        SAME_SHAPE[drawn.double],
    )
    facts: dict[str, Fact] = {
        "name": model.name,
        "blind": int(blind.sum()),
        "of": len(blind),
        "steps": _STEPS,
    }
    raise Finding(
        "bidirectional.backward_half_sees_one_step", facts=facts, evidence=[picture], about=model.name
    )


def _observed(model: Model, draw: Draw, inputs: Sequence[torch.Tensor]) -> tuple[list[Seen], _States, float]:
    """What the recurrent modules and Linears of `model(*inputs)` saw, the states among it, and how far rows
    may lie apart."""
    drawn = model.drawn(draw).settled(*inputs)
    answer, events = drawn.observe(*inputs, roles=["recurrent", "linear"])
    answer.get()
    return events, _states(events), OTHER_SHAPE[drawn.double]


def _linear_input(model: Model, x: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor | None:
    _, events = model.observe(x, lengths, roles=["linear"])
    return _entered(events)


def _entered(events: list[Seen]) -> torch.Tensor | None:
    """What entered the last Linear, one row per word: (B, K); None where there is no such thing."""
    linear = [event for event in events if event.role == "linear" and event.inputs]
    value = linear[-1].inputs[0] if linear else None
    if not isinstance(value, torch.Tensor) or value.dim() < 2:
        return None
    value = value.squeeze(0) if value.shape[0] == 1 else value
    value = value.squeeze(1) if value.dim() == 3 and value.shape[1] == 1 else value
    return value.double() if value.dim() == 2 else None


def _states(events: list[Seen]) -> _States:
    states = _States()
    recurrent = [event for event in events if event.role == "recurrent"]
    for number, event in enumerate(recurrent):
        output, hidden, cell = _parts(event)
        below = _feeds_another(recurrent, number, event)
        steps = output.data if isinstance(output, PackedSequence) else output
        width = hidden.shape[-1] if isinstance(hidden, torch.Tensor) else None
        if isinstance(steps, torch.Tensor):
            (states.lower if below else states.hidden).extend(_flat(steps, width))
        if isinstance(hidden, torch.Tensor) and hidden.dim() == 3:
            directions = _directions(event, hidden)
            top = [] if below else list(hidden[-directions:])
            states.lower += [_rows(state) for state in hidden[: len(hidden) - len(top)]]
            states.hidden += [_rows(state) for state in top]
        if isinstance(cell, torch.Tensor):
            states.cells += [_rows(state) for state in (cell if cell.dim() == 3 else [cell])]
    return states


def _parts(event: Seen) -> tuple[object, object, object]:
    """(output, h, c) of a recurrent module or cell; None where it has no such part."""
    value = event.output
    if event.type.endswith("Cell"):
        return (value[0], None, value[1]) if isinstance(value, tuple) else (value, None, None)
    if not isinstance(value, tuple) or len(value) != 2:
        return None, None, None
    output, state = value
    return (output, *state) if isinstance(state, tuple) and len(state) == 2 else (output, state, None)


def _directions(event: Seen, hidden: torch.Tensor) -> int:
    """2 where the output is twice as wide as a state, else 1."""
    output = event.output[0]
    width = (output.data if isinstance(output, PackedSequence) else output).shape[-1]
    return 2 if width == 2 * hidden.shape[-1] else 1


def _feeds_another(recurrent: list[Seen], number: int, event: Seen) -> bool:
    """Whether a later recurrent module was given what this one returned: a lower layer stacked by hand."""
    output = _parts(event)[0]
    mine = output.data if isinstance(output, PackedSequence) else output
    if not isinstance(mine, torch.Tensor):
        return False
    for later in recurrent[number + 1 :]:
        if later.name == event.name or not later.inputs:
            continue
        given = later.inputs[0].data if isinstance(later.inputs[0], PackedSequence) else later.inputs[0]
        if isinstance(given, torch.Tensor) and given.shape == mine.shape and torch.equal(given, mine):
            return True
    return False


def _flat(tensor: torch.Tensor, width: int | None) -> list[torch.Tensor]:
    """As rows (n, width): steps and directions taken apart."""
    rows = _rows(tensor)
    return [rows] if width is None or rows.shape[1] % width else list(torch.split(rows, width, 1))


def _rows(tensor: torch.Tensor) -> torch.Tensor:
    return tensor.detach().double().reshape(-1, tensor.shape[-1])


def _are_cells(entered: torch.Tensor, cells: list[torch.Tensor], tolerance: float) -> bool:
    """Whether all that entered is cell states, side by side."""
    for width in {cell.shape[1] for cell in cells}:
        if all(_share(block, cells, tolerance) == len(block) for block in _flat(entered, width)):
            return True
    return False


def _share(block: torch.Tensor, states: list[torch.Tensor], tolerance: float) -> int:
    """How many rows of `block` are rows of one of `states`, of those that are as wide."""
    fitting = [state for state in states if state.shape[1] == block.shape[1]]
    if not fitting:
        return 0
    known = torch.cat(fitting)
    scale = max(float(known.abs().max()), 1e-30)
    return int(((block[:, None] - known[None]).abs().amax(-1).amin(1) / scale <= tolerance).sum())
