"""Notebooks aimed at whoever reads: scripts in outputs, control characters, commands of workflows."""

from __future__ import annotations

from tests.hostile.case import Hostile

MARKUP = """
from IPython.display import HTML, SVG, Markdown, Javascript, Image, display
bad = "<script>alert(1)</script><img src=x onerror=alert(1)><iframe src='https://localhost/'></iframe>"
display(HTML(bad), Markdown(bad + " [here](javascript:alert(1)) ![](https://localhost/x.png)"))
display(Javascript("alert(1)"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'><script>alert(1)</script></svg>"))
latex = "$\\\\href{javascript:alert(1)}{x}$"
display({"image/png": "not a picture", "text/html": bad, "text/latex": latex}, raw=True)
display(HTML("<style>body { display: none }</style><base href='https://localhost/'><form action=x>"))
print(bad)
raise ValueError(bad)
"""
CONTROL = """
print("\\x1b[2J\\x1b]0;title\\x07\\x1b[31mred\\x9b31m\\x00\\u202egnp")
print("::error file=x::forged")
print("::set-output name=score::20")
print("##[error]forged\\n##vso[task.complete result=Succeeded;]")
raise ValueError("\\x1b[2J::error::forged")
"""
FORMULAS = """
def f(x):
    raise ValueError('=HYPERLINK("https://localhost/")')
"""
NAMES_OF_TYPES = """
bad = type("<img src=x onerror=alert(1)>", (Exception,), {"__module__": "</script>"})
def f(x):
    raise bad("\\x1b[31m<b>bold</b>")
"""
SLOW_TO_RENDER = r"""
from IPython.display import Markdown, display
display(Markdown("\\begin{a}" * 20_000), Markdown("[" * 20_000))
display(Markdown("*a " * 20_000), Markdown("> " * 5_000))
"""

ATTACKS: dict[str, Hostile] = {
    "markup_in_outputs": Hostile("A14", (MARKUP,), "right", run=("cell_failed",), cell=2),
    "control_characters": Hostile("A15", (CONTROL,), "right", run=("cell_failed",), cell=2),
    "formulas_in_messages": Hostile("A16", (FORMULAS,), codes=("call.failed",)),
    "markup_in_names_of_types": Hostile("A14 A15", (NAMES_OF_TYPES,), codes=("call.failed",)),
    "slow_to_render": Hostile("A14", (SLOW_TO_RENDER,), "right", run=("finished", "too_much_output")),
}
