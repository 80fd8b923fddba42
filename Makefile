# Each line below is a command that a person could type in an activated .venv.
PYTHON ?= python3
READY := .venv/.ready
PACKAGES := --constraint constraints.txt --editable '.[dev]'
# uv takes a third of pip's time. Folders of wheels that pip knows of, it is told of.
UV_INSTALL = python -m pip install --quiet --constraint constraints.txt uv && VIRTUAL_ENV=.venv UV_FIND_LINKS="$$PIP_FIND_LINKS" uv pip install --compile-bytecode $(PACKAGES)
FIRST := 01_value_function/01_value_function.ipynb

# Commands, and alembic, which nbgrader starts by name, come from .venv. Make 3.81 (macOS) looks
# them up there only when a shell runs them, as it does with any shell that is named.
SHELL := bash
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Where Python is told to keep no bytecode, each of some thousand processes would compile anew.
export PYTHONDONTWRITEBYTECODE :=

ifeq ($(shell uname -s)$(DISPLAY)$(WAYLAND_DISPLAY),Linux)
LAB += --no-browser
endif
ifeq ($(shell id -u),0)
LAB += --allow-root
endif

.PHONY: help lab test lint types tests notebooks bench grade-demo

help:
	@echo "make lab        open the course in JupyterLab"
	@echo "make test       run everything that CI runs"
	@echo "make notebooks  build course/ from solutions/"
	@echo "make bench      time ganlib, side by side"
	@echo "make grade-demo grade a made-up class of 30, with feedback, a report and marks"

lab: $(READY)
	jupyter lab --ServerApp.root_dir=course --LabApp.default_url=/lab/tree/$(FIRST) $(LAB)

test: lint
	$(MAKE) --jobs=2 types tests  # mypy takes a minute of one core

lint: $(READY)
	ruff check
	ruff format --check
	codespell
	oxlint --deny-warnings ganlib

types: $(READY)
	mypy
	python -m ganlib.grading.build --check

tests: $(READY)
	OMP_NUM_THREADS=1 pytest --nbval-lax --nbval-current-env --nbval-cell-timeout=3600 --numprocesses=4 --dist=loadgroup solutions tests

notebooks: $(READY)
	python -m ganlib.grading.build

bench: $(READY)
	for file in benchmarks/*.py; do python $$file || exit; done

grade-demo: $(READY)
	OMP_NUM_THREADS=1 python -m ganlib.grading.demo

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, and $(PYTHON) is %d.%d. Name another: make PYTHON=python3.11 ..." % sys.version_info[:2])'
	$(PYTHON) -m venv .venv
	$(UV_INSTALL) || python -m pip install $(PACKAGES)
	@touch $@
