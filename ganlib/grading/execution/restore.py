"""A hand-in as it should have come: its answers, in the notebook that was given out.

What a cell is and what it is worth is known to the gradebook, and a hand-in's metadata is not
asked. Of a hand-in are kept the text of its answers and its other cells.
"""

import re

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from traitlets import Bool

from ganlib.grading.notebook_cells import Given, given_cells

__all__ = ["Sanitize", "restore_given_cells"]

CELLS = 2000  # of a hand-in, at the most: the rest is left out
SOURCE = 500_000  # characters of a cell
ADDED = "This cell was missing and has been put back."


class Sanitize(Preprocessor):
    """Runs first, before anything of a hand-in is executed."""

    enabled = Bool(True).tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            given = given_cells(gradebook, about["notebook"], about["assignment"])
        return restore_given_cells(nb, given), resources


def restore_given_cells(hand_in: NotebookNode, given: list[Given]) -> NotebookNode:
    """The hand-in with each given cell once, in the order in which they were given."""
    known = {cell.name: cell for cell in given}
    answers: dict[str, NotebookNode] = {}
    cells: list[NotebookNode | str] = []  # a string keeps the place of a given cell
    for cell in hand_in.cells[:CELLS]:
        name = _name(cell)
        if name in known and name not in answers:
            answers[name] = cell
            cells.append(name)
        elif cell.cell_type in ("code", "markdown"):
            cells.append(_plain(cell))
    # Given cells that have changed places go back; those between them stay where they are.
    order = iter([cell.name for cell in given if cell.name in answers])
    cells = [next(order) if isinstance(cell, str) else cell for cell in cells]
    _put_back(cells, given, answers)
    mended = [
        _restored(known[cell], answers.get(cell)) if isinstance(cell, str) else cell
        for cell in cells
    ]
    for number, cell in enumerate(mended):
        name = _name(cell)
        cell.id = name if name and re.fullmatch(r"[\w-]{1,60}", name) else f"cell-{number}"
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = NotebookNode(kernelspec=NotebookNode(kernel))
    return NotebookNode(cells=mended, metadata=metadata, nbformat=4, nbformat_minor=5)


def _put_back(cells: list, given: list[Given], answers: dict) -> None:
    """Missing cells: each after the given cell before it."""
    before = None
    for cell in given:
        if cell.name not in answers:
            cells.insert(cells.index(before) + 1 if before else 0, cell.name)
        before = cell.name


def _restored(given: Given, handed_in: NotebookNode | None) -> NotebookNode:
    """A given cell: its text is the student's if it is an answer, and else what was given."""
    source = given.source
    if handed_in is not None and given.is_answer:
        source = str(handed_in.source)[:SOURCE]
    make = new_code_cell if given.cell_type == "code" else new_markdown_cell
    cell = make(source, metadata={"nbgrader": dict(given.nbgrader)})
    if handed_in is None:
        cell.metadata["ganlib"] = {"note": ADDED}
    elif given.cell_type == "markdown" and "attachments" in handed_in:
        cell.attachments = handed_in.attachments  # pictures in a written answer
    return cell


def _plain(cell: NotebookNode) -> NotebookNode:
    make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
    plain = make(str(cell.source)[:SOURCE])
    if cell.cell_type == "markdown" and "attachments" in cell:
        plain.attachments = cell.attachments
    return plain


def _name(cell: NotebookNode) -> str | None:
    about = cell.get("metadata", {}).get("nbgrader")
    name = about.get("grade_id") if isinstance(about, dict) else None
    return name if isinstance(name, str) else None
