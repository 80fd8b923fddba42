"""A class of few: the fixture's notebook, released, and hand-ins of several kinds."""

import logging
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory

from ganlib.grading import cli
from ganlib.grading.authoring import build
from ganlib.grading.batch import grade
from ganlib.grading.execution.assignment import read_course
from tests.grading import commands, quick
from tests.grading.commands import environment

ROOT = Path(__file__).parents[2]
NAME = "00_average"
# Stock nbgrader's own lists, with Quick for Execute: sanitizing and the sandbox have other tests.
QUICK = """
from nbgrader.preprocessors import (
    AssignLatePenalties, CheckCellMetadata, ClearOutput, DeduplicateIds, IgnorePattern,
    LimitOutput, OverwriteCells, OverwriteKernelspec, SaveAutoGrades
)
from nbconvert.preprocessors import ClearMetadataPreprocessor
from tests.grading.quick import Quick
c.Autograde.sanitize_preprocessors = [
    ClearOutput, DeduplicateIds, OverwriteKernelspec, OverwriteCells, CheckCellMetadata
]
c.Autograde.autograde_preprocessors = [
    Quick, IgnorePattern, ClearMetadataPreprocessor, LimitOutput, SaveAutoGrades,
    AssignLatePenalties, CheckCellMetadata,
]
"""
# By the name of an answer, what it says of F1, F2 and F3, and what nbgrader gives for it.
ANSWERS = {
    "right": ("return x.mean()", "return x.max() - x.min()", "It is added m times."),
    "half": ("return x.mean()", "return x.max()", "It is added m times."),
    "wrong": ("return x.sum()", "return x.max()", "It is added m times."),
    "exits": ("return x.mean()", "return x\nimport os\nos._exit(1)", "It is added m times."),
    "blank": None,
}


@dataclass
class Classroom:
    """A course's folder, and what an instructor does in it."""

    root: Path

    def folder(self, student: str) -> Path:
        return self.root / "grading/submitted" / student / NAME

    def released(self) -> nbformat.NotebookNode:
        return nbformat.read(self.root / f"course/{NAME}/{NAME}.ipynb", as_version=4)

    def answered(self, answer: str) -> nbformat.NotebookNode:
        """The notebook with one of ANSWERS written into it."""
        notebook = self.released()
        if ANSWERS[answer]:
            f1, f2, f3 = ANSWERS[answer]
            sources = {
                "F1": f"def average(x):\n    {f1}",
                "F2": f"def spread(x):\n    {f2}",
                "F3-why": f3,
            }
            for cell in notebook.cells:
                cell.source = sources.get(cell.id, cell.source)
        return notebook

    def hand_in(self, student: str, answer: str | bytes, file: str = f"{NAME}.ipynb") -> None:
        """Hands in one of ANSWERS, or any bytes."""
        if isinstance(answer, str):
            answer = nbformat.writes(self.answered(answer)).encode()
        self.folder(student).mkdir(parents=True, exist_ok=True)
        (self.folder(student) / file).write_bytes(answer)

    def settings(self, more: str) -> None:
        with (self.root / "nbgrader_config.py").open("a", encoding="utf-8") as file:
            file.write(more)

    def command(self, *arguments: str, command: str = "grade") -> subprocess.Popen:
        """The command as an instructor types it."""
        return subprocess.Popen(
            [sys.executable, "-m", "ganlib.grading", command, NAME, *arguments],
            cwd=self.root,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def grade(self, monkeypatch, *arguments: str) -> int:
        """The command in this process, with no cluster."""
        monkeypatch.setattr(grade, "connect", quick.no_cluster)
        monkeypatch.setattr(grade, "grade_all", quick.in_this_process)
        return cli.main(["grade", NAME, "--course", str(self.root), *arguments])

    def autograde(self) -> None:
        """nbgrader's own command."""
        commands.run(self.root, "nbgrader", "autograde", NAME)

    def mark(self, student: str, points: float, comment: str) -> None:
        """Marks the written answer as nbgrader's page does."""
        with self.gradebook() as gradebook:
            cell = ("F3-why", NAME, NAME, student)
            given = gradebook.find_grade(*cell)
            given.manual_score, given.needs_manual_grade = points, False
            gradebook.find_comment(*cell).manual_comment = comment
            gradebook.db.commit()

    def gradebook(self) -> Gradebook:
        return Gradebook(f"sqlite:///{self.root}/gradebook.db", "gan")

    def book(self) -> dict:
        """All that the gradebook says of submissions, without keys; a second submission shows."""
        with self.gradebook() as gradebook:
            found = {}
            for submission in gradebook.assignment_submissions(NAME):
                (notebook,) = submission.notebooks
                grades = {
                    each.name: (each.auto_score, each.manual_score, each.needs_manual_grade)
                    for each in notebook.grades
                }
                comments = {
                    each.name: (each.auto_comment, each.manual_comment)
                    for each in notebook.comments
                }
                key = (submission.student.id, submission.id in found)
                assert key not in found
                assert (len(grades), len(comments)) == (len(notebook.grades), 3)
                found[key] = (grades, comments, notebook.late_submission_penalty)
            return found

    def scores(self) -> dict[str, float | None]:
        """By student, the automatic points; None where a check has none."""
        return {
            student: None if None in (autos := [auto for auto, _, _ in checks]) else sum(autos)
            for (student, _), (grades, _, _) in self.book().items()
            for checks in [[each for name, each in grades.items() if name != "F3-why"]]
        }

    def autograded(self) -> dict[str, str]:
        """The files in everyone's autograded folder, hidden ones too."""
        folder = self.root / "grading/autograded"
        return {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in folder.rglob("*.ipynb")
        }


def new_classroom(root: Path, *, quick: bool) -> Classroom:
    """The fixture's notebook, released: without having been executed, which nothing here needs."""
    shutil.copytree(ROOT / f"tests/notebooks/fixture/solutions/{NAME}", root / "solutions" / NAME)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    classroom = Classroom(root)
    if quick:
        classroom.settings(QUICK)
    source = root / f"solutions/{NAME}/{NAME}.py"
    nbformat.write(build.read_source(source), source.with_suffix(".ipynb"))
    config, _ = read_course(root)
    config.CourseDirectory.assignment_id = NAME
    log = logging.getLogger("tests.grading.classroom")
    log.setLevel(logging.ERROR)
    coursedir = CourseDirectory(config=config, log=log)
    GenerateAssignment(coursedir=coursedir, config=config, log=log).start()
    return classroom
