"""What goes wrong while a class is graded, and that no mark is lost, stale or in double.

Most of it is not about execution: there the cells run by tests.grading.quick, in milliseconds.
Each fault is a line of docs/faults.md, which tests.grading.faults writes from a run of these tests.
"""

import errno
import functools
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest
from sqlalchemy.exc import OperationalError

from ganlib.grading import cli
from ganlib.grading.batch import cluster, grade, records, store, worker
from ganlib.grading.batch.store import AssignmentStore
from ganlib.grading.checker import client
from ganlib.grading.execution import execute
from ganlib.grading.execution.assignment import read_assignment, read_course
from ganlib.grading.execution.stopwatch import Stopwatch
from ganlib.grading.execution.submission import read
from ganlib.grading.gradebook import rows
from tests.grading import faults, quick
from tests.grading.classroom import NAME, Classroom, new_classroom
from tests.grading.commands import environment, forks
from tests.grading.test_grade import record

CLASS = {"anna": "right", "ben": "half", "carl": "wrong", "dora": "blank", "emil": "right"}
SCORES = {"anna": 5.0, "ben": 3.0, "carl": 0.0, "dora": 0.0, "emil": 5.0}
KILLS = 20
PATIENCE = 600  # seconds, however slow the machine may be: it ends a hang


@pytest.fixture
def handed_in(classroom):
    for student, answer in CLASS.items():
        classroom.hand_in(student, answer)
    return classroom


@pytest.fixture
def graded(handed_in, monkeypatch):
    """Graded once, and marked by a person where there was an answer to mark."""
    assert handed_in.grade(monkeypatch) == 0
    for student in ("anna", "ben"):
        handed_in.mark(student, 2, f"For {student}.")
    return handed_in


@pytest.fixture
def told(record_property):
    """Says what came of a fault, for the table."""
    return functools.partial(record_property, "outcome")


# Killed


def hand_in_again(classroom):
    """All but the last have another answer."""
    for student, answer in zip(CLASS, [*CLASS.values()][1:], strict=False):
        classroom.hand_in(student, answer)


@pytest.mark.fault("kill -9 of the grader, 20 times at random moments")
def test_killed_twenty_times_and_started_again(graded, tmp_path, monkeypatch, told):
    """SIGKILL at moments drawn with a seed, from the first to past the last of a run."""
    undisturbed = Classroom(shutil.copytree(graded.root, tmp_path / "undisturbed"))
    hand_in_again(undisturbed)
    assert undisturbed.grade(monkeypatch) == 0
    hand_in_again(graded)

    (scratch := tmp_path / "scratch").mkdir()
    chance, killed, longest = random.Random(5), 0, 3.0
    for _ in range(KILLS):
        run = forks.Process(target=quick.run_here, args=(str(graded.root), str(scratch), "--force"))
        began = time.monotonic()
        run.start()
        run.join(chance.uniform(0, longest))
        killed += run.is_alive()
        run.kill()  # which minds no process that has ended by itself
        run.join()
        if run.exitcode == 0:
            longest = min(longest, time.monotonic() - began)
        assert_nothing_stale(graded, undisturbed.scores())
    assert killed > KILLS / 4
    assert graded.grade(monkeypatch) == 0
    assert graded.book() == undisturbed.book()
    assert graded.autograded() == undisturbed.autograded()
    told(
        f"{killed} of {KILLS} hit it at work; no old mark stood for a new hand-in; gradebook and "
        "files equal those of an undisturbed run"
    )


def assert_nothing_stale(classroom, right):
    """Of a hand-in that counts as autograded, the marks are those of what was handed in last.

    Before the first run has looked at the new hand-ins, the old marks stand, of course.
    """
    scores = classroom.scores()
    if scores == SCORES:
        return
    for student, score in scores.items():
        if (classroom.root / "grading/autograded" / student / NAME).exists():
            assert score == right[student]


