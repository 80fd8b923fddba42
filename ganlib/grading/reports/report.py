"""A class at a glance, for its instructor: ``python -m ganlib.grading report ASSIGNMENT``.

One HTML page, grading/report/ASSIGNMENT.html, that needs nothing else: for each exercise, which
share of the class passes each check and what the check most often has to say to the others; how
the points are spread; what came of each hand-in; and which are unusually alike. The points come
from the gradebook, the messages from grading/autograded, the outcomes from grading/records.
"""

import argparse
import base64
import io
import statistics
import textwrap
from collections import Counter
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import jinja2
import nbformat
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from nbformat import NotebookNode
from nbgrader.api import Gradebook, SubmittedAssignment
from nbgrader.coursedir import CourseDirectory

from ganlib.grading.batch import records
from ganlib.grading.batch.records import Record
from ganlib.grading.execution.assignment import read_course
from ganlib.grading.gradebook import opened
from ganlib.grading.notebook_cells import given_cells
from ganlib.grading.reports import verdicts
from ganlib.grading.reports.similar import NOT_A_VERDICT, Pair, similar
from ganlib.grading.reports.verdicts import Check, Exercise

__all__ = ["ClassReport", "GradedSubmission", "read_class", "write_report"]

BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#7F7F7F"  # told apart by colour-blind eyes, too
WIDE = 72  # characters of a message in a picture's line


@dataclass(frozen=True)
class GradedSubmission:
    """What came of one hand-in; ``answers`` is the code of its answers, by cell."""

    student: str
    score: float
    most: float
    waits: bool
    record: Record | None
    exercises: list[Exercise] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def checks(self) -> list[Check]:
        return [check for exercise in self.exercises for check in exercise.checks]

    @property
    def passing(self) -> str:
        return verdicts.passing(self.checks)

    @property
    def is_graded(self) -> bool:
        """By this program or by nbgrader's own command, of which there is no record."""
        return bool(self.answers) and (self.record is None or self.record.outcome == "graded")

    @property
    def outcome(self) -> str:
        if not self.is_graded:
            return "failed" if self.record else "not graded"
        return "waits for a person" if self.waits else "graded"

    @property
    def sandboxed(self) -> str:
        known = self.record.sandboxed if self.record else None
        return {True: "yes", False: "NO", None: "not known"}[known]


@dataclass(frozen=True)
class ClassReport:
    """Everyone's hand-ins of one assignment; ``given`` are the answers' cells as given out."""

    assignment: str
    hand_ins: list[GradedSubmission]
    given: dict[str, str]

    @property
    def graded(self) -> list[GradedSubmission]:
        return [each for each in self.hand_ins if each.is_graded]

    def similar(self) -> list[Pair]:
        return similar({each.student: each.answers for each in self.graded}, self.given)


def read_class(course: Path, name: str) -> ClassReport:
    """The class as it stands; LookupError for an unknown assignment."""
    _, coursedir = read_course(course)
    with opened(coursedir, name) as (gradebook, assignment):
        found = [_graded(gradebook, coursedir, each) for each in assignment.submissions]
        given = {
            cell.name: cell.source
            for notebook in assignment.notebooks
            for cell in given_cells(gradebook, notebook.name, name)
            if cell.is_answer and cell.cell_type == "code"
        }
        stubs = _stubs(coursedir, name, given)
    return ClassReport(name, sorted(found, key=lambda each: each.student), stubs)


def _graded(
    gradebook: Gradebook, coursedir: CourseDirectory, submission: SubmittedAssignment
) -> GradedSubmission:
    name, student = submission.assignment.name, submission.student.id
    folder = Path(coursedir.format_path(coursedir.autograded_directory, student, name))
    exercises: list[Exercise] = []
    answers: dict[str, str] = {}
    for submitted in submission.notebooks:
        notebook = _notebook(folder / f"{submitted.name}.ipynb")
        if notebook:
            exercises += verdicts.exercises(gradebook, submitted, notebook)
            answers |= _answers(notebook)
    return GradedSubmission(
        student,
        submission.score,
        submission.max_score,
        submission.needs_manual_grade,
        records.read(records.folder(Path(coursedir.root), name), student),
        exercises,
        answers,
    )


def _notebook(path: Path) -> NotebookNode | None:
    return nbformat.read(path, as_version=4) if path.is_file() else None


def _answers(notebook: NotebookNode) -> dict[str, str]:
    return {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution")
    }


def _stubs(coursedir: CourseDirectory, name: str, given: dict[str, str]) -> dict[str, str]:
    """The answers' cells as students have got them, where the released notebook is there."""
    folder = Path(coursedir.format_path(coursedir.release_directory, ".", name))
    released = [nbformat.read(path, as_version=4) for path in sorted(folder.glob("*.ipynb"))]
    cells = {each: text for notebook in released for each, text in _answers(notebook).items()}
    return {each: cells.get(each, "") for each in given}


# What the page says


