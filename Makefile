# 联办 Lianban. "make help" lists what there is; README.md says the rest.

PYTHON ?= python3
PORT ?= 8000
FUZZ_ROUNDS ?= 20

VENV := .venv
PY := $(VENV)/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
QUICK := $(wildcard tests/domain tests/spiff tests/house)

export PORT

.DEFAULT_GOAL := help
.PHONY: help run test check lint bench bench-million bundles fuzz fmt clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/.installed ## start Lianban with demonstration people on http://127.0.0.1:8000 (PORT=… changes it)
	@exec $(VENV)/bin/lianban serve --demo

test: $(VENV)/.testable lint ## everything: format, lint, types, import contracts, all tests (SKIP=postgres,browser leaves out what a machine cannot have)
	@$(PY) tests/bringup.py $(PY) -m pytest --numprocesses auto --dist worksteal

check: $(VENV)/.testable lint ## the quick half: no database server, no browser, under a minute
	@$(PY) -m pytest -m "not slow and not postgres and not browser and not node" $(QUICK)

lint: $(VENV)/.testable ## format, lint, types and import contracts alone
	@$(VENV)/bin/ruff format --check --quiet .
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/mypy --no-error-summary
	@$(VENV)/bin/lint-imports --no-logo

bench: $(VENV)/.testable ## print the benchmark table
	@$(PY) -m tests.bench

bench-million: $(VENV)/.testable ## print what the overdue page costs at 1,000,000 cases (fills a database on each side)
	@$(PY) -m tests.bench million

bundles: $(VENV)/.testable ## drive bundles in random order, BUNDLE_RUNS times (2,000)
	@BUNDLE_RUNS=$${BUNDLE_RUNS:-2000} $(PY) -m pytest -s -o faulthandler_timeout=0 tests/services/test_bundle_machine.py

fuzz: $(VENV)/.testable ## run the property tests again and again with fresh examples (FUZZ_ROUNDS=…)
	@for round in $$(seq $(FUZZ_ROUNDS)); do \
		seed=$$(od -An -N3 -tu4 /dev/urandom | tr -d ' '); \
		echo "round $$round of $(FUZZ_ROUNDS), seed $$seed"; \
		env -u CI FUZZ_SEED=$$seed $(PY) -m pytest -x --hypothesis-seed=$$seed $(QUICK) || exit 1; \
	done

fmt: $(VENV)/.testable ## put the code into its one format and mend what ruff can mend
	@$(VENV)/bin/ruff check --fix --quiet . || true
	@$(VENV)/bin/ruff format .

clean: ## remove what make and the tools made; your data in var/ stays
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Lianban needs Python 3.11 or newer; say which: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ echo "python3 -m venv did not work; on Debian: apt-get install python3-venv" >&2; rm -rf $(VENV); exit 1; }

# The stamps say what was installed; only a newer setup.cfg calls pip again, so a second start is quick.
$(VENV)/.installed: setup.cfg pyproject.toml | $(PY)
	@$(PIP) install --quiet --editable .
	@touch $@

$(VENV)/.testable: setup.cfg pyproject.toml | $(PY)
	@$(PIP) install --quiet --editable '.[test]'
	@touch $@ $(VENV)/.installed
