"""A class to look at before the term: ``make grade-demo``.

Thirty made-up hand-ins of 01_value_function (honest, half-done, wrong, accidental, hostile) are put
into a course of their own, grading/demo, which is made anew each time. They are graded there in the
sandbox; feedback, a report and marks are written; and a table says what each hand-in got and what
it should get. The exit status is 0 if all of that agrees.
"""

import argparse
import contextlib
import logging
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment, GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from examples.class_of_thirty import CLASS, NAME, Submission
from ganlib.grading.batch import grade
from ganlib.grading.execution.assignment import SETTINGS, read_course
from ganlib.grading.reports import marks, report
from ganlib.grading.reports.report import GradedSubmission

__all__ = ["grade_demo", "make_class", "table"]

# A loop without end is stopped soon, and whoever runs this is not kept waiting.
MORE = """
c.CourseDirectory.course_id = "demo"
c.Execute.timeout = 40
"""


def make_class(course: Path, demo: Path, hand_ins: Iterable[Submission] = CLASS) -> None:
    """A course of one notebook in the folder ``demo``, released, and handed in by a class."""
    source = course / "solutions" / NAME
    if not (source / f"{NAME}.ipynb").exists():
        raise LookupError(f"{source} has no notebook: a clone of the course is wanted")
    shutil.rmtree(demo, ignore_errors=True)
    shutil.copytree(source, demo / "solutions" / NAME)
    settings = (course / SETTINGS).read_text(encoding="utf-8")
    (demo / SETTINGS).write_text(settings + MORE, encoding="utf-8")
    _convert(GenerateAssignment, demo)
    released = nbformat.read(demo / "course" / NAME / f"{NAME}.ipynb", as_version=4)
    for each in hand_ins:
        folder = demo / "grading/submitted" / each.student / NAME
        folder.mkdir(parents=True)
        (folder / each.file).write_bytes(each.content(released))
    _, coursedir = read_course(demo)
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        for each in hand_ins:
            name = each.student.capitalize()
            gradebook.update_or_create_student(
                each.student, first_name=name, email=f"{each.student}@students.example"
            )


def _convert(converter: type, demo: Path) -> None:
    """One of nbgrader's commands, in this process and in silence."""
    config, _ = read_course(demo)
    config.CourseDirectory.assignment_id = NAME
    log = logging.getLogger("examples.grade_demo")
    log.setLevel(logging.ERROR)
    coursedir = CourseDirectory(config=config, log=log)
    converter(coursedir=coursedir, config=config, log=log).start()


def grade_demo(demo: Path, workers: int | None = None) -> list[Path]:
    """Grades the class, and writes feedback, report and marks; returns where they are."""
    grade.grade_class(demo, NAME, workers=workers)
    _convert(GenerateFeedback, demo)
    read = marks.read_marks(demo, NAME)
    written = [marks.write_marks(demo, read, platform) for platform in marks.FORMATS]
    return [demo / "grading/feedback", report.write_report(demo, NAME), *written]


def table(
    hand_ins: Iterable[Submission], graded: Iterable[GradedSubmission]
) -> Iterator[tuple[bool, str]]:
    """For each hand-in whether it got what it should, and a line that says so."""
    found = {each.student: each for each in graded}
    points = {
        check.name: check.points for each in found.values() for check in each.checks
    }  # each hand-in has all checks
    for hand_in in hand_ins:
        mine = found[hand_in.student]
        due = hand_in.earns(points)
        right = mine.is_graded and mine.score == due
        seconds = f"{mine.record.seconds:.1f} s" if mine.record else ""
        told = mine.record.error or "; ".join(mine.record.notes) if mine.record else ""
        yield (
            right,
            f"{'  ' if right else '! '}{hand_in.student:7} {hand_in.kind:11}"
            f"{mine.score:3g} of {mine.most:g}  expected {due:2g}  {mine.outcome:7}{seconds:>8}"
            f"  {hand_in.what}{f' ({told})' if told else ''}",
        )


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m examples.grade_demo",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--student", default="*", metavar="GLOB", help="whose hand-ins (all)")
    parser.add_argument("--workers", type=int, help="local processes (one for each core)")
    parser.add_argument("--course", type=Path, default=Path(), help="the course's folder (this)")
    options = parser.parse_args(words)
    course = options.course.resolve()
    demo = course / "grading/demo"
    hand_ins = [each for each in CLASS if fnmatchcase(each.student, options.student)]
    began = time.monotonic()
    try:
        make_class(course, demo, hand_ins)
        print(f"{len(hand_ins)} hand-ins in {demo}", flush=True)
        written = grade_demo(demo, options.workers)
    except (LookupError, OSError, RuntimeError) as error:
        print(f"no demonstration: {error}", file=sys.stderr)
        return 2
    the_class = report.read_class(demo, NAME)
    lines = list(table(hand_ins, the_class.hand_ins))
    for _, line in lines:
        print(line)
    for pair in the_class.similar():
        print(f"similar: {pair}")
    for path in written:
        with contextlib.suppress(ValueError):
            path = path.relative_to(course)
        print(f"see {path}")
    wrong = sum(not right for right, _ in lines)
    print(
        f"{len(lines) - wrong} of {len(lines)} hand-ins got what they should, "
        f"in {time.monotonic() - began:.0f} s"
    )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
