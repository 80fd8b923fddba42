"""Marks for a learning platform: ``python -m ganlib.grading marks ASSIGNMENT --format moodle``.

It writes grading/marks/ASSIGNMENT-FORMAT.csv in the columns that the platform imports:

moodle: Grades, Import, CSV file; map "ID number" or "Email address" to the user, and both of the
    last columns to the grade item and its feedback (Moodle drops marks where one is not mapped).
canvas: Gradebook, Import. "ID" is the student's lms_user_id in the gradebook; both SIS columns are
    the student's id. ``--canvas-id`` is the assignment's number in Canvas, which else makes anew.
csv: one line a student with everything that the two have, and what is still waited for.

A hand-in that waits for a person has no mark yet: its line is there, its mark is empty, and it is
told on stderr. Names and e-mail addresses are those of nbgrader's table of students.
"""

import argparse
import csv
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nbformat.v4 import new_notebook
from nbgrader.api import Gradebook, SubmittedAssignment

from ganlib.grading.execution.assignment import read_course
from ganlib.grading.gradebook import opened
from ganlib.grading.reports import verdicts
from ganlib.grading.text import strip_control_chars

__all__ = ["Mark", "Marks", "read_marks", "write_marks"]

FORMULA = tuple("=+-@|%\uff1d\uff0b\uff0d\uff20")  # what a spreadsheet may take for one begins so


@dataclass(frozen=True)
class Mark:
    """A student's mark, less what being late costs; None while it waits for a person."""

    student: str
    first_name: str
    last_name: str
    email: str
    lms_id: str
    score: float | None
    feedback: str

    @property
    def number(self) -> str:
        return "" if self.score is None else f"{self.score:.10g}"


@dataclass(frozen=True)
class Marks:
    """A class's marks of one assignment, by student."""

    assignment: str
    most: float
    marks: tuple[Mark, ...]


def read_marks(course: Path, name: str) -> Marks:
    """Everyone's mark as it stands in the gradebook; LookupError for an unknown assignment."""
    _, coursedir = read_course(course)
    with opened(coursedir, name) as (gradebook, assignment):
        found = [_mark(gradebook, each) for each in assignment.submissions]
        most = float(assignment.max_score)
    return Marks(name, most, tuple(sorted(found, key=lambda mark: mark.student)))


def _mark(gradebook: Gradebook, submission: SubmittedAssignment) -> Mark:
    student = submission.student
    waits = submission.needs_manual_grade
    checks = [
        check
        for notebook in submission.notebooks
        for exercise in verdicts.exercises(gradebook, notebook, new_notebook())
        for check in exercise.checks
    ]
    late = submission.late_submission_penalty or 0
    return Mark(
        student.id,
        student.first_name or "",
        student.last_name or "",
        student.email or "",
        student.lms_user_id or "",
        None if waits else max(0.0, submission.score - late),
        verdicts.passing(checks),
    )


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe says that it is text."""
    text = " ".join(strip_control_chars(text).split())
    return f"'{text}" if text.startswith(FORMULA) else text


Rows = list[list[str]]


def moodle(marks: Marks, canvas_id: str = "") -> Rows:
    head = ["ID number", "First name", "Last name", "Email address"]
    rows = [[*head, marks.assignment, f"{marks.assignment} (feedback)"]]
    for m in marks.marks:
        texts = (m.student, m.first_name, m.last_name, m.email)
        rows.append([*map(safe, texts), m.number, safe(m.feedback)])
    return rows


def canvas(marks: Marks, canvas_id: str = "") -> Rows:
    title = f"{marks.assignment} ({canvas_id})" if canvas_id else marks.assignment
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title],
        ["    Points Possible", "", "", "", "", f"{marks.most:.10g}"],
    ]
    for m in marks.marks:
        names = ", ".join(name for name in (m.last_name, m.first_name) if name) or m.student
        rows.append([*map(safe, (names, m.lms_id, m.student, m.student, "")), m.number])
    return rows


def everything(marks: Marks, canvas_id: str = "") -> Rows:
    rows = [["student", "last_name", "first_name", "email", "points", "of", "checks", "state"]]
    for m in marks.marks:
        texts = (m.student, m.last_name, m.first_name, m.email)
        state = "waits for a person" if m.score is None else "marked"
        rows.append([*map(safe, texts), m.number, f"{marks.most:.10g}", safe(m.feedback), state])
    return rows


FORMATS: dict[str, Callable[[Marks, str], Rows]] = {
    "moodle": moodle,
    "canvas": canvas,
    "csv": everything,
}


def write_marks(course: Path, marks: Marks, platform: str, canvas_id: str = "") -> Path:
    """Writes the file for a platform and returns its path."""
    path = course / "grading/marks" / f"{marks.assignment}-{platform}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(FORMATS[platform](marks, canvas_id))
    return path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", help="its name, 01_value_function say")
    parser.add_argument("--format", choices=FORMATS, default="csv", help="of which platform (csv)")
    parser.add_argument("--canvas-id", default="", help="the assignment's number in Canvas")


def run(options: argparse.Namespace) -> int:
    marks = read_marks(options.course, options.assignment)
    path = write_marks(options.course, marks, options.format, options.canvas_id)
    waiting = [mark.student for mark in marks.marks if mark.score is None]
    if waiting:
        print(f"left empty, waiting for a person: {', '.join(waiting)}", file=sys.stderr)
    print(f"{len(marks.marks) - len(waiting)} marks saved as {path}")
    return 0
