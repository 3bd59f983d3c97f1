"""`python -m tests.bench.nbclient_run NOTEBOOK`: one notebook by nbclient, in a kernel of its own."""

import sys
import warnings

import nbformat
from nbclient import NotebookClient

warnings.simplefilter("ignore")
NotebookClient(nbformat.read(sys.argv[1], as_version=4), timeout=300, kernel_name="python3").execute()
