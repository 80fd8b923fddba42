"""The lists of dependencies agree with each other and with what ganlib imports."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import ganlib

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
MODULES = sorted((ROOT / "ganlib").rglob("*.py"))

# Where the name that is imported is not the name that is installed.
DISTRIBUTIONS = {
    "IPython": "ipython",
    "PIL": "pillow",
    "markdown_it": "markdown-it-py",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
    "zmq": "pyzmq",
}
OUR_OWN = {"examples", "ganlib", "tests", "reference"}  # the last is benchmarks/reference.py
# Where conda has another name.
CONDA = {"playwright-python": "playwright", "pytorch": "torch"}


def requirements(lines):
    """By name, without ganlib's own extras."""
    found = [Requirement(line) for line in lines]
    return {canonicalize_name(each.name): each for each in found if each.name != "ganlib"}


ALONE = requirements(PROJECT["dependencies"])
ALL = ALONE | requirements(line for lines in EXTRAS.values() for line in lines)


def imports(path, *, at_the_top):
    """The packages that a module imports as it is loaded, or later, inside a function."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        node
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
    }
    found = set()
    for node in ast.walk(tree):
        if (node not in inside) == at_the_top:
            if isinstance(node, ast.Import):
                found.update(alias.name.split(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    others = found - sys.stdlib_module_names - OUR_OWN
    return {canonicalize_name(DISTRIBUTIONS.get(name, name)) for name in others}


def all_imports(path):
    return imports(path, at_the_top=True) | imports(path, at_the_top=False)


def test_the_version_is_the_projects():
    assert ganlib.__version__ == PROJECT["version"]


def test_constraints_pin_every_dependency_inside_its_range():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if line and not line.startswith("#"))
    pins = {canonicalize_name(name): version for name, version in pins.items()}
    assert ALL.keys() <= pins.keys()
    assert not [each for name, each in ALL.items() if pins[name] not in each.specifier]
    assert pins["torch"] == "2.13.0"


def test_one_name_has_one_range():
    ranges = {}
    for line in [*PROJECT["dependencies"], *(line for lines in EXTRAS.values() for line in lines)]:
        each = Requirement(line)
        ranges.setdefault(each.name, set()).add(str(each.specifier))
    assert all(len(found) == 1 for found in ranges.values())


def test_conda_gets_the_same_ranges():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *lines, pip, ganlib_itself = environment["dependencies"]
    assert (pip, ganlib_itself) == ("pip", {"pip": ["--editable ."]})
    listed = {}
    for line in lines:
        each = Requirement(line)
        listed[canonicalize_name(CONDA.get(each.name, each.name))] = each.specifier
    python = listed.pop("python")
    assert str(python) == PROJECT["requires-python"]
    assert listed == {name: each.specifier for name, each in ALL.items()}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_module_imports_is_declared(path):
    """As it loads, from its own extra; inside functions, from the course's extra too."""
    folder = path.relative_to(ROOT / "ganlib").parts[0]
    extra = {"live": "course", "grading": "grading"}.get(folder)
    allowed = ALONE | requirements(EXTRAS.get(extra, []))
    assert imports(path, at_the_top=True) <= allowed.keys()
    assert all_imports(path) <= (allowed | requirements(EXTRAS["course"])).keys()


def test_what_notebooks_and_tests_import_is_declared():
    course = ALONE | requirements(EXTRAS["course"])
    for path in ROOT.glob("solutions/*/*.py"):
        assert all_imports(path) <= course.keys(), path.name
    for path in [*ROOT.glob("tests/**/*.py"), *ROOT.glob("*/*.py")]:
        assert all_imports(path) <= ALL.keys(), path.name


@pytest.mark.parametrize(
    "modules",
    ["ganlib", "ganlib.value, ganlib.networks, ganlib.sampling, ganlib.training, ganlib.data"],
)
def test_plotting_widgets_and_grading_are_loaded_only_when_used(modules):
    code = f"import sys, {modules}; print(*sys.modules)"
    run = [sys.executable, "-c", code]
    loaded = subprocess.run(run, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    slow = {"IPython", "ipywidgets", "matplotlib", "mlxtend", "nbgrader", "pooch", "sklearn"}
    assert not slow & set(loaded.split())
