"""No check is fooled by a function that changes the question before it answers.

A tensor or an array is handed over, not copied. A function may erase x, and then give the right
answer for what is left of x; a check that works out what is right from x afterwards agrees. So each
solution of the course is made to change one of its arguments in place, and each check that hands it
this argument has to notice. (Networks that do the like are among the wrong variants in the banks.)
"""

import ast
import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from tests.notebooks.fastpath import Cell, grade, read_cells

ROOT = Path(__file__).parents[2]


def erase(numbers):
    return 0 * numbers


def blur(numbers):
    """Halfway to their mean: sum and range stay as they are, and a density remains a density."""
    return (numbers + numbers.mean()) / 2


# What need not be noticed: the check, the arguments, and why.
PASSES = {
    # The same answer is right for what is left of the argument.
    "A2-hidden-undecided": ("y", "an undecided y_hat costs log 2 whatever y is"),
    "A5-guessing": ("p_data p_g", "where D is 1/2, a density counts by its sum alone"),
    "A5-hidden-supports": ("p_data p_g", "V is 0, and remains so if a density is erased"),
    "A8-kl-infinite": ("p q", "KL is infinite with p blurred too, and with q erased"),
    "B5-sigmoid-stable": ("a", "1,000 and -1,000 halved are still extreme"),
    "B6-compare-difference": ("plain remedy", "blurred numbers have the same mean"),
    "B7-parzen-mean": ("points samples", "samples given twice change nothing, wherever they are"),
    "B7-parzen-density": ("samples", "the window is a density, wherever the samples are"),
    # The numbers are no part of the question.
    "B2-discriminator-leaves-G": ("x z", "G stays as it is on any minibatch"),
    "B2-discriminator-hidden-optimizer": ("x z", "it counts steps"),
    "B2-generator-leaves-D": ("z", "D stays as it is on any minibatch"),
    "B2-generator-thaws": ("z", "D can learn afterwards, whatever z was"),
    "B3-order": ("sample_data sample_noise", "it asks who moves when"),
    "B3-noise": ("sample_data", "it follows the noise; B3-data notices"),
    "B3-data": ("sample_noise", "it follows the data; B3-noise notices"),
    "B3-history": ("sample_data sample_noise", "it counts losses"),
    "B3-hidden-minibatch": ("sample_data sample_noise", "it counts the rows that it knows"),
    "B3-hidden-turns": ("sample_data sample_noise", "it passes over rows that it does not know"),
    "B3-hidden-losses": ("sample_data sample_noise", "it knows each loss to a tenth, no better"),
    "B5-train-returns": ("faces", "it asks for the kind and number of what comes back"),
    "B5-train-start": ("faces", "it asks what the seed does"),
    "B5-train-generator": ("faces", "G answers the D that comes back, whatever D has seen"),
    "B6-pack-shape": ("x", "it asks for the shape"),
    "B6-runs-shape": ("sample_data sample_noise", "it asks for the shape"),
    "B6-runs-trained": ("sample_data sample_noise", "theta moves by as much on any minibatch"),
    "B6-runs-apart": ("sample_data sample_noise", "networks are told apart by marks of their own"),
    "B6-runs-hidden-noise": ("sample_data", "it follows the noise"),
    "B6-runs-hidden-budget": ("sample_data sample_noise", "it counts rows"),
    "B7-train-order": ("x_train", "it asks who moves when"),
    "B7-train-noise": ("x_train", "it follows the noise"),
    "B7-train-data": ("x_train", "it allows for noise in the images, and takes a blur for some"),
    "B7-train-directions": ("x_train", "a step goes downhill on whatever D was given"),
    "B7-train-gradients": ("x_train", "a gradient belongs to what D was given"),
    "B7-train-history": ("x_train", "it counts losses"),
    "B7-train-result": ("x_train", "G comes back trained, on any data"),
    "B7-train-hidden-small-data": ("x_train", "it counts updates"),
    "B7-train-hidden-together": ("x_train", "it asks for the shape and the range"),
}


