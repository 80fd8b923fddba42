"""Grades a notebook in this process, without a kernel: the cells with nbgrader metadata, in order.

It gives the verdicts that stock nbgrader gives (a check cell fails if it raises or writes to
stderr) in a hundredth of the time, so that a bank of variants can be graded on every commit.
``tests/grading`` grades a sample of the same submissions through nbgrader itself.
"""

import ast
import functools
import io
import linecache
import sys
import types
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path

import jupytext
import torch
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions

from ganlib.grading.authoring.build import read_source


@dataclass(frozen=True)
class Cell:
    """A cell with nbgrader metadata; ``kind`` is "locked", "solution", "check" or "written"."""

    grade_id: str
    kind: str
    points: float
    source: str

    @property
    def exercise(self) -> str:
        return self.grade_id.split("-")[0]

    @property
    def is_hidden(self) -> bool:
        return "BEGIN HIDDEN TESTS" in self.source


@dataclass(frozen=True)
class Verdict:
    """What became of a cell: ``error`` names its exception, or is "stderr", "value" or None."""

    cell: Cell
    error: str | None
    message: str

    @property
    def passed(self) -> bool:
        return self.error is None


@dataclass(frozen=True)
class Variant:
    """A replacement of one solution cell; a wrong one names the check it fails and its words."""

    title: str
    source: str
    kind: str  # "right" or "wrong"
    fails: str = ""
    says: str = ""


def read_cells(path: Path, *, released: bool = False) -> tuple[Cell, ...]:
    """The code among a notebook's graded cells; as a student finds them if ``released``."""
    return tuple(cell for cell in _read(path, released) if cell.kind != "written")


def read_written(path: Path, *, released: bool = False) -> tuple[Cell, ...]:
    """A notebook's written answers: text that a person marks, and that nothing here grades."""
    return tuple(cell for cell in _read(path, released) if cell.kind == "written")


@functools.cache
def _read(path: Path, released: bool) -> tuple[Cell, ...]:
    notebook = read_source(path)
    if released:
        notebook, _ = ClearSolutions().preprocess(notebook, {})
    cells = [cell for cell in notebook.cells if "nbgrader" in cell.metadata]
    return tuple(
        Cell(
            cell.metadata.nbgrader.grade_id,
            _kind(cell),
            cell.metadata.nbgrader.get("points", 0),
            cell.source,
        )
        for cell in cells
    )


def _kind(cell: NotebookNode) -> str:
    if cell.cell_type == "markdown":
        return "written"
    graded = cell.metadata.nbgrader
    return "check" if graded.grade else "solution" if graded.solution else "locked"


@functools.cache
def read_variants(path: Path) -> list[Variant]:
    """The bank at ``path``: variants of the solution cell that the file is named after."""
    cells = [cell for cell in jupytext.read(path).cells if cell.cell_type == "code"]
    return [_variant(path, number, cell) for number, cell in enumerate(cells, start=1)]


def _variant(path: Path, number: int, cell: NotebookNode) -> Variant:
    header = dict(cell.metadata)
    header.pop("lines_to_next_cell", None)
    kind = header.get("kind")
    wanted = {"right": {"title", "kind"}, "wrong": {"title", "kind", "fails", "says"}}.get(kind)
    if header.keys() != wanted:
        raise ValueError(
            f'{path.name}, variant {number}: expected `# %% title kind="right"` or `# %% title '
            f'kind="wrong" fails="..." says="..."`, with no `=` in the title; got {header}'
        )
    return Variant(source=cell.source, **header)


def concerned(cells: tuple[Cell, ...], solution: str, variant: Variant) -> tuple[Cell, ...]:
    """``cells`` with only the checks that say how a variant of one solution cell does.

    For a right one these are all of its exercise, and for a wrong one the check that it is to fail.
    """
    exercise = solution.split("-")[0]

    def is_concerned(check: Cell) -> bool:
        return check.exercise == exercise and (
            variant.kind == "right" or check.grade_id == variant.fails
        )

    return tuple(cell for cell in cells if cell.kind != "check" or is_concerned(cell))


