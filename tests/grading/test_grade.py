"""Grading a class: marks as nbgrader gives them, every kind of hand-in, what is passed over."""

import json
import shutil
import sqlite3
from urllib.error import HTTPError
from urllib.request import urlopen

import nbformat
import psutil
import pytest

from ganlib.grading import cli
from ganlib.grading.batch import grade
from ganlib.grading.batch.cluster import connect
from tests.grading.classroom import NAME, new_classroom

SCORES = {"right": 5.0, "half": 3.0, "wrong": 0.0, "blank": 0.0}


def record(classroom, student):
    path = classroom.root / f"grading/records/{NAME}/{student}.json"
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.fixture
def graded(classroom, monkeypatch):
    """A class of four, graded once."""
    for answer in SCORES:
        classroom.hand_in(answer, answer)
    assert classroom.grade(monkeypatch) == 0
    return classroom


def test_everyone_gets_the_marks_of_his_answers(graded):
    assert graded.scores() == SCORES
    assert set(graded.autograded()) == {f"{student}/{NAME}/{NAME}.ipynb" for student in SCORES}
    (grades, comments, _) = graded.book()["right", False]
    assert grades["F3-why"] == (None, None, True)
    assert comments["F1"] == (None, None)
    (grades, comments, _) = graded.book()["blank", False]
    assert grades["F3-why"] == (0, None, False)
    assert comments["F1"] == ("No response.", None)


@pytest.mark.sandbox
def test_the_gradebook_is_what_nbgraders_own_command_makes(classroom, monkeypatch):
    """In the sandbox, on the command line, on two local processes.

    A kernel that a student ends costs what follows, and the hand-in is graded.
    """
    root = classroom.root
    shutil.rmtree(root)
    theirs = new_classroom(root, quick=False)
    for answer in ("right", "wrong", "exits"):
        theirs.hand_in(answer, answer)
    ours = type(theirs)(shutil.copytree(root, root.with_name("ours")))
    command = ours.command("--workers", "2")
    output, _ = command.communicate(timeout=1800)
    assert command.returncode == 0, output
    assert "3 graded, 0 unchanged, 0 failed" in output
    assert ours.scores() == {"right": 5.0, "wrong": 0.0, "exits": 3.0}
    theirs.autograde()
    assert theirs.book() == ours.book()
    assert {name: content(text) for name, text in ours.autograded().items()} == {
        name: content(text) for name, text in theirs.autograded().items()
    }
    assert record(ours, "right")["cpu_seconds"] > 0
    assert record(ours, "right")["sandboxed"]


def content(text):
    """An autograded notebook without the times at which its cells ran."""
    return [
        (
            cell.source,
            cell.metadata.get("nbgrader"),
            [o.get("evalue") for o in cell.get("outputs", [])],
        )
        for cell in nbformat.reads(text, as_version=4).cells
    ]


def test_an_unchanged_hand_in_is_passed_over_unless_forced(graded, monkeypatch, capsys):
    times = {s: record(graded, s)["seconds"] for s in SCORES}
    capsys.readouterr()
    assert graded.grade(monkeypatch) == 0
    assert capsys.readouterr().out.endswith("0 graded, 4 unchanged, 0 failed\n")
    assert {s: record(graded, s)["seconds"] for s in SCORES} == times
    assert graded.grade(monkeypatch, "--force", "--student", "w*") == 0
    assert capsys.readouterr().out.endswith("1 graded, 0 unchanged, 0 failed\n")
    assert graded.scores() == SCORES


def test_nobody_can_reach_what_grades_on_this_machine():
    with connect(None, 2) as client:
        assert client.scheduler.address.startswith("inproc://")
        assert sum(client.nthreads().values()) == 2
        ports = [c.laddr for c in psutil.Process().net_connections() if c.status == "LISTEN"]
        assert {address.ip for address in ports} <= {"127.0.0.1"}
        for address in ports:
            with pytest.raises(HTTPError, match="404"):
                urlopen(f"http://127.0.0.1:{address.port}/health")


def test_what_a_file_is_called_says_nothing_to_the_terminal(classroom, monkeypatch, capsys):
    classroom.hand_in("zoe", b"no notebook", "a\x1b[2J\x9bm\n.ipynb")
    classroom.grade(monkeypatch)
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == 2
    assert not set(printed) & {"\x1b", "\x9b"}


def test_a_change_that_could_change_a_mark_has_it_graded_again(graded, monkeypatch, capsys):
    def graded_again(*arguments):
        capsys.readouterr()
        graded.grade(monkeypatch, *arguments)
        return capsys.readouterr().out.splitlines()[-1].split(",")[0]

    assert graded_again() == "0 graded"
    graded.hand_in("blank", "right")
    assert graded_again() == "1 graded"
    assert graded.scores() == SCORES | {"blank": 5.0}
    graded.settings("\n# A comment may be anything.\n")
    assert graded_again() == "4 graded"
    shutil.rmtree(graded.root / "grading/autograded/half")
    assert graded_again() == "1 graded"
    with sqlite3.connect(graded.root / "gradebook.db") as book:
        book.execute("UPDATE source_cell SET source = source || '\n' WHERE name = 'F1-constant'")
    book.close()
    assert graded_again("--student", "r*") == "1 graded"


def test_marks_and_comments_by_hand_stay_and_wait_to_be_looked_at_again(graded, monkeypatch):
    graded.mark("right", 2, "Almost.")
    graded.hand_in("right", "half")
    assert graded.grade(monkeypatch) == 0
    grades, comments, _ = graded.book()["right", False]
    assert grades["F3-why"] == (None, 2, True)
    assert comments["F3-why"] == (None, "Almost.")
    assert graded.scores()["right"] == 3


