"""Makes the digits that the lessons `lstm` and `cnn` ship, and those that stay with the grader.

    python -m tests.sample.digits FOLDER

Needs scikit-learn, which nothing else here does: run it in an environment of its own. Its 1797 images of
8x8 pixels are shuffled once, in an order that a seed fixes; the first 500 and the next 200 are for students,
to train on and to test on (`cnn` takes 300 of the 500), the other 1097 are hidden. No image is in two files.
Pixels stay whole numbers from 0 to 16. Source and licence stand in the lessons' README.
"""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path
from typing import Any

import numpy as np

ORDER = 20260817
PARTS = {
    "lstm/data/digits_train.npz": (0, 500),
    "lstm/data/digits_test.npz": (500, 700),
    "lstm/hidden/digits.npz": (700, 1797),
    "cnn/data/digits_train.npz": (0, 300),
    "cnn/data/digits_test.npz": (500, 700),
    "cnn/hidden/digits.npz": (700, 1797),
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path, help="the assignments folder to write into")
    folder: Path = options.parse_args().folder
    digits: Any = importlib.import_module("sklearn.datasets").load_digits()
    order = np.random.Generator(np.random.PCG64(ORDER)).permutation(len(digits.target))
    images = digits.images.astype(np.uint8)[order]
    labels = digits.target.astype(np.uint8)[order]
    for name, (start, end) in PARTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(path, images=images[start:end], labels=labels[start:end])
        print(f"{path}: {end - start} digits, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
