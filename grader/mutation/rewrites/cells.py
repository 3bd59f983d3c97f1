"""A recurrent layer written as a loop over its cell: the same states from the same kind of weights."""

from __future__ import annotations

import libcst as cst

from grader.mutation.rewrites.rule import Groups, Place, rewrite
from grader.mutation.syntax import LAYERS, called, keyword, positional, text
from grader.mutation.telling import walk

_LOOP = '''class {name}(nn.Module):
    """{kind} of one layer, step by step."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.input_size, self.hidden_size, self.num_layers = input_size, hidden_size, 1
        self.cell = nn.{kind}Cell(input_size, hidden_size)

    def forward(self, x, state=None):
        {before}
        outputs = []
        for step in x.unbind({axis}):
            state = self.cell(step, state)
            outputs.append({output})
        return torch.stack(outputs, dim={axis}), {after}


'''


@rewrite
def layer_as_cells(place: Place) -> Groups:
    """`nn.GRU(a, b, batch_first=True)` becomes a module that walks along the steps with an `nn.GRUCell`."""
    code = place.code
    if "nn." not in code.source or "pack" in code.source or "isinstance" in code.source:
        return
    for top in code.module.body:
        found = [one for one in walk(top) if _known(one) and code.part(one) is not None]
        for call in found[:1]:
            kind = called(call)
            first = isinstance(call, cst.Call) and keyword(call, "batch_first") is not None
            name = f"{kind}Steps"
            if not isinstance(call, cst.Call) or name in place.notebook:
                continue
            pair = kind == "LSTM"
            loop = _LOOP.format(
                name=name,
                kind=kind,
                axis=1 if first else 0,
                output="state[0]" if pair else "state",
                before="state = None if state is None else "
                + ("(state[0][0], state[1][0])" if pair else "state[0]"),
                after="(state[0][None], state[1][None])" if pair else "state[None]",
            )
            args = ", ".join(text(arg.value) for arg in positional(call))
            alike = [
                one
                for one in walk(code.module)
                if _known(one) and one is not call and code.part(one) is not None
            ]
            others = [one for one in alike if text(one) == text(call)]
            start = (
                code.span(top)[0] if not isinstance(top, cst.FunctionDef | cst.ClassDef) else _top(top, place)
            )
            yield (((start, start), loop), *(code.instead(one, f"{name}({args})") for one in (call, *others)))
            return


def _top(node: cst.FunctionDef | cst.ClassDef, place: Place) -> int:
    """Ahead of the decorators."""
    return min([place.code.span(node)[0], *(place.code.span(one)[0] for one in node.decorators)])


def _known(node: cst.CSTNode) -> bool:
    """A layer of which all settings are known: two sizes, one layer, one direction."""
    if (
        not isinstance(node, cst.Call)
        or called(node) not in LAYERS
        or text(node.func) != f"nn.{called(node)}"
    ):
        return False
    keywords = [arg for arg in node.args if arg.keyword is not None]
    batch_first = all(
        arg.keyword and arg.keyword.value == "batch_first" and text(arg.value) == "True" for arg in keywords
    )
    return len(positional(node)) == 2 and len(node.args) == 2 + len(keywords) and batch_first


RULES = (layer_as_cells,)
