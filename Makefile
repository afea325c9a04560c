# Everything a laptop needs. `make` alone says what there is.
# Each word sets up what it needs by itself; only Python 3.11+ and Node 20+ must be there.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
ARGS ?=
STAGE ?=
REGION ?=
CONFIRM ?=
DEPLOY = $(BIN)/python -m infra.deploy
MEANT = --stage "$(STAGE)" $(if $(REGION),--region "$(REGION)")
PURE := handler.domain handler.flows handler.front handler.adapters.policy

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-long test-faults test-fuzz test-roles test-mutants test-planted check check-aws format bench package
.PHONY: deploy secrets remove doctor lock clean

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

setup: $(READY) ## the Python environment, from the lock with hashes
$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Sluice needs Python 3.11 or later; '$(PYTHON)' is older. Try: make $(MAKECMDGOALS) PYTHON=python3.13"; exit 1; }
	@command -v node >/dev/null || { echo "Sluice's deploy tool needs Node 20 or later: install it, then run make again."; exit 1; }
	@echo "setting up the Python environment (about half a minute, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## the playground: a page in the browser; ARGS=--script plays a fixed conversation
	@$(BIN)/python -m infra.local $(ARGS)

test: $(READY) ## every test (ARGS goes to pytest)
	@$(BIN)/python -m infra.local.install
	@$(BIN)/python -m pytest -n 2 --dist loadgroup $(foreach package,$(PURE),--cov=$(package)) --cov-branch \
	  --cov-report=term-missing:skip-covered --cov-fail-under=100 $(ARGS)

test-long: $(READY) ## races, random histories and large records at full length (minutes)
	@$(BIN)/python -m infra.local.install
	@SLUICE_LONG_TESTS=1 $(BIN)/python -m pytest -v --no-header tests/races tests/model tests/scale $(ARGS)

test-fuzz: $(READY) ## a million hostile events to the door, and guided fuzzing (minutes)
	@SLUICE_FUZZ_EVENTS=1000000 SLUICE_FUZZ_RUNS=500000 $(BIN)/python -m pytest -s tests/fuzz $(ARGS)

test-faults: $(READY) ## workers killed and neighbours failing at every step (half an hour)
	@$(BIN)/python -m infra.local.install
	@SLUICE_WHOLE_MATRIX=1 $(BIN)/python -m pytest -n 2 --dist loadgroup -rP --tb=short --no-header tests/faults $(ARGS)

test-roles: $(READY) ## each permission of each role taken away in turn, on the local AWS with roles enforced (minutes)
	@$(BIN)/python -m infra.local.install
	@SLUICE_EVERY_PERMISSION=1 $(BIN)/python -m pytest -v --no-header tests/infra/test_permissions.py $(ARGS)

test-mutants: $(READY) ## do the tests of the domain notice every change of it? (minutes)
	@$(BIN)/python -m tests.mutants

test-planted: $(READY) ## break the product on purpose in five ways: do the suites notice? (minutes)
	@$(BIN)/python -m infra.local.install
	@$(BIN)/python -m tests.planted

check: $(READY) ## format, lint, types, import rules, known holes in the locks (where the advisories can be reached)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m infra.advisories

format: $(READY) ## mend what can be mended by itself
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

check-aws: $(READY) ## what cfn-lint and checkov say of the stack (they have an environment of their own)
	@$(BIN)/python -m infra.scan

bench: $(READY) ## the benchmarks, with the comparison columns
	@$(BIN)/python -m tests.bench

package: $(READY) ## the artifact for Lambda
	@$(BIN)/python -m infra.package --platform lambda $(ARGS)

deploy: $(READY) ## the stack to AWS: STAGE=prod REGION=... (ARGS="--param approvalsChannel=C0123" and the like)
	@$(DEPLOY) deploy $(MEANT) $(ARGS)

secrets: $(READY) ## the values of the deployed secrets, asked for one by one: STAGE=... REGION=...
	@$(DEPLOY) secrets $(MEANT) $(ARGS)

doctor: $(READY) ## looks a deployment over, and says what mends what is wrong: STAGE=... REGION=...
	@$(BIN)/sluice doctor $(if $(STAGE),$(MEANT)) $(ARGS)

remove: $(READY) ## the stack from AWS, after asking; the tables stay: STAGE=... REGION=... (CONFIRM=stage does not ask)
	@$(DEPLOY) remove $(MEANT) $(if $(CONFIRM),--confirm "$(CONFIRM)") $(ARGS)

lock: $(READY) ## renew the locks (needs uv)
	@uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --upgrade pyproject.toml -o requirements.lock
	@uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --upgrade --extra dev pyproject.toml -o requirements-dev.lock
	@uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --upgrade infra/local/requirements.in -o requirements-playground.lock
	@uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --upgrade infra/scan/requirements.in -o requirements-scan.lock

clean: ## remove everything that was made
	@rm -rf $(VENV) .build .playground node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis mutants
