# `make demo` shows the service at work, `make test` runs every check. `make help` lists the rest.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
PIP := $(BIN)/python -m pip --disable-pip-version-check
PYTHON ?=

.DEFAULT_GOAL := help
.PHONY: help demo run ai test check clean

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

demo: $(VENV)/core.stamp  ## make a sample pair, analyse it over REST, leave the service running
	@PORT=$(PORT) $(BIN)/python -m scripts.demo

run: $(VENV)/core.stamp  ## start the service alone (HOST and PORT choose where)
	@$(BIN)/python -m uvicorn main:app --host $(HOST) --port $(PORT)

ai: $(VENV)/ai.stamp  ## add what the large AI models need
	@echo "The AI packages are installed. Weights: $(BIN)/sync-analyzer models list"

test: $(VENV)/dev.stamp  ## install everything, then run every check
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/check

check: $(VENV)/dev.stamp  ## the same checks; CHECKS="lint types" chooses some
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/check $(CHECKS)

clean:  ## remove what these commands made here (not ./data, not ./uploads)
	rm -rf $(VENV) demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(VENV)/pip.stamp: scripts/make_venv
	@PYTHON="$(PYTHON)" scripts/make_venv $(VENV)
	@touch $@

$(VENV)/core.stamp: $(VENV)/pip.stamp requirements-core.txt pyproject.toml
	@echo "Installing the core packages (under 200 MB, once) ..."
	@$(PIP) install --quiet -r requirements-core.txt
	@$(PIP) install --quiet --no-deps -e .
	@touch $@

$(VENV)/ai.stamp: $(VENV)/core.stamp requirements.txt requirements-ai.txt requirements-repair.txt
	@echo "Installing the AI packages (about 1 GB, once) ..."
	@$(PIP) install --quiet -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: $(VENV)/ai.stamp requirements-dev.txt
	@echo "Installing the development packages ..."
	@$(PIP) install --quiet -r requirements-dev.txt
	@touch $@