@pytest.mark.fault("kill -9 of the command with its workers, after the first merge")
def test_the_command_killed_and_started_again(graded, tmp_path, monkeypatch, told):
    """The command that an instructor types, with its worker processes, killed after one merge."""
    undisturbed = Classroom(shutil.copytree(graded.root, tmp_path / "undisturbed"))
    for classroom in (graded, undisturbed):
        hand_in_again(classroom)
    assert undisturbed.grade(monkeypatch) == 0
    (gate := tmp_path / "gate").touch()
    last_one = f"while os.path.exists({str(gate)!r}):\n    time.sleep(0.1)"
    fatal(graded, "emil", last_one)
    before = record(graded, "anna")["fingerprint"]
    command = graded.command("--workers", "2")
    wait_for(lambda: record(graded, "anna")["fingerprint"] != before)
    command.kill()
    command.communicate(timeout=PATIENCE)  # ends when no process that it started is left
    assert graded.scores()["emil"] is None
    gate.unlink()
    command = graded.command("--workers", "2")
    output, _ = command.communicate(timeout=PATIENCE)
    assert command.returncode == 0, output
    assert "0 failed" in output
    assert graded.book() == undisturbed.book()
    told(f"no process was left; started again: {last(output)}, gradebook as undisturbed")


def last(output):
    return output.strip().splitlines()[-1]


@pytest.mark.fault("Ctrl-C while hand-ins are graded")
def test_the_command_interrupted(handed_in, tmp_path, told):
    for student in CLASS:
        begun = tmp_path / f"{student} begun"
        fatal(handed_in, student, f"open({str(begun)!r}, 'w').close()\ntime.sleep(10 * {PATIENCE})")
    command = handed_in.command("--workers", "2")
    wait_for(lambda: len(list(tmp_path.glob("* begun"))) == 2)
    command.send_signal(signal.SIGINT)
    output, _ = command.communicate(timeout=PATIENCE)  # ends when nothing that it started is left
    assert command.returncode == cli.STOPPED, output
    assert last(output) == "stopped; what is graded stands, run again to go on"
    told(f"no process is left: {last(output)}")


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


# A cluster


@contextmanager
def started(*arguments, folder):
    """A Dask process of its own, as on another machine: it has no course folder."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dask", *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.fault("kill -9 of one of a cluster's two workers")
def test_two_workers_of_a_cluster_one_of_them_killed(classroom, tmp_path, monkeypatch, told):
    classroom.settings("c.Quick.seconds = 1.0\n")
    for number in range(8):
        classroom.hand_in(f"s{number}", list(CLASS.values())[number % 4])
    here = Classroom(shutil.copytree(classroom.root, tmp_path / "here"))
    assert here.grade(monkeypatch) == 0
    monkeypatch.undo()
    (folder := tmp_path / "elsewhere").mkdir()
    file = folder / "scheduler.json"
    at = ("--scheduler-file", str(file))
    local = ("--host", "127.0.0.1")
    one_thread = (*at, *local, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    with (
        started("scheduler", *at, *local, "--port", "0", "--no-dashboard", folder=folder),
        started("worker", *one_thread, folder=folder),
        started("worker", *one_thread, folder=folder) as doomed,
    ):
        wait_for(file.exists)
        address = json.loads(file.read_text())["address"]
        with cluster.connect(address, 0) as client:
            client.wait_for_workers(2, timeout=PATIENCE)
        command = classroom.command("--scheduler", address)
        folder_of_records = classroom.root / f"grading/records/{NAME}"
        wait_for(lambda: len(list(folder_of_records.glob("*.json"))) >= 2)
        doomed.kill()
        output, _ = command.communicate(timeout=PATIENCE)
    assert command.returncode == 0, output
    assert "8 graded, 0 unchanged, 0 failed" in output
    assert classroom.book() == here.book()
    assert classroom.autograded() == here.autograded()
    told(f"{last(output)}; gradebook and files equal those of a run without a cluster")


# The grader itself


def grade_with_a_grader(classroom, student, limit=PATIENCE):
    """One hand-in by ganlib.grading.batch.worker, which starts a process for it."""
    config, coursedir = read_course(classroom.root)
    assignment = read_assignment(NAME, config, coursedir)
    the_class = AssignmentStore(coursedir, NAME)
    the_class.begin([student], [student])
    with the_class.transaction() as db:
        mine = rows(db, NAME, student)
    with worker.graders():
        return worker.grade_here(assignment, read(coursedir, NAME, student), mine, limit)


def fatal(classroom, student, line):
    notebook = classroom.answered("right")
    (cell,) = (cell for cell in notebook.cells if cell.id == "F1")
    cell.source = f"import os, time\n{line}\n{cell.source}"
    classroom.hand_in(student, nbformat.writes(notebook).encode())


@pytest.mark.fault("a grader's process that dies of the same hand-in, always")
def test_a_hand_in_that_kills_its_grader_three_times_is_given_up(classroom, tmp_path, told):
    deaths = tmp_path / "deaths"
    fatal(classroom, "zoe", f"open({str(deaths)!r}, 'a').write('x')\nos.kill(os.getpid(), 9)")
    found = grade_with_a_grader(classroom, "zoe")
    assert found.error == "its grader died 3 times: SIGKILL, SIGKILL, SIGKILL"
    assert len(deaths.read_text()) == 3
    told(f"failed: {found.error}")


@pytest.mark.fault("a grader's process that dies once")
def test_a_hand_in_whose_grader_died_once_is_graded(classroom, tmp_path, told):
    once = tmp_path / "once"
    line = f"if not os.path.exists({str(once)!r}):\n    open({str(once)!r}, 'w')\n    os._exit(3)"
    fatal(classroom, "zoe", line)
    found = grade_with_a_grader(classroom, "zoe")
    assert found.error == ""
    assert f"{NAME}.ipynb" in found.files
    told("graded by a new one")


@pytest.mark.fault("a hand-in that does not come to an end")
def test_a_hand_in_that_never_ends_is_given_up(classroom, told):
    fatal(classroom, "zoe", "time.sleep(1000)")
    found = grade_with_a_grader(classroom, "zoe", limit=12)
    assert found.error == "not graded after 12 s"
    told(f"failed: {found.error}")


# Kernel and referee


@pytest.fixture
def sandboxed(tmp_path):
    """A class whose cells run as an instructor's do."""
    return new_classroom(tmp_path / "sandboxed", quick=False)


