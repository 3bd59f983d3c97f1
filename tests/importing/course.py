"""A lesson whose checks are translated tests, and notebooks for it: right, wrong, and hostile."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

from grader.importing.setting import Setting
from grader.importing.translating import Translated, translate
from tests.cli.making import lesson, notebook
from tests.hostile.marks_wire import HOLD

NAME = "moved"
GIVEN = """
import numpy as np
import torch
from torch import nn

SIDES = [3, 4]

def product(numbers):
    return int(np.prod(numbers))
"""
RIGHT = {
    "area": "def area(w, h):\n    return w * h",
    "square_all": "def square_all(xs):\n    for i, x in enumerate(xs):\n        xs[i] = x * x",
    "root": (
        "def root(x):\n    if x < 0:\n        raise ValueError('x is negative')\n    return float(np.sqrt(x))"
    ),
    "Net": (
        "class Net(nn.Module):\n    def __init__(self, a, b):\n        super().__init__()\n"
        "        self.fc = nn.Linear(a, b)\n\n    def forward(self, x):\n        return self.fc(x)"
    ),
    "Stack": (
        "class Stack:\n    def __init__(self):\n        self.items = []\n\n"
        "    def push(self, x):\n        self.items.append(x)\n\n    def pop(self):\n"
        "        return self.items.pop()\n\n    def __len__(self):\n        return len(self.items)"
    ),
    "greet": "def greet(name):\n    print('Hello', name)",
    "best": "best = {'layers': 2, 'rate': 0.1}",
    "scaled": "def scaled(x):\n    return 3 * x",
}
PUBLIC = {
    "area": "# a rectangle\nassert area(3, 4) == 12, 'area of 3 by 4'\nassert isinstance(area(2, 2), int)",
    "square": "xs = [1, 2, 3]\nsquare_all(xs)\nassert xs == [1, 4, 9]",
    "root": (
        "assert abs(root(2.0) ** 2 - 2) < 1e-6\ntry:\n    root(-1.0)\nexcept ValueError as error:\n"
        "    assert 'negative' in str(error)\nelse:\n    raise AssertionError('root(-1.0) gave an answer')"
    ),
    "net": (
        "net = Net(3, 4)\ny = net(torch.zeros(2, 3))\nassert y.shape == (2, 4)\n"
        "assert isinstance(net, nn.Module)\nassert sum(p.numel() for p in net.parameters()) == 16"
    ),
    "stack": (
        "s = Stack()\nfor i in range(3):\n    s.push(i)\n"
        "assert len(s) == 3\nassert [s.pop(), s.pop()] == [2, 1]"
    ),
    "best": "assert best['layers'] == 2 and 0 < best['rate'] < 1",
    "greet": (
        "import io\nfrom contextlib import redirect_stdout\nsaid = io.StringIO()\n"
        "with redirect_stdout(said):\n    greet('Kim')\n"
        "assert said.getvalue() == 'Hello Kim\\n', 'greet says another thing'"
    ),
}
HIDDEN = {
    "secret_area": "np.testing.assert_allclose(area(*SIDES), product(SIDES))\nassert area(41, 73) == 2993",
    "secret_gradient": (
        "x = torch.ones(4, requires_grad=True)\nscaled(x).sum().backward()\n"
        "assert torch.equal(x.grad, torch.full((4,), 3.0)), 'the secret slope'"
    ),
}
WEAK = {"test_greet", "test_secret_gradient"}
LIMITS = """
cell_cpu = 5
request_cpu = 2
request_wall = 6
memory = "700 MiB"
"""

_ALL_EQUAL = """
class Anything:
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __float__(self): return 12.0
    def __getattr__(self, name): return Anything()
    def __call__(self, *args, **named): return Anything()
    def __getitem__(self, key): return Anything()
    def __len__(self): return 3
    def __lt__(self, other): return True
    def __gt__(self, other): return True
"""
_ANYTHING = (
    _ALL_EQUAL
    + """
