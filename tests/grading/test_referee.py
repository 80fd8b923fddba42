"""The referee: what a check's outputs are, and whose a name is."""

import contextlib
import re
import socket

import psutil
import pytest

from ganlib.grading.checker import client
from ganlib.grading.checker.session import SETTINGS, CheckerSession, Shell, bounded
from ganlib.grading.errors import ACROSS
from ganlib.grading.notebook_cells import names_of
from ganlib.grading.reports.verdicts import message
from tests.grading.test_banks import student


@pytest.fixture(scope="module")
def shell():
    yield Shell.instance(config=SETTINGS)
    Shell.clear_instance()


@pytest.mark.parametrize(
    ("source", "kinds"),
    [
        ("x = 1", []),
        ("0.5", ["execute_result"]),
        ("print(1)", ["stream stdout"]),
        ("import sys; print('hm', file=sys.stderr)", ["stream stdout"]),
        ("1 / 0", ["error ZeroDivisionError"]),
        ("assert False, 'no'", ["error AssertionError"]),
        ("print(1)\nraise NotImplementedError", ["stream stdout", "error NotImplementedError"]),
        ("this is no Python", ["error SyntaxError"]),
        ("from IPython.display import display\ndisplay(1)\n2", ["display_data", "execute_result"]),
    ],
)
def test_outputs_are_those_of_a_kernel(shell, source, kinds):
    outputs = shell.outputs_of(source)
    words = [
        f"{output.output_type} {output.get('ename', output.get('name', ''))}".strip()
        for output in outputs
    ]
    assert words == kinds


@pytest.mark.parametrize(
    ("value", "credit"),
    [("1.5", True), ("0", True), ("2", True), ("2.5", False), ("-1", False), ("True", False),
     ("float('nan')", False), ("float('inf')", False), ("'much'", False)],
)  # fmt: skip
def test_partial_credit_is_a_number_within_the_points(shell, value, credit):
    (output,) = [bounded(output, 2) for output in shell.outputs_of(value)]
    assert output.output_type == ("execute_result" if credit else "error")


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(x):\n    y = 1", {"f"}),
        ("class A: pass\nb, (c, d) = 1, (2, 3)\ne: int = 4", {"A", "b", "c", "d", "e"}),
        ("answers = {}\nanswers['a'] = len", {"answers"}),
        ("%matplotlib inline\nx = 1", {"x"}),
    ],
)
def test_the_names_of_a_solution_cell(source, names):
    assert names_of(source) == names


class Student:
    """In place of a bridge: a student's variables, here."""

    def __init__(self, **names):
        self.names = names

    def begin(self, names):
        return {name: self.names[name] for name in names if name in self.names}


def test_a_name_is_the_students_until_a_locked_cell_binds_it():
    bridge, names = Student(f="theirs", torch="patched"), {"torch": "torch"}
    referee = CheckerSession(bridge, names)
    referee.solved("def f(): ...")
    with referee.check():
        assert names["f"] == "theirs"
    assert names["torch"] == "torch"
    with referee.locked():
        names["f"] = "ours"
    with referee.check():
        assert names["f"] == "ours"
    referee.solved("def f(): ...")
    bridge.names["f"] = "theirs again"
    with referee.check():
        assert names["f"] == "theirs again"


def test_a_name_that_is_gone_over_there_is_gone_here():
    bridge, names = Student(f=1), {}
    referee = CheckerSession(bridge, names)
    referee.solved("f = 1")
    with referee.check():
        pass
    del bridge.names["f"]
    with referee.check(), contextlib.suppress(KeyError):
        assert not names["f"]
    assert "f" not in names


def test_only_what_a_check_has_bound_anew_is_lent():
    bridge, names = Student(), {"make": len, "count": 1}
    referee = CheckerSession(bridge, names)
    with referee.check():
        assert bridge.patched_names() == {}
        names |= {"make": print, "count": 2, "new": print}
        assert bridge.patched_names() == {"make": print}


def test_a_referee_ends_with_its_grader_in_the_middle_of_a_step_without_end():
    channel, other = socket.socketpair()
    with channel, other:
        bench = client.CheckerClient(channel)
        bench.run_cell("locked", "1")
        assert bench.outputs()
        (referee,) = psutil.Process(client._process[0].pid).children()
        bench.run_cell("locked", "any(iter(int, 1))")
        assert not bench.poll(1)
        bench.close()
        referee.wait(timeout=600)


def test_an_error_shows_the_lines_of_the_check_and_none_of_the_bridge(shell):
    with student() as (bridge, run):
        run("def f(x):\n    raise ValueError('no')")
        shell.user_ns["f"] = bridge.ask("get", ["f"])["f"]
        (error,) = shell.outputs_of("def twice(x):\n    return 2 * f(x)\ntwice(1)")
        assert error.evalue == "no"
        *shown, last = error.traceback
        assert last == ACROSS
        assert re.findall(r"line (\d)", "\n".join(shown)) == ["3", "2"]
        assert "ganlib" not in "".join(shown)
        (error,) = shell.outputs_of("assert f is None, 'that is the check speaking'")
        assert ACROSS not in error.traceback


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("answer(41)", "It stopped with AssertionError."),
        ("[*map(answer, [41])]", "It stopped with AssertionError."),
        ("g(look, 41)", "It stopped with AssertionError."),
        ("assert None, 'Is it a sum?'", "Is it a sum?"),
        ("try:\n    answer(41)\nexcept AssertionError:\n    pass\nassert None, 'No.'", "No."),
    ],
)
def test_what_came_from_the_students_side_is_not_told_of_a_hidden_check(shell, source, told):
    with student() as (bridge, run):
        run("def answer(x):\n    assert False, f'it was called with {x}'")
        run("def g(f, x):\n    return f(x)")
        shell.user_ns |= bridge.ask("get", ["answer", "g"])
        shell.outputs_of("def look(x):\n    assert x < 0, f'{x} came'")
        assert message(shell.outputs_of(source), hidden=True) == told
