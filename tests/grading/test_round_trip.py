"""Each notebook through nbgrader's own commands, as an instructor types them: release, autograde,
feedback, export. A class of four hands in: one solved everything, one nothing, one is right in
other ways (the first right variant of every bank), and one has a wrong first answer, a right
second one, and no more.

The last two hand in only their answers: nothing graded may depend on the cells between them. So
does the first in a notebook whose own experiments take minutes; these run when nbval runs it.
Three of the four answer in writing, too; a person marks two of those answers.
"""

import csv
import html
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook, SubmittedNotebook

from ganlib.grading.authoring.build import write_solution
from tests.grading import commands
from tests.grading.quick import grade_in_this_process
from tests.notebooks.fastpath import Variant, read_cells, read_variants, read_written

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests/notebooks/fixture"
SOURCES = sorted(ROOT.glob("solutions/*/*.py"))
STUDENTS = ("solved", "untouched", "right", "wrong")
MARKED = ("solved", "right")  # whose written answers a person has marked; those of "wrong" wait
EXPERIMENTS = ("03_algorithm_1", "04_simple_gan", "06_mode_collapse", "07_mnist")
STEPS = "20"  # of training on MNIST: enough to see that it runs
OWN_WORDS = "In my own words: ½ of $\\log 4$."
COMMENT = "Clear, and complete."


@dataclass
class Class:
    """A graded class: its folder, its notebook, and the wrong variant that ``wrong`` handed in."""

    root: Path
    name: str
    solution: str
    variant: Variant
    unanswered: set[str]  # by ``wrong``: all but the first two
    written: dict[str, float]  # by written answer, the points there are
    waiting: dict[str, set[str]] = field(default_factory=dict)  # by student, before anyone marked
    log: str = ""  # of the command that graded

    def nbgrader(self, *arguments: str, check: bool = True) -> str:
        return commands.run(
            self.root, "nbgrader", *arguments, check=check, GANLIB_MNIST_STEPS=STEPS
        )

    def of(self, gradebook: Gradebook, student: str) -> SubmittedNotebook:
        """What the gradebook has of a student; one who was not graded fails no other's tests."""
        if not (self.root / "grading/autograded" / student / self.name).exists():
            errors = [line for line in self.log.splitlines() if "Error" in line]
            why = (errors or self.log.splitlines() or ["no word"])[-1]
            pytest.fail(f"{student} was not graded: {why}", pytrace=False)
        return gradebook.find_submission(self.name, student).notebooks[0]

    def read(self, folder: str) -> nbformat.NotebookNode:
        return nbformat.read(self.root / folder / self.name / f"{self.name}.ipynb", as_version=4)

    def hand_in(self, student: str, notebook: nbformat.NotebookNode) -> None:
        folder = self.root / "grading/submitted" / student / self.name
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{self.name}.ipynb")

    def scores(self, student: str) -> dict[str, tuple[float, float]]:
        """By check cell, the points given and the points there are."""
        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as gradebook:
            grades = self.of(gradebook, student).grades
            return {
                grade.name: (grade.auto_score, grade.max_score)
                for grade in grades
                if grade.cell.cell_type == "code"
            }

    def needs_marking(self, student: str) -> set[str]:
        """The cells that nbgrader leaves to a person."""
        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as gradebook:
            grades = self.of(gradebook, student).grades
            return {grade.name for grade in grades if grade.needs_manual_grade}

    def mark(self, student: str) -> None:
        """Gives full points and a comment for each written answer, as nbgrader's page would."""
        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as gradebook:
            for name, points in self.written.items():
                cell = (name, self.name, self.name, student)
                grade = gradebook.find_grade(*cell)
                grade.manual_score, grade.needs_manual_grade = points, False
                gradebook.find_comment(*cell).manual_comment = COMMENT
            gradebook.db.commit()

    def outputs(self, student: str) -> dict[str, list[nbformat.NotebookNode]]:
        """By cell id, what the autograded notebook shows."""
        cells = self.read(f"grading/autograded/{student}").cells
        return {cell.id: cell.outputs for cell in cells if cell.cell_type == "code"}

    def feedback(self, student: str) -> str:
        """The text of the page that the student gets."""
        page = self.root / "grading/feedback" / student / self.name / f"{self.name}.html"
        return html.unescape(re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8")))


def answers_only(notebook: nbformat.NotebookNode, answers: dict[str, str]):
    """The graded cells of a released notebook, with ``answers`` written into solution cells."""
    cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    for cell in cells:
        cell.source = answers.get(cell.metadata.nbgrader.grade_id, cell.source)
    return nbformat.from_dict({**notebook, "cells": cells})


def grade_class(root: Path, source: Path, banks: Path) -> Class:
    """Releases the notebook of ``source``, has four students hand it in, and grades them."""
    shutil.copy(ROOT / "nbgrader_config.py", root)
    shutil.copytree(source.parent, root / "solutions" / source.stem)
    write_solution(root / "solutions" / source.stem)
    cells = read_cells(source)
    solved = {cell.grade_id: cell.source for cell in cells if cell.kind == "solution"}
    variants = {
        name: read_variants(banks / f"{name}.py")
        for name in solved
        if (banks / f"{name}.py").exists()
    }
    right = {
        name: next(variant.source for variant in bank if variant.kind == "right")
        for name, bank in variants.items()
    }
    solution, bank = next(iter(variants.items()))
    wrong = next(variant for variant in bank if variant.kind == "wrong")

    written = {cell.grade_id: cell.points for cell in read_written(source)}
    own_words = dict.fromkeys(written, OWN_WORDS)

    unanswered = {*list(solved)[2:]}
    graded = Class(root, source.stem, solution, wrong, unanswered, written)
    graded.nbgrader("generate_assignment", graded.name)
    whole = graded.read("solutions")
    graded.hand_in("solved", answers_only(whole, {}) if graded.name in EXPERIMENTS else whole)
    graded.hand_in("untouched", graded.read("course"))
    graded.hand_in("right", answers_only(graded.read("course"), solved | right | own_words))
    two = {name: solved[name] for name in solved if name not in unanswered}
    graded.hand_in(
        "wrong", answers_only(graded.read("course"), two | {solution: wrong.source} | own_words)
    )
    if source.stem == "00_average":  # as an instructor types it
        graded.log = graded.nbgrader("autograde", graded.name, check=False)
    else:  # by the same settings, in servers that are warm already
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("GANLIB_MNIST_STEPS", STEPS)
            graded.log = grade_in_this_process(root, graded.name)
    done = [s for s in STUDENTS if (root / "grading/autograded" / s / graded.name).exists()]
    graded.waiting = {student: graded.needs_marking(student) for student in done}
    for student in MARKED:
        if student in done:
            graded.mark(student)
    graded.nbgrader("generate_feedback", graded.name)
    graded.nbgrader("export")
    return graded


pytestmark = pytest.mark.sandbox


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(source, id=source.stem, marks=pytest.mark.xdist_group(source.stem))
        for source in (FIXTURE / "solutions/00_average/00_average.py", *SOURCES)
    ],
)
def graded(request, tmp_path_factory):
    source = request.param
    banks = ROOT / "tests/banks" if source in SOURCES else FIXTURE / "banks"
    return grade_class(tmp_path_factory.mktemp(source.stem), source, banks)


