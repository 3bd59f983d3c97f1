"""`python -m tests.bench.nbclient_run JOBS NOTEBOOK...`: each by nbclient as it comes, a kernel for each, JOBS
at a time. The processes that drive the kernels start once and are kept, as a pool would."""

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
