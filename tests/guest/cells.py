"""One notebook's cells by what they try."""

CELLS = {
    "time": "%%time\ntotal = sum(range(10))\nprint('sum', total)",
    "timeit": "%timeit -n1 -r1 sum(range(3))",
    "figure": "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
    "svg": "from matplotlib_inline.backend_inline import set_matplotlib_formats\n"
    "set_matplotlib_formats('svg')\nplt.plot([1, 2]);",
    "pip": "%pip install something\n!pip install other\n!python -m pip install third",
    "shell": "!echo out of $HOME; echo err >&2\nfiles = !echo one; echo two\nprint(files)",
    "status": "!exit 3\nprint(_exit_code)",
    "bash": "%%bash\necho from bash",
    "await": "import asyncio\nawait asyncio.sleep(0)\nprint('awaited')",
    "display": "from IPython.display import HTML, Markdown, display\n"
    "display(HTML('<b>bold</b>'), Markdown('**bold**'))\ndisplay({'a': 1})\n'last'",
    "streams": "import sys\nprint('a')\nprint('b', file=sys.stderr)\nprint('c')",
    "input": "input('Your name? ')",
    "result": "3 + 4",
    "silent": "3 + 4;",
    "counted": "Out[RESULT], _RESULT",
    "zero": "def half():\n    return 1 / 0\n\nhalf()",
    "chained": "try:\n    half()\nexcept ZeroDivisionError as error:\n"
    "    raise ValueError('worse') from error",
    "deleted": "gone = 1\ndel gone\ngone",
    "exit": "exit()",
    "threads": "import torch\nprint(torch.get_num_threads())\ntorch.set_num_threads(2)\n"
    "print(float(torch.ones(400, 400).mm(torch.ones(400, 400)).sum()))",
    "environment": "import os\nprint(dict(os.environ))",
    "folders": "print(os.getcwd(), sorted(os.listdir('/')))",
    "imports": "import grader\ngrader.check('x')",
    "gpu": "print(torch.zeros(2).cuda().sum(), torch.cuda.is_available())",
    "colab": "from google.colab import drive\ndrive.mount('/content')",
    "cleared": "from IPython.display import clear_output\nprint('before')\nclear_output()\nprint('after')",
    "written": "os.write(1, b'past the streams\\n')\nos.system('echo by a child')",
    "bad_text": "print('lone \\ud800 surrogate')",
    "module": "%%writefile mine.py\nvalue = 5",
    "imported": "import mine\nmine.value",
    "network": "import socket\nsocket.create_connection(('127.0.0.1', 80), timeout=1)",
    "missing": "import no_such_package",
    "f": "def f(x):\n    return x + 1",
}
NUMBERS = {name: number for number, name in enumerate(CELLS, start=1)}
CELLS["counted"] = CELLS["counted"].replace("RESULT", str(NUMBERS["result"]))
