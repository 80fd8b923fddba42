"""The rows of a class in nbgrader's gradebook: made, blanked, given to a worker, written back.

Every submission gets its rows, with their keys, here in the one gradebook and before it is graded.
A worker works on a copy of them, so that what comes back only has to be written over the row of
the same key: twice is the same as once, and nothing can come in double.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from nbgrader import api
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

Rows = dict[str, list[dict[str, Any]]]

TABLES = {
    table.name: table
    for table in (
        api.Student.__table__,
        api.SubmittedAssignment.__table__,
        api.SubmittedNotebook.__table__,
        api.Grade.__table__,
        api.Comment.__table__,
    )
}
# What an autograder writes. All else is a person's: marks, comments, extra credit, extensions.
AUTOGRADERS = {
    "submitted_assignment": ("timestamp",),
    "submitted_notebook": ("late_submission_penalty",),
    "grade": ("auto_score", "needs_manual_grade"),
    "comment": ("auto_comment",),
}


@contextmanager
def opened(coursedir: CourseDirectory, name: str) -> Iterator[tuple[api.Gradebook, api.Assignment]]:
    """The gradebook, and an assignment in it; LookupError where it has none of that name."""
    with api.Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            assignment = gradebook.find_assignment(name)
        except api.MissingEntry:
            raise LookupError(f"the gradebook has no {name}") from None
        yield gradebook, assignment


@dataclass(frozen=True)
class Mark:
    """A submission's sum as nbgrader counts it."""

    score: float
    max_score: float
    needs_manual_grade: bool


@contextmanager
def transaction(db_url: str, course_id: str) -> Iterator[Session]:
    """All of what is done inside, or nothing of it."""
    with api.Gradebook(db_url, course_id) as gradebook:
        try:
            yield gradebook.db
            gradebook.db.commit()
        except BaseException:
            gradebook.db.rollback()
            raise


def register(db: Session, assignment: str, students: Iterable[str]) -> None:
    """Sees to it that each student has one submission, with a row for each cell that has a mark or
    a comment; as nbgrader does when it meets a submission, and also for cells that came later."""
    found = db.execute(select(api.Assignment).filter_by(name=assignment)).scalar_one()
    there = {submission.student_id: submission for submission in found.submissions}
    known = set(db.scalars(select(api.Student.id)))
    with db.no_autoflush:
        for student in students:
            if student not in known:
                db.add(api.Student(id=student))
            if student not in there:
                there[student] = api.SubmittedAssignment(assignment=found, student_id=student)
                db.add(there[student])
            _mirror(db, there[student])
    db.flush()


def _mirror(db: Session, submission: api.SubmittedAssignment) -> None:
    """One submitted notebook for each notebook, one grade or comment for each of its cells."""
    notebooks = {each.notebook_id: each for each in submission.notebooks}
    for notebook in submission.assignment.notebooks:
        if notebook.id not in notebooks:
            notebooks[notebook.id] = api.SubmittedNotebook(notebook=notebook, assignment=submission)
        mine = notebooks[notebook.id]
        graded = {grade.cell_id for grade in mine.grades}
        commented = {comment.cell_id for comment in mine.comments}
        for cell in (*notebook.grade_cells, *notebook.task_cells):
            if cell.id not in graded:
                db.add(api.Grade(cell_id=cell.id, notebook=mine))
        for cell in (*notebook.solution_cells, *notebook.task_cells):
            if cell.id not in commented:
                db.add(api.Comment(cell_id=cell.id, notebook=mine))


def retract(db: Session, assignment: str, students: Iterable[str]) -> None:
    """Takes back what an autograder said: no score, and a person is to look.

    Marks and comments that a person gave stay.
    """
    for student in students:
        there = rows(db, assignment, student)
        for grade in there["grade"]:
            grade |= {"auto_score": None, "needs_manual_grade": True}
        for comment in there["comment"]:
            comment["auto_comment"] = None
        write(db, there)


def rows(db: Session, assignment: str, student: str) -> Rows:
    """The rows of one submission, by table."""
    submitted, notebooks = TABLES["submitted_assignment"], TABLES["submitted_notebook"]
    wanted = (
        select(submitted.c.id)
        .join(api.Assignment, api.Assignment.id == submitted.c.assignment_id)
        .where(api.Assignment.name == assignment, submitted.c.student_id == student)
    )
    inside = select(notebooks.c.id).where(notebooks.c.assignment_id.in_(wanted))
    conditions = {
        "student": TABLES["student"].c.id == student,
        "submitted_assignment": submitted.c.id.in_(wanted),
        "submitted_notebook": notebooks.c.id.in_(inside),
        "grade": TABLES["grade"].c.notebook_id.in_(inside),
        "comment": TABLES["comment"].c.notebook_id.in_(inside),
    }
    return {
        name: [dict(row._mapping) for row in db.execute(select(TABLES[name]).where(condition))]
        for name, condition in conditions.items()
    }


def insert(db: Session, there: Rows) -> None:
    """Puts the rows into a gradebook that has none of them yet: a worker's copy."""
    for name, each in there.items():
        if each:
            db.execute(TABLES[name].insert(), each)


def write(db: Session, there: Rows) -> None:
    """Writes the autograder's columns over the rows with the same keys.

    A mark that a person has given meanwhile stays, and waits to be looked at again: nbgrader's own
    rule. LookupError where a row is gone.
    """
    for name, columns in AUTOGRADERS.items():
        table, each = TABLES[name], there[name]
        if not each:
            continue
        new: dict[str, Any] = {column: bindparam(f"new_{column}") for column in columns}
        if name == "grade":
            new["needs_manual_grade"] |= table.c.manual_score.is_not(None)
        statement = update(table).where(table.c.id == bindparam("key")).values(new)
        for row in each:
            values = {f"new_{column}": row[column] for column in columns}
            if db.connection().execute(statement, {"key": row["id"], **values}).rowcount != 1:
                raise LookupError("the submission was removed from the gradebook meanwhile")


def mark(db: Session, assignment: str, student: str) -> Mark:
    """What the gradebook says of a submission."""
    found = db.execute(
        select(api.SubmittedAssignment)
        .join(api.Assignment)
        .where(api.Assignment.name == assignment, api.SubmittedAssignment.student_id == student)
    ).scalar_one()
    return Mark(found.score, found.max_score, found.needs_manual_grade)


def submitters(db: Session, assignment: str) -> set[str]:
    """Who has a submission in the gradebook."""
    return set(
        db.scalars(
            select(api.SubmittedAssignment.student_id)
            .join(api.Assignment)
            .where(api.Assignment.name == assignment)
        )
    )
