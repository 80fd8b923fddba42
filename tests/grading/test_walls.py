"""Which code runs where, and what may be seen from there: walls that no file's name holds up."""

import re
import subprocess
import sys
from importlib import import_module

import pytest

from ganlib.grading import cli, entrypoints
from ganlib.grading.rpc import policy, session
from ganlib.live.engine import Engine

IMPORTS = re.compile(r"from ([\w.]+) import (\w+)|import (ganlib[\w.]+)")


@pytest.mark.parametrize(
    "text", [value for name, value in vars(entrypoints).items() if name.isupper()]
)
def test_what_a_command_line_imports_is_there(text):
    found = IMPORTS.findall(text) or [("", "", text)]
    for module, name, whole in found:
        imported = import_module(module or whole)
        assert not name or hasattr(imported, name) or import_module(f"{module}.{name}")


@pytest.mark.parametrize("command", cli.COMMANDS.values())
def test_each_command_is_there(command):
    module = import_module(f"ganlib.grading.{command.module}")
    assert module.__doc__
    assert callable(module.add_arguments)
    assert callable(module.run)


def test_marks_are_read_without_torch_and_without_the_cluster():
    code = "import sys, ganlib.grading.reports.marks; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in said.stdout.split()}
    assert not loaded & {"torch", "dask", "distributed", "matplotlib"}
    assert "ganlib.grading.reports.verdicts" in said.stdout
    assert "ganlib.grading.execution.execute" not in said.stdout


def test_a_students_process_may_look_at_the_courses_objects_and_no_others():
    def of(module):
        return type("Thing", (), {"__module__": module, "secret": 1})()

    assert policy.is_open(of("ganlib.live.engine"), "secret")
    assert policy.is_open(of("ganlib.live"), "secret")
    assert not policy.is_open(of("ganlib.live"), "_secret")
    assert policy.is_open(Engine(), "step")
    for module in (
        session.__name__,
        "ganlib.grades.anything",
        "ganlib.lively",
        "torch.nn",
        "__main__",
        "ganlib",
    ):
        assert not policy.is_open(of(module), "secret"), module
