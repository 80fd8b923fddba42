"""The demonstration: what each of its hand-ins should get, and a few of them graded for real."""

import shutil
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from examples import grade_demo
from examples.class_of_thirty import CLASS, EXERCISES, NAME, Submission, cell
from ganlib.grading.batch.records import Record
from ganlib.grading.reports.report import GradedSubmission
from tests.grading.commands import environment
from tests.notebooks.fastpath import read_cells

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / f"solutions/{NAME}/{NAME}.py"
POINTS = {each.grade_id: each.points for each in read_cells(SOURCE) if each.kind == "check"}
RELEASED = nbformat.read(ROOT / f"course/{NAME}/{NAME}.ipynb", as_version=4)


def test_the_class_is_thirty_of_every_kind():
    assert len({each.student for each in CLASS}) == 30
    kinds = Counter(each.kind for each in CLASS)
    assert set(kinds) == {"honest", "half-done", "wrong", "accidental", "hostile"}
    assert min(kinds.values()) >= 5


def test_what_a_hand_in_loses_are_checks_that_there_are():
    known = {*POINTS, *EXERCISES}
    assert all(set(each.lost) <= known for each in CLASS)
    assert {name.split("-")[0] for name in POINTS} == set(EXERCISES)


def test_points_are_those_of_the_checks_that_are_not_lost():
    assert (
        Submission("a", "wrong", "", lost=("A2", "A3-terms")).earns(
            {"A2-terms": 2, "A2-hidden-x": 3, "A3-terms": 1, "A3-average": 4, "A20-x": 5}
        )
        == 4 + 5
    )


@pytest.mark.parametrize("hand_in", CLASS, ids=lambda each: each.student)
def test_a_hand_in_is_a_notebook_in_which_something_has_happened(hand_in):
    content = hand_in.content(RELEASED)
    notebook = nbformat.reads(content.decode("utf-8-sig"), as_version=4)
    unchanged = notebook == RELEASED
    assert unchanged == (hand_in.what == "untouched")
    if hand_in.kind == "honest":
        for name in EXERCISES:
            assert "NotImplementedError" not in cell(notebook, name).source


def test_a_hand_in_that_did_not_get_what_it_should_is_marked():
    hand_ins = [
        Submission("a", "honest", "solved"),
        Submission("b", "hostile", "spies", lost=("A1",)),
    ]
    check = grade_demo.report.Check("A1-x", 4, 4)
    exercises = [grade_demo.report.Exercise("A1", (), (check,))]
    record = Record("", "graded", seconds=1.25, sandboxed=True)
    graded = [GradedSubmission(name, 4, 4, False, record, exercises, {"A1": "x"}) for name in "ab"]
    (right, line), (wrong, marked) = grade_demo.table(hand_ins, graded)
    assert (right, wrong) == (True, False)
    assert line.startswith("  a ")
    assert "4 of 4  expected  4  graded" in line
    assert marked.startswith("! b ")


@pytest.mark.sandbox
def test_honest_wrong_and_hostile_hand_ins_get_what_they_should(tmp_path, monkeypatch, capsys):
    """One worker: the second and third hand-in are graded by the process that graded the first."""
    monkeypatch.setenv("PATH", environment()["PATH"])
    shutil.copytree(ROOT / "solutions" / NAME, tmp_path / "solutions" / NAME)
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    words = ["--course", str(tmp_path), "--student", "[qz]*", "--workers", "1"]
    assert grade_demo.main(words) == 0, capsys.readouterr()
    printed = capsys.readouterr().out
    assert "2 of 2 hand-ins got what they should" in printed
    made = tmp_path / "grading/demo/grading"
    page = (made / f"feedback/quin/{NAME}/{NAME}.html").read_text(encoding="utf-8")
    assert "A4 · value_from_logits: 1 of 3 checks pass, 1 of 4 points" in page
    assert (made / f"report/{NAME}.html").is_file()
    assert len(list((made / "marks").iterdir())) == 3


def test_without_the_course_it_says_what_is_missing(tmp_path, capsys):
    assert grade_demo.main(["--course", str(tmp_path)]) == 2
    assert "a clone of the course is wanted" in capsys.readouterr().err
