# Needs Python 3.11 or newer and nothing else: every target sets up .venv by itself, once.
#   make brief                                  the ByteDance case
#   make brief CASE=params/other.yml            another case
#   make brief ARGS="--brief scale --to html"   more options of `capex run`
#   PYTHON=/path/to/python make …               choose the interpreter

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help brief test check golden bench lab

CASE ?= params/bytedance.yml
ARGS ?=
VENV := .venv
PY := $(VENV)/bin/python
# The stamps carry the digest of what was installed: nothing is installed again until that changes.
PINNED := $(shell cat pyproject.toml constraints.txt | cksum | cut -d' ' -f1)
RUN_STAMP := $(VENV)/.run-$(PINNED)
DEV_STAMP := $(VENV)/.dev-$(PINNED)

help: ## Show this list
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

brief: $(RUN_STAMP) ## Make the briefs of a case: CASE=params/bytedance.yml
	@$(VENV)/bin/capex run $(CASE) $(ARGS)

check: $(RUN_STAMP) ## Check params, evidence and notebooks
	@$(VENV)/bin/capex check $(ARGS)

test: $(DEV_STAMP) ## Lint, types, layers, tests
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/pyright --pythonpath $(PY)
	@$(VENV)/bin/lint-imports --no-logo
	@$(PY) -m pytest -n 2 --dist worksteal $(ARGS)

golden: $(DEV_STAMP) ## Rewrite golden files after a change that is meant
	@$(PY) -m pytest -q --snapshot-update $(ARGS)

bench: $(DEV_STAMP) ## Measure against a bare interpreter start
	@$(PY) tests/bench/bench.py $(ARGS)

lab: $(RUN_STAMP) ## Open the notebooks in JupyterLab
	@$(VENV)/bin/jupyter lab notebooks

$(DEV_STAMP): INSTALL := -e '.[dev]'
$(RUN_STAMP): INSTALL := -e .

$(RUN_STAMP) $(DEV_STAMP): | $(PY)
	@test -e $(DEV_STAMP) && { touch $@; exit 0; }; set -e; \
	echo "Installing into $(VENV) (once; a minute or two) …"; \
	if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --python $(PY) -c constraints.txt $(INSTALL); \
	else \
	  PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
	    $(PY) -m pip install -qq --no-input -c constraints.txt $(INSTALL); \
	fi; \
	touch $@

$(PY):
	@set -e; \
	for candidate in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  command -v "$$candidate" >/dev/null 2>&1 || continue; \
	  seen=$$("$$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then found=$$candidate; break; fi; \
	done; \
	if [ -z "$$found" ] && command -v uv >/dev/null 2>&1; then found=3.11; fi; \
	if [ -z "$$found" ]; then \
	  echo "capexlib needs Python 3.11 or newer; found $${seen:-none}." >&2; \
	  echo "Install one, or name it: PYTHON=/path/to/python3.11 make" >&2; exit 1; \
	fi; \
	if command -v uv >/dev/null 2>&1; then uv venv --quiet --allow-existing --python "$$found" $(VENV); \
	elif ! "$$found" -m venv $(VENV); then \
	  rm -rf $(VENV); \
	  echo "$$found cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; \
	fi
