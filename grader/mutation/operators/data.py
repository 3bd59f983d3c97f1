"""Data: where targets and windows begin, what a scale knows, in which order letters stand."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from grader.mutation.code import Code
from grader.mutation.free_series import narrowed
from grader.mutation.names import PLAIN
from grader.mutation.operator import Edit, Made, operator
from grader.mutation.syntax import called, calls, named, names_in, positional, text, whole
from grader.mutation.telling import walk


@operator(cst.Slice, group="data", probes="series")
def slice_moved(part: cst.Slice, code: Code) -> Made:
    """A slice that begins or ends one earlier or later, or has no bound on one side."""
    for moved in _moved(part):
        yield Edit((code.instead(part, moved),), None, narrowed(part, code, moved))


def _moved(part: cst.Slice) -> Iterator[str]:
    low = text(part.lower) if part.lower else ""
    high = text(part.upper) if part.upper else ""
    step = f":{text(part.step)}" if part.step else ""
    if part.lower:
        yield f"{_plus(part.lower, 1)}:{high}{step}"
        if whole(part.lower) != 1:
            yield f"{_plus(part.lower, -1)}:{high}{step}"
        yield f":{high}{step}"
    elif part.upper:
        yield f"1:{high}{step}"
    if part.upper:
        yield f"{low}:{_plus(part.upper, 1)}{step}"
        yield f"{low}:{_plus(part.upper, -1)}{step}"
        yield f"{low}:{step}"
    elif part.lower:
        yield f"{low}:-1{step}"


def _plus(bound: cst.BaseExpression, by: int) -> str:
    number = whole(bound)
    if number is not None:
        return str(number + by) if number + by or number >= 0 else ""
    return f"{text(bound)} {'+' if by > 0 else '-'} {abs(by)}"


@operator(
    cst.Slice,
    group="data",
    probes="series",
    names=(
        "train.target_not_shifted",
        "train.target_shifted_wrong_way",
        "window.*",
        "text.*",
        "encode.wrong",
        "rnn.output_before_update",
        *PLAIN,
    ),
)
def target_not_shifted(part: cst.Slice, code: Code) -> Made:
    """`[1:]` becomes `[:-1]`, and the other way round; `[n + 1:n + k + 1]` becomes `[n:n + k]`, or one
    later."""
    if part.step is not None:
        return
    low = whole(part.lower) if part.lower else None
    high = whole(part.upper) if part.upper else None
    if low == 1 and part.upper is None:
        yield ":-1"
    if high == -1 and part.lower is None:
        yield "1:"
    if part.lower and part.upper and _one_more(part.lower) and _one_more(part.upper):
        yield f"{_one_more(part.lower)}:{_one_more(part.upper)}"
        yield f"{_one_more(part.lower)} + 2:{_one_more(part.upper)} + 2"


def _one_more(bound: cst.BaseExpression) -> str:
    """What `bound` is one more than."""
    if (
        isinstance(bound, cst.BinaryOperation)
        and isinstance(bound.operator, cst.Add)
        and whole(bound.right) == 1
    ):
        return text(bound.left)
    return ""


@operator(cst.Assign, group="data", probes="series", names=("leak.scaler_sees_test", "leak.*", "scale.*"))
def scale_of_all_rows(node: cst.Assign, code: Code) -> Made:
    """The smallest, the largest, the mean of all rows, where only those before a cut may be known."""
    function = code.function(node)
    if function is None:
        return
    for cut in _cuts(function):
        inner = [one for one in walk(node.value) if isinstance(one, cst.Name) and one.value in cut[0]]
        if inner and calls(node.value, "min", "max", "mean", "std", "amin", "amax", "fit"):
            yield Edit(tuple(code.instead(one, cut[1]) for one in inner))
    sliced = [
        one
        for one in walk(node.value)
        if isinstance(one, cst.Subscript) and _first_rows(one) and isinstance(one.value, cst.Name)
    ]
    if sliced and calls(node.value, "min", "max", "mean", "std", "quantile", "ptp", "amax", "amin"):
        yield Edit(tuple(code.instead(one, text(one.value)) for one in sliced))


def _first_rows(node: cst.CSTNode) -> bool:
    """`x[:cut]` or `x[0:cut]`."""
    if not isinstance(node, cst.Subscript) or len(node.slice) != 1:
        return False
    part = node.slice[0].slice
    return (
        isinstance(part, cst.Slice)
        and part.upper is not None
        and (part.lower is None or whole(part.lower) == 0)
    )


def _cuts(function: cst.FunctionDef) -> list[tuple[set[str], str]]:
    """Names of the first rows of something, and what they are the first rows of."""
    found = []
    for node in walk(function.body):
        if isinstance(node, cst.Assign) and len(node.targets) == 1:
            target, value = node.targets[0].target, node.value
            if isinstance(target, cst.Name) and isinstance(value, cst.Subscript) and _first_rows(value):
                found.append(({target.value}, text(value.value)))
            if isinstance(target, cst.Tuple) and isinstance(value, cst.Call) and called(value) == "split":
                held = value.func.value if isinstance(value.func, cst.Attribute) else None
                source = value.args[0].value if held is not None and text(held) in ("np", "torch") else held
                first = target.elements[0].value
                if isinstance(first, cst.Name) and source is not None:
                    found.append(({first.value}, text(source)))
    return found


@operator(cst.Call, group="data", probes="series", names=("leak.*", "window.*", "scale.*", *PLAIN))
def part_scaled_by_itself(call: cst.Call, code: Code) -> Made:
    """A part of the series is scaled by its own smallest and largest."""
    function = code.function(call)
    args = positional(call)
    if function is None or function.name.value != "prepare" or called(call) != "build_dataset" or not args:
        return
    part = args[0].value
    if isinstance(part, cst.Subscript) and "minmax_scaler" not in text(part):
        yield Edit((code.instead(part, f"minmax_scaler({text(part)})"),))


@operator(cst.Call, group="data", probes="letters")
def order_of_a_set(call: cst.Call, code: Code) -> Made:
    """`sorted(set(x))` becomes `list(set(x))`, which is anyone's choice, or `sorted(x)`, which is none."""
    inner = call.args[0].value if call.args else None
    if called(call) == "sorted" and called(inner) == "set" and isinstance(inner, cst.Call) and inner.args:
        yield Edit((code.instead(call, f"list({text(inner)})"),), ("vocab.order_random",), free="vocab_order")
        yield Edit((code.instead(call, f"sorted({text(inner.args[0].value)})"),), ("vocab.*",))


