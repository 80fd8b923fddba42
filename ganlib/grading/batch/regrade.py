"""Grades a class anew after a check was corrected: ``python -m ganlib.grading regrade ASSIGNMENT``.

The corrected notebook of solutions/ comes into the gradebook, every hand-in is graded again, and a
table says whose mark changed, from what to what, by which check; it is kept as CSV in
grading/regraded. Marks and comments that a person gave stay, and wait to be looked at again, as
nbgrader has it whenever it grades a hand-in anew. Stopped and started again, it goes on.
"""

import argparse
import csv
import json
import logging
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import nbformat
from nbgrader import api, utils
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from traitlets.config import Config

from ganlib.grading import gradebook
from ganlib.grading.authoring.build import write_solution
from ganlib.grading.batch import grade, records
from ganlib.grading.errors import DATABASE, STOPPED, one_line_error
from ganlib.grading.execution.assignment import read_course

Marks = dict[str, dict[str, float | None]]  # by student, by check; None where there is no mark yet
COLUMNS = ("student", "before", "now", "check", "check_before", "check_now")


def regenerate(name: str, config: Config, coursedir: CourseDirectory) -> None:
    """Brings the gradebook's cells up to date with solutions/, marks and all.

    nbgrader changes the cells of a notebook that was handed in, but refuses to add or remove any.
    Those are added and removed here first, so that it finds the names that it expects.
    """
    folder = Path(coursedir.format_path(coursedir.source_directory, ".", name))
    if (folder / f"{folder.name}.py").exists():
        write_solution(folder)  # the authored source; executed only where it changed
    with tempfile.TemporaryDirectory() as scratch:  # a mistake shows before anything changes
        _generate(name, config, release_directory=scratch, database=False)
    with gradebook.transaction(coursedir.db_url, coursedir.course_id) as db:
        for path in sorted(folder.glob("*.ipynb")):
            notebook = db.execute(
                select(api.Notebook)
                .join(api.Assignment)
                .where(api.Assignment.name == name, api.Notebook.name == path.stem)
            ).scalar_one_or_none()
            if notebook is None:
                raise LookupError(f"the gradebook has no {path.stem} in {name}")
            _align(db, notebook, nbformat.read(path, as_version=4))
    _generate(name, config, release_directory=coursedir.release_directory, database=True)


def _generate(name: str, config: Config, *, release_directory: str, database: bool) -> None:
    changed = Config(config)
    changed.merge(
        Config(
            CourseDirectory={"assignment_id": name, "release_directory": release_directory},
            GenerateAssignment={"force": True, "no_database": not database},
            SaveCells={"enabled": database},
        )
    )
    log = logging.getLogger("ganlib.grading.batch.regrade")
    log.setLevel(logging.ERROR)
    coursedir = CourseDirectory(config=changed, log=log)
    GenerateAssignment(coursedir=coursedir, config=changed, log=log).start()


def _align(db: Session, notebook: api.Notebook, source: nbformat.NotebookNode) -> None:
    """Gives the gradebook the cells that ``source`` has, by kind and name."""
    cells = {cell.metadata.nbgrader.grade_id: cell for cell in source.cells if _is_named(cell)}
    kinds = (
        (api.GradeCell, utils.is_grade),
        (api.SolutionCell, utils.is_solution),
        (api.TaskCell, utils.is_task),
    )
    for kind, belongs in kinds:
        there = {cell.name: cell for cell in db.scalars(select(kind).filter_by(notebook=notebook))}
        wanted = {name: cell for name, cell in cells.items() if belongs(cell)}
        for name in there.keys() - wanted.keys():
            _remove(db, there[name])
        for name in wanted.keys() - there.keys():
            points = {"max_score": float(wanted[name].metadata.nbgrader.get("points", 0))}
            typed = {"cell_type": wanted[name].cell_type}
            marked = {} if kind is api.SolutionCell else points | typed
            db.add(kind(name=name, notebook=notebook, **marked))
    # The order of these rows is the order of the cells: a missing one is put back by it.
    for row in list(notebook.source_cells):
        db.delete(row)
    db.flush()
    for name, cell in cells.items():
        db.add(api.SourceCell(name=name, notebook=notebook, cell_type=cell.cell_type))
        db.flush()


def _is_named(cell: nbformat.NotebookNode) -> bool:
    return any(
        kind(cell) for kind in (utils.is_grade, utils.is_solution, utils.is_task, utils.is_locked)
    )


