"""The fast path itself, on a small notebook: it must notice what it is there to notice."""

import sys
from pathlib import Path

import pytest

from tests.notebooks.fastpath import (
    Cell,
    Variant,
    complaints,
    failed_checks,
    grade,
    points,
    read_cells,
    read_variants,
    read_written,
)

FIXTURE = Path(__file__).parent / "fixture"
NOTEBOOK = FIXTURE / "solutions/00_average/00_average.py"
CHECKS = ["F1-constant", "F1-hidden-order", "F2-ends", "F2-hidden-sign"]


def graded(source: str, solution: str = "F1"):
    return grade(read_cells(NOTEBOOK), {solution: source})


def complaints_about(source: str, kind: str, fails: str = "", says: str = "") -> str:
    variant = Variant("a variant", source, kind, fails, says)
    return "\n".join(complaints(variant, "F1", graded(source)))


def test_cells_are_told_apart():
    kinds = {cell.grade_id: cell.kind for cell in read_cells(NOTEBOOK)}
    checks = dict.fromkeys(CHECKS, "check")
    assert kinds == {"setup": "locked", "F1": "solution", "F2": "solution"} | checks
    assert [cell.grade_id for cell in read_cells(NOTEBOOK) if cell.is_hidden] == [
        "F1-hidden-order",
        "F2-hidden-sign",
    ]


def test_a_written_answer_is_read_and_not_graded():
    (solved,), (released,) = read_written(NOTEBOOK), read_written(NOTEBOOK, released=True)
    assert (solved.grade_id, solved.exercise, solved.points) == ("F3-why", "F3", 3)
    assert solved.source.startswith("The marker of a model answer")
    assert released.source == "YOUR ANSWER HERE"
    assert "F3-why" not in {verdict.cell.grade_id for verdict in grade(read_cells(NOTEBOOK))}


def test_the_solved_notebook_gets_full_marks():
    verdicts = grade(read_cells(NOTEBOOK))
    assert points(verdicts) == 5
    assert all(verdict.passed for verdict in verdicts)


def test_the_untouched_notebook_gets_none():
    verdicts = grade(read_cells(NOTEBOOK, released=True))
    assert points(verdicts) == 0
    assert {name: v.error for name, v in failed_checks(verdicts).items()} == dict.fromkeys(
        CHECKS, "NotImplementedError"
    )


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("def average(x): return x.sum()", "AssertionError"),
        ("def average(x): return undefined", "NameError"),
        ("def average(x): raise SystemExit(1)", "SystemExit"),
        ("import sys\ndef average(x): print('!', file=sys.stderr); return x.mean()", "stderr"),
        ("import warnings\ndef average(x): warnings.warn('!'); return x.mean()", "stderr"),
        ("def average(x) return x.mean()", "NameError"),  # the cell itself is a SyntaxError
    ],
)
def test_a_check_fails_as_it_would_in_nbgrader(source, error):
    failed = failed_checks(graded(source))
    assert failed["F1-constant"].error == error
    assert failed.keys() == {"F1-constant", "F1-hidden-order"}


def test_output_and_a_warning_outside_a_check_cost_nothing():
    source = "import warnings\nwarnings.warn('!')\ndef average(x): print(x); return x.mean()"
    assert points(graded(source)) == 5


def test_a_check_that_ends_in_a_value_is_noticed():
    """nbgrader would take the value for partial credit."""
    (half,) = grade((Cell("F1-half", "check", 1, "assert True, 'yes'\n0.5"),))
    assert half.error == "value"
    (call,) = grade((Cell("F1-call", "check", 1, "print('a call without a value')"),))
    assert call.passed
    (answer,) = grade((Cell("F1", "solution", 0, "'a value in any other cell'"),))
    assert answer.passed


def test_a_module_imported_by_a_cell_stays_imported(monkeypatch):
    monkeypatch.delitem(sys.modules, "this", raising=False)
    graded("def average(x):\n    import this\n    return x.mean()")
    assert "this" in sys.modules


def test_each_run_starts_afresh():
    assert points(graded("remembered = 2\ndef average(x): return x.mean()")) == 5
    assert points(graded("def average(x): return torch.as_tensor(remembered * 1.0)")) == 2


def test_a_cell_belongs_to_main_and_shows_its_source():
    source = "import inspect\ndef average(x): return x.mean()\nassert __name__ == '__main__'\n"
    source += "assert inspect.getsource(average).startswith('def average')"
    assert all(verdict.passed for verdict in graded(source))


def test_a_replacement_needs_a_cell():
    with pytest.raises(ValueError, match="no solution cell is called F9"):
        graded("", solution="F9")


@pytest.mark.parametrize("variant", read_variants(FIXTURE / "banks/F1.py"), ids=lambda v: v.title)
def test_there_is_nothing_to_say_about_a_good_bank(variant):
    assert not complaints(variant, "F1", graded(variant.source))


def test_a_right_variant_that_fails_is_noticed():
    assert "F1-constant fails a right variant with AssertionError: the average of equal" in (
        complaints_about("def average(x): return x.sum()", "right")
    )


def test_a_wrong_variant_that_passes_is_noticed():
    assert complaints_about("def average(x): return x.mean()", "wrong", "F1-constant", "") == (
        "F1-constant passes; failed are: none"
    )


def test_a_wrong_variant_that_fails_elsewhere_is_noticed():
    middle = "def average(x): return x[0]"
    assert complaints_about(middle, "wrong", "F1-constant", "equal") == (
        "F1-constant passes; failed are: F1-hidden-order"
    )


def test_a_wrong_variant_that_fails_with_other_words_is_noticed():
    total = "def average(x): return x.sum()"
    assert complaints_about(total, "wrong", "F1-constant", "median") == (
        "F1-constant says AssertionError: the average of equal numbers is that number"
    )


def test_a_wrong_variant_that_only_crashes_is_noticed():
    crash = "def average(x): return x.avg()"
    assert "F1-constant says AttributeError" in complaints_about(crash, "wrong", "F1-constant", "")


@pytest.mark.parametrize("kind", ["right", "wrong"])
def test_a_variant_that_costs_another_exercise_a_point_is_noticed(kind):
    source = "def average(x): return x.sum()\nspread = None"
    cells = [cell for cell in read_cells(NOTEBOOK) if cell.grade_id != "F2"]
    variant = Variant("a variant", source, kind, "F1-constant", "equal")
    found = complaints(variant, "F1", grade(tuple(cells), {"F1": source}))
    assert found[0].startswith("F2-ends, of another exercise, fails with TypeError")


@pytest.mark.parametrize(
    "header",
    [
        "a title",
        'kind="right"',
        'a title kind="wrong" fails="F1-constant"',
        'k=1 in the title kind="right"',
        'a title kind="middling"',
    ],
)
def test_a_variant_with_an_unclear_header_is_refused(tmp_path, header):
    bank = tmp_path / "F1.py"
    bank.write_text(f"# %% {header}\nx = 1\n")
    with pytest.raises(ValueError, match=r"F1.py, variant 1: expected"):
        read_variants(bank)
