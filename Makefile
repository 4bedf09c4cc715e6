# Each target's line after `##` is what a bare `make` prints.
.DEFAULT_GOAL := help
.PHONY: help setup run test lint format bench docs clean

# Else each process of a server, and of its tests, compiles every module anew where the environment says so.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.airdock-setup
PORT ?= 8080
# Where examples call themselves.
OWN := $(VENV)/examples.connections.json

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Create .venv with everything in it; nothing to do when nothing changed

$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Airdock needs Python 3.11 or later; name one with PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

run: setup ## Serve examples/ on http://127.0.0.1:8080, or another PORT, and follow changes
	@$(BIN)/python scripts/readdress $(PORT) > $(OWN)
	AIRDOCK_CONNECTIONS=$(OWN) $(BIN)/airdock run examples --port $(PORT) --dev

test: setup ## Run all tests
	$(BIN)/python -m pytest -n 4 --dist worksteal $(ARGS)

lint: setup ## Check style, formatting, types and import directions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## Format the code and mend what ruff can mend
	$(BIN)/ruff check --fix-only --exit-zero .
	$(BIN)/ruff format .

bench: setup ## Measure speed and memory; prints one table
	$(BIN)/python -m benchmarks $(ARGS)

docs: setup ## Write the reference from the declarations and build site/
	$(BIN)/python scripts/reference
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

clean: ## Remove .venv and everything that was built
	rm -rf $(VENV) build dist site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