def _remove(db: Session, cell: api.BaseCell) -> None:
    """Removes a cell with its automatic marks; ValueError where a person has marked it."""
    by_hand = [grade.manual_score for grade in cell.grades or ()]
    by_hand += [comment.manual_comment for comment in cell.comments or ()]
    if any(each is not None for each in by_hand):
        raise ValueError(f"{cell.name} is gone from solutions/, and a person has marked it")
    for rows in (api.Grade, api.Comment):
        db.execute(delete(rows).where(rows.cell_id == cell.id))
    db.expire(cell)
    db.delete(cell)


def marks(coursedir: CourseDirectory, name: str) -> Marks:
    """Everyone's marks, check by check."""
    found: Marks = {}
    with gradebook.transaction(coursedir.db_url, coursedir.course_id) as db:
        submissions = db.scalars(
            select(api.SubmittedAssignment).join(api.Assignment).where(api.Assignment.name == name)
        )
        for submission in submissions:
            several = len(submission.notebooks) > 1
            found[submission.student_id] = {
                f"{notebook.name}/{each.name}" if several else each.name: _mark(each)
                for notebook in submission.notebooks
                for each in notebook.grades
            }
    return found


def _mark(grade: api.Grade) -> float | None:
    return None if grade.auto_score is None and grade.manual_score is None else grade.score


def changes(before: Marks, now: Marks) -> Iterator[dict[str, object]]:
    """A row for each check of each student whose mark is another one now."""
    for student in sorted(before.keys() & now.keys()):
        old, new = before[student], now[student]
        for check in sorted(old.keys() | new.keys()):
            if old.get(check) != new.get(check):
                values = (student, _sum(old), _sum(new), check, old.get(check), new.get(check))
                yield dict(zip(COLUMNS, values, strict=True))


def _sum(each: dict[str, float | None]) -> float | None:
    """None where nothing has a mark: such a hand-in waits, and has not earned a zero."""
    given = [mark for mark in each.values() if mark is not None]
    return sum(given) if given else None


def _said(mark: object) -> str:
    return "no mark" if mark is None else f"{mark:g}"


def report(rows: list[dict[str, object]]) -> Iterator[str]:
    """A line for each student whose mark changed."""
    for student in dict.fromkeys(row["student"] for row in rows):
        mine = [row for row in rows if row["student"] == student]
        checks = (
            f"{row['check']} {_said(row['check_before'])} → {_said(row['check_now'])}"
            for row in mine
        )
        total = f"{_said(mine[0]['before'])} → {_said(mine[0]['now'])}"
        yield f"{student}: {total} ({', '.join(checks)})"
    yield f"{len({row['student'] for row in rows})} marks changed"


def remember(where: Path, now: Marks) -> Marks:
    """The marks before a regrading; those of one that was stopped, where there is such a one."""
    file = where / ".regrading.json"
    with suppress(FileNotFoundError, ValueError):
        return json.loads(file.read_text(encoding="utf-8"))
    where.mkdir(parents=True, exist_ok=True)
    new = file.with_suffix(".new")
    new.write_text(json.dumps(now), encoding="utf-8")
    new.replace(file)
    return now


def save(where: Path, name: str, rows: list[dict[str, object]]) -> Path:
    """Writes the table, under a name with the time in it."""
    where.mkdir(parents=True, exist_ok=True)
    path = where / f"{name}-{datetime.now():%Y-%m-%d-%H%M%S}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows)
    return path


add_arguments = grade.add_arguments


def run(options: argparse.Namespace) -> int:
    course, name = options.course, options.assignment
    config, coursedir = read_course(course)
    where = records.folder(Path(coursedir.root), name)
    before = remember(where, marks(coursedir, name))
    regenerate(name, config, coursedir)
    code = _grade(options)
    rows = list(changes(before, marks(coursedir, name)))
    path = save(Path(coursedir.root) / "grading/regraded", name, rows)
    if code != STOPPED:
        (where / ".regrading.json").unlink()
    for line in report(rows):
        print(line)
    print(f"saved as {path}")
    return code


def _grade(options: argparse.Namespace) -> int:
    """As the command that grades. Stopped half-way, it still leaves marks to compare."""
    try:
        return grade.run(options)
    except (LookupError, OSError, RuntimeError, ValueError, *DATABASE) as error:
        print(f"stopped: {one_line_error(error)}", file=sys.stderr)
        return STOPPED
