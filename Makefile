# One command each. Needs Python >= 3.11 with venv, make and git; everything else is installed into .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PYTHONDONTWRITEBYTECODE ?=

.PHONY: help demo test check bench seized lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: $(VENV)/.runtime ## the whole product on this machine: a phone, the server, the researcher's computer
	$(BIN)/cora pilot --folder demo --open

test: $(VENV)/.dev ## all tests
	@sh tests/support/provide.sh
	$(BIN)/python -m pytest -n auto --dist loadgroup

check: $(VENV)/.dev ## style, types, layers, catalogs, docs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/cora check surveys/returnee_follow_up
	$(BIN)/python -m pytest -q -n 0 tests/docs tests/locales tests/cli/test_main.py

bench: $(VENV)/.dev ## measurements as JSON lines, never assertions
	$(BIN)/python -m tests.bench

seized: $(VENV)/.dev ## what a seized server gives away after a simulated year, against docs/threats.md
	$(BIN)/python -m tests.seized

lock: $(VENV)/.dev ## writes constraints*.txt anew from pyproject.toml
	sh tests/support/lock.sh

$(VENV)/.runtime: constraints.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r constraints.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: constraints-dev.txt $(VENV)/.runtime
	$(BIN)/python -m pip install --quiet --require-hashes -r constraints-dev.txt
	@touch $@

clean: ## removes what was installed and the demo's data
	rm -rf $(VENV) demo .mypy_cache .ruff_cache .pytest_cache .hypothesis
