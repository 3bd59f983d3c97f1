"""By the name of the student: the lesson, and what is odd about the notebook. None of it may cost a point."""

from __future__ import annotations

from collections.abc import Callable

from tests.odd import notebooks as odd
from tests.odd.notebooks import Notebook, around, each_cell, first, last, replaced

R, P, H = "rnn_basics", "packed_sequence", "hihello"

ODDITIES: dict[str, tuple[str, Callable[[Notebook], None]]] = {
    "old_worksheets": (R, odd.as_worksheets),
    "old_minor": (P, odd.as_first_minor),
    "colab_metadata": (P, odd.of_colab),
    "no_metadata": (R, odd.without_metadata),
    "another_kernel": (R, odd.of_another_kernel),
    "counts_backwards": (R, odd.counted_backwards),
    "huge_stored_outputs": (R, odd.with_huge_outputs),
    "one_cell": (P, odd.in_one_cell),
    "empty_and_raw_cells": (R, odd.with_empty_and_raw_cells),
    "used_before_defined": (R, odd.with_late_definitions),
    "windows_lines": (P, each_cell(odd.with_windows_lines)),
    "tabs": (P, each_cell(odd.with_tabs)),
    "기말 과제 (최종) [2]": (R, first("이름 = '한글 이름'\nprint(이름, '안녕하세요 🎉')")),
    "colab_drive": (
        R,
        first(
            "from google.colab import drive, files\ndrive.mount('/content/drive')\n"
            "import google.colab\nfrom google.colab.patches import cv2_imshow"
        ),
    ),
    "cuda_tensors": (
        P,
        replaced(
            ("return padded, lengths\n", "return padded.cuda(), lengths.cuda()\n"),
            ("return self.fc(h_n[-1])", "return self.fc(h_n[-1]).cuda()"),
            ("net = Net(len(letter2idx), 16, 2)", "net = Net(len(letter2idx), 16, 2).cuda()"),
        ),
    ),
    "cuda_by_name": (
        P,
        replaced(
            ("return padded, lengths\n", "return padded.to('cuda'), lengths.to('cuda:0')\n"),
            (
                "net = Net(len(letter2idx), 16, 2)",
                "device = torch.device('cuda')\n    net = Net(len(letter2idx), 16, 2).to(device)",
            ),
        ),
    ),
    "device_chosen": (
        R,
        replaced(
            (
                "import torch\nfrom torch import nn",
                "import torch\nfrom torch import nn\n"
                "device = torch.device('cuda' if torch.cuda.is_available() else 'cpu')\nprint(device)\n"
                "torch.cuda.manual_seed_all(1); torch.backends.cudnn.deterministic = True",
            ),
            (
                "return nn.RNN(input_size, hidden_size, batch_first=True)",
                "return nn.RNN(input_size, hidden_size, batch_first=True).to(device)",
            ),
            (
                "rows = torch.zeros(len(word), len(chars))",
                "rows = torch.zeros(len(word), len(chars), device=device)",
            ),
        ),
    ),
    "magics": (
        R,
        around(
            "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'\n%load_ext autoreload\n"
            "%autoreload 2\n!pip install torch\n!ls\n%cd /tmp",
            "%%time\nprint(batch.shape)",
        ),
    ),
    "timed_cells": (
        P,
        replaced(("def pad_batch(words, char2idx):", "%%time\ndef pad_batch(words, char2idx):")),
    ),
    "warnings_and_noise": (
        R,
        replaced(
            (
                "return torch.stack([one_hot(word, chars) for word in words])",
                "import warnings\n    warnings.warn('넘어가세요', DeprecationWarning)\n"
                "    print('make_batch', words, flush=True)\n"
                "    return torch.stack([one_hot(word, chars) for word in words])",
            ),
            (
                "return outputs[:, -1]",
                "import sys; print('x' * 500, file=sys.stderr)\n    return outputs[:, -1]",
            ),
        ),
    ),
    "warnings_are_errors": (P, first("import warnings\nwarnings.simplefilter('error')")),
    "threads": (P, first("import torch\ntorch.set_num_threads(2)")),
    "no_grad_left_on": (P, last("torch.set_grad_enabled(False)")),
    "numpy_raises": (R, first("import numpy as np\nnp.seterr(all='raise')\nnp.set_printoptions(3)")),
    "print_options": (R, first("import torch\ntorch.set_printoptions(precision=1, sci_mode=True)")),
    "anomaly_detection": (P, first("import torch\ntorch.autograd.set_detect_anomaly(True)")),
    "names_of_python_taken": (
        P,
        last(
            "input = torch.randn(2); sum = 0; list = [1, 2]; type = 'x'; str = 5; max = min = 1\n"
            "id = 7; print(sum, list)\nprint = 3; float = tuple = dict = isinstance = set = repr = 0"
        ),
    ),
    "names_of_ours_taken": (
        R,
        last("draw = probes = student = grader = check = options = record = answer = guest = 5"),
    ),
    "torch_renamed": (
        R,
        replaced(
            (
                "import torch\nfrom torch import nn",
                "import torch as pt\nimport torch\nnn, randn = pt.nn, pt.randn",
            )
        ),
    ),
    "fails_at_the_end": (
        P,
        last("torch.save(net.state_dict(), 'no/such/folder/model.pt')"),
    ),
    "fails_in_the_middle": (R, first("plot_everything(")),
    "asks_for_input": (R, last("word = input('단어? ')")),
    "main_guard": (
        R,
        last("import argparse\nif __name__ == '__main__':\n    argparse.ArgumentParser().parse_args([])"),
    ),
    "waits_at_top_level": (
        R,
        first("import asyncio\nawait asyncio.sleep(0)\nasync def g(): return 1\nawait g()"),
    ),
    "defined_twice": (
        R,
        first("def rnn(x, h, *weights):\n    return x, h\n\ndef one_hot(word, chars):\n    return None"),
    ),
    "more_arguments": (
        P,
        replaced(
            (
                "def pad_batch(words, char2idx):",
                "def pad_batch(words, char2idx, pad=0, *, loud=False, **more):",
            ),
            (
                "def __init__(self, input_size, hidden_size, n_classes):\n        super().__init__()\n"
                "        ### BEGIN SOLUTION\n        self.rnn",
                "def __init__(self, input_size, hidden_size, n_classes, layers=1, dropout=0.0, name='net'):\n"
                "        super().__init__()\n        ### BEGIN SOLUTION\n        self.rnn",
            ),
            ("def masked_loss(logits, targets, lengths):", "def masked_loss(logits, targets, lengths, e=0):"),
        ),
    ),
    "other_names_for_arguments": (
        R,
        replaced(
            (
                "def rnn(x, h, W_ih, W_hh, b_ih, b_hh):",
                "def rnn(all, h, W_ih, W_hh, b_ih, b_hh):\n    x = all",
            ),
            ("def one_hot(word, chars):", "def one_hot(w, alphabet):\n    word, chars = w, alphabet"),
        ),
    ),
    "wrapped_functions": (
        R,
        last(
            "import functools\n_one_hot = one_hot\n"
            "one_hot = functools.wraps(one_hot)(lambda *a, **k: _one_hot(*a, **k))\n"
            "make_batch = functools.partial(make_batch)\n_old = rnn\nrnn = lambda *args: _old(*args)\n"
            "class Caller:\n    def __call__(self, *args):\n        return many_of(*args)\n"
            "many_of, many_to_one = many_to_one, Caller()"
        ),
    ),
    "annotated": (
        R,
        replaced(
            ("def make_batch(words, chars):", "def make_batch(words: 'List[X]', chars: str) -> 'Y':"),
        ),
    ),
    "tuples_and_arrays": (
        R,
        replaced(
            ("return torch.stack(outputs), h\n", "return [torch.stack(outputs), h]\n"),
            ("    return rows\n", "    return rows.numpy()\n"),
            (
                "return torch.stack([one_hot(word, chars) for word in words])",
                "return torch.stack([torch.tensor(one_hot(word, chars)) for word in words])",
            ),
        ),
    ),
    "pickled_and_reloaded": (
        P,
        last(
            "import io\nbuffer = io.BytesIO()\ntorch.save(net.state_dict(), buffer)\nbuffer.seek(0)\n"
            "net.load_state_dict(torch.load(buffer))"
        ),
    ),
    "figures_left_open": (P, last("for n in range(25):\n    plt.figure(); plt.plot([1, 2])")),
    "global_generators_used_up": (
        H,
        first(
            "import random, numpy, torch\n"
            "for _ in range(1000):\n    random.random(); numpy.random.rand(); torch.rand(1)"
        ),
    ),
    "names_deleted": (R, last("del chars, batch, cell, net, W, X")),
}

FAILING = {
    "used_before_defined": "NameError",
    "fails_at_the_end": "RuntimeError",
    "fails_in_the_middle": "SyntaxError",
    "asks_for_input": "NobodyThere",
}
"""Notebooks in which a cell fails, and with what. Every name is defined all the same."""

TOLD = {
    "colab_drive": "google.colab is not here",
    "cuda_tensors": ".cuda() keeps everything on the CPU",
    "cuda_by_name": '.to("cuda") keeps everything on the CPU',
}
"""What is said of stand-ins."""
