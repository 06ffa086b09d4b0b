# Two commands are enough for a newcomer: `make demo` and `make test`. Each installs what is missing.
SHELL := /bin/sh
PYTHON ?= python3
DIR ?= var/demo
BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: help install demo test check format docs lock clean

help: ## Say what there is
	@grep -E '^[a-z]+:.*## ' Makefile | sed 's/:.*## /\t/'

install: $(STAMP) ## Make .venv from the locked requirements

$(STAMP): pyproject.toml requirements.lock .ci/install
	@sh .ci/install "$(PYTHON)"
	@touch $(STAMP)

demo: install ## Tell the demo's story; its PDFs land in var/demo/documents (DIR=... for elsewhere)
	$(BIN)/tplc demo $(DIR)

check: install ## Lint, format, types, contracts between the rooms
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports

test: install ## check, and every test
	@sh .ci/install test-needs
	@$(MAKE) --no-print-directory check
	$(BIN)/pytest -n 2 --dist loadfile

format: install ## Format and sort
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: install ## Write docs/reference.md from the code
	$(BIN)/python -c "from console import reference; reference.main()" > docs/reference.md

lock: ## Lock the newest allowed versions again (needs uv)
	uv lock --upgrade
	uv export -q --format requirements-txt --no-emit-project --all-groups --no-header --no-annotate -o requirements.lock

clean: ## Remove what was made
	rm -rf .venv .uv var dist .mypy_cache .ruff_cache .pytest_cache
