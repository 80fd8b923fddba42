"""What a Dask worker does with a hand-in: it keeps a warm grader, and starts another if that dies.

A worker needs ganlib[grading] installed and nothing else; all that it works on comes as data.
"""

import atexit
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe

import cloudpickle

import ganlib
from ganlib.grading.entrypoints import GRADER
from ganlib.grading.execution.assignment import Assignment
from ganlib.grading.execution.submission import Submission
from ganlib.grading.execution.task import GradingResult, Task
from ganlib.grading.gradebook import Rows

TRIES = 3
_mine = threading.local()  # a worker may have several threads, each with a grader of its own
_graders: set["Grader"] = set()
_stopped = threading.Event()


class Died(RuntimeError):
    """The grader is gone, and its hand-in is not graded."""


class Grader:
    """A process of ``ganlib.grading.execution.grader``, which has imported nbgrader and torch."""

    def __init__(self) -> None:
        self._connection, theirs = Pipe()
        # What this process can import, the grader can; and it has no folder of its own to import.
        path = os.pathsep.join(each for each in sys.path if each)
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", GRADER, str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            env=os.environ | {"PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is for the command alone
        )
        theirs.close()
        _graders.add(self)

    def grade(self, task: Task, limit: float) -> GradingResult:
        """Died where the process ends first, TimeoutError after ``limit`` seconds."""
        began = time.monotonic()
        try:
            self._connection.send_bytes(cloudpickle.dumps(task))
            while not self._connection.poll(0.2):
                # Its own children may hold the socket open: ask whether it lives, too.
                if self._process.poll() is not None and not self._connection.poll():
                    raise EOFError
                if time.monotonic() - began > limit:
                    raise TimeoutError(f"not graded after {limit:.0f} s")
            return cloudpickle.loads(self._connection.recv_bytes())
        except (EOFError, ConnectionError) as gone:
            code = self._process.wait()
            how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            raise Died(how) from gone

    def end(self) -> None:
        """Also while another thread waits for it, which is then told that it has died."""
        _graders.discard(self)
        self._process.kill()
        self._process.wait()


@atexit.register
def stop() -> None:
    """End all graders of this process; hand-ins that they are at are not graded."""
    _stopped.set()
    for grader in list(_graders):
        grader.end()


@contextmanager
def graders() -> Iterator[None]:
    """While hand-ins are graded in this process; afterwards no grader is left."""
    _stopped.clear()
    try:
        yield
    finally:
        stop()


def grade_here(
    assignment: Assignment, handin: Submission, rows: Rows, limit: float
) -> GradingResult:
    """Grades a hand-in on this machine. One that kills its grader three times is given up."""
    if assignment.version != ganlib.__version__:
        there = f"ganlib {ganlib.__version__}, the class is graded with {assignment.version}"
        return GradingResult(handin.student, error=f"a worker has {there}")
    how: list[str] = []
    while len(how) < TRIES and not _stopped.is_set():
        # Made and removed here: the grader may not live to do it.
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            grader = getattr(_mine, "grader", None)
            if grader not in _graders:
                grader = _mine.grader = Grader()
            try:
                return grader.grade(Task(assignment, handin, rows, scratch), limit)
            except Died as died:
                grader.end()
                how.append(str(died))
            except TimeoutError as error:
                grader.end()
                return GradingResult(handin.student, error=str(error))
    if _stopped.is_set():
        return GradingResult(handin.student, error="stopped")
    return GradingResult(handin.student, error=f"its grader died {TRIES} times: {', '.join(how)}")
