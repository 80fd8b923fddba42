"""Grades a class: ``python -m ganlib.grading grade ASSIGNMENT``.

Every hand-in in grading/submitted is graded by nbgrader with the course's nbgrader_config.py, each
in a private folder with a private copy of the gradebook, on the cores of this machine or on a Dask
cluster (``--scheduler``). Results are merged here, and only here. A hand-in that was graded before
is passed over while nothing changed that its mark depends on. Stopped at any moment and started
again, the class is graded as if nothing had happened.
"""

import argparse
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from ganlib.grading import gradebook
from ganlib.grading.batch import records
from ganlib.grading.batch.cluster import Prepared, connect, grade_all
from ganlib.grading.batch.records import Record
from ganlib.grading.batch.store import AssignmentStore
from ganlib.grading.errors import DATABASE, STOPPED, one_line_error
from ganlib.grading.execution import submission
from ganlib.grading.execution.assignment import Assignment, read_assignment, read_course
from ganlib.grading.execution.task import GradingResult
from ganlib.grading.text import strip_control_chars

LIMIT = 3600.0  # seconds for one hand-in: a net below the limits of the settings


@dataclass
class Plan:
    """Who is to be graded, of those whose older mark no longer holds, and who is passed over."""

    due: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


@dataclass
class Run:
    """One run over a class of hand-ins."""

    the_class: AssignmentStore
    assignment: Assignment
    records: Path
    fingerprints: dict[str, str] = field(default_factory=dict)

    def plan(self, students: list[str], *, force: bool) -> Plan:
        """Compares each hand-in with its record, and its record with what is there."""
        with self.the_class.transaction() as db:
            known = gradebook.submitters(db, self.assignment.name)
        plan = Plan()
        for student in students:
            record = records.read(self.records, student)
            holds = (
                record is not None
                and record.outcome == "graded"
                and record.fingerprint == self._fingerprint(student)
                and student in known
                and self.the_class.autograded(student).is_dir()
            )
            if not holds:
                plan.changed.append(student)
            (plan.unchanged if holds and not force else plan.due).append(student)
        return plan

    def _fingerprint(self, student: str) -> str:
        try:
            return self._read(student).fingerprint(self.assignment)
        except (OSError, ValueError):
            return ""

    def _read(self, student: str) -> submission.Submission:
        return submission.read(self.the_class.coursedir, self.assignment.name, student)

    def prepare(self, student: str) -> Prepared:
        """The hand-in as it is now, and its rows in the gradebook."""
        read = self._read(student)
        self.fingerprints[student] = read.fingerprint(self.assignment)
        with self.the_class.transaction() as db:
            return read, gradebook.rows(db, self.assignment.name, student)

    def keep(self, graded: GradingResult) -> Record:
        """Merges a result and writes its record; what goes wrong with either is in the record."""
        error = graded.error
        if not error:
            try:
                self.the_class.merge(graded)
            except (OSError, LookupError, *DATABASE) as trouble:
                error = one_line_error(trouble)
        record = Record(
            fingerprint=self.fingerprints.pop(graded.student, ""),
            outcome="failed" if error else "graded",
            error=error,
            notes=list(graded.notes),
            seconds=round(graded.seconds, 3),
            cpu_seconds=round(graded.cpu_seconds, 3),
            sandboxed=graded.sandboxed,
        )
        try:
            records.write(self.records, graded.student, record)
        except OSError as trouble:
            line = f"{error}; and no record: {one_line_error(trouble)}".removeprefix("; and ")
            return Record(record.fingerprint, "failed", line)
        return record


@contextmanager
def alone(where: Path) -> Iterator[None]:
    """RuntimeError where another run grades the same assignment. The lock dies with the process."""
    where.mkdir(parents=True, exist_ok=True)
    with (where / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RuntimeError(f"{where.name} is being graded by another run") from error
        yield


def grade_class(
    course: Path,
    name: str,
    *,
    pattern: str = "*",
    force: bool = False,
    workers: int | None = None,
    scheduler: str | None = None,
    limit: float = LIMIT,
) -> dict[str, Record | None]:
    """Grades the hand-ins of an assignment; by student what came of it, None where unchanged."""
    config, coursedir = read_course(course)
    where = records.folder(Path(coursedir.root), name)
    students = submission.students(coursedir, name, pattern)
    if not students:
        raise LookupError(f"no hand-ins of {name} by {pattern} in {coursedir.submitted_directory}")
    with alone(where):
        run = Run(AssignmentStore(coursedir, name), read_assignment(name, config, coursedir), where)
        plan = run.plan(students, force=force)
        run.the_class.begin(plan.due, plan.changed)
        found: dict[str, Record | None] = dict.fromkeys(plan.unchanged)
        if plan.due:
            found |= _grade(run, plan.due, workers, scheduler, limit)
    return dict(sorted(found.items()))


def _grade(
    run: Run, due: list[str], workers: int | None, scheduler: str | None, limit: float
) -> dict[str, Record]:
    count = min(workers or os.cpu_count() or 1, len(due))
    found = {}
    with connect(scheduler, count) as client, tqdm(total=len(due), unit="hand-in") as bar:
        for graded in grade_all(client, run.assignment, due, run.prepare, limit):
            found[graded.student] = run.keep(graded)
            bar.update()
    return found


def table(course: Path, name: str, found: dict[str, Record | None]) -> Iterator[str]:
    """A line for each hand-in, and a last one that counts them."""
    _, coursedir = read_course(course)
    the_class = AssignmentStore(coursedir, name)
    width = max(map(len, found))
    with the_class.transaction() as db:
        for student, record in found.items():
            outcome = record.outcome if record else "unchanged"
            words = [record.error, *record.notes] if record else []
            if outcome == "failed":
                mark = "no mark"
            else:
                sums = gradebook.mark(db, name, student)
                mark = f"{sums.score:g} of {sums.max_score:g}"
                words += ["waits for a person"] if sums.needs_manual_grade else []
            seconds = f"{record.seconds:6.1f} s" if record else " " * 8
            told = "; ".join(word for word in words if word)
            line = f"{student:{width}}  {outcome:9}  {mark:>12}  {seconds}  {told}".rstrip()
            yield strip_control_chars(line).replace("\n", " ")  # names and errors may hold anything
    outcomes = [record.outcome if record else "unchanged" for record in found.values()]
    counts = ((outcomes.count(each), each) for each in ("graded", "unchanged", "failed"))
    yield ", ".join(f"{count} {each}" for count, each in counts)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", help="its name, 01_value_function say")
    parser.add_argument("--student", default="*", metavar="GLOB", help="whose hand-ins (all)")
    parser.add_argument("--force", action="store_true", help="grade unchanged hand-ins, too")
    parser.add_argument("--workers", type=int, help="local processes (one for each core)")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="of a Dask cluster, tcp://host:8786")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds a hand-in (3600)")


def run(options: argparse.Namespace) -> int:
    """Grades as the command line says, and prints the table."""
    try:
        found = grade_class(
            options.course,
            options.assignment,
            pattern=options.student,
            force=options.force,
            workers=options.workers,
            scheduler=options.scheduler,
            limit=options.limit,
        )
    except KeyboardInterrupt:
        print("stopped; what is graded stands, run again to go on", file=sys.stderr)
        return STOPPED
    for line in table(options.course, options.assignment, found):
        print(line)
    return int(any(record and record.outcome == "failed" for record in found.values()))
