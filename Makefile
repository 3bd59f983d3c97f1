# grade: the sample class.  test: everything.  check: style and types.  prove, bench: see README.
PYTHON ?= $(shell for name in python3.11 python3 python3.12 python3.13; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
TORCH ?= torch==2.13.0
# Address of PyTorch's own index of CPU builds; without it the package index that pip uses anyway.
TORCH_INDEX ?=
TESTS ?= tests
WORKERS ?= 2
JOBS ?=

.PHONY: setup grade test check prove prove-seeds cluster cluster-figures bench starters students sample sample-records clean

setup: $(BIN)/.ready

$(BIN)/.ready: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install it, or say make PYTHON=/path/to/python." >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is needed (Debian: apt install python3-venv)." >&2; exit 2; }
	$(PIP) $(if $(TORCH_INDEX),--index-url $(TORCH_INDEX)) "$(TORCH)"
	$(PIP) --editable ".[dev]"
	@touch $@

grade: setup
	$(BIN)/grader grade docs/sample/class --out reports $(if $(JOBS),--jobs $(JOBS))
	@echo
	@echo "Open one of these in a browser:"
	@ls reports/*/index.html

test: setup
	$(BIN)/python -m pytest -n $(WORKERS) $(TESTS)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

prove: setup
	$(BIN)/grader prove

# The verdict on every right notebook under DRAWS keys: takes an hour or two for a hundred.
DRAWS ?= 100

prove-seeds: setup
	$(BIN)/python -m tests.stability --draws $(DRAWS)

# Everything about clusters: on machines of their own (as root) and on this one. Takes some ten minutes.
cluster: setup
	GRADER_CLUSTER=1 $(BIN)/python -m pytest tests/cluster

# What a submission costs on a cluster, into docs/cluster.md. As root.
cluster-figures: setup
	$(BIN)/python -m tests.cluster.figures --write

# Installs the other tools into build/bench, measures for about half an hour, writes docs/benchmarks.md.
# Less, and not written: .venv/bin/python -m tests.bench --rounds 2 --notebooks 8 --profile
bench: setup
	$(BIN)/python -m tests.bench --write --profile

starters: setup
	$(BIN)/python -m grader.starter

# The wheel that students install, into dist/.
students: setup
	$(BIN)/python packaging/students/build.py --out dist

sample: setup
	$(BIN)/python -m tests.sample.make
	$(BIN)/python -m tests.sample.report

# Grades some of the sample class anew: only where records themselves have changed.
sample-records: setup
	$(BIN)/python -m tests.sample.report --grade

clean:
	rm -rf $(VENV) reports/*/
