"""The page that a student gets back: what passed, what failed and why, and then the notebook.

It is made by nbgrader's own ``generate_feedback`` with the settings of nbgrader_config.py. Stock
nbgrader prints each check as it was run, which shows a hidden check's source, and the lines of it
that a traceback quotes, to every student; and it lets a student's HTML and scripts through. This
page shows neither, and needs no script and no net.
"""

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import nbformat
from nbconvert.exporters import HTMLExporter
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from traitlets import Bool, default

from ganlib.grading.notebook_cells import is_hidden
from ganlib.grading.reports import verdicts
from ganlib.grading.reports.cleaning import clean, markdown
from ganlib.grading.text import strip_control_chars

__all__ = ["FeedbackExporter", "HideHiddenTests", "Summarise"]

SHORTEST = 8  # characters of a line that would give something of a hidden check away


class Summarise(Preprocessor):
    """Counts what passes, exercise by exercise, for the top of the page."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            submitted = gradebook.find_submission_notebook(
                about["notebook"], about["assignment"], about["student"]
            )
            found = verdicts.exercises(gradebook, submitted, nb)
        checks = [check for exercise in found for check in exercise.checks]
        about["exercises"], about["tests"] = found, verdicts.passing(checks)
        about["verdicts"] = {check.name: check for check in checks}
        return nb, resources


class HideHiddenTests(Preprocessor):
    """Leaves of a hidden check only whether it passes, and what its assertion has to say."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        checks = [cell for cell in nb.cells if cell.cell_type == "code" and _is_check(cell)]
        hidden = [cell for cell in checks if is_hidden(cell.source)]
        secrets = {line for cell in hidden for line in _lines(cell.source)}
        for cell in checks:
            if cell not in hidden:
                secrets -= set(_lines(cell.source))
        for cell in checks:
            if cell in hidden:
                _hide(cell)
            else:
                _forget(cell.outputs, secrets)
        return nb, resources


def _is_check(cell: NotebookNode) -> bool:
    return utils.is_grade(cell) or is_hidden(cell.source)


def _lines(source: str) -> list[str]:
    return [line.strip() for line in source.splitlines() if len(line.strip()) >= SHORTEST]


def _hide(cell: NotebookNode) -> None:
    told = verdicts.message(cell.outputs, hidden=True)
    cell.source = "# A hidden check"
    line = f"hidden check: failed: {told}" if told else "hidden check: passed"
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=line + "\n")]
    cell.metadata = NotebookNode(nbgrader=cell.metadata.get("nbgrader", {}))
    cell.pop("attachments", None)


def _forget(outputs: list[NotebookNode], secrets: set[str]) -> None:
    """Drops what a visible check's traceback quotes of a hidden one."""
    for output in outputs:
        if output.output_type == "error":
            text = strip_control_chars("\n".join(output.traceback))
            kept = [line for line in text.split("\n") if not any(s in line for s in secrets)]
            output.traceback = ["\n".join(kept)]


class FeedbackExporter(HTMLExporter):
    """The page itself, from feedback.html.j2, whichever template nbgrader asks for."""

    @default("raw_template")
    def _own_page(self) -> str:
        return (
            files("ganlib.grading.reports").joinpath("feedback.html.j2").read_text(encoding="utf-8")
        )

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        yield from super().default_filters()
        yield from (("clean", clean), ("markdown", markdown), ("plain", strip_control_chars))
