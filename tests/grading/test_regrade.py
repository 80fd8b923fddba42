"""A corrected check is graded anew for everyone, and a table says whose mark changed."""

import csv

import nbformat
import pytest

from ganlib.grading import cli
from ganlib.grading.authoring.build import read_source
from ganlib.grading.batch import grade, regrade
from ganlib.grading.cli import STOPPED
from tests.grading.classroom import NAME
from tests.grading.commands import environment
from tests.grading.quick import in_this_process, no_cluster

CLASS = {"anna": "right", "ben": "half", "carl": "wrong", "dora": "blank"}
CORRECTION = ('tensor([3.0, 1.0, 2.0])) == 2, "the spread', 'ones(3)) == 1, "the spread')
ADDED = """
# %% nbgrader={"grade": true, "grade_id": "F2-pair", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
# Two numbers.
import torch

assert spread(torch.tensor([1.0, 4.0])) == 3, "the spread is the greatest less the least"
"""  # noqa: E501 - a cell's header is one line


@pytest.fixture
def graded(classroom, monkeypatch):
    """A class that is graded; two of its written answers are marked."""
    monkeypatch.setenv("PATH", environment()["PATH"])
    monkeypatch.setattr(grade, "connect", no_cluster)
    monkeypatch.setattr(grade, "grade_all", in_this_process)
    # The notebook need not be executed here, and stays as the instructor's text has it.
    monkeypatch.setattr(regrade, "write_solution", write_unexecuted)
    for student, answer in CLASS.items():
        classroom.hand_in(student, answer)
    assert cli.main(["grade", NAME, "--course", str(classroom.root)]) == 0
    classroom.mark("anna", 3, "Clear.")
    classroom.mark("ben", 1, "Say more.")
    return classroom


def write_unexecuted(folder):
    source = folder / f"{folder.name}.py"
    nbformat.write(read_source(source), source.with_suffix(".ipynb"))


def edit(classroom, old, new):
    source = classroom.root / f"solutions/{NAME}/{NAME}.py"
    text = source.read_text(encoding="utf-8")
    assert text.count(old) == 1
    source.write_text(text.replace(old, new), encoding="utf-8")


def run(classroom, *arguments):
    return cli.main(["regrade", NAME, "--course", str(classroom.root), *arguments])


def table(classroom):
    (path,) = (classroom.root / "grading/regraded").glob("*.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_corrected_check_changes_the_marks_that_it_should(graded, capsys):
    """The check was wrong: it took the greatest number for the spread."""
    edit(graded, *CORRECTION)
    before = graded.book()
    capsys.readouterr()
    assert run(graded) == 0
    assert graded.scores() == {"anna": 4.0, "ben": 4.0, "carl": 1.0, "dora": 0.0}
    assert table(graded) == [
        row("anna", 8, 7, "F2-ends", 1, 0),
        row("ben", 4, 5, "F2-ends", 0, 1),
        row("carl", 0, 1, "F2-ends", 0, 1),
    ]
    told = capsys.readouterr().out
    assert "anna: 8 → 7 (F2-ends 1 → 0)" in told
    assert "3 marks changed" in told
    for student, points, words in (("anna", 3, "Clear."), ("ben", 1, "Say more.")):
        grades, comments, _ = graded.book()[student, False]
        assert grades["F3-why"] == (None, points, True)
        assert comments == before[student, False][1]
        assert comments["F3-why"] == (None, words)


def row(student, before, now, check, check_before, check_now):
    values = (student, before, now, check, check_before, check_now)
    texts = ["" if value is None else str(float(value)) for value in values[1:3] + values[4:]]
    texts = [student, *texts[:2], check, *texts[2:]]
    return dict(zip(regrade.COLUMNS, texts, strict=True))


SANITIZE = """
from ganlib.grading.execution.restore import Sanitize
c.Autograde.sanitize_preprocessors = [Sanitize, CheckCellMetadata]
"""


def test_a_check_more_and_a_check_less(graded):
    """Hand-ins have neither: ganlib's own Sanitize, unlike nbgrader's, brings them up to date."""
    graded.settings(SANITIZE)
    edit(graded, '"grade_id": "F2-ends"', '"grade_id": "F2-both-ends"')
    source = graded.root / f"solutions/{NAME}/{NAME}.py"
    head, end = source.read_text(encoding="utf-8").split("\n# %% [markdown]\n# ### Exercise F3")
    text = f"{head}{ADDED}\n# %% [markdown]\n# ### Exercise F3{end}"
    source.write_text(text, encoding="utf-8")
    assert run(graded) == 0
    assert graded.scores() == {"anna": 9.0, "ben": 3.0, "carl": 0.0, "dora": 0.0}
    assert table(graded) == [
        row("anna", 8, 12, "F2-both-ends", None, 1),
        row("anna", 8, 12, "F2-ends", 1, None),
        row("anna", 8, 12, "F2-pair", None, 4),
        *(
            each
            for student, total in (("ben", 4), ("carl", 0), ("dora", 0))
            for each in (
                row(student, total, total, "F2-both-ends", None, 0),
                row(student, total, total, "F2-ends", 0, None),
                row(student, total, total, "F2-pair", None, 0),
            )
        ),
    ]
    grades, _, _ = graded.book()["anna", False]
    assert grades["F3-why"] == (None, 3, True)


def test_nothing_corrected_changes_nothing(graded, capsys):
    before = graded.book()
    assert run(graded) == 0
    assert graded.book() == before
    assert table(graded) == []
    assert "0 marks changed" in capsys.readouterr().out


def test_a_cell_that_a_person_has_marked_is_not_removed(graded, capsys):
    before = graded.book()
    edit(graded, '"grade_id": "F3-why"', '"grade_id": "F3-reason"')
    assert run(graded) == STOPPED
    assert "F3-why is gone from solutions/, and a person has marked it" in capsys.readouterr().err
    assert graded.book() == before


def test_a_mistake_in_the_notebook_changes_nothing(graded, capsys):
    before, released = graded.book(), graded.released()
    edit(graded, '"F1-constant", "locked": true, "points": 1', '"F1-constant", "locked": true')
    assert run(graded) == STOPPED
    assert "not regraded" in capsys.readouterr().err
    assert graded.book() == before
    assert graded.released() == released


def test_stopped_and_started_again_the_table_is_the_same(graded, monkeypatch):
    edit(graded, *CORRECTION)

    def stops(*arguments):
        yield next(in_this_process(*arguments))
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(grade, "grade_all", stops)
        assert run(graded) == STOPPED
    assert None in graded.scores().values()
    for path in (graded.root / "grading/regraded").glob("*.csv"):
        path.unlink()
    assert run(graded) == 0
    assert table(graded) == [
        row("anna", 8, 7, "F2-ends", 1, 0),
        row("ben", 4, 5, "F2-ends", 0, 1),
        row("carl", 0, 1, "F2-ends", 0, 1),
    ]
