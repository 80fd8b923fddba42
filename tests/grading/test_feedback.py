"""Feedback on a hidden check keeps its message and loses its text."""

from nbformat.v4 import new_code_cell, new_notebook, new_output

from ganlib.grading.feedback import HideHiddenTests

HIDDEN = "### BEGIN HIDDEN TESTS\nsecret = f(3)\nassert secret == 3, 'f keeps its number'\n"


def feedback_on(source, *outputs):
    notebook = new_notebook(cells=[new_code_cell(source, outputs=list(outputs))])
    notebook, _ = HideHiddenTests().preprocess(notebook, {})
    return notebook.cells[0]


def error(message):
    traceback = ["Traceback", "----> 2 secret = f(3)", message]
    return new_output("error", ename="AssertionError", evalue=message, traceback=traceback)


def test_a_failed_hidden_check_keeps_its_message_alone():
    cell = feedback_on(HIDDEN, error("f keeps its number"))
    assert cell.source == "# A hidden check"
    assert cell.outputs[0].traceback == ["AssertionError: f keeps its number"]


def test_a_warning_in_a_hidden_check_says_that_it_costs_the_check():
    quoted = "UserWarning: careful\n  secret = f(3)\n"
    cell = feedback_on(HIDDEN, new_output("stream", name="stderr", text=quoted))
    assert "which fails a check" in cell.outputs[0].text
    assert "secret" not in str(cell)


def test_what_a_hidden_check_prints_is_dropped():
    printed = new_output("stream", name="stdout", text="secret = f(3)")
    assert feedback_on(HIDDEN, printed).outputs == []


def test_other_cells_are_left_as_they_are():
    cell = feedback_on("assert f(1) == 1, 'one'", error("one"))
    assert cell.source == "assert f(1) == 1, 'one'"
    assert cell.outputs == [error("one")]
