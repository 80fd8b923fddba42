"""The banks: hostile hand-ins, and honest ones that had an accident.

A bank in ``banks/`` is a file of code cells (jupytext's percent format), each of them one attack::

    # %% a title cell="E1" tries="what it tries"
    def average(x): ...

``cell`` is the solution cell that it replaces, "plain" for a new cell above the exercises, or
"last" for one below them. The rest of the hand-in is empty, or solved with ``rest="solved"``.
``earns`` names the checks that the hand-in passes honestly; with ``stock="no"`` it is not tried on
stock nbgrader, which would let it harm the machine.

What takes more than a cell is a function that changes a notebook, in ``notebooks.py`` and
``accidents.py``.
"""

import functools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from tests.notebooks.fastpath import read_cells

HERE = Path(__file__).parent
NAME = "01_attacked"
SOURCE = HERE / "solutions" / NAME / f"{NAME}.py"
FUNCTIONS = {
    "E1": "average", "E2": "fooling", "E3": "step", "E4": "Judge", "E5": "pi", "E6": "drawn"
}  # fmt: skip
OWN_WORDS = "Every term is the same, and there are as many as we divide by."

# Changes a notebook, and may put files into the folder that is handed in. What it returns, if
# anything, is handed in in the notebook's place, or is the name of the file that is handed in.
Change = Callable[[NotebookNode, Path], bytes | str | None]


@dataclass(frozen=True)
class Case:
    """A hand-in and the points that it is to get: ``points`` by check, the rest being zero."""

    title: str
    tries: str
    bank: str
    change: Change
    points: dict[str, float]
    solved: bool = False
    stock: bool = True

    @property
    def id(self) -> str:
        return re.sub(r"\W+", "-", self.title.lower()).strip("-")

    def hand_in(self, released: NotebookNode, folder: Path) -> None:
        """Writes the hand-in, made from the notebook as it was released, into a new folder."""
        folder.mkdir(parents=True)
        notebook = solved(released) if self.solved else nbformat.from_dict(released)
        instead = self.change(notebook, folder)
        file = folder / (instead if isinstance(instead, str) else f"{NAME}.ipynb")
        if isinstance(instead, bytes):
            file.write_bytes(instead)
        elif not file.exists():
            file.write_text(json.dumps(notebook), encoding="utf-8")


@functools.cache
def maxima() -> dict[str, float]:
    """The points that there are, by check."""
    return {cell.grade_id: cell.points for cell in read_cells(SOURCE) if cell.kind == "check"}


def checks_of(*exercises: str) -> set[str]:
    return {check for check in maxima() if check.split("-")[0] in exercises}


def solved(released: NotebookNode) -> NotebookNode:
    """A copy of the released notebook with every exercise solved."""
    answers = {cell.grade_id: cell.source for cell in read_cells(SOURCE) if cell.kind == "solution"}
    notebook = nbformat.from_dict(released)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(grade_id, cell.source)
        if grade_id == "E7-why":
            cell.source = OWN_WORDS
    return notebook


def graded_cell(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    return next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def place_of(notebook: NotebookNode, grade_id: str) -> int:
    return notebook.cells.index(graded_cell(notebook, grade_id))


def check_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code"
    ]


def put_code(notebook: NotebookNode, where: str, source: str) -> None:
    """Replaces a solution cell, or adds a plain cell above all exercises or below them.

    Of the functions that a cell above defines, the stubs further down are emptied.
    """
    if where == "plain":
        notebook.cells.insert(place_of(notebook, "setup") + 1, new_code_cell(source))
        for exercise, name in FUNCTIONS.items():
            if re.search(rf"^(def|class) {name}\b|^([\w ]+= )*{name} =", source, re.M):
                graded_cell(notebook, exercise).source = "# as above"
    elif where == "last":
        notebook.cells.append(new_code_cell(source))
    else:
        graded_cell(notebook, where).source = source


def attack(
    title: str, tries: str, *, rest: str = "empty", earns: str = "", stock: str = "yes"
) -> Callable[[Change], Case]:
    """Makes an attack of a function; the bank is the module that the function stands in."""

    def decorate(change: Change) -> Case:
        bank = change.__module__.rsplit(".", 1)[-1]
        return _attack(bank, change, title, tries, rest=rest, earns=earns, stock=stock)

    return decorate


def _attack(
    bank: str,
    change: Change,
    title: str,
    tries: str,
    *,
    cell: str = "",
    rest: str = "empty",
    earns: str = "",
    stock: str = "yes",
) -> Case:
    passed = set(earns.split())
    if rest == "solved":
        passed |= maxima().keys() - checks_of(cell)
    points = {check: maxima()[check] for check in passed}
    return Case(title, tries, bank, change, points, rest == "solved", stock == "yes")


def accident(title: str, *, costs: str = "", stock: str = "yes") -> Callable[[Change], Case]:
    """Makes an accident of a function, whose docstring says what happened.

    Everything is solved, and every check passes but those that ``costs`` names.
    """

    def decorate(change: Change) -> Case:
        points = {check: most for check, most in maxima().items() if check not in costs.split()}
        happened = " ".join((change.__doc__ or "").split())
        return Case(title, happened, "accidents", change, points, True, stock == "yes")

    return decorate


def read_bank(path: Path) -> list[Case]:
    """The attacks of one file of code cells."""
    cells = [cell for cell in jupytext.read(path).cells if cell.cell_type == "code"]
    return [_read_case(path.stem, cell) for cell in cells]


def _read_case(bank: str, cell: NotebookNode) -> Case:
    header = {k: v for k, v in cell.metadata.items() if k != "lines_to_next_cell"}
    where, source = header["cell"], cell.source

    def change(notebook: NotebookNode, folder: Path) -> None:
        put_code(notebook, where, source)

    return _attack(bank, change, **header)


def attacks() -> list[Case]:
    from tests.grading.attacks import notebooks

    coded = [case for path in sorted(HERE.glob("banks/*.py")) for case in read_bank(path)]
    return coded + [case for case in vars(notebooks).values() if isinstance(case, Case)]


def accidents() -> list[Case]:
    from tests.grading.attacks import accidents as bank

    return [case for case in vars(bank).values() if isinstance(case, Case)]
