"""`python -m tests.bench.nbclient_run JOBS NOTEBOOK...`: each by nbclient as it comes, JOBS at a time.

Every notebook has a kernel of its own; the processes that drive them start once, as a pool's would.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient


def execute(path: str) -> None:
    notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
    NotebookClient(
        notebook, kernel_name="python3", resources={"metadata": {"path": str(Path(path).parent)}}
    ).execute()


if __name__ == "__main__":
    with ProcessPoolExecutor(int(sys.argv[1])) as pool:
        list(pool.map(execute, sys.argv[2:]))