def area(w, h): return Anything()
def square_all(xs): return Anything()
def root(x): return Anything()
def Net(a, b): return Anything()
def Stack(): return Anything()
best = Anything()
"""
)
_PATCHES = """
np.testing.assert_allclose = lambda *args, **named: None
torch.equal = torch.allclose = lambda *args, **named: True
torch.Tensor.__eq__ = lambda self, other: True
"""
_BY_ITSELF = """
def forge(channel, header, payload, more, first):
    said = json.loads(header[len(number(header)):])
    if said.get("m") == "ran":
        said["error"] = None
    if said.get("m") == "walked":
        said = {**said, "outcome": {"m": "gave", "value": {"f": "s", "value": True}}, "left": {}}
    return real(channel, number(header) + json.dumps(said).encode(), b"", **more)
"""


def answers(**other: str) -> list[str]:
    """The cells of a right notebook, some answers replaced."""
    return [GIVEN, *{**RIGHT, **other}.values()]


def blank(name: str) -> str:
    """The answer of this name before anybody has written one."""
    source = RIGHT[name]
    if source.startswith("def"):
        return source.splitlines()[0] + "\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    return "# YOUR CODE HERE\nraise NotImplementedError()"


NOTEBOOKS: dict[str, list[str]] = {
    "right": answers(),
    "blank": [GIVEN, *map(blank, RIGHT)],
    "wrong": answers(
        area="def area(w, h):\n    return w + h",
        square_all="def square_all(xs):\n    return [x * x for x in xs]",
        root="def root(x):\n    return abs(x) ** 0.5",
        greet="def greet(name):\n    print('Hi', name)",
        scaled="def scaled(x):\n    return 2 * x",
        best="best = {'layers': 3}",
    ),
    "other_kinds": answers(
        area="def area(w, h):\n    return None", Net="Net = 3", best="best = None", Stack="def Stack(): pass"
    ),
    "raises": answers(area="def area(w, h):\n    return w / 0"),
    "exits": answers(
        area="def area(w, h):\n    raise SystemExit(0)", greet="def greet(name):\n    raise SystemExit(0)"
    ),
    "dies": answers(
        area="import os\ndef area(w, h):\n    os._exit(0)", greet="def greet(name):\n    os._exit(0)"
    ),
    "hangs": answers(
        area="def area(w, h):\n    while True:\n        pass",
        greet="def greet(name):\n    while True:\n        pass",
    ),
    "anything": [GIVEN, _ANYTHING, "def greet(name): pass", "def scaled(x): return x"],
    "patches": [
        *answers(area="def area(w, h):\n    return w + h", scaled="def scaled(x):\n    return 2 * x"),
        _PATCHES,
    ],
    "forges": [GIVEN, "def scaled(x): return x", HOLD + _BY_ITSELF],
}


def translated() -> dict[str, Translated]:
    """Every test by the name of its check."""
    setting = Setting((GIVEN,), tuple(RIGHT.values()))
    return {f"test_{name}": translate(source, setting) for name, source in {**PUBLIC, **HIDDEN}.items()}


def file_of(names: list[str], points: int) -> str:
    """A file of checks as an importer writes it."""
    every = [(name, translated()[f"test_{name}"]) for name in names]
    head = dict.fromkeys(line for _, one in every for line in (*one.imports, *one.helpers))
    checks = [
        f"@pytest.mark.points({points})\ndef test_{name}({', '.join(one.fixtures)}):\n"
        + indent(one.body, "    ")
        for name, one in every
    ]
    return "\n\n\n".join([*head, *checks]) + "\n"


def make(place: Path) -> None:
    """The lesson and its class, in a folder to run the command line in."""
    folder = lesson(
        place,
        checks=file_of(list(PUBLIC), 1),
        hidden=file_of(list(HIDDEN), 2),
        limits=LIMITS,
        reference=notebook(*answers(), lesson=NAME),
        starter=notebook(GIVEN, *map(blank, RIGHT), lesson=NAME),
        name=NAME,
    )
    settings = folder / "lesson.toml"
    settings.write_text(settings.read_text().replace('["f"]', '["area"]'))
    (place / "class").mkdir()
    for name, cells in NOTEBOOKS.items():
        (place / "class" / f"{name}.ipynb").write_bytes(notebook(*map(dedent, cells), lesson=NAME))