def grade(cells: tuple[Cell, ...], replacements: Mapping[str, str] | None = None) -> list[Verdict]:
    """Runs ``cells`` in order in a fresh ``__main__``, each going on where the last one failed.

    ``replacements`` maps the grade_id of a solution cell to the source that a student wrote.
    """
    replacements = replacements or {}
    if unknown := replacements.keys() - {cell.grade_id for cell in cells}:
        raise ValueError(f"no solution cell is called {', '.join(sorted(unknown))}")
    main = types.ModuleType("__main__")
    torch.manual_seed(0)
    with _as_main(main), _one_thread():
        verdicts = [
            _run(replace(cell, source=replacements.get(cell.grade_id, cell.source)), main)
            for cell in cells
        ]
    vars(main).clear()  # torch never frees a hook in a circle, nor all that its globals name
    return verdicts


def _run(cell: Cell, main: types.ModuleType) -> Verdict:
    stderr = io.StringIO()
    with redirect_stdout(io.StringIO()), redirect_stderr(stderr), _warnings_to_stderr():
        try:
            body, last = _compile(cell.source, f"<{cell.grade_id}>")
            exec(body, main.__dict__)
            value = eval(last, main.__dict__)
        except (Exception, SystemExit) as error:
            return Verdict(cell, type(error).__name__, str(error))
    if cell.kind == "check" and value is not None:
        return Verdict(cell, "value", "nbgrader takes a check's last value for partial credit")
    written = stderr.getvalue()
    return Verdict(cell, "stderr", written) if written else Verdict(cell, None, "")


@functools.cache
def _compile(source: str, name: str) -> tuple[types.CodeType, types.CodeType]:
    """The cell's statements, and the expression in its last line (None, where there is none)."""
    # As IPython does, so that inspect.getsource and tracebacks find a cell's text.
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    tree, last = ast.parse(source, name), ast.Constant(None, lineno=1, col_offset=0)
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = tree.body.pop().value
    return compile(tree, name, "exec"), compile(ast.Expression(last), name, "eval")


@contextmanager
def _warnings_to_stderr() -> Iterator[None]:
    """Warnings are printed, as in a kernel, and not raised, as in our own tests."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        yield
    for warning in caught:
        print(warning.message, file=sys.stderr)


@contextmanager
def _as_main(module: types.ModuleType) -> Iterator[None]:
    """What the cells define can be found by module name, as dataclasses and pickle want it."""
    before = sys.modules["__main__"]
    sys.modules["__main__"] = module
    try:
        yield
    finally:
        sys.modules["__main__"] = before


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def points(verdicts: list[Verdict]) -> float:
    return sum(verdict.cell.points for verdict in verdicts if verdict.passed)


def failed_checks(verdicts: list[Verdict]) -> dict[str, Verdict]:
    """By grade_id, the check cells that failed."""
    return {
        verdict.cell.grade_id: verdict
        for verdict in verdicts
        if verdict.cell.kind == "check" and not verdict.passed
    }


def complaints(variant: Variant, solution: str, verdicts: list[Verdict]) -> list[str]:
    """What is wrong with how ``variant`` of the cell ``solution`` was graded, in words."""
    failed = failed_checks(verdicts)
    elsewhere = [
        f"{name}, of another exercise, fails with {failed[name].error}: {failed[name].message}"
        for name in failed
        if name.split("-")[0] != solution.split("-")[0]
    ]
    if variant.kind == "right":
        return elsewhere + [
            f"{name} fails a right variant with {verdict.error}: {verdict.message}"
            for name, verdict in failed.items()
            if name.split("-")[0] == solution.split("-")[0]
        ]
    verdict = failed.get(variant.fails)
    if verdict is None:
        return [*elsewhere, f"{variant.fails} passes; failed are: {', '.join(failed) or 'none'}"]
    if verdict.error != "AssertionError" or variant.says not in verdict.message:
        return [*elsewhere, f"{variant.fails} says {verdict.error}: {verdict.message}"]
    return elsewhere
