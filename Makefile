# Needs Python 3.11 or later (with venv) and make; everything else is set up once, in .venv.
#   make demo    the whole job on sample feeds, offline        make run     the daemon with config.yaml
#   make test    the tests                                     make help    everything else

PYTHON ?= python3
ONCE   ?=
ARGS   ?=

BIN   := .venv/bin
PIP   := $(BIN)/python -m pip --disable-pip-version-check install -qq --no-compile --no-deps

.SILENT:
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo run test check format lock clean

help:
	echo 'make demo [ONCE=1]   the whole job offline, on sample feeds: poll, file, digest, mail, desk'
	echo 'make run             the daemon with config.yaml; without a mail server, digests go to outbox/'
	echo 'make test [ARGS=..]  the tests (ARGS are for pytest)'
	echo 'make check           format, lint, types, imports, dependencies, tests with coverage'
	echo 'make format          writes the code the way `make check` wants it'
	echo 'make lock            resolves the dependencies anew into requirements*.lock'
	echo 'make clean           removes .venv and caches; never the database, outbox or drafts'
	echo 'PYTHON=python3.13    the interpreter that .venv is made with'

demo: .venv/.ready
	$(BIN)/aggregator demo $(if $(ONCE),--once) $(ARGS)

run: .venv/.ready
	$(BIN)/aggregator --config config.yaml run $(ARGS)

test: .venv/.ready-dev
	$(BIN)/python -m pytest -n 2 $(ARGS)

check: .venv/.ready-dev
	echo 'format'       && $(BIN)/ruff format --check --quiet .
	echo 'lint'         && $(BIN)/ruff check --quiet .
	echo 'types'        && $(BIN)/mypy --no-error-summary
	echo 'imports'      && $(BIN)/lint-imports --no-logo 2>&1 >.venv/imports.log || { cat .venv/imports.log; exit 1; }
	echo 'dependencies' && $(BIN)/deptry . 2>.venv/deptry.log || { cat .venv/deptry.log; exit 1; }
	echo 'tests'        && $(BIN)/python -m pytest -n 2 --cov $(ARGS)

format: .venv/.ready-dev
	$(BIN)/ruff format --quiet .
	$(BIN)/ruff check --fix --quiet .

# One resolution for every Python and platform. Hashes, no addresses: the lock names no package index.
lock: .venv/bin/pip
	$(PIP) uv
	$(BIN)/uv lock --quiet --upgrade
	$(BIN)/uv export $(EXPORT) --output-file requirements.lock >/dev/null
	$(BIN)/uv export $(EXPORT) --group dev --output-file requirements-dev.lock >/dev/null
	rm uv.lock

EXPORT := --quiet --frozen --format requirements.txt --no-emit-project --no-header --no-annotate --all-extras --no-default-groups --group build

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage .coverage.* build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Packages are compiled when they are first imported: setting up takes half the time.
.venv/bin/pip:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo 'This needs Python 3.11 or later; $(PYTHON) is older or missing. Try: make PYTHON=python3.13 $(MAKECMDGOALS)' >&2; exit 2; }
	echo 'Setting up .venv (once; about 100 MB to download) ...'
	$(PYTHON) -m venv .venv \
	  || { rm -rf .venv; echo 'Python has no venv here. On Debian and Ubuntu: apt install python3-venv' >&2; exit 2; }

.venv/.ready: pyproject.toml requirements.lock | .venv/bin/pip
	echo 'Installing what it runs on, at the versions of requirements.lock ...'
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-build-isolation --editable .
	touch $@

.venv/.ready-dev: pyproject.toml requirements-dev.lock | .venv/bin/pip
	echo 'Installing what it runs on and its test tools, at the versions of requirements-dev.lock ...'
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-build-isolation --editable .
	touch .venv/.ready $@
