"""The process that grades, one hand-in after the other: nbgrader's Autograde in a private folder.

    python -m ganlib.grading.execution.grader FD

It gets tasks and gives results through the socket FD, and ends when the other end is closed. It
is a process of its own, and not a thread of a worker's, so that kernels are forked from a process
with one thread, and so that whatever kills it kills one hand-in's run and no worker.
"""

import logging
import os
import pickle
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import nbformat
import torch  # noqa: F401 - imported once here, and not once for each hand-in
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from ganlib.grading import gradebook
from ganlib.grading.execution.execute import IsolatedExecute
from ganlib.grading.execution.notebook_file import Ungradable, read_notebook
from ganlib.grading.execution.stopwatch import cpu_seconds
from ganlib.grading.execution.submission import notebook_files
from ganlib.grading.execution.task import GradingResult, Task
from ganlib.grading.sandbox.provisioner import SandboxProvisioner


def grade(task: Task) -> GradingResult:
    """Grades one hand-in; whatever is wrong with it is in the result."""
    began, spent = time.perf_counter(), cpu_seconds(os.getpid())
    notes = list(task.handin.notes)
    found: dict = {}
    error = ""
    try:
        config = _lay_out(task, notes)
        found = _autograde(task, config)
    except Ungradable as ungradable:
        error = str(ungradable)
    except Exception as trouble:
        error = f"{type(trouble).__name__}: {trouble}".strip().splitlines()[0][:300]
    return GradingResult(
        student=task.handin.student,
        error=error,
        notes=tuple(notes),
        seconds=time.perf_counter() - began,
        cpu_seconds=max(0.0, cpu_seconds(os.getpid()) - spent),
        **found,
    )


def _lay_out(task: Task, notes: list[str]) -> Config:
    """A course of one assignment and one student in the scratch folder; returns its settings."""
    root, name, student = Path(task.scratch), task.assignment.name, task.handin.student
    files = dict(task.handin.files)
    wanted, odd = notebook_files(task.handin, task.assignment.notebooks)
    notes += odd
    for notebook, file in wanted.items():
        content, odd = read_notebook(files.pop(file))
        notes += odd
        files[f"{notebook}.ipynb"] = nbformat.writes(content).encode()
    _write(root / "submitted" / student / name, files)
    _write(root / "source" / name, task.assignment.files)
    (root / "gradebook.db").write_bytes(task.assignment.gradebook)

    config = Config(task.assignment.config)
    config.CourseDirectory.merge(
        {
            "root": str(root),
            "db_url": f"sqlite:///{root}/gradebook.db",
            "directory_structure": "{nbgrader_step}/{student_id}/{assignment_id}",
            "source_directory": "source",
            "submitted_directory": "submitted",
            "autograded_directory": "autograded",
            "assignment_id": name,
            "student_id": "*",  # there is one only, and a name may look like a pattern
        }
    )
    config.Exchange.root = str(root / "exchange")
    return config


def _write(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def _autograde(task: Task, config: Config) -> dict:
    coursedir = CourseDirectory(config=config)
    name, student = task.assignment.name, task.handin.student
    with gradebook.transaction(coursedir.db_url, coursedir.course_id) as db:
        gradebook.insert(db, task.rows)
    with _listening() as (log, errors):
        autograde = Autograde(coursedir=coursedir, config=config, log=log)
        try:
            autograde.start()
        except Exception as trouble:
            raise Ungradable(_why(errors) or str(trouble)) from trouble
    folder = Path(coursedir.format_path(coursedir.autograded_directory, student, name))
    with gradebook.transaction(coursedir.db_url, coursedir.course_id) as db:
        new = gradebook.rows(db, name, student)
    return {
        "rows": new,
        "files": {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.is_symlink()
        },
        "permissions": int(str(autograde.permissions), 8),
        "sandboxed": is_sandboxed(autograde),
    }


def is_sandboxed(autograde: Autograde) -> bool:
    """Whether the student's cells ran in the sandbox, and not merely could have."""
    refereed = IsolatedExecute in autograde.autograde_preprocessors
    return refereed and not SandboxProvisioner(config=autograde.config).unsandboxed


@contextmanager
def _listening() -> Iterator[tuple[logging.Logger, list[str]]]:
    """A logger that keeps errors: nbgrader logs a cause, and then raises without it."""
    errors: list[str] = []
    log = logging.getLogger("ganlib.grading.execution.grader")
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: errors.append(record.getMessage())  # type: ignore[method-assign]
    log.propagate = False
    log.setLevel(logging.ERROR)
    log.addHandler(handler)
    try:
        yield log, errors
    finally:
        log.removeHandler(handler)


def _why(errors: list[str]) -> str:
    """The last line of the traceback that was logged: the error itself."""
    for error in errors:
        if "Traceback (most recent call last)" in error:
            return error.strip().splitlines()[-1][:300]
    return errors[0][:300] if errors else ""


def main() -> None:
    connection = Connection(int(sys.argv[1]))
    while True:
        try:
            task = pickle.loads(connection.recv_bytes())  # written by our own worker
        except EOFError:
            return
        connection.send_bytes(pickle.dumps(grade(task)))


if __name__ == "__main__":
    main()
