"""The cells of a notebook as they were given out, and what they define."""

import ast
from dataclasses import dataclass
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager
from nbgrader.api import Gradebook

__all__ = ["Given", "given_cells", "is_hidden", "names_of"]

HIDDEN = "BEGIN HIDDEN TESTS"


@dataclass(frozen=True)
class Given:
    """A cell with nbgrader's metadata, as it was given out."""

    name: str
    cell_type: str
    source: str
    nbgrader: dict[str, Any]

    @property
    def is_answer(self) -> bool:
        return self.nbgrader["solution"]


def given_cells(gradebook: Gradebook, notebook: str, assignment: str) -> list[Given]:
    """The cells of a notebook that carry nbgrader's metadata, in order, hidden tests included."""
    entry = gradebook.find_notebook(notebook, assignment)
    points = {cell.name: cell.max_score for cell in [*entry.grade_cells, *entry.task_cells]}
    graded = {cell.name for cell in entry.grade_cells}
    solutions = {cell.name for cell in entry.solution_cells}
    tasks = {cell.name for cell in entry.task_cells}
    found = []
    for cell in entry.source_cells:
        about = {
            "grade": cell.name in graded,
            "grade_id": cell.name,
            "locked": bool(cell.locked),
            "schema_version": 3,
            "solution": cell.name in solutions,
            "task": cell.name in tasks,
            "cell_type": cell.cell_type,
            "checksum": cell.checksum,
        }
        if cell.name in points:
            about["points"] = points[cell.name]
        found.append(Given(cell.name, cell.cell_type, cell.source, about))
    return found


def is_hidden(source: str) -> bool:
    """Whether it is a check that students do not see."""
    return HIDDEN in source


def names_of(source: str) -> set[str]:
    """The names that a solution cell binds: functions, classes and variables."""
    found = set()
    for node in ast.parse(TransformerManager().transform_cell(source)).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = [part for target in targets for part in ast.walk(target)]
            found |= {n.id for n in names if isinstance(n, ast.Name) and type(n.ctx) is ast.Store}
    return found
