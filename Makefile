# Two commands do everything on a machine with Python 3.11 and make: make quickstart, make test.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt
CONTRIB := $(sort $(wildcard contrib/*/pyproject.toml))

.PHONY: help quickstart test browser quick lint docs clean

help:
	@echo "make quickstart   install, then tune the tiny model that ships with pitchpipe (minutes, no GPU)"
	@echo "make test         install everything, then run all tests"
	@echo "make quick        lint, then the tests that are not slow"
	@echo "make lint         check format, types, imports and spelling"
	@echo "make docs         build the docs into site/; a broken link stops it"
	@echo "make clean        remove what make has made"

quickstart: .venv/train
	$(BIN)/pitchpipe run quickstart

test: .venv/dev lint browser
	$(BIN)/python -m pytest -n 2 --dist worksteal tests contrib

quick: .venv/dev lint
	$(BIN)/python -m pytest -n 2 -m "not slow" tests

# The tests of pages look at them in a real browser.
browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null \
	|| { [ "$$(id -u)" = 0 ] && apt-get update -qq && apt-get install -qq --no-install-recommends chromium; } >/dev/null 2>&1 \
	|| echo "There is no Chromium, and it could not be installed: the tests in a browser are left out."

lint: .venv/dev
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy --no-error-summary
	$(BIN)/mypy --no-error-summary $(wildcard contrib/*/pitchpipe_*.py contrib/*/pitchpipe_*/)
	$(BIN)/lint-imports --no-logo
	$(BIN)/codespell

docs: .venv/dev
	$(BIN)/mkdocs build --strict

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "pitchpipe needs Python 3.11 or newer; say which: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/train: .venv/python pyproject.toml constraints.txt
	@echo "Installing pitchpipe and what it needs to train, into .venv (some minutes, about 2 GB)..."
	$(PIP) --editable '.[train]'
	@touch $@

.venv/dev: .venv/python pyproject.toml constraints.txt $(CONTRIB)
	@echo "Installing pitchpipe with everything, into .venv (some minutes, about 2 GB)..."
	$(PIP) --editable '.[all,dev]'
	$(PIP) --no-build-isolation --no-deps $(foreach package,$(CONTRIB),--editable $(dir $(package)))
	@touch $@ .venv/train

clean:
	rm -rf .venv runs dist site
