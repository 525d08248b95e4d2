# Every target makes its own environment first; only python3 (3.11 or newer) is needed.
PORT ?= 8000
ARGS ?=
PYTHON ?= python3
READY := $(PYTHON) $(dir $(abspath $(lastword $(MAKEFILE_LIST))))config/bootstrap.py

.DEFAULT_GOAL := help
.PHONY: help run test test-core check bench bench-large faults screenshots manage lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Start everything at http://localhost:8000 (PORT=8123 for another port)
	@$(READY) run python -m config.runner run --port $(PORT)

test: ## Run the whole suite (ARGS="-k words" for a part of it)
	@$(READY) test python -m pytest -n 2 tests $(ARGS)

test-core: ## Run the tests of the pure core: no Django, no database, seconds
	@$(READY) tools python -m config.runner.core_tests $(ARGS)

check: ## Format, lint, types, imports, templates, migrations, deploy check
	@$(READY) tools python -m config.runner.check

bench: ## Measure: start, pages per second, submission, delivery
	@$(READY) test python -m bench $(ARGS)

bench-large: ## Measure among a million journeys: minutes to load, and 40 GB of disk
	@$(READY) test python -m bench --large $(ARGS)

faults: ## Kill real processes at bad moments and verify that nothing is lost
	@$(READY) test python -m pytest -n 0 -m "faults or drill" tests/faults tests/journeys/live $(ARGS)

screenshots: ## Take the pictures of the documentation from the running demo
	@$(READY) test python -m tests.e2e.screenshots $(ARGS)

lock: ## Pin again, by hash, what pyproject.toml asks for (ARGS=--upgrade for newer versions)
	@$(READY) tools sh -e -c ' \
		pin="uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
			--no-header --no-annotate --no-emit-index-url --no-emit-find-links $(ARGS)"; \
		export UV_SYSTEM_CERTS=true; \
		$$pin pyproject.toml -o requirements/base.lock; \
		$$pin pyproject.toml --group embedded -o requirements/run.lock; \
		$$pin pyproject.toml --group embedded --group dev -o requirements/dev.lock; \
		echo uv | $$pin - -o requirements/installer.lock'

manage: ## Run a management command in this copy (ARGS="verify_audit")
	@$(READY) run python -m config.runner manage $(ARGS)

clean: ## Delete this copy's data and caches; the environment stays
	@$(READY) run python -m config.runner clean
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis staticfiles
