"""What is mutated: the student's own code, and of it what matters to anybody."""

from __future__ import annotations

import libcst as cst

from grader.mutation.own import cells, with_source
from grader.mutation.syntax import text
from tests.mutation.snippets import cell, notebook

REFERENCE = """def given(x):
    return x + 100


def train(net, X):
    \"\"\"Given.\"\"\"
    ### BEGIN SOLUTION
    total = 0
    for x in X:
        total = total + net(x)
    return total
    ### END SOLUTION
"""


def numbers(content: bytes, *names: str) -> list[str]:
    """The whole numbers that could be mutated."""
    return [
        node.value for code in cells(content, names) for node in code.own if isinstance(node, cst.Integer)
    ]


def test_of_a_reference_only_what_stands_between_the_marks():
    content = notebook("import torch", REFERENCE, "print(train(5, [7]))")
    assert numbers(content, "train") == ["0"]
    (code,) = cells(content, ("train",))
    assert (code.number, code.index) == (2, 1)
    assert {part.about for part in code.parts} == {("train",)}


def test_of_an_alternative_what_the_promised_names_need():
    content = notebook(
        "WIDTH = 3\nOTHER = 4",
        "def inner(x):\n    return x + WIDTH + 5\n\n\ndef unused(x):\n    return x + 6",
        "def net(x, OTHER=9):\n    return inner(x) * 7 * OTHER",
        "assert net(1) == 8",
    )
    assert numbers(content, "net") == ["3", "5", "7"]


def test_what_only_another_promised_name_needs_is_about_that_one():
    content = notebook(
        "def deep(x):\n    return x + 1",
        "def inner(x):\n    return deep(x)",
        "def outer(x):\n    return inner(x) + 2",
    )
    about = {code.number: code.parts[0].about for code in cells(content, ("inner", "outer"))}
    assert about == {1: ("inner",), 2: ("inner",), 3: ("outer",)}


def test_a_cell_with_a_magic_is_left_alone():
    assert cells(notebook("%matplotlib inline\nx = 1", "!pip install x"), ("x",)) == []


def test_prints_and_what_is_counted_for_them_are_left_alone():
    source = """def train(net, every):
    total = 0.0
    kept = 0
    for step in range(30):
        loss = net(step + 1)
        loss.backward()
        total += loss.item() / 40
        kept += 50
        if step % every == 60:
            print(step, total / 70)
            total = 80.0
    return kept
"""
    code = cell(source, "train")
    said = [text(node) for node in code.own if isinstance(node, cst.BaseNumber)]
    assert said == ["0", "30", "1", "50"]


def test_annotations_defaults_docstrings_and_imports_are_left_alone():
    body = '    """Five 5."""\n    import math\n    assert x == 6\n    return x + 7\n'
    source = f"def f(x: tuple[1, 2] = 3) -> 4:\n{body}"
    said = [text(node) for node in cell(source, "f").own if isinstance(node, cst.BaseNumber | cst.BaseString)]
    assert said == ["7"]


def test_a_dropped_line_takes_its_comment_along_and_leaves_no_empty_block():
    code = cell("def f(x):\n    x.a()  # why\n    x.b()\n", "f")
    first = next(node for node in code.own if isinstance(node, cst.Expr))
    assert code.changed([code.dropped(first)]) == "def f(x):\n    x.b()\n"
    code = cell("def f(x):\n    x.a()\n", "f")
    only = next(node for node in code.own if isinstance(node, cst.Expr))
    assert code.changed([code.dropped(only)]) == "def f(x):\n    pass\n"
    code = cell("x.a(); x.b()", "f")
    second = [node for node in code.own if isinstance(node, cst.Expr)][1]
    assert code.changed([code.dropped(second)]) == "x.a(); pass"


def test_spans_stand_inside_brackets_and_count_letters_of_any_script():
    code = cell('x = ("한글", (a + b))\n', "x")
    sum_of = next(node for node in code.own if isinstance(node, cst.BinaryOperation))
    assert code.text(sum_of) == "a + b"
    assert code.changed([code.instead(sum_of, "a")]) == 'x = ("한글", (a))\n'


def test_a_changed_source_keeps_all_else_of_the_notebook():
    content = notebook("x = 1", "y = 2")
    assert with_source(content, 1, "y = 3") == notebook("x = 1", "y = 3")
