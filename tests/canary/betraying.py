"""Submissions that try to carry what hidden checks give them onto their own page."""

from __future__ import annotations

from tests.cli.making import notebook

KEEP = """
import os
PLACES = ["kept", "../kept", "/tmp/kept", "/dev/shm/kept", os.path.expanduser("~/kept")]

def keep(text):
    for place in PLACES:
        try:
            with open(place, "a") as file:
                file.write(text)
        except OSError:
            pass

def kept():
    found = ""
    for place in PLACES:
        try:
            found += open(place).read()
        except OSError:
            pass
    return found

def search(when):
    return [kept()]
"""

WAYS = {
    "raiser": """
def word(text):
    raise Exception(str(text))
""",
    "chainer": """
def word(text):
    try:
        raise KeyError(text)
    except KeyError as error:
        error.add_note(text)
        raise type(f"E_{text}".replace(" ", "_"), (Exception,), {})(text) from error
""",
    "printer": """
import sys, warnings, logging
def word(text):
    print(text); print(text, file=sys.stderr); warnings.warn(text); logging.error(text)
    sys.__stdout__.write(text); os.write(1, text.encode()); os.write(2, text.encode())
    display(text)
    return text + "!"
""",
    "keeper": """
def word(text):
    keep(text)
    if "plain" in text:
        raise ValueError("kept so far: " + kept())
    return text
""",
    "changer": """
import linecache
def word(text):
    global __name__
    __name__ = text
    name = text.replace(' ', '_')
    code = compile(f"def {name}():\\n    raise ValueError('x' + {text!r})\\n", "cell_2", "exec")
    linecache.cache["cell_2"] = (1, None, [f"# {text}\\n"] * 9, "cell_2")
    space = {}
    exec(code, space)
    return space[name]()
""",
    "odd returner": """
def word(text):
    class Odd:
        def __repr__(self): return text
        __str__ = __repr__
    Odd.__name__ = Odd.__qualname__ = text
    return Odd()
""",
    "exiter": """
import sys
def word(text):
    sys.exit(text)
""",
    "stopped": """
def word(text):
    return text
import json, torch
try:
    json.loads("{")
except Exception:
    import traceback
    traceback.print_exc()
torch.nn.Linear(2, 3)(torch.zeros(5, 4))
""",
}
BETRAYERS = {f"the {who}": notebook(KEEP, way) for who, way in WAYS.items()}
