"""Every attack wins nothing: the points of each check are those that the hand-in has earned."""

import re

import pytest

from tests.grading.attacks import bank, runner, table
from tests.notebooks.fastpath import failed_checks, grade, read_cells

ATTACKS = bank.attacks()
CASES = [*ATTACKS, *bank.accidents()]


@pytest.fixture(scope="module")
def graded(request, attacked_course, tmp_path_factory):
    chosen = {item.callspec.id for item in request.session.items if hasattr(item, "callspec")}
    cases = [case for case in ATTACKS if case.id in chosen]
    return runner.Graded(attacked_course, tmp_path_factory.mktemp("attacks"), cases)


@pytest.mark.sandbox
@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.id, marks=pytest.mark.xdist_group(f"attacks-{case.bank}"))
        for case in ATTACKS
    ],
)
def test_an_attack_wins_nothing(graded, case):
    if objections := graded[case].objections(case):
        pytest.fail(objections, pytrace=False)


def test_there_are_many_attacks_each_with_a_title_of_its_own():
    assert len(ATTACKS) >= 45
    assert len({case.id for case in CASES}) == len(CASES)
    assert runner.NEIGHBOUR not in {case.id for case in CASES}


def test_the_table_has_a_line_for_each_case_and_all_hold():
    text = table.PAGE.read_text(encoding="utf-8")
    found = re.findall(r"^\| (?!attack \||accident \|)(.*?) \|", text, re.MULTILINE)
    assert sorted(found) == sorted(table.escape(case.title) for case in CASES)
    assert text.count("here it is 0.") == 2


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_a_case_says_what_it_tries_and_what_it_earns(case):
    assert case.title
    assert case.tries
    assert case.points.items() <= bank.maxima().items()


def test_the_notebook_that_is_attacked_can_be_solved():
    verdicts = [v for v in grade(read_cells(bank.SOURCE)) if v.cell.kind == "check"]
    partial = failed_checks(verdicts).keys()
    assert partial == {"E5-hidden-near"}  # the fast path takes a check with partial credit for lost
    assert len(verdicts) == len(bank.maxima())


def test_an_untouched_notebook_earns_nothing():
    verdicts = grade(read_cells(bank.SOURCE, released=True))
    checks = {v.cell.grade_id for v in verdicts if v.cell.kind == "check"}
    assert failed_checks(verdicts).keys() == checks
