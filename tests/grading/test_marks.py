"""Marks in the columns that Moodle and Canvas import."""

import csv

import pytest

from ganlib.grading import cli
from ganlib.grading.reports import marks
from tests.grading.classroom import NAME


@pytest.fixture
def graded(classroom, monkeypatch):
    """Marked: ada and bob; waiting: carl. The names are a student's to choose."""
    for student, answer in (("ada", "right"), ("bob", "blank"), ("carl", "half")):
        classroom.hand_in(student, answer)
    assert classroom.grade(monkeypatch) == 0
    classroom.mark("ada", 2.5, "=1+1")
    with classroom.gradebook() as gradebook:
        gradebook.update_or_create_student(
            "ada", first_name="Ada", last_name='=HYPERLINK("x"), K', email="ada@b.example"
        )
        gradebook.update_or_create_student("bob", last_name="\x00Ø\nb", lms_user_id="17")
        gradebook.update_or_create_student("dora")  # has handed in nothing
    return classroom


def table(classroom, capsys, *words):
    assert cli.main(["marks", NAME, "--course", str(classroom.root), *words]) == 0
    told = capsys.readouterr()
    path = told.out.strip().split("saved as ")[1]
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file)), told


def test_moodle_gets_identifiers_marks_and_feedback(graded, capsys):
    rows, told = table(graded, capsys, "--format", "moodle")
    assert rows == [
        ["ID number", "First name", "Last name", "Email address", NAME, f"{NAME} (feedback)"],
        ["ada", "Ada", '\'=HYPERLINK("x"), K', "ada@b.example", "7.5", "4 of 4 checks pass"],
        ["bob", "", "Ø b", "", "0", "0 of 4 checks pass"],
        ["carl", "", "", "", "", "2 of 4 checks pass"],
    ]
    assert "waiting for a person: carl" in told.err
    assert told.out.startswith("2 marks saved")


def test_canvas_gets_its_five_columns_and_the_points_possible(graded, capsys):
    rows, _ = table(graded, capsys, "--format", "canvas", "--canvas-id", "4711")
    assert rows[:2] == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", f"{NAME} (4711)"],
        ["    Points Possible", "", "", "", "", "8"],
    ]
    assert rows[3:] == [
        ["Ø b", "17", "bob", "bob", "", "0"],
        ["carl", "", "carl", "carl", "", ""],
    ]


def test_a_plain_table_says_what_is_waited_for(graded, capsys):
    rows, _ = table(graded, capsys)
    assert [row[-1] for row in rows[1:]] == ["marked", "marked", "waits for a person"]


def test_lateness_costs_what_nbgrader_says(graded):
    with graded.gradebook() as gradebook:
        (notebook,) = gradebook.find_submission(NAME, "ada").notebooks
        notebook.late_submission_penalty = 3
        gradebook.db.commit()
    assert [mark.score for mark in marks.read_marks(graded.root, NAME).marks] == [4.5, 0, None]


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "\uff1d1"]
)
def test_no_text_is_a_formula(text):
    assert marks.safe(text).startswith("'")


def test_an_unknown_assignment_is_said(graded, capsys):
    assert cli.main(["marks", "99_none", "--course", str(graded.root)]) == 2
    assert "no marks: the gradebook has no 99_none" in capsys.readouterr().err