@pytest.mark.fault("a student's kernel that ends in the middle of the notebook")
@pytest.mark.sandbox
def test_a_kernel_that_ends_costs_what_follows_and_no_more(sandboxed, monkeypatch, told):
    for student, answer in {"anna": "exits", "ben": "right"}.items():
        sandboxed.hand_in(student, answer)
    assert sandboxed.grade(monkeypatch) == 0
    assert sandboxed.scores() == {"anna": 3.0, "ben": 5.0}
    assert record(sandboxed, "anna")["outcome"] == "graded"
    told("graded: 3 points for what came before it, 0 for the rest; the next hand-in has its 5")


@pytest.mark.fault("a hand-in that spends its assignment's budget of 6 s")
@pytest.mark.sandbox
def test_a_spent_budget_ends_a_hand_in_with_a_clear_line(sandboxed, monkeypatch, told):
    sandboxed.settings(f"c.IsolatedExecute.budgets = {{{NAME!r}: 6}}\n")
    notebook = sandboxed.answered("right")
    (cell,) = (cell for cell in notebook.cells if cell.id == "F2")
    cell.source += "\nwhile True:\n    pass"
    sandboxed.hand_in("anna", nbformat.writes(notebook).encode())
    sandboxed.hand_in("ben", "right")
    assert sandboxed.grade(monkeypatch) == 0
    assert sandboxed.scores() == {"anna": 3.0, "ben": 5.0}
    (text,) = (text for name, text in sandboxed.autograded().items() if name.startswith("anna"))
    said = "This check was not run: the 6 seconds that this hand-in may take are spent."
    assert said in text
    told(f"graded: 3 points for what came before, then {said[:-1]!r}; the next has its 5 points")


@pytest.mark.fault("a machine so busy that a right answer gets no computing time")
@pytest.mark.sandbox
def test_a_busy_machine_costs_no_points(sandboxed, monkeypatch, capsys, told):
    class Starved(Stopwatch):
        """As of processes that could run all the time, and are never let."""

        def read(self):
            return 0.0

    notebook = sandboxed.answered("right")
    (cell,) = (cell for cell in notebook.cells if cell.id == "F1")
    cell.source = f"import time\ntime.sleep(4)\n{cell.source}"
    sandboxed.hand_in("anna", nbformat.writes(notebook).encode())
    sandboxed.settings("c.Execute.timeout = 1\nc.IsolatedExecute.patience = 2\n")
    with monkeypatch.context() as patch:
        patch.setattr(execute, "Stopwatch", Starved)
        assert sandboxed.grade(patch) == 1
    said = record(sandboxed, "anna")["error"]
    assert "in 2 seconds its code got 0 seconds of computing. Grade it again" in said
    assert sandboxed.scores() == {"anna": None}
    sandboxed.settings("c.Execute.timeout = 600\nc.IsolatedExecute.patience = 3000\n")
    assert sandboxed.grade(monkeypatch) == 0
    assert sandboxed.scores() == {"anna": 5.0}
    told("failed: it was not graded, and is to be graded again; a second run gives its 5 points")


