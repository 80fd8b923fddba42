"""An accident costs nothing beyond itself: every other check gives its points."""

import pytest

from tests.grading.attacks import bank, runner

ACCIDENTS = bank.accidents()


@pytest.fixture(scope="module")
def graded(request, attacked_course, tmp_path_factory):
    chosen = {item.callspec.id for item in request.session.items if hasattr(item, "callspec")}
    cases = [case for case in ACCIDENTS if case.id in chosen]
    return runner.Graded(attacked_course, tmp_path_factory.mktemp("accidents"), cases)


@pytest.mark.sandbox
@pytest.mark.xdist_group("accidents")
@pytest.mark.parametrize("case", ACCIDENTS, ids=lambda case: case.id)
def test_an_accident_costs_nothing_beyond_itself(graded, case):
    if objections := graded[case].objections(case):
        pytest.fail(objections, pytrace=False)
