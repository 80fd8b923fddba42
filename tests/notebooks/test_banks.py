"""Right answers get full marks; wrong ones fail in their own cell, with its own message."""

import functools
from collections import Counter
from itertools import zip_longest
from pathlib import Path

import pytest

from tests.notebooks.fastpath import (
    complaints,
    concerned,
    failed_checks,
    grade,
    read_cells,
    read_variants,
)

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(ROOT.glob("solutions/*/*.py"))
BANKS = {path.stem: path for path in sorted(ROOT.glob("tests/banks/*.py"))}
SOLUTIONS = {
    cell.grade_id: path
    for path in NOTEBOOKS
    for cell in read_cells(path)
    if cell.kind == "solution"
}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_solved_notebook_gets_full_marks(path):
    assert not [verdict for verdict in grade(read_cells(path)) if not verdict.passed]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_the_untouched_notebook_gets_none_and_stops_only_on_not_implemented(path):
    verdicts = grade(read_cells(path, released=True))
    assert {verdict.error for verdict in verdicts if not verdict.passed} == {"NotImplementedError"}
    checks = {verdict.cell.grade_id for verdict in verdicts if verdict.cell.kind == "check"}
    assert failed_checks(verdicts).keys() == checks


def _params(choose):
    """The chosen ones of each bank's variants, with the solution cell that they replace."""
    return [
        pytest.param(solution, variant, id=f"{solution}: {variant.title}")
        for solution, path in BANKS.items()
        for variant in choose(read_variants(path))
    ]


@pytest.mark.parametrize(("solution", "variant"), _params(list))
def test_a_variant_is_graded_as_it_deserves(solution, variant):
    cells = concerned(read_cells(SOLUTIONS[solution]), solution, variant)
    assert not complaints(variant, solution, grade(cells, {solution: variant.source}))


def _some(bank):
    return [*bank[1::9], bank[-1]]


def _is_long(cell):
    """Whether it checks what was answered with the live GAN, which trains for seconds."""
    return cell.kind == "check" and cell.exercise.startswith("L")


def _others_below(solution):
    """The checks that a solution cell could spoil for others: they stand below it."""
    cells = read_cells(SOLUTIONS[solution])
    names = [cell.grade_id for cell in cells]
    return [
        cell
        for cell in cells[names.index(solution) :]
        if cell.kind == "check" and cell.exercise != solution.split("-")[0] and not _is_long(cell)
    ]


@pytest.mark.parametrize(
    ("solution", "variant"), [p for p in _params(_some) if _others_below(p.values[0])]
)
def test_a_variant_costs_nothing_in_other_exercises(solution, variant):
    others = _others_below(solution)
    cells = [c for c in read_cells(SOLUTIONS[solution]) if c.kind != "check" or c in others]
    failed = failed_checks(grade(cells, {solution: variant.source}))
    assert [f"{name}: {verdict.message}" for name, verdict in failed.items()] == []


def _together():
    """Of each notebook with long checks: a variant of every other solution cell, all at once."""
    for path in NOTEBOOKS:
        cells = read_cells(path)
        solutions = [cell.grade_id for cell in cells if cell.kind == "solution"]
        banks = {s: _some(read_variants(BANKS[s])) for s in solutions if s[0] != "L"}
        if any(map(_is_long, cells)):
            for number, variants in enumerate(zip_longest(*banks.values())):
                chosen = {s: v for s, v in zip(banks, variants, strict=True) if v}
                answers = tuple((s, v.source) for s, v in chosen.items())
                group = pytest.mark.xdist_group(f"{path.stem}, variants {number}")
                for s, v in chosen.items():
                    yield pytest.param(path, answers, id=f"{s}: {v.title}", marks=group)


@functools.cache
def _long_checks_lost(path, answers):
    cells = [cell for cell in read_cells(path) if cell.kind != "check" or _is_long(cell)]
    verdicts = grade(cells, dict(answers))
    return [*failed_checks(verdicts)]


@pytest.mark.parametrize(("path", "answers"), list(_together()))
def test_a_variant_costs_nothing_in_the_long_checks(path, answers):
    """They take seconds: one run is for a variant of each exercise in the notebook."""
    assert _long_checks_lost(path, answers) == []


@pytest.mark.parametrize("solution", SOLUTIONS)
def test_every_exercise_has_three_right_variants_and_five_wrong_ones(solution):
    assert solution in BANKS, f"tests/banks/{solution}.py is missing"
    variants = read_variants(BANKS[solution])
    kinds = Counter(variant.kind for variant in variants)
    assert kinds["right"] >= 3
    assert kinds["wrong"] >= 5
    assert len({variant.source for variant in variants}) == len(variants)


def test_every_bank_belongs_to_an_exercise():
    assert BANKS.keys() <= SOLUTIONS.keys()
