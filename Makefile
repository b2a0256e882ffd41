# Two commands: `make book` builds the site, `make test` verifies everything.
# Both set up what they need first; after that no network is used.

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup lock book serve takeaway notebooks releases test check-code check-text check-package \
        check-claims check-notebooks check-homework homework-all check-canaries check-site lookalike backends audit drill bench clean

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STEP   := @$(PYTHON) tools/step.py
NPM    := $(BIN)/python -m tools.node npm
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Compile the packages once: every import of Keras would otherwise, where Python keeps no bytecode.
export UV_COMPILE_BYTECODE := 1

help:  ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

# --- set-up --------------------------------------------------------------------------------

setup: $(VENV)/.complete node_modules/.complete  ## install everything, from the locks

$(VENV)/.complete: requirements.lock pyproject.toml
	$(STEP) "Make the virtual environment in $(VENV)" $(PYTHON) -m venv $(VENV)
	@awk '/^uv==/{found=1} found{print} found && !/\\$$/{exit}' requirements.lock > $(VENV)/uv.lock
	$(STEP) "Install uv" $(BIN)/pip install --quiet --require-hashes --requirement $(VENV)/uv.lock
	$(STEP) "Install the locked packages" $(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(STEP) "Install cnnutils itself" $(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline --editable .
	@touch $@

node_modules/.complete: package-lock.json package.json $(VENV)/.complete
	$(STEP) "Install the locked npm packages" $(NPM) ci --silent
	@touch $@

lock:  ## resolve the locks again (needs the network)
	$(STEP) "Resolve requirements.lock" $(BIN)/uv pip compile pyproject.toml --extra cpu --extra book --extra test --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade --output-file requirements.lock
	$(STEP) "Resolve tools/audit.lock" $(BIN)/uv pip compile tools/audit.in --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade --output-file tools/audit.lock
	$(STEP) "Resolve package-lock.json" $(NPM) update --package-lock-only --silent

# --- the book ------------------------------------------------------------------------------

book: setup  ## build the site into _build/html
	$(STEP) "Judge the statements of the claims ledger" $(BIN)/python -m tools.ledger --if-changed
	$(STEP) "Build the site" $(BIN)/python -m tools.build_site
	@echo "The site is at $(CURDIR)/_build/html/index.html (make serve shows it in a browser)"

serve: book  ## build the site and serve it on this machine
	$(BIN)/python -m tools.serve

takeaway: book  ## make the book as one PDF and as one archive, in _build/takeaway
	$(STEP) "PDF and archive" $(BIN)/python -m tools.takeaway

notebooks: setup  ## bring the notebooks up to date with the texts in book/: pair, then execute what changed
	$(STEP) "Pair and execute the notebooks" $(BIN)/python -m tools.execute

releases: setup  ## make the students' notebooks from the masters in homework/
	@for folder in homework/hw*/; do \
		$(BIN)/python -m cnnutils.homework release $$folder -o homework/release/$$(basename $$folder).ipynb || exit; \
	done

# --- verification --------------------------------------------------------------------------

# The site is built last: it shows what the checks before it saw, and is then itself checked.
test: export VERIFICATION_RECORD := 1
test: setup  ## verify everything
	@$(BIN)/python -m tools.record
	@$(MAKE) --no-print-directory check-code check-text check-package check-claims check-notebooks check-homework check-canaries check-site
	@$(BIN)/python -m tools.report

check-code: setup  ## lint, format, types, floors of the package
	$(STEP) "Lint" $(BIN)/ruff check --quiet .
	$(STEP) "Format" $(BIN)/ruff format --quiet --check .
	$(STEP) "Types" $(BIN)/mypy
	$(STEP) "Floors of the package" $(BIN)/lint-imports

check-text: setup  ## pairs, prose numbers, figures' texts, one source of truth
	$(STEP) "Contracts" $(BIN)/pytest -q -n 2 --dist loadfile tests/contract tests/tools tests/test_conftest.py

check-package: setup  ## the package's tests and doctests
	$(STEP) "Package" $(BIN)/pytest -q -n 2 --doctest-modules cnnutils tests/cnnutils

check-claims: setup  ## judge every statement of the claims ledger by running its check
	$(STEP) "Claims" $(BIN)/python -m tools.ledger

check-notebooks: setup  ## run every notebook again, compare every output and figure
	$(STEP) "Notebooks" $(BIN)/pytest -q -n 2 --dist loadfile --no-loadscope-reorder --nbval --nbval-current-env --nbval-cell-timeout=900 notebooks

check-homework: setup  ## try right, wrong and hostile answers on the homework's tests and grader
	$(STEP) "Homework" $(BIN)/pytest -q -n 2 --dist worksteal tests/homework

homework-all: export HOMEWORK := all
homework-all: check-homework  ## the same, and of assignments that have not changed as well

check-canaries: setup  ## break copies of the course, see the checks go red
	$(STEP) "Canaries" $(BIN)/pytest -q -n 2 --dist worksteal tests/canaries

check-site: book  ## links, resources, accessibility, browser
	$(STEP) "Site" $(BIN)/pytest -q -n 2 --dist loadfile tests/site tests/explorers

lookalike: setup  ## run every notebook with Colab's packages, and with the oldest that are allowed (network)
	$(STEP) "As in Colab" $(BIN)/python -m tools.lookalike colab
	$(STEP) "With the oldest packages" $(BIN)/python -m tools.lookalike oldest

backends: setup  ## run the package's tests and the networks on JAX and on PyTorch (network)
	$(STEP) "On JAX" $(BIN)/python -m tools.backends jax
	$(STEP) "On PyTorch" $(BIN)/python -m tools.backends torch

audit: setup  ## look up known weaknesses of the locked packages, and list all parts (network)
	$(STEP) "Audit" $(BIN)/python -m tools.audit

drill: setup  ## break the package's arithmetic on purpose, see its tests go red
	$(STEP) "Drill" $(BIN)/python -m tools.drill

bench: setup  ## measure cnnutils side by side with its peers
	$(STEP) "Benchmarks" $(BIN)/python -m benchmarks

clean:  ## remove everything that was built or installed
	rm -rf _build $(VENV) node_modules .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis cnnutils.egg-info
