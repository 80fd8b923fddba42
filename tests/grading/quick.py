"""Grading without kernels, for tests of all that is round the execution of a notebook.

``Quick`` stands where nbgrader's Execute stands and runs the cells in this process, which is not
safe and takes milliseconds. ``in_this_process`` stands where the cluster stands.
"""

import contextlib
import io
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from nbconvert.preprocessors import Preprocessor
from nbformat.v4 import new_output
from traitlets import Bool, Float

from ganlib.grading import cli
from ganlib.grading.batch import grade
from ganlib.grading.execution.grader import grade as grade_one
from ganlib.grading.execution.task import GradingResult, Task
from tests.grading import commands


class Quick(Preprocessor):
    """Runs nbgrader's cells in one namespace; what is raised becomes the cell's output."""

    enabled = Bool(True)
    seconds = Float(0).tag(config=True)  # a notebook takes

    def preprocess(self, notebook, resources):
        names: dict = {}
        time.sleep(self.seconds)
        for cell in notebook.cells:
            if cell.cell_type == "code" and "nbgrader" in cell.metadata:
                cell.outputs, cell.execution_count = [], 1
                try:
                    exec(cell.source, names)
                except Exception as error:
                    cell.outputs = [
                        new_output("error", ename=type(error).__name__, evalue=str(error))
                    ]
        return notebook, resources


def in_this_process(client, assignment, students, prepare, limit):
    """As cluster.grade_all, one after the other and with no other process."""
    for student in students:
        try:
            handin, rows = prepare(student)
        except (OSError, ValueError) as error:
            yield GradingResult(student, error=str(error))
            continue
        with tempfile.TemporaryDirectory() as scratch:
            yield grade_one(Task(assignment, handin, rows, scratch))


@contextmanager
def no_cluster(scheduler, workers):
    yield None


def grade_in_this_process(root: Path, *arguments: str) -> str:
    """What the command says. The servers that it warms up stay warm for the next class."""
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said):
        patch.chdir(root)
        patch.setenv("PATH", commands.environment()["PATH"])
        patch.setattr(grade, "connect", no_cluster)
        patch.setattr(grade, "grade_all", in_this_process)
        cli.main(["grade", *arguments, "--course", str(root)])
    return said.getvalue()


def run_here(root: str, scratch: str, *arguments: str) -> None:
    """The command in this process, which is one of its own; scratch folders under ``scratch``."""
    tempfile.tempdir = scratch
    grade.connect, grade.grade_all = no_cluster, in_this_process
    with (Path(scratch) / "output").open("a") as output:
        sys.stdout = sys.stderr = output
        sys.exit(cli.main(["grade", "00_average", "--course", root, *arguments]))
