# Sojourn's commands. Needs git, make and any Python from 3.11 on; everything else is fetched.
# Arguments go through ARGS, e.g. `make test ARGS="-k calendar"`, `make logs ARGS="relay --follow"`.

.DEFAULT_GOAL := help
.PHONY: help up down status logs test faults soak check format bench lock fetch clean clean-cache

SHELL := /bin/sh
BIN := .venv/bin

# The first Python that is new enough, whatever its name. Run as: $(BOOTSTRAP) stack|dev
BOOTSTRAP = PYTHON=; \
	for name in python3 python3.14 python3.13 python3.12 python3.11; do \
		if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then \
			PYTHON=$$name; break; \
		fi; \
	done; \
	if [ -z "$$PYTHON" ]; then \
		echo "error: no Python from 3.11 on was found: install one (apt install python3)" >&2; \
		exit 1; \
	fi; \
	$$PYTHON -P stack/bootstrap.py

LOCK = $(BIN)/uv pip compile -q --universal --generate-hashes --no-header --no-annotate \
	--python-version 3.11 pyproject.toml

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

up: ## Start the servers and every process of ours; stays until Ctrl-C
	@$(BOOTSTRAP) stack && exec $(BIN)/sojourn up $(ARGS)

down: ## Stop what `make up` started
	@if [ -x $(BIN)/sojourn ]; then exec $(BIN)/sojourn down $(ARGS); else echo "Nothing runs."; fi

status: ## Show each process: port, health, uptime, log
	@$(BOOTSTRAP) stack && exec $(BIN)/sojourn status $(ARGS)

logs: ## Show the logs; ARGS="relay --follow" for one of them
	@$(BOOTSTRAP) stack && exec $(BIN)/sojourn logs $(ARGS)

test: ## Run every test on real servers of their own, beside a running `make up`
	@$(BOOTSTRAP) dev && $(BIN)/python -m stack fetch && exec $(BIN)/python -m pytest $(ARGS)

faults: ## Break a platform under traffic and see what it keeps; ARGS="--seed 7 'Kafka paused'", --list
	@$(BOOTSTRAP) dev && $(BIN)/python -m stack fetch && exec $(BIN)/python -m tests.faults \
		$(if $(SEED),--seed $(SEED)) $(ARGS)

soak: ## Let people work for an hour and watch each process's memory; ARGS="--minutes 90"
	@$(BOOTSTRAP) dev && $(BIN)/python -m stack fetch && exec $(BIN)/python -m tests.faults.soak $(ARGS)

check: ## Check format, lint, types, layers and docs
	@$(BOOTSTRAP) dev && \
	$(BIN)/ruff format --check . && \
	$(BIN)/ruff check . && \
	$(BIN)/pyright && \
	$(BIN)/lint-imports && \
	$(BIN)/python -m pytest -q tests/docs -m "not servers"

format: ## Format the code and fix what can be fixed
	@$(BOOTSTRAP) dev && $(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: ## Run the benchmarks
	@$(BOOTSTRAP) dev && $(BIN)/python -m stack fetch && exec $(BIN)/python -m benchmarks $(ARGS)

lock: ## Write requirements/*.txt anew from pyproject.toml; ARGS=--upgrade takes newer releases
	@$(BOOTSTRAP) dev && \
	$(LOCK) -o requirements/runtime.txt $(ARGS) && \
	$(LOCK) --extra stack -c requirements/runtime.txt -o requirements/stack.txt $(ARGS) && \
	$(LOCK) --extra dev -c requirements/runtime.txt -o requirements/dev.txt $(ARGS)

fetch: ## Download everything, so that `make up` and `make test` work offline
	@$(BOOTSTRAP) dev && exec $(BIN)/sojourn fetch $(ARGS)

clean: ## Stop, then delete data and .venv (ARGS=--yes does not ask)
	@if [ -x $(BIN)/sojourn ]; then $(BIN)/sojourn clean $(ARGS); fi
	@rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache

clean-cache: ## Delete what was downloaded, for every checkout of this user
	@$(BOOTSTRAP) stack && exec $(BIN)/python -m stack clean-cache
