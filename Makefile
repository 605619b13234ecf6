# Everything runs in .venv of this checkout; a machine with Python 3.11 or newer and make is enough.
# Where packages come from is the environment's business: pip's and uv's own settings are obeyed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
LOCKS := requirements
OUT ?= out

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS ?= 1

# uv does not read pip's settings: where a site's mirror or folder of wheels is written down for pip alone, hand it on.
ifdef PIP_NO_INDEX
UV_FLAGS := --no-index
export UV_FIND_LINKS ?= $(PIP_FIND_LINKS)
endif
UV_INSTALL = index="$${UV_DEFAULT_INDEX:-$${UV_INDEX_URL:-$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}}}"; \
	if test -n "$$index"; then export UV_DEFAULT_INDEX="$$index"; fi; \
	if test -z "$$HOME"; then export UV_CACHE_DIR="$${UV_CACHE_DIR:-$(CURDIR)/$(VENV)/cache}"; fi; \
	$(BIN)/uv pip install --quiet --python $(BIN)/python --only-binary :all: --compile-bytecode $(UV_FLAGS)
UV_COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links $(UPGRADE)

.PHONY: help demo test test-all check format bench docs lock clean

help:  ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## ?/\1|/' | awk -F'|' '{printf "  make %-10s %s\n", $$1, $$2}'

demo: $(VENV)/.run  ## a raid sensed, tracked, warned of, stopped (simulated) and reported, in scaled real time
	@$(BIN)/sangar demo --out $(OUT)/demo

test: $(VENV)/.dev  ## the tests, but for the slow ones
	@$(BIN)/python -m pytest -m "not slow"

test-all: $(VENV)/.dev  ## all tests
	@$(BIN)/python -m pytest

check: $(VENV)/.dev  ## format, lint, types, the arrow, dependencies, architecture
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .
	$(BIN)/python -m pytest tests/architecture

format: $(VENV)/.dev  ## put the sources in form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.bench  ## the tracker beside its peers on the common scenes; minutes
	@$(BIN)/sangar bench tracking

docs: $(VENV)/.docs  ## the documentation, warnings as errors, into docs/_build/html
	$(BIN)/python docs/generate_reference.py
	$(BIN)/python docs/draw_packages.py
	$(BIN)/python -m sphinx -W --keep-going -q -d docs/_build/doctrees docs docs/_build/html
	@echo "docs/_build/html/index.html"

# Each lock is held to the one before it, so that one environment can take them all. UPGRADE=--upgrade for newer versions.
lock: $(VENV)/.uv  ## make the lock files again from pyproject.toml
	$(UV_COMPILE) pyproject.toml -o $(LOCKS)/run.lock
	$(UV_COMPILE) pyproject.toml --group dev -c $(LOCKS)/run.lock -o $(LOCKS)/dev.lock
	$(UV_COMPILE) pyproject.toml --extra docs -c $(LOCKS)/dev.lock -o $(LOCKS)/docs.lock
	$(UV_COMPILE) pyproject.toml --extra bench -c $(LOCKS)/docs.lock -o $(LOCKS)/bench.lock
	$(UV_COMPILE) $(LOCKS)/bootstrap.in -c $(LOCKS)/docs.lock -o $(LOCKS)/bootstrap.lock
	@! grep -n "://" $(LOCKS)/*.lock

clean:  ## remove the environment and everything that was made
	rm -rf $(VENV) $(OUT) docs/_build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage

# The stamps below make a second call quick: each names what must be newer for the set-up to run again.
$(VENV)/.uv: $(LOCKS)/bootstrap.lock
	@$(PYTHON) -c 'import sys; sys.exit("Sangar needs Python 3.11 or newer; name one: make PYTHON=python3.12 ..." if sys.version_info < (3, 11) else 0)'
	@echo "setting up .venv"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --require-hashes --only-binary :all: -r $<
	@touch $@

$(VENV)/.run: $(LOCKS)/run.lock pyproject.toml $(VENV)/.uv
	@echo "installing what Sangar needs to run"
	@$(UV_INSTALL) --require-hashes -r $<
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline --editable .
	@touch $@

$(VENV)/.dev: $(LOCKS)/dev.lock $(VENV)/.run
	@echo "installing what its tests and checks need"
	@$(UV_INSTALL) --require-hashes -r $<
	@touch $@

$(VENV)/.docs: $(LOCKS)/docs.lock $(VENV)/.run
	@echo "installing what its documentation needs"
	@$(UV_INSTALL) --require-hashes -r $<
	@touch $@

$(VENV)/.bench: $(LOCKS)/bench.lock $(VENV)/.run
	@echo "installing the peers it is measured against"
	@$(UV_INSTALL) --require-hashes -r $<
	@touch $@
