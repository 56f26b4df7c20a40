# Two commands matter: `make demo` shows the main job, `make test` proves it.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
RESOLVE = --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet
STAMP = $(VENV)/.locked

.DEFAULT_GOAL := help
.PHONY: help venv demo test core check lint types arrows clean-test soak bench lock

help: ## say what each target does
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | while IFS='|' read -r name text; do printf '%-12s %s\n' "$$name" "$$text"; done

venv: $(STAMP) ## build .venv from the locked requirements, with the `baton` command

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Baton needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is missing; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(STAMP)

demo: venv ## play the story on the embedded database and a simulated HubSpot, then keep serving
	$(BIN)/baton demo

test: venv ## run every test, on real PostgreSQL
	$(BIN)/pytest -n 2 --dist loadgroup

core: venv ## run the pure core's tests alone
	$(BIN)/pytest tests/core

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: venv
	$(BIN)/mypy

arrows: venv
	$(BIN)/lint-imports

clean-test:
	rm -rf build/clean
	env -i HOME="$$HOME" PATH="$$PATH" LANG=C.UTF-8 $(MAKE) test VENV=build/clean/venv

check: lint types arrows ## lint, types, import contracts, the agreement's examples, and all tests in a clean environment
	$(BIN)/baton agreement test config/agreement.yaml
	$(MAKE) clean-test

soak: venv ## run what takes long, at full size: faults and load
	BATON_SOAK=1 $(BIN)/pytest -n 0 -m soak
	HYPOTHESIS_PROFILE=thorough $(BIN)/pytest -n 2 tests/core

bench: venv ## measure: a backtest of 50,000 contacts; 20,000 of 300,000 clocks due at once; live events in a replay
	$(BIN)/python -m bench.backtest 50000
	$(BIN)/python -m bench.clocks 300000 20000
	$(BIN)/python -m bench.replay 100000 200

lock: venv ## resolve requirements/*.txt anew, with hashes
	$(BIN)/uv pip compile pyproject.toml $(RESOLVE) --upgrade -o requirements/runtime.txt
	$(BIN)/uv pip compile pyproject.toml --extra embedded --extra dev --constraint requirements/runtime.txt $(RESOLVE) --upgrade -o requirements/dev.txt
	echo 'hatchling>=1.27' | $(BIN)/uv pip compile - --constraint requirements/dev.txt $(RESOLVE) -o requirements/build.txt
