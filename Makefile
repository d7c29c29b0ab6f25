# What people call by hand. Each target installs what it needs; nothing beyond git, make, Python 3.11 and Node 20.
PYTHON ?= python3.11
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
CITY := build/demo-city
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet

.DEFAULT_GOAL := help
.PHONY: help setup run test check format lint types imports js unit bench fleet peers chaos lock clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

# --- setting up -------------------------------------------------------------------------------------

$(VENV)/.made:
	@echo "Making the virtual environment …"
	@$(PYTHON) -m venv $(VENV) || { echo "Python 3.11 is needed; name yours by PYTHON=…" >&2; exit 1; }
	@touch $@

$(VENV)/.runtime: requirements.lock pyproject.toml | $(VENV)/.made
	@echo "Installing Python packages, hash-pinned …"
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-build-isolation --no-deps --no-index --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/.runtime
	@echo "Installing the tools for tests and checks …"
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@touch $@

node_modules/.runtime: package-lock.json
	@echo "Installing front-end packages …"
	@npm ci --silent --no-audit --no-fund
	@touch $@

$(CITY)/.stamp: $(VENV)/.runtime requirements-city.lock $(wildcard hub/demo/*.py)
	@$(BIN)/python -m hub.demo.engine $(CITY)
	@touch $@

setup: $(VENV)/.runtime node_modules/.runtime $(CITY)/.stamp ## everything but the start

# --- running and testing ----------------------------------------------------------------------------

run: setup ## the whole hub with its demo; PORT= chooses the port
	@exec $(BIN)/hub run --demo --port $(PORT)

test: setup $(VENV)/.dev ## all tests
	@tests/browser/chromium.sh
	@npm test --silent
	@$(BIN)/pytest tests --ignore tests/chaos -n 3 --dist loadfile

unit: $(VENV)/.dev ## the fast tests alone
	@$(BIN)/pytest tests/unit

check: $(VENV)/.dev node_modules/.runtime ## formatting, lint, types and import rules
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/codespell
	@npm run lint --silent

format: $(VENV)/.dev ## put the code into its form
	@$(BIN)/ruff check --fix --quiet .
	@$(BIN)/ruff format .

chaos: setup $(VENV)/.dev ## long fault tests; CHAOS=short for the short form
	@CHAOS=$(CHAOS) $(BIN)/pytest tests/chaos

bench: setup $(VENV)/.dev ## the figures that the README quotes
	@$(BIN)/python -m benchmarks.run

fleet: setup $(VENV)/.dev ## what the dispatchers' map costs a browser while 1,000 technicians move; needs Chromium
	@tests/browser/chromium.sh
	@$(BIN)/python -m benchmarks.fleet

peers: setup $(VENV)/.dev ## the same load on the hub and on a peer in Node.js, in turn
	@$(BIN)/python -m benchmarks.peers

PIN := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --no-header --no-annotate --upgrade
lock: $(VENV)/.dev ## pin the newest packages again
	@$(PIN) --universal --python-version 3.11 pyproject.toml --extra build --extra demo -o requirements.lock
	@$(PIN) --universal --python-version 3.11 pyproject.toml --all-extras -c requirements.lock -o requirements-dev.lock

clean: ## forget everything that was built, and the demo's data
	rm -rf $(VENV) node_modules build var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf *.egg-info test-results
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
