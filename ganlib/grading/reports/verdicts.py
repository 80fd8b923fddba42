"""What came of each check of a hand-in, exercise by exercise.

The points are the gradebook's, the words come from the autograded notebook, and of a hidden check
nothing is told but whether it passes and what its assertion has to say.
"""

import builtins
from collections.abc import Iterable
from dataclasses import dataclass

from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedNotebook

from ganlib.grading.errors import ACROSS
from ganlib.grading.notebook_cells import Given, given_cells, is_hidden, names_of
from ganlib.grading.text import strip_control_chars

__all__ = [
    "Check",
    "Exercise",
    "answer_of",
    "exercises",
    "message",
    "passing",
    "summary",
]

LONGEST = 600  # characters of a message
# Errors that a grader reports, and no one has raised.
OURS = {"KernelDied", "NotGraded", "NotRun", "StudentProcess", "Timeout"}
PRINTED = "Your code printed a warning or an error message, which fails a check."
UNWRITTEN = "Not written yet."


@dataclass(frozen=True)
class Check:
    """``score`` is None where there is none yet, ``message`` empty where all is well."""

    name: str
    points: float
    score: float | None
    message: str = ""
    hidden: bool = False
    written: bool = False  # an answer in words

    @property
    def passes(self) -> bool:
        return self.score is not None and self.score >= self.points

    @property
    def outcome(self) -> str:
        if self.score is None:
            return "waits for a person"
        if self.written:
            return "marked by a person"
        partly = "partly passed" if self.score > 0 else "failed"
        return "passed" if self.passes else partly

    @property
    def label(self) -> str:
        return f"hidden check: {self.outcome}" if self.hidden else self.outcome


@dataclass(frozen=True)
class Exercise:
    """``name`` is that of the cell of its answer, ``defines`` what that cell is to define."""

    name: str
    defines: tuple[str, ...]
    checks: tuple[Check, ...]

    @property
    def title(self) -> str:
        """The exercise's number, and what it asks for: "B2 · discriminator_step"."""
        what = ", ".join(self.defines[:3]) or "a written answer"
        return f"{self.name.split('-')[0]} · {what}"

    def __str__(self) -> str:
        return f"{self.title}: {summary(self.checks)}"


def passing(checks: Iterable[Check]) -> str:
    """ "4 of 5 checks pass"; answers in words are none."""
    tests = [check for check in checks if not check.written]
    return f"{sum(check.passes for check in tests)} of {len(tests)} checks pass" if tests else ""


def summary(checks: Iterable[Check]) -> str:
    """ "4 of 5 checks pass, 5 of 6 points"; what waits for a person is said, and counts as 0."""
    checks = list(checks)
    score, points = sum(c.score or 0 for c in checks), sum(c.points for c in checks)
    words = [passing(checks), f"{score:g} of {points:g} points"]
    if waiting := sum(check.score is None for check in checks):
        words.append(f"{waiting} waiting for a person")
    return ", ".join(word for word in words if word)


def exercises(
    gradebook: Gradebook, submitted: SubmittedNotebook, notebook: NotebookNode
) -> list[Exercise]:
    """The exercises of an autograded notebook, in the order in which they were given out."""
    given = given_cells(gradebook, submitted.name, submitted.assignment.name)
    grades = {grade.name: grade for grade in submitted.grades}
    outputs = {
        cell.metadata.nbgrader.grade_id: cell.outputs
        for cell in notebook.cells
        if cell.cell_type == "code" and "nbgrader" in cell.metadata
    }
    groups: dict[str, list[Check]] = {}
    defines: dict[str, tuple[str, ...]] = {}
    for cell in given:
        if cell.is_answer:
            defines[cell.name] = _defines(cell)
        if cell.name not in grades:
            continue
        grade = grades[cell.name]
        waits = grade.needs_manual_grade
        told = "" if waits else message(outputs.get(cell.name, []), hidden=is_hidden(cell.source))
        check = Check(
            cell.name,
            cell.nbgrader["points"],
            None if waits else grade.score,
            told,
            is_hidden(cell.source),
            cell.is_answer or cell.nbgrader["task"],
        )
        groups.setdefault(answer_of(cell.name, defines), []).append(check)
    return [Exercise(name, defines.get(name, ()), tuple(checks)) for name, checks in groups.items()]


def _defines(cell: Given) -> tuple[str, ...]:
    return tuple(sorted(names_of(cell.source))) if cell.cell_type == "code" else ()


def answer_of(check: str, answers: Iterable[str]) -> str:
    """The answer that a check is about: of those above it, the one of the most similar name."""
    best, found = 0, check.split("-")[0]
    for answer in answers:
        shared = 0
        for mine, its in zip(check.split("-"), answer.split("-"), strict=False):
            if mine != its:
                break
            shared += 1
        if shared >= best and shared:
            best, found = shared, answer
    return found


def message(outputs: Iterable[NotebookNode], *, hidden: bool) -> str:
    """What a check has to say, in one paragraph; empty where it has nothing to say.

    Of a hidden check only the words of its own assertion are told. What else is raised, and what
    the student's own code raises with what it was called with, could show what is tested.
    """
    words = ""
    for output in outputs:
        if output.output_type == "error":
            return strip_control_chars(_of_error(output, hidden=hidden)).strip()[:LONGEST]
        if output.get("name") == "stderr":
            words = PRINTED
    return words


def _of_error(error: NotebookNode, *, hidden: bool) -> str:
    if error.ename in OURS:
        return error.evalue
    if error.ename == "NotImplementedError":
        return UNWRITTEN
    theirs = ACROSS in error.traceback
    if error.ename == "AssertionError" and error.evalue and not (hidden and theirs):
        return error.evalue
    if hidden:
        return f"It stopped with {_kind(error.ename)}."
    return f"{error.ename}: {error.evalue}".rstrip(": ")


def _kind(name: str) -> str:
    """An error's name where it is one of Python's."""
    return name if isinstance(getattr(builtins, name, None), type) else "an error"
