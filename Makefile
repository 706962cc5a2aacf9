# One short command for each intention. Nothing here but test-postgres, test-machines and bench-machines needs apt;
# nothing needs a key or, once the environment is made, a network.
# The newest of the versions that the project was tested with; 3.14, where OpenTimelineIO has no wheel, comes last.
VERSIONS := 3.13 3.12 3.11 3.14
PYTHON ?= $(shell for v in $(VERSIONS); do command -v python$$v >/dev/null 2>&1 && python$$v -c '' >/dev/null 2>&1 && echo python$$v && break; done || echo python3)
EPISODE ?= first-light
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export DAGSTER_DISABLE_TELEMETRY := 1
# Images of Python set it; without compiled files every test run, and every command that it starts, compiles all anew.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help env episode ui test test-long test-ui test-crash test-postgres test-machines check check-pins bench bench-machines format clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 16

$(READY): pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null || { \
		echo "no Python from 3.11 to 3.14 was found: install one (Debian, Ubuntu: sudo apt-get install python3 python3-venv;" \
		"macOS: brew install python@3.13), or name yours: make $(or $(MAKECMDGOALS),env) PYTHON=/path/to/python"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "this Python cannot make an environment; on Debian and Ubuntu: sudo apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --only-binary=:all: -c constraints.txt -e '.[dev]'
	@touch $@

env: $(READY) ## make the environment (.venv) and nothing else

episode: $(READY) ## rehearse an episode, no key needed, and print the path of its final.mp4 (EPISODE=name)
	@$(BIN)/ninja produce $(EPISODE)

ui: $(READY) ## serve Dagster's pages on http://127.0.0.1:3000, until Ctrl-C
	@$(BIN)/ninja ui

check: $(READY) ## format, lint, strict types, borders between the rooms, definitions
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/pytest -n 0 tests/test_borders.py tests/test_one_place.py
	DAGSTER_HOME="$(CURDIR)/dagster_home" $(BIN)/dagster definitions validate -w workspace.yaml

test: $(READY) ## the suite but for the browser, PostgreSQL, the crash test and whole paid episodes in trouble
	$(BIN)/pytest -n 3 --hypothesis-profile=same -m 'not browser and not crash and not postgres and not machines and not live and not long'

test-long: $(READY) ## whole paid episodes in trouble, a show bought before (found again for $$0), new examples for every property
	$(BIN)/pytest -n 3 -m 'long and not crash'
	$(BIN)/pytest -n 3 --hypothesis-profile=long $$(grep -rl '^@given' tests)

test-ui: $(READY) ## the three uses in a real browser (Debian's chromium); UI_PICTURES=folder keeps pictures of the pages
	@command -v chromium >/dev/null || { echo "chromium is missing: sudo apt-get install chromium"; exit 1; }
	$(BIN)/pytest -n 0 -m browser tests/browser

check-pins: $(READY) ## resolve every pin for Python 3.11 to 3.14 as an installer would (needs the package index)
	$(BIN)/python -m tests.check_pins

test-crash: $(READY) ## kill paid runs (more than 200 times, against a server that pretends to be the providers) and the UI with -9
	$(BIN)/pytest -n 2 -m crash -v

test-postgres: $(READY) ## the ledger on a real PostgreSQL server (Debian's packages, installed if missing)
	@$(BIN)/python -m pip install --quiet --only-binary=:all: -c constraints.txt -e '.[postgres]'
	tests/with-postgres $(BIN)/pytest -m postgres tests/resources/purchasing

test-machines: $(READY) ## two workers that share PostgreSQL, an S3 server and no disk, and the studio of deploy/ with Redis (Debian's packages)
	@$(BIN)/python -m pip install --quiet --only-binary=:all: -c constraints.txt -e '.[postgres,s3,celery,machines]'
	tests/with-postgres tests/with-redis $(BIN)/pytest -n 2 -m machines tests/machines tests/deploy

bench-machines: $(READY) ## measure paid episodes at once with PostgreSQL and an object store: CPU, memory, requests, connections (AT_ONCE="1 4 16"), and thirty in the studio of deploy/
	@$(BIN)/python -m pip install --quiet --only-binary=:all: -c constraints.txt -e ".[postgres,s3,celery,machines]"
	tests/with-postgres $(BIN)/python -m bench.machines $(AT_ONCE)
	tests/with-postgres tests/with-redis $(BIN)/python -m bench.studio

bench: $(READY) ## measure: rehearsal, cast, voices, composites, published files, changes of picture, ledger, a paid episode, what a run holds that waits
	$(BIN)/python -m bench.rehearsal
	$(BIN)/python -m bench.cast
	$(BIN)/python -m bench.voice
	$(BIN)/python -m bench.composite
	$(BIN)/python -m bench.published
	$(BIN)/python -m bench.direction
	$(BIN)/python -m bench.joints
	$(BIN)/python -m bench.ledger
	$(BIN)/python -m bench.paid
	$(BIN)/python -m bench.waiting

format: $(READY) ## format the code and sort its imports
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove the environment and caches (output and library stay)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build *.egg-info
