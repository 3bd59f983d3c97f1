# Five words: setup, grade, test, check, prove; bench measures.
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
TORCH ?= torch==2.13.0

.PHONY: setup grade test check prove bench starters sample clean

setup: $(BIN)/.ready

$(BIN)/.ready: pyproject.toml
	command -v $(PYTHON) >/dev/null 2>&1 && $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$(TORCH)"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@

grade: setup
	$(BIN)/grader grade docs/sample/class --out reports

test: setup
	$(BIN)/python -m pytest

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

prove: setup
	$(BIN)/grader prove

bench: setup
	$(BIN)/python -m tests.bench

starters: setup
	$(BIN)/python -m grader.starter

clean:
	rm -rf $(VENV) reports/*/
