"""What can be said of a notebook's source without running it: each lint yields complaints."""

import ast
import builtins
import re
import symtable
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from nbformat import NotebookNode

from tests.notebooks.fastpath import Cell

HEADING = re.compile(
    r"^### Exercise (?P<exercise>[A-Z]\d+) · \S.*\n+Difficulty [1-5] of 5 · \d+ minutes$", re.M
)
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(home|private|root|tmp|Users|var|work)/[\w.]")


def defined_names(source: str) -> set[str]:
    """Names that a cell defines for the cells below: by def, class, assignment, from-import.

    A plain ``import torch`` does not count, for a check cell is to import its modules itself.
    """
    table = symtable.symtable(source, "<cell>", "exec")
    modules = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.parse(source).body
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    return {
        s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()
    } - modules


def borrowed_names(source: str) -> set[str]:
    """Names that a cell uses and does not define."""

    def used(table: symtable.SymbolTable) -> Iterator[str]:
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (symbol.is_global() or table.get_type() == "module"):
                yield symbol.get_name()
        for child in table.get_children():
            yield from used(child)

    table = symtable.symtable(source, "<cell>", "exec")
    own = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    return set(used(table)) - own - set(dir(builtins)) - {"__name__"}


def check_cells_import_what_they_use(released: tuple[Cell, ...], solved: tuple[Cell, ...]):
    """Names in a check come from itself, a locked cell, or the stub of a solution cell."""
    given: set[str] = set()
    for stub, cell in zip(released, solved, strict=True):
        if cell.kind != "check":
            given |= defined_names(stub.source)
        elif missing := borrowed_names(cell.source) - given:
            yield f"{cell.grade_id} uses {', '.join(sorted(missing))}, which it does not import"


HIDDEN_LINE = "# A hidden check: it runs when your work is graded."


def hidden_checks_stand_alone(cells: tuple[Cell, ...]) -> Iterator[str]:
    """A hidden check is hidden whole, under a line for students; its grade_id says so too."""
    for cell in cells:
        lines = cell.source.strip().splitlines()
        marks = [line for line in lines if "HIDDEN TESTS" in line]
        whole = ["### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"]
        if marks and (marks != whole or [*lines[:2], lines[-1]] != [HIDDEN_LINE, *whole]):
            yield f"{cell.grade_id}: a hidden test is the whole cell, under `{HIDDEN_LINE}`"
        if cell.is_hidden != ("-hidden-" in cell.grade_id):
            yield f"{cell.grade_id}: hidden checks, and no others, are called EXERCISE-hidden-WHAT"


def checks_say_what_they_test(cells: tuple[Cell, ...]) -> Iterator[str]:
    """JupyterLab shows the first line of a folded cell: there a check says what it tests."""
    for cell in cells:
        if cell.kind == "check" and not cell.source.startswith("# "):
            yield f"{cell.grade_id} does not begin with a comment that says what it tests"


def every_solution_is_checked(cells: tuple[Cell, ...]) -> Iterator[str]:
    """Each solution cell has a visible and a hidden check that use a name it defines.

    They may do so through a helper from a locked cell.
    """
    helpers = {
        name: borrowed_names(cell.source)
        for cell in cells
        if cell.kind == "locked"
        for name in defined_names(cell.source)
    }
    for solution in (cell for cell in cells if cell.kind == "solution"):
        names = defined_names(solution.source)
        names |= {helper for helper, used in helpers.items() if used & names}
        checks = [
            cell
            for cell in cells
            if cell.kind == "check"
            and cell.exercise == solution.exercise
            and names & borrowed_names(cell.source)
        ]
        for hidden, word in ((False, "visible"), (True, "hidden")):
            if not any(cell.is_hidden == hidden for cell in checks):
                yield f"{solution.grade_id} has no {word} check"


def asserts_say_what_is_wrong(cells: tuple[Cell, ...]) -> Iterator[str]:
    for cell in cells:
        for node in ast.walk(ast.parse(cell.source)):
            if cell.kind == "check" and isinstance(node, ast.Assert) and node.msg is None:
                yield f"{cell.grade_id}: no message for `assert {ast.unparse(node.test)}`"


def written_answers_have_a_marking_scheme(cells: tuple[Cell, ...]) -> Iterator[str]:
    """Whoever marks by hand finds, below the model answer, what each of the points is for."""
    for cell in cells:
        _, found, scheme = cell.source.partition("\nMarking scheme\n")
        points = [int(number) for number in re.findall(r"^- (\d+) points?: \S", scheme, re.M)]
        if not found:
            yield f"{cell.grade_id} has no line `Marking scheme`"
        elif sum(points) != cell.points:
            yield f"{cell.grade_id}: {cell.points} points, and the scheme gives {sum(points)}"


def ids_are_unique(cells: tuple[Cell, ...]) -> Iterator[str]:
    for grade_id, count in Counter(cell.grade_id for cell in cells).items():
        if count > 1:
            yield f"{grade_id} is the id of {count} cells"


def exercises_are_introduced(notebook: NotebookNode, cells: tuple[Cell, ...]) -> Iterator[str]:
    """Each exercise has its heading with difficulty and minutes, and one folded hint."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    starts = [*HEADING.finditer(text), re.search(r"\Z", text)]
    hints = {
        here["exercise"]: text[here.start() : following.start()].count("<summary>Hint<")
        for here, following in pairwise(starts)
    }
    for exercise in sorted(
        {cell.exercise for cell in cells if cell.kind in ("solution", "written")}
    ):
        if exercise not in hints:
            yield f"no heading `### Exercise {exercise} · ...` over `Difficulty ... · ... minutes`"
        elif hints[exercise] != 1:
            yield f"exercise {exercise} has {hints[exercise]} folded hints, not one"


def no_log_of_a_sigmoid(text: str) -> Iterator[str]:
    """log(sigmoid(a)) is -inf at a = -1000; logsigmoid(a) is -1000."""

    def operands(node: ast.AST, name: str) -> list[ast.expr]:
        match node:
            case ast.Call(func=ast.Name(id=called), args=args) if called == name:
                return args
            case ast.Call(func=ast.Attribute(attr=called, value=of), args=args) if called == name:
                return [*args, of]
        return []

    for node in ast.walk(ast.parse(text)):
        if any(operands(operand, "sigmoid") for operand in operands(node, "log")):
            yield f"line {node.lineno}: {ast.unparse(node)}: use logsigmoid"


def no_path_of_a_machine(text: str) -> Iterator[str]:
    for match in MACHINE_PATH.finditer(text):
        yield f"a path of one machine: {text[match.start() : match.start() + 60]!r}"
