"""The instructor's page: who passes what, what came of each hand-in, and which are alike."""

import re
from dataclasses import replace

import pytest

from ganlib.grading import cli
from ganlib.grading.batch import records
from ganlib.grading.reports import report
from tests.grading.classroom import NAME


@pytest.fixture
def graded(classroom, monkeypatch):
    for student, answer in (("ada", "right"), ("bob", "half"), ("carl", "half"), ("dora", "wrong")):
        classroom.hand_in(student, answer)
    classroom.hand_in("<script>", b"no notebook")
    assert classroom.grade(monkeypatch) == 1
    return classroom


@pytest.fixture
def page(graded):
    where = records.folder(graded.root, NAME)
    records.write(where, "bob", replace(records.read(where, "bob"), sandboxed=False))
    assert cli.main(["report", NAME, "--course", str(graded.root)]) == 0
    return (graded.root / f"grading/report/{NAME}.html").read_text(encoding="utf-8")


def row(page, student):
    """The cells of a student's line."""
    line = next(part for part in page.split("<tr>") if f'<th scope="row">{student}</th>' in part)
    return [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td.*?</td>", line, re.DOTALL)]


def test_a_check_shows_who_passes_it_and_what_it_most_often_says(graded):
    checks = report.rows(report.read_class(graded.root, NAME))
    assert list(checks) == ["F1 · average", "F2 · spread"]
    constant, order = checks["F1 · average"]
    assert (constant.passing, constant.of, constant.times) == (3, 4, 1)
    assert "the average of equal numbers" in constant.message
    assert order.hidden
    ends, sign = checks["F2 · spread"]
    assert (ends.share, ends.times) == (1 / 4, 3)
    assert str(sign).endswith("most often (3): the spread is never negative")


def test_the_picture_has_a_bar_for_each_check_and_its_message(graded):
    checks = report.rows(report.read_class(graded.root, NAME))["F2 · spread"]
    bars, words = report.picture(checks).axes
    shares = [bar.get_width() for bar in bars.patches]
    assert shares == [1, 1, 1 / 4, 1 / 4]
    assert [text.get_text() for text in words.texts] == [
        "3 × the spread is the greatest less the least",
        "3 × the spread is never negative",
    ]


def test_the_page_says_what_came_of_each_hand_in(page):
    assert "5 hand-ins, 4 of them graded. Median 3 of 8 points" in page
    outcome, points, checks, seconds, _, _ = row(page, "ada")
    assert (outcome, points, checks) == ("waits for a person", "5 of 8", "4 of 4 checks pass")
    assert float(seconds) > 0
    assert row(page, "bob")[4] == "NO: run with your own rights"
    outcome, points, *_, notes = row(page, "&lt;script&gt;")
    assert (outcome, points) == ("failed", "")
    assert notes


def test_the_page_needs_nothing_else_and_runs_nothing(page):
    assert "<script" not in page
    assert not re.findall(r"""(?:src|href)=["'](?!data:image/png)""", page)
    assert page.count("<img") == page.count('alt="') == 3
    assert "A place to look and not a verdict" in page


def test_similar_hand_ins_are_listed(graded, monkeypatch):
    answer = "a, b = x.sort()[0][[0, -1]].tolist()"
    odd = f"def spread(x):\n    {answer}\n    return b - a if b >= a else 0"
    for student, source in (("eve", odd), ("fay", odd.replace("a, b", "low, high"))):
        notebook = graded.answered("right")
        next(cell for cell in notebook.cells if cell.id == "F2").source = source
        graded.hand_in(student, report.nbformat.writes(notebook).encode())
    for number in range(6):
        graded.hand_in(f"usual-{number}", "right")
    graded.grade(monkeypatch)
    pairs = report.read_class(graded.root, NAME).similar()
    assert [(pair.students, pair.where) for pair in pairs] == [(("eve", "fay"), ("F2",))]


def test_a_class_of_none_has_a_page(classroom):
    assert cli.main(["report", NAME, "--course", str(classroom.root)]) == 0
    page = (classroom.root / f"grading/report/{NAME}.html").read_text(encoding="utf-8")
    assert "No check has been graded yet." in page


def test_an_unknown_assignment_is_said(classroom, capsys):
    assert cli.main(["report", "99_none", "--course", str(classroom.root)]) == 2
    assert "no report: the gradebook has no 99_none" in capsys.readouterr().err