@dataclass(frozen=True)
class Row:
    """A check, how many pass it, and what it most often says to those who do not."""

    name: str
    hidden: bool
    passing: int
    of: int
    unwritten: int = 0
    message: str = ""
    times: int = 0

    @property
    def share(self) -> float:
        return self.passing / self.of

    def __str__(self) -> str:
        said = f", {self.unwritten} not written yet" if self.unwritten else ""
        said += f", most often ({self.times}): {self.message}" if self.message else ""
        return f"{self.name}: {self.passing} of {self.of} pass{said}"


def rows(the_class: ClassReport) -> dict[str, list[Row]]:
    """By an exercise's title, its checks; answers in words are none."""
    found: dict[str, dict[str, list[Check]]] = {}
    for hand_in in the_class.graded:
        for exercise in hand_in.exercises:
            for check in exercise.checks:
                if not check.written:
                    checks = found.setdefault(exercise.title, {})
                    checks.setdefault(check.name, []).append(check)
    return {title: [_row(all_) for all_ in checks.values()] for title, checks in found.items()}


def _row(checks: list[Check]) -> Row:
    failing = [check for check in checks if not check.passes]
    messages = Counter(check.message for check in failing if check.message)
    unwritten = messages.pop(verdicts.UNWRITTEN, 0)  # teaches nothing, and hides what would
    message, times = messages.most_common(1)[0] if messages else ("", 0)
    passing, first = len(checks) - len(failing), checks[0]
    return Row(first.name, first.hidden, passing, len(checks), unwritten, message, times)


def picture(checks: list[Row]) -> Figure:
    """The share of the class that passes each check, and beside it what the others are told."""
    texts = [_beside(row) for row in checks]
    lines = sum(max(2, text.count("\n") + 1) for text in texts)
    figure = Figure(figsize=(10, 0.5 + 0.19 * lines), layout="constrained")
    bars, words = figure.subplots(1, 2, width_ratios=[2, 3], sharey=True)
    heights = [max(2, text.count("\n") + 1) for text in texts]
    places = [sum(heights[:i]) + heights[i] / 2 for i in range(len(checks))]
    bars.barh(places, [1.0] * len(checks), height=1.2, color="none", edgecolor=GREY)
    bars.barh(places, [row.share for row in checks], height=1.2, color=BLUE)
    for place, row, text in zip(places, checks, texts, strict=True):
        bars.annotate(
            f"{row.passing} of {row.of}", (1, place), xytext=(4, 0), fontsize=8,
            textcoords="offset points", va="center", annotation_clip=False,
        )  # fmt: skip
        words.text(0.02, place, text, va="center", fontsize=8, parse_math=False)
    labels = [row.name + (" (hidden)" if row.hidden else "") for row in checks]
    bars.set_yticks(places, labels, fontsize=8)
    bars.set(xlim=(0, 1), ylim=(sum(heights), 0))
    bars.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 % pass"], fontsize=8)
    bars.spines[["top", "right"]].set_visible(False)
    words.set_axis_off()
    return figure


def _beside(row: Row) -> str:
    told = textwrap.shorten(row.message, 3 * WIDE, placeholder=" …")
    parts = [f"{row.unwritten} × not written yet"] if row.unwritten else []
    parts += [textwrap.fill(f"{row.times} × {told}", WIDE)] if told else []
    return "\n".join(parts)


def histogram(points: list[float], most: float) -> Figure:
    """How many hand-ins have how many points, and the median."""
    figure = Figure(figsize=(7, 2.4), layout="constrained")
    axes = figure.subplots()
    width = max(1.0, most / 30)
    edges = [width * (i - 0.5) for i in range(int(most / width) + 2)]
    axes.hist(points, bins=edges, color=BLUE, edgecolor="white")
    middle = statistics.median(points)
    axes.axvline(middle, color=VERMILION, ls="--", label=f"median {middle:g}")
    axes.set(xlabel=f"points, of {most:g}", ylabel="hand-ins")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    return figure


def embedded(figure: Figure) -> str:
    """A figure as the address of a picture."""
    png = io.BytesIO()
    figure.savefig(png, format="png", dpi=130)
    return "data:image/png;base64," + base64.b64encode(png.getvalue()).decode()


def write_report(course: Path, name: str) -> Path:
    """Writes the page and returns its path."""
    the_class = read_class(course, name)
    exercises = {
        title: (checks, embedded(picture(checks))) for title, checks in rows(the_class).items()
    }
    points = [each.score for each in the_class.graded]
    most = max((each.most for each in the_class.graded), default=0.0)
    source = files("ganlib.grading.reports").joinpath("report.html.j2").read_text(encoding="utf-8")
    page = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(source)
    path = course / "grading/report" / f"{name}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        page.render(
            the_class=the_class,
            exercises=exercises,
            most=most,
            median=statistics.median(points) if points else 0,
            histogram=embedded(histogram(points, most)) if points else "",
            pairs=the_class.similar(),
            not_a_verdict=NOT_A_VERDICT,
        ),
        encoding="utf-8",
    )
    return path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("assignment", help="its name, 01_value_function say")


def run(options: argparse.Namespace) -> int:
    print(f"saved as {write_report(options.course, options.assignment)}")
    return 0
