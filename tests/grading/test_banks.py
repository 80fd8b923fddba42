"""Each exercise graded across the bridge: a student in one process, the checks in another.

``tests/notebooks`` grades every variant of every bank in one process; here a few of each are graded
as in an instructor's hands, and get the same verdicts in the same words.
"""

import contextlib
import io
import os
import socket
import sys
import types
import warnings
from pathlib import Path

import pytest
import torch

from ganlib.grading.checker.session import CheckerSession
from ganlib.grading.reports.verdicts import answer_of
from ganlib.grading.rpc.session import RpcSession
from tests.notebooks import fastpath
from tests.notebooks.fastpath import (
    Cell,
    Variant,
    Verdict,
    complaints,
    concerned,
    read_cells,
    read_variants,
)

ROOT = Path(__file__).parents[2]
BANKS = sorted(ROOT.glob("tests/banks/*.py"))
NOTEBOOKS = [read_cells(path) for path in sorted(ROOT.glob("solutions/*/*.py"))]


@contextlib.contextmanager
def student():
    """The bridge to a process that runs cells, and the function that has it run one."""
    here, there = socket.socketpair()
    child = os.fork()
    if not child:
        try:
            here.close()
            _be_a_student(there)
        finally:
            os._exit(0)
    there.close()
    try:
        bridge = RpcSession(here, "referee")
        yield bridge, bridge.ask("get", ["run"])["run"]
    finally:
        here.close()
        os.waitpid(child, 0)


def _be_a_student(channel: socket.socket) -> None:
    sys.modules["__main__"] = main = types.ModuleType("__main__")
    names, nowhere = vars(main), io.StringIO()
    names["run"] = lambda source: exec(compile(source, "<student>", "exec"), names)
    warnings.simplefilter("ignore")
    with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
        RpcSession(channel, "student", names).serve()


def grade_apart(cells: tuple[Cell, ...], solution: str, source: str) -> list[Verdict]:
    """The verdicts of ``cells``, with ``source`` in the place of one solution cell."""
    verdicts = []
    main = types.ModuleType("__main__")
    torch.manual_seed(0)
    with student() as (bridge, run), fastpath._as_main(main):
        referee = CheckerSession(bridge, vars(main))
        for cell in cells:
            if cell.kind == "check":
                with referee.check():
                    verdicts.append(fastpath._run(cell, main))
                continue
            with contextlib.suppress(Exception):
                run(source if cell.grade_id == solution else cell.source)
            if cell.kind == "solution":
                referee.solved(cell.source)
            else:
                with referee.locked():
                    fastpath._run(cell, main)
    return verdicts


def _sample():
    for bank in BANKS:
        variants = read_variants(bank)
        right = [variant for variant in variants if variant.kind == "right"]
        wrong = [variant for variant in variants if variant.kind == "wrong"]
        for variant in (right[1], wrong[0], wrong[len(wrong) // 2]):
            yield pytest.param(bank.stem, variant, id=f"{bank.stem}: {variant.title}")


def of_this_answer(cells: tuple[Cell, ...], solution: str, variant: Variant) -> tuple[Cell, ...]:
    """``cells`` without the checks of the exercise's other answers: tests/notebooks has these."""
    answers = [cell.grade_id for cell in cells if cell.kind == "solution"]
    names = [cell.grade_id for cell in cells if cell.kind == "check"]
    own = [name for name in names if answer_of(name, answers) == solution]
    left_out = {*names} - {*own, variant.fails} if own else {}
    return tuple(cell for cell in cells if cell.grade_id not in left_out)


@pytest.mark.parametrize(("solution", "variant"), list(_sample()))
def test_a_variant_gets_the_same_verdict_across_the_bridge(solution, variant):
    cells = next(c for c in NOTEBOOKS if solution in {cell.grade_id for cell in c})
    cells = of_this_answer(concerned(cells, solution, variant), solution, variant)
    verdicts = grade_apart(cells, solution, variant.source)
    assert verdicts
    assert not complaints(variant, solution, verdicts)
