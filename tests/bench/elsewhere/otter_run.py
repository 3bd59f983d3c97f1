"""`python otter_run.py JOBS AUTOGRADER NOTEBOOK...`: each graded by otter's own function, JOBS at a time.

That is otter's route without Docker: a notebook in a temporary folder, a kernel for each. The processes that
drive it start once, as a pool's would. Prints the points of each as a JSON list of [earned, possible].
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module


def grade(autograder: str, path: str) -> tuple[float, float]:
    results = import_module("otter.api").grade_submission(path, autograder, quiet=True)
    return float(results.total), float(results.possible)


if __name__ == "__main__":
    with ProcessPoolExecutor(int(sys.argv[1])) as pool:
        print(json.dumps(list(pool.map(partial(grade, sys.argv[2]), sys.argv[3:]))))