@pytest.mark.fault("an answer on which a check counts for ever")
@pytest.mark.sandbox
def test_an_answer_on_which_a_check_never_ends_is_wrong(sandboxed, monkeypatch, told):
    class CheckerClient(client.CheckerClient):
        def run_cell(self, what, source, *points):
            endless = what == "check" and "spread(" in source and not met
            met.extend([1] * endless)
            super().run_cell(what, "any(iter(int, 1))" if endless else source, *points)

    met: list[int] = []
    monkeypatch.setattr(execute, "CheckerClient", CheckerClient)
    monkeypatch.setattr(execute, "PATIENCE", 1.0)
    sandboxed.settings("c.IsolatedExecute.check_timeout = 5\n")
    for student in ("anna", "ben"):
        sandboxed.hand_in(student, "right")
    assert sandboxed.grade(monkeypatch) == 0
    assert sandboxed.scores() == {"anna": 3.0, "ben": 5.0}
    (text,) = (text for name, text in sandboxed.autograded().items() if name.startswith("anna"))
    said = "Looking at this answer takes for ever."
    assert said in text
    told(f"graded: 3 points for what came before, then {said[:-1]!r}; the next has its 5 points")


@pytest.mark.fault("kill -9 of the referee during a check")
@pytest.mark.sandbox
def test_a_referee_that_is_killed_leaves_no_mark(sandboxed, monkeypatch, capsys, told):
    class CheckerClient(client.CheckerClient):
        def run_cell(self, what, *arguments):
            super().run_cell(what, *arguments)
            if what == "check" and not killed:
                killed.append(client._process[0].pid)
                os.killpg(killed[0], signal.SIGKILL)

    killed: list[int] = []
    for student in ("anna", "ben"):
        sandboxed.hand_in(student, "right")
    with monkeypatch.context() as patch:
        patch.setattr(execute, "CheckerClient", CheckerClient)
        assert sandboxed.grade(patch) == 1
    assert last(capsys.readouterr().out) == "1 graded, 0 unchanged, 1 failed"
    assert "its referee was lost" in record(sandboxed, "anna")["error"]
    assert sandboxed.scores() == {"anna": None, "ben": 5.0}
    assert sandboxed.grade(monkeypatch) == 0
    assert sandboxed.scores() == {"anna": 5.0, "ben": 5.0}
    told("failed: its referee was lost; the next hand-in has its 5 points, and a second run both")


# The disk


def full(path, *arguments, **keywords):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def full_for(monkeypatch, student, method):
    """Writing anything for this student fails, as on a full disk."""
    write = getattr(Path, method)

    def fails(path, *arguments, **keywords):
        write_or_fail = full if student in str(path) else write
        return write_or_fail(path, *arguments, **keywords)

    monkeypatch.setattr(Path, method, fails)


@pytest.mark.fault("a full disk, while the autograded folder or the record is written")
@pytest.mark.parametrize("method", ["write_bytes", "write_text"])
def test_a_full_disk_costs_one_hand_in_its_turn_and_no_mark(
    graded, monkeypatch, capsys, tmp_path, method, told
):
    """Bytes are the autograded folder, text is the record; the next run makes up for it."""
    undisturbed = Classroom(shutil.copytree(graded.root, tmp_path / "undisturbed"))
    for classroom in (graded, undisturbed):
        hand_in_again(classroom)
    assert undisturbed.grade(monkeypatch) == 0
    with monkeypatch.context() as patch:
        full_for(patch, "ben", method)
        capsys.readouterr()
        assert graded.grade(patch) == 1
    lines = capsys.readouterr().out.splitlines()
    assert "No space left on device" in next(line for line in lines if line.startswith("ben"))
    assert lines[-1] == "3 graded, 1 unchanged, 1 failed"
    assert graded.scores()["ben"] in (None, undisturbed.scores()["ben"])
    assert graded.grade(monkeypatch) == 0
    assert graded.book() == undisturbed.book()
    assert graded.autograded() == undisturbed.autograded()
    told("failed: No space left on device; the others graded; the next run made up for it")


@pytest.mark.fault("a full database, while a result is merged")
def test_a_full_database_keeps_the_older_mark_of_an_unchanged_hand_in(graded, monkeypatch, told):
    before = graded.book()

    def refuse(db, there):
        raise OperationalError("UPDATE", {}, sqlite3.OperationalError("database or disk is full"))

    with monkeypatch.context() as patch:
        patch.setattr(store.gradebook, "write", refuse)
        assert graded.grade(patch, "--force", "--student", "ben") == 1
    assert record(graded, "ben")["error"] == "database or disk is full"
    assert graded.book() == before
    assert f"ben/{NAME}/{NAME}.ipynb" in graded.autograded()
    told("failed: database or disk is full; the gradebook is as it was before")