@pytest.mark.parametrize(
    ("student", "said"),
    [
        ("bom", "saved as utf-8-sig"),
        ("utf16", "saved as utf-16"),
        ("latin", "saved as latin-1"),
        ("old", "saved in notebook format 3"),
        ("renamed", "my work (1).ipynb was taken for 00_average.ipynb"),
        ("loud", ""),
        ("companions", "left out film.bin"),
        ("late", "timestamp.txt holds no time"),
    ],
)
def test_an_accident_costs_nothing(classroom, monkeypatch, student, said):
    notebook = classroom.answered("right")
    text = nbformat.writes(notebook)
    file, raw = f"{NAME}.ipynb", text.encode()
    if student == "bom":
        raw = b"\xef\xbb\xbf" + raw
    elif student == "utf16":
        raw = text.encode("utf-16")
    elif student == "latin":
        raw = text.replace("It is added", "C'est ajouté").encode("latin-1")
    elif student == "old":
        raw = nbformat.writes(nbformat.convert(notebook, 3), version=3).encode()
    elif student == "renamed":
        file = "my work (1).ipynb"
    elif student == "loud":
        output = nbformat.v4.new_output("stream", text="x" * 20_000_000)
        next(cell for cell in notebook.cells if cell.cell_type == "code").outputs = [output]
        raw = nbformat.writes(notebook).encode()
    classroom.hand_in(student, raw, file)
    if student == "late":
        classroom.hand_in(student, b"yesterday evening", "timestamp.txt")
    if student == "companions":
        monkeypatch.setattr("ganlib.grading.execution.submission.LARGEST_BESIDE", 1000)
        classroom.hand_in(student, b"film" * 1000, "film.bin")
        (classroom.folder(student) / "link").symlink_to("/etc/passwd")
    assert classroom.grade(monkeypatch) == 0
    assert classroom.scores() == {student: 5.0}
    assert " ".join(record(classroom, student)["notes"]).startswith(said)
    there = classroom.root / "grading/autograded" / student / NAME
    assert {path.name for path in there.iterdir()} == {f"{NAME}.ipynb"}


@pytest.mark.parametrize(
    ("student", "files", "said"),
    [
        ("nothing", {}, "no notebook in the folder"),
        ("zero", {f"{NAME}.ipynb": b""}, "empty file"),
        ("words", {f"{NAME}.ipynb": b"Dear teacher"}, "no notebook: Expecting value"),
        ("list", {f"{NAME}.ipynb": b"[]"}, "which notebook format"),
        ("deep", {f"{NAME}.ipynb": b"[" * 100_000}, "recursion"),
        ("shape", {f"{NAME}.ipynb": b'{"nbformat": 4}'}, "no notebook of format 4"),
        ("future", {f"{NAME}.ipynb": b'{"nbformat": 9, "cells": []}'}, "no notebook of format 9"),
        ("two", {"a.ipynb": b"{}", "b.ipynb": b"{}"}, "2 notebooks, none of them called"),
        ("huge", {f"{NAME}.ipynb": b" " * 500_000}, "at most"),
    ],
)
def test_one_that_cannot_be_graded_has_no_mark_and_stops_nobody(
    classroom, monkeypatch, capsys, student, files, said
):
    classroom.hand_in("anna", "right")
    classroom.folder(student).mkdir(parents=True)
    for file, raw in files.items():
        classroom.hand_in(student, raw, file)
    monkeypatch.setattr("ganlib.grading.execution.submission.LARGEST_NOTEBOOK", 499_999)
    assert classroom.grade(monkeypatch) == 1
    assert said in record(classroom, student)["error"]
    assert said in capsys.readouterr().out
    assert classroom.scores() == {"anna": 5.0, student: None}
    grades, _, _ = classroom.book()[student, False]
    assert set(grades.values()) == {(None, None, True)}
    assert not (classroom.root / "grading/autograded" / student / NAME).exists()


def test_a_worse_hand_in_leaves_no_older_mark(graded, monkeypatch):
    graded.mark("right", 3, "Good.")
    graded.hand_in("right", b"not a notebook any more")
    assert graded.grade(monkeypatch) == 1
    assert graded.scores() == SCORES | {"right": None}
    grades, comments, _ = graded.book()["right", False]
    assert grades["F3-why"] == (None, 3, True)
    assert comments["F3-why"] == (None, "Good.")
    assert not (graded.root / f"grading/autograded/right/{NAME}").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["10_nothing"], "the gradebook has no 10_nothing"),
        ([NAME, "--student", "nobody"], "no hand-ins of 00_average by nobody"),
        ([NAME, "--course", "elsewhere"], "is no course"),
    ],
)
def test_a_class_that_is_not_there_is_said_in_a_line(graded, capsys, arguments, said):
    (graded.root / "grading/submitted/x/10_nothing").mkdir(parents=True)
    capsys.readouterr()
    assert cli.main(["grade", "--course", str(graded.root), *arguments]) == cli.STOPPED
    assert said in capsys.readouterr().err


def test_two_runs_at_once_do_not_meet(graded, monkeypatch, capsys):
    with grade.alone(graded.root / f"grading/records/{NAME}"):
        assert graded.grade(monkeypatch) == cli.STOPPED
    assert "is being graded by another run" in capsys.readouterr().err
