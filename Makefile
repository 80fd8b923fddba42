# Each line below is a command that a person could type in an activated .venv.
PYTHON ?= python3
READY := .venv/.ready
PACKAGES := --constraint constraints.txt --editable '.[dev]'
# uv takes a third of pip's time. Folders of wheels that pip knows of, it is told of.
UV_INSTALL = python -m pip install --quiet --constraint constraints.txt uv && VIRTUAL_ENV=.venv UV_FIND_LINKS="$$PIP_FIND_LINKS" uv pip install --compile-bytecode $(PACKAGES)
# Notebook 07 trains for 9,000 iterations as it is built. Nothing that nbval compares is their fruit.
PYTEST := OMP_NUM_THREADS=1 GANLIB_MNIST_STEPS=1000 pytest --dist=loadgroup
NBVAL := --nbval-lax --nbval-current-env --nbval-cell-timeout=3600
BROWSER := tests/live/test_lab.py tests/live/test_view.py tests/grading/test_formgrader.py
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

.PHONY: help lab test lint types tests unit notebooks-test grading-test browser-test notebooks bench grade-demo

help:
	@echo "make lab        open the course in JupyterLab"
	@echo "make test       run everything that CI runs"
	@echo "make notebooks  build course/ from solutions/"
	@echo "make bench      time ganlib, side by side"
	@echo "make grade-demo grade a made-up class of 30, with feedback, a report and marks"

lab: $(READY)
	jupyter lab --ServerApp.root_dir=course --LabApp.default_url=/lab/tree/$(FIRST) $(LAB)

# mypy takes a minute of one core, beside the tests.
test: lint
	$(MAKE) --jobs=2 types tests

lint: $(READY)
	ruff check
	ruff format --check
	codespell
	oxlint --deny-warnings ganlib
	lint-imports --no-logo

types: $(READY)
	mypy
	python -m ganlib.grading build --check

tests: $(READY)
	$(PYTEST) --numprocesses=4 $(NBVAL) solutions tests

# Parts of all that, for daily work.
unit: $(READY)
	$(PYTEST) --numprocesses=2 tests --ignore=tests/grading --ignore=tests/notebooks $(addprefix --ignore=,$(BROWSER))

notebooks-test: $(READY)
	$(PYTEST) --numprocesses=2 $(NBVAL) solutions tests/notebooks

grading-test: $(READY)
	$(PYTEST) --numprocesses=4 tests/grading

browser-test: $(READY)
	$(PYTEST) --numprocesses=2 $(BROWSER)

notebooks: $(READY)
	python -m ganlib.grading build

bench: $(READY)
	for file in benchmarks/*.py; do python $$file || exit; done

grade-demo: $(READY)
	OMP_NUM_THREADS=1 python -m examples.grade_demo

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, and $(PYTHON) is %d.%d. Name another: make PYTHON=python3.11 ..." % sys.version_info[:2])'
	$(PYTHON) -m venv .venv
	$(UV_INSTALL) || python -m pip install $(PACKAGES)
	@touch $@