class Vandal:
    """Makes a function change one of its arguments in place; without one it only watches."""

    def __init__(self, argument: str = "", manner: Callable | None = None) -> None:
        self.argument, self.manner = argument, manner
        self.met: set[str] = set()  # the arguments that held numbers
        self.has_changed = False

    def wrap(self, function: Callable) -> Callable:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def wrapped(*args, **kwargs):
            call = signature.bind(*args, **kwargs)
            for name, value in call.arguments.items():
                call.arguments[name] = self.receive(name, value)
            return function(*call.args, **call.kwargs)

        return wrapped

    def receive(self, name: str, value: Any) -> Any:
        """An argument as the function finds it. What requires a gradient is left as it is."""
        match value:
            case torch.Tensor() if value.is_floating_point() and not value.requires_grad:
                self.change(name, value)
            case np.ndarray() if np.issubdtype(value.dtype, np.floating):
                self.change(name, value)
            case list() | tuple():
                for part in value:
                    self.receive(name, part)
            case dict():
                self.receive(name, list(value.values()))
            case _ if inspect.isfunction(value):  # a sampler: what it draws is changed
                return lambda *args: self.receive(name, value(*args))
        return value

    def change(self, name: str, numbers: torch.Tensor | np.ndarray) -> None:
        self.met.add(name)
        if name == self.argument:
            before = numbers + 0
            numbers[...] = self.manner(before)
            self.has_changed |= bool((numbers != before).any())


def function_in(solution: Cell) -> str:
    """The name of the function that a solution cell defines, if it has parameters; else nothing."""
    nodes = ast.parse(solution.source).body
    return "".join(n.name for n in nodes if isinstance(n, ast.FunctionDef) and n.args.args)


def passes(cells: tuple[Cell, ...], solution: Cell, check: Cell, vandal: Vandal) -> bool:
    """Whether ``check`` passes the vandal's ``solution``; of ``cells``, those that it needs run."""
    name = function_in(solution)
    source = f"{solution.source}\n\nimport vandal\n{name} = vandal.wrap({name})"
    needed = [
        cell
        for cell in cells[: cells.index(check)]
        if cell.kind == "locked" or (cell.kind == "solution" and cell.exercise == check.exercise)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "vandal", SimpleNamespace(wrap=vandal.wrap))
        return grade((*needed, check), {solution.grade_id: source})[-1].passed


def attacks(
    cells: tuple[Cell, ...], solution: Cell, check: Cell
) -> Iterator[tuple[str, Callable, bool]]:
    """Which arguments ``check`` fills with numbers, how they are changed, and if that passes."""
    watching = Vandal()
    assert passes(cells, solution, check, watching), f"{check.grade_id} fails without any vandal"
    for argument, manner in product(sorted(watching.met), (erase, blur)):
        vandal = Vandal(argument, manner)
        passed = passes(cells, solution, check, vandal)
        if vandal.has_changed or not passed:  # a single number cannot be blurred
            yield argument, manner, passed


def exercises() -> Iterator[Any]:
    """(a notebook's cells, the solution cells of one of its exercises that define functions)."""
    for path in sorted(ROOT.glob("solutions/*/*.py")):
        cells = read_cells(path)
        solutions: dict[str, list[Cell]] = {}
        for cell in cells:
            if cell.kind == "solution" and function_in(cell):
                solutions.setdefault(cell.exercise, []).append(cell)
        for exercise, group in solutions.items():
            yield pytest.param(cells, group, id=exercise)


@pytest.mark.parametrize(("cells", "solutions"), exercises())
def test_a_check_notices_that_its_question_was_changed(cells, solutions):
    unnoticed = set()
    for solution in solutions:
        passed = {
            (check.grade_id, argument, manner): passed
            for check in cells[cells.index(solution) :]
            if check.kind == "check" and check.exercise == solution.exercise
            for argument, manner, passed in attacks(cells, solution, check)
        }
        assert not passed or not all(passed.values()), f"a vandal's {solution.grade_id} passes"
        unnoticed |= {attack[:2] for attack in passed if passed[attack]}
    assert unnoticed == {
        (check, argument)
        for check, (arguments, _) in PASSES.items()
        if check.split("-")[0] == solutions[0].exercise
        for argument in arguments.split()
    }
