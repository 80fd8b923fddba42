"""Right answers get full marks; wrong ones fail in their own cell, with its own message."""

from collections import Counter
from pathlib import Path

import pytest

from tests.notebooks.fastpath import complaints, failed_checks, grade, read_cells, read_variants

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
    exercise = solution.split("-")[0]
    verdicts = grade(read_cells(SOLUTIONS[solution]), {solution: variant.source}, exercise)
    assert not complaints(variant, solution, verdicts)


@pytest.mark.parametrize(("solution", "variant"), _params(lambda bank: [*bank[1::9], bank[-1]]))
def test_a_variant_costs_nothing_in_other_exercises(solution, variant):
    verdicts = grade(read_cells(SOLUTIONS[solution]), {solution: variant.source})
    assert not complaints(variant, solution, verdicts)


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
