"""Where hand-ins are graded: graders of this machine, or the workers of a Dask cluster."""

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import dask
from dask.typing import Key
from distributed import Client, Future, KilledWorker, LocalCluster, as_completed

from ganlib.grading.batch.worker import grade_here, graders
from ganlib.grading.execution.assignment import Assignment
from ganlib.grading.execution.submission import Submission
from ganlib.grading.execution.task import GradingResult
from ganlib.grading.gradebook import Rows

WAIT = 60  # seconds for the first worker of a cluster to be there
LOOPBACK = "127.0.0.1:0"  # any free port
NO_PAGES: dict[str, list] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
}

Prepared = tuple[Submission, Rows]


@contextmanager
def connect(scheduler: str | None, workers: int) -> Iterator[Client]:
    """A client of the scheduler at this address or, without one, of ``workers`` threads here.

    Each thread has a grader in a process of its own (``worker``), and does nothing but wait for it.
    Messages stay in this process, and Dask's web pages, which it serves all the same, are empty and
    for this machine alone: whoever reaches a scheduler can have it run what he likes.
    """
    if scheduler:
        with Client(scheduler, timeout=WAIT) as client:
            client.wait_for_workers(1, timeout=WAIT)
            yield client
        return
    with (
        dask.config.set(NO_PAGES),
        LocalCluster(
            n_workers=1,
            threads_per_worker=workers,
            processes=False,
            memory_limit=0,  # the sandbox limits memory, hand-in by hand-in
            dashboard_address=LOOPBACK,
            worker_dashboard_address=LOOPBACK,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster) as client,
        graders(),
    ):
        yield client


def grade_all(
    client: Client,
    assignment: Assignment,
    students: Iterable[str],
    prepare: Callable[[str], Prepared],
    limit: float,
) -> Iterator[GradingResult]:
    """Grades the hand-ins that ``prepare`` reads, and gives each result as it comes.

    Twice as many are on their way as there are threads: enough to keep workers busy, and a class
    need not fit into memory. Where a worker is lost, Dask gives its hand-ins to another.
    """
    held = client.submit(_hold, assignment, pure=False)  # sent to each worker once
    waiting = iter(students)
    names: dict[Key, str] = {}
    running = as_completed()

    def fill() -> Iterator[GradingResult]:
        """Sends hand-ins until enough are on their way; gives those that can't be sent."""
        while running.count() < 2 * max(1, sum(client.nthreads().values())):
            if (student := next(waiting, None)) is None:
                return
            try:
                handin, rows = prepare(student)
            except (OSError, ValueError) as error:
                yield GradingResult(student, error=str(error))
                continue
            future = client.submit(grade_here, held, handin, rows, limit, pure=False)
            names[future.key] = student
            running.add(future)

    yield from fill()
    for future in running:
        yield _result(future, names.pop(future.key))
        future.release()
        yield from fill()


def _hold(assignment: Assignment) -> Assignment:
    return assignment


def _result(future: Future, student: str) -> GradingResult:
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, KilledWorker):
        return GradingResult(student, error="each worker that was to grade it was lost")
    return GradingResult(student, error=f"{type(error).__name__}: {error}")