@operator(cst.Call, group="data", probes="letters", names=("dtype.wrong", "encode.wrong", "call.failed"))
def other_kind_of_number(call: cst.Call, code: Code) -> Made:
    """`.float()` dropped, a `dtype` dropped, whole numbers for real ones."""
    if called(call) in ("float", "long", "double") and isinstance(call.func, cst.Attribute) and not call.args:
        yield text(call.func.value)
    for arg in call.args:
        if arg.keyword is not None and arg.keyword.value == "dtype" and named_type(arg.value):
            rest = [one for one in call.args if one is not arg]
            said = ", ".join(
                cst.Module([]).code_for_node(one.with_changes(comma=cst.MaybeSentinel.DEFAULT))
                for one in rest
            )
            yield f"{text(call.func)}({said})"


def named_type(value: cst.BaseExpression) -> bool:
    """Whether a dtype is written down: that of another tensor is only carried on."""
    return text(value) in (
        "torch.long",
        "torch.float32",
        "torch.int64",
        "np.float32",
        "np.int64",
        "torch.float",
    )


@operator(
    cst.Subscript, group="data", probes="letters", names=("pad.side_wrong", "pad.*", "packing.*", *PLAIN)
)
def padded_before(node: cst.Subscript, code: Code) -> Made:
    """Letters at the end of a row, padding before them."""
    parent = code.parent(node)
    if not isinstance(parent, cst.AssignTarget) or len(node.slice) != 2:
        return
    part = node.slice[1].slice
    if isinstance(part, cst.Slice) and part.lower is None and part.upper is not None and part.step is None:
        length = text(part.upper)
        yield f"{text(node.value)}[{text(node.slice[0].slice)}, -({length}):]"


@operator(
    cst.Name,
    group="data",
    probes="series",
    names=("window.*", "leak.*", "scale.*", "train.data_not_used", "pad.*", *PLAIN),
)
def parts_exchanged(name: cst.Name, code: Code) -> Made:
    """Training and test, low and high, row and column: one of a pair in place of the other."""
    pairs = {
        "train_x": "test_x",
        "test_x": "train_x",
        "train_y": "test_y",
        "test_y": "train_y",
        "low": "high",
        "high": "low",
    }
    other = pairs.get(name.value)
    parent = code.parent(name)
    function = code.function(name)
    if other is None or isinstance(parent, cst.AssignTarget | cst.Attribute) or function is None:
        return
    target = code.nearest(name, cst.AssignTarget)
    if target is None and any(named(one, other) for one in walk(function.body)) and names_in(function.body):
        yield other


OPERATORS = (
    target_not_shifted,
    scale_of_all_rows,
    part_scaled_by_itself,
    order_of_a_set,
    other_kind_of_number,
    padded_before,
    parts_exchanged,
    slice_moved,
)