# The database


@contextmanager
def locked(classroom):
    """Another program that writes and does not come to an end."""
    book = sqlite3.connect(classroom.root / "gradebook.db", check_same_thread=False)
    book.execute("BEGIN EXCLUSIVE")
    try:
        yield book
    finally:
        book.close()


@pytest.mark.fault("a gradebook that another program has locked for a second")
def test_a_database_that_is_locked_for_a_while_is_waited_for(handed_in, monkeypatch, told):
    with locked(handed_in) as book:
        threading.Timer(1.0, book.close).start()
        assert handed_in.grade(monkeypatch) == 0
    assert handed_in.scores() == SCORES
    told("waited for; all graded")


@pytest.mark.fault("a gradebook that stays locked")
def test_a_database_that_stays_locked_is_said_in_a_line(handed_in, monkeypatch, capsys, told):
    settings = handed_in.root / "nbgrader_config.py"
    settings.write_text(settings.read_text().replace("timeout=60", "timeout=0.2"))
    with locked(handed_in):
        assert handed_in.grade(monkeypatch) == cli.STOPPED
    said = capsys.readouterr().err
    assert "locked by another program" in said
    told(f"nothing is begun: {said.strip()}")


@pytest.mark.fault("a gradebook that is locked while one of five results is merged")
def test_a_database_locked_at_one_merge_costs_no_other_hand_in(handed_in, monkeypatch, told):
    settings = handed_in.root / "nbgrader_config.py"
    settings.write_text(settings.read_text().replace("timeout=60", "timeout=0.2"))

    def meanwhile(*arguments):
        for each in quick.in_this_process(*arguments):
            if each.student == "carl":
                with locked(handed_in):
                    yield each
            else:
                yield each

    monkeypatch.setattr(grade, "connect", quick.no_cluster)
    monkeypatch.setattr(grade, "grade_all", meanwhile)
    assert cli.main(["grade", NAME, "--course", str(handed_in.root)]) == 1
    assert "locked by another program" in record(handed_in, "carl")["error"]
    assert handed_in.scores() == SCORES | {"carl": None}
    told(f"failed: {record(handed_in, 'carl')['error']}; the others graded, and the next run this")
    assert handed_in.grade(monkeypatch) == 0
    assert handed_in.scores() == SCORES


@pytest.mark.fault("a result that comes twice")
def test_merging_twice_changes_nothing(graded, monkeypatch, told):
    _, coursedir = read_course(graded.root)
    results = []

    def kept(*arguments):
        for each in quick.in_this_process(*arguments):
            results.append(each)
            yield each

    monkeypatch.setattr(grade, "connect", quick.no_cluster)
    monkeypatch.setattr(grade, "grade_all", kept)
    assert cli.main(["grade", NAME, "--course", str(graded.root), "--force"]) == 0
    once = graded.book(), graded.autograded()
    for each in results:
        AssignmentStore(coursedir, NAME).merge(each)
    assert (graded.book(), graded.autograded()) == once
    told("gradebook and files are as after the first")


# Hand-ins


@pytest.mark.fault("a notebook that may not be read")
def test_a_notebook_that_cannot_be_read_stops_nobody(handed_in, monkeypatch, told):
    read_bytes = Path.read_bytes

    def refuse(path):
        if "submitted/ben" in str(path):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert handed_in.grade(monkeypatch) == 1
    assert "Permission denied" in record(handed_in, "ben")["error"]
    assert handed_in.scores() == SCORES | {"ben": None}
    told("failed: Permission denied; the others graded")


@pytest.mark.fault("a record that was cut short")
def test_a_record_that_is_cut_short_counts_as_none(graded, monkeypatch, told):
    where = records.folder(graded.root, NAME)
    (where / "anna.json").write_text('{"finger')
    assert records.read(where, "anna") is None
    assert graded.grade(monkeypatch) == 0
    assert record(graded, "anna")["outcome"] == "graded"
    told("counts as none: the hand-in is graded again")


def test_the_table_has_a_line_for_each_fault():
    lines = faults.PAGE.read_text(encoding="utf-8").splitlines()
    found = [line.split(" | ")[0].removeprefix("| ") for line in lines if " | holds |" in line]
    marks = [m for test in globals().values() for m in getattr(test, "pytestmark", [])]
    assert found == [mark.args[0] for mark in marks if mark.name == "fault"]
