# Every target sets up what it needs: a newcomer types `make run` or `make test` after cloning, and nothing else.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
PYTHON ?= python3
BIN := .venv/bin
unexport PYTHONDONTWRITEBYTECODE # set in many images: every process would compile the program, and the tests, anew

.PHONY: help
help: ## Show the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

.venv/.installed: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: set PYTHON=python3.x")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: setup
setup: .venv/.installed ## Create the virtual environment with its pinned packages

.PHONY: run
run: setup ## Start everything on loopback: PostgreSQL, S3, worker, API
	@exec $(BIN)/pinpai serve

.PHONY: test
test: setup ## Run the tests, on real servers; with ALL=1 the thorough ones, too
	$(BIN)/pytest -n auto --dist worksteal -q $(if $(ALL),-m "thorough or not thorough")

.PHONY: thorough
thorough: setup ## Run the tests that take longer than a developer wants to wait
	$(BIN)/pytest -n auto --dist worksteal -q -m thorough

.PHONY: demo
demo: setup ## Play a whole campaign against the running server
	@$(BIN)/python -m demo $(if $(CAMPAIGN),--campaign $(CAMPAIGN))

.PHONY: check
check: setup ## Format, lint, types, import rules, contract and documents
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pinpai openapi --check
	$(BIN)/python -m docs.generate --check

.PHONY: fix
fix: setup ## Format, and mend what can be mended by machine
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: openapi
openapi: setup ## Write the contract and the documents generated from the code
	$(BIN)/pinpai openapi
	$(BIN)/python -m docs.generate

.PHONY: examples
examples: openapi ## Play the demonstration, record the contract's examples anew, and write the contract with them
	PINPAI_RECORD=1 $(BIN)/pytest -q -m thorough tests/contract/test_recording.py
	$(BIN)/pinpai openapi

.PHONY: contract
contract: setup ## Lint, score and compile the contract with Node tools
	bash openapi/check.sh

.PHONY: mock
mock: ## Answer as the contract's examples do, on port 4010: a backend for a frontend that has none
	@exec bash openapi/mock.sh

.PHONY: frontend
frontend: ## Start the example of a frontend against the running server, on http://127.0.0.1:5173
	@cd examples/frontend && { [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-audit --no-fund --ignore-scripts --silent; }
	@cd examples/frontend && PINPAI_API=$${PINPAI_API:-http://127.0.0.1:$${PINPAI_PORT:-8000}} exec npm run --silent dev

.PHONY: packages
packages: setup ## Build and try the contract's packages for npm and PyPI, into dist/contract
	bash openapi/packages.sh

.PHONY: bench
bench: setup ## Compare with a bare program that does the same work
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.growth
	$(BIN)/python -m benchmarks.resemblances

.PHONY: storm
storm: setup ## Play the last hour before the deadline, and compare a ledger with what is stored
	$(BIN)/python -m benchmarks.storm

.PHONY: bench-quick
bench-quick: setup ## See that the benchmark runs, and that both programs do the same work
	$(BIN)/python -m benchmarks --quick
	$(BIN)/python -m benchmarks.storm --quick
	$(BIN)/python -m benchmarks.judging --rounds 2
	$(BIN)/python -m benchmarks.resemblances --quick

.PHONY: lock
lock: setup ## Resolve the pinned packages anew
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet -o requirements/app.txt
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make lock" --quiet -o requirements/dev.txt