@pytest.mark.parametrize("student", ["solved", "right"])
def test_right_answers_get_full_marks(graded, student):
    scores = graded.scores(student)
    assert scores
    assert {name: given for name, (given, _) in scores.items()} == {
        name: most for name, (_, most) in scores.items()
    }


def test_an_untouched_notebook_gets_nothing_and_stops_only_on_not_implemented(graded):
    assert {given for given, _ in graded.scores("untouched").values()} == {0}
    errors = {
        (cell, output.ename)
        for cell, outputs in graded.outputs("untouched").items()
        for output in outputs
        if output.output_type == "error"
    }
    assert {name for _, name in errors} == {"NotImplementedError"}
    assert {cell for cell, _ in errors} >= graded.scores("untouched").keys()


def test_a_wrong_answer_fails_its_own_check_with_its_own_message(graded):
    lost = {name for name, (given, most) in graded.scores("wrong").items() if given < most}
    assert graded.variant.fails in lost
    exercises = {name.split("-")[0] for name in (graded.solution, *graded.unanswered)}
    assert {name.split("-")[0] for name in lost} == exercises
    errors = [o for o in graded.outputs("wrong")[graded.variant.fails] if "ename" in o]
    assert [error.ename for error in errors] == ["AssertionError"]
    assert graded.variant.says in errors[0].evalue
    assert graded.variant.says in graded.feedback("wrong")


@pytest.mark.parametrize("student", STUDENTS)
def test_feedback_shows_no_hidden_test(graded, student):
    cells = graded.read(f"grading/autograded/{student}").cells
    hidden = [cell.source for cell in cells if "BEGIN HIDDEN TESTS" in cell.source]
    visible = "\n".join(cell.source for cell in cells if cell.source not in hidden)
    lines = {line.strip() for source in hidden for line in source.splitlines()}
    secrets = {line for line in lines if len(line) > 20 and line not in visible}
    assert secrets
    assert not [line for line in secrets if line in graded.feedback(student)]


def test_written_answers_and_nothing_else_wait_for_a_person(graded):
    answered = {student: set(graded.written) for student in STUDENTS if student != "untouched"}
    assert graded.waiting == answered | {"untouched": set()}
    marked = {student: set() for student in (*MARKED, "untouched")}
    assert {s: graded.needs_marking(s) for s in STUDENTS} == marked | {"wrong": set(graded.written)}


def test_a_written_answer_and_its_comment_come_back_as_they_were_written(graded):
    cells = {cell.id: cell for cell in graded.read("grading/autograded/right").cells}
    assert {name: cells[name].source for name in graded.written} == dict.fromkeys(
        graded.written, OWN_WORDS
    )
    page = graded.feedback("right")
    words = OWN_WORDS.split("$")[0]  # what follows is a formula, which is MathML there
    assert (page.count(words), page.count(COMMENT)) == (len(graded.written),) * 2


def test_released_notebooks_hide_solutions_and_hidden_tests(graded):
    cells = {cell.id: cell.source for cell in graded.read("course").cells}
    assert {cells[name] for name in graded.written} <= {"YOUR ANSWER HERE"}
    released = "\n".join(cells.values())
    assert "SOLUTION" not in released
    assert "HIDDEN TESTS" not in released
    assert "Marking scheme" not in released
    assert released.count("raise NotImplementedError()") >= 1


def test_the_marks_are_exported(graded):
    with open(graded.root / "grades.csv", encoding="utf-8", newline="") as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    by_hand = dict.fromkeys(MARKED, sum(graded.written.values()))
    assert exported == {
        student: sum(given for given, _ in graded.scores(student).values())
        + by_hand.get(student, 0)
        for student in STUDENTS
    }
    assert exported["untouched"] == 0 < exported["wrong"] < exported["right"] == exported["solved"]
