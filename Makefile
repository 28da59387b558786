# Two commands: `make run` to see it, `make test` to check it. Everything else is for those who change it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:

VENV := .venv
PYTHON := $(VENV)/bin/python
DATA := .data
CHROMIUM ?= /usr/bin/chromium
PYTEST_OPTIONS ?= -q
BENCH ?=
SENTIMENT_DATA ?= ../shared/data/sentiment
CORRECTIONS ?=
MINUTES ?= 480
FAULTS_OPTIONS ?= $(if $(SEED),--seed $(SEED))

export PYTHONUNBUFFERED := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
# The libraries are installed uncompiled: what one process has compiled the next ones must find.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run reset test slow faults faults-full soak browser bench models lint types contracts lock
.PRECIOUS: $(VENV)/.installed-%

help:  ## Say what can be made.
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/make \1\t\2/p' Makefile | expand -t 18

run: $(VENV)/.installed-run  ## Start a demo hotel with its own database, and print the address of its page.
	@exec $(PYTHON) -m bot run --demo

reset: $(VENV)/.installed-run  ## Forget the demo hotel and its database.
	@$(PYTHON) -m bot.embedded forget $(DATA)

test: $(VENV)/.installed-dev  ## Run every test that needs neither a browser nor minutes.
	@$(PYTHON) -m pytest -n auto --dist worksteal -m "not browser and not slow" $(PYTEST_OPTIONS)

slow: $(VENV)/.installed-dev  ## Run the tests that take minutes: a kill at every boundary.
	@$(PYTHON) -m pytest -n auto --dist worksteal -m slow $(PYTEST_OPTIONS)

faults: $(VENV)/.installed-dev $(VENV)/.installed-bench  ## Kill, freeze and cut the bot under load, and kill others beside it: a quarter of an hour. SEED=… repeats a run.
	@$(PYTHON) -m tests.faults --anchors $(FAULTS_OPTIONS)

faults-full: $(VENV)/.installed-dev $(VENV)/.installed-bench  ## The same at the plan's sizes: many hours.
	@$(PYTHON) -m tests.faults --anchors --scale 1 $(FAULTS_OPTIONS)

soak: $(VENV)/.installed-dev  ## The same again and again, with one seed after the other, for MINUTES (480).
	@$(PYTHON) -m tests.faults --minutes $(MINUTES) $(FAULTS_OPTIONS)

browser: $(VENV)/.installed-browser  ## Run the tests that click through the page in Chromium.
	@test -x $(CHROMIUM) || { echo "$(CHROMIUM) is missing: apt-get install chromium, or give CHROMIUM=/path/to/it" >&2; exit 1; }
	@CHROMIUM=$(CHROMIUM) $(PYTHON) -m pytest -m browser $(PYTEST_OPTIONS)

bench: $(VENV)/.installed-bench  ## Measure, beside the yardsticks, and write docs/benchmarks.md; BENCH="--quick accept" for less.
	@$(PYTHON) -m benchmarks $(BENCH)

# One thread and one seed for hashes: sums must be added in the same order each time.
models: $(VENV)/.installed-models  ## Make the models that the package ships: train the one that judges, also on CORRECTIONS="a.tsv b.tsv", and measure it; minutes.
	@OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 PYTHONHASHSEED=0 $(PYTHON) -m training $(SENTIMENT_DATA) $(CORRECTIONS)
	@$(PYTHON) -m training.languages
	@for file in training/unseen.tsv training/unseen_late.tsv training/held_out.tsv $(SENTIMENT_DATA)/guest_messages_dev.tsv $(SENTIMENT_DATA)/dev.tsv.gz; do \
		echo; echo "$$file"; $(PYTHON) -m bot evaluate $$file; \
	done

lint: $(VENV)/.installed-dev  ## Check style and form (ruff).
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .

types: $(VENV)/.installed-dev  ## Check types (mypy, strict, tests too).
	@$(PYTHON) -m mypy

contracts: $(VENV)/.installed-dev  ## Check who may import whom (import-linter).
	@$(VENV)/bin/lint-imports --no-cache

lock: $(VENV)/.lock/bin/uv  ## Renew the locks from pyproject.toml, for maintainers.
	@for lock in run "dev --group dev" "browser --group dev --group browser" "bench --group bench" "models --group models"; do \
		set -- $$lock; name=$$1; shift; echo "locks/$$name.txt"; \
		$(VENV)/.lock/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
			--upgrade pyproject.toml "$$@" -o locks/$$name.txt; \
	done

# A stamp says which lock is installed; a larger lock contains the smaller ones. Half the time of an installation
# went into byte-compiling what is never imported, and a lock is complete: nothing is left to resolve.
STAMPS_run := run
STAMPS_dev := run dev
STAMPS_browser := run dev browser
STAMPS_bench := run bench
STAMPS_models := run models

$(VENV)/.installed-%: locks/%.txt | $(VENV)/.made
	@echo "Installing the locked libraries (locks/$*.txt) into $(VENV) ..."
	@$(PYTHON) -m pip install --quiet --no-compile --no-deps --require-hashes -r locks/$*.txt
	@touch $(addprefix $(VENV)/.installed-,$(STAMPS_$*))

# Made only when it was made to the end: one that was interrupted is thrown away.
$(VENV)/.made:
	@python=$$(command -v python3.11 || command -v python3 || true); \
	if ! "$${python:-false}" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then \
		echo "Bellhop needs Python 3.11 or newer: apt-get install python3.11 python3.11-venv, then make again" >&2; exit 1; \
	fi; \
	echo "Making $(VENV) with $$python ..."; \
	rm -rf $(VENV); \
	"$$python" -m venv $(VENV) || { echo "$$python can't make it: apt-get install python3-venv, then make again" >&2; exit 1; }
	@touch $@

$(VENV)/.lock/bin/uv: | $(VENV)/.made
	@$(PYTHON) -m venv $(VENV)/.lock
	@$(VENV)/.lock/bin/pip install --quiet uv
