"""A student's page: what passed, what failed and why, and nothing of a hidden check."""

import html
import re
from itertools import pairwise

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.converters import GenerateFeedback
from nbgrader.coursedir import CourseDirectory

from ganlib.grading.errors import ACROSS
from ganlib.grading.execution.assignment import read_course
from ganlib.grading.reports.feedback import HideHiddenTests
from tests.grading.classroom import NAME

HIDDEN = "### BEGIN HIDDEN TESTS\nsecret = f(3)\nassert secret == 3, 'f keeps its number'\n"


def a_check(source, *outputs):
    metadata = {"nbgrader": {"grade": True, "grade_id": "F1-f", "solution": False}}
    return new_code_cell(source, metadata=metadata, outputs=list(outputs))


def hidden(*outputs, more=()):
    notebook = new_notebook(cells=[a_check(HIDDEN, *outputs), *more])
    notebook, _ = HideHiddenTests().preprocess(notebook, {})
    return notebook.cells


def error(message, ename="AssertionError", *more):
    traceback = [
        "Traceback",
        "Cell In[1] in f",
        "----> 2 \x1b[1msecret\x1b[0m = f(3)",
        message,
        *more,
    ]
    return new_output("error", ename=ename, evalue=message, traceback=traceback)


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (error("f keeps its number"), "f keeps its number"),
        (error("secret", "NameError"), "It stopped with NameError."),
        (error("secret", "Secret"), "It stopped with an error."),
        (error("called with a secret", "AssertionError", ACROSS), "It stopped with Assert"),
        (error("", "NotImplementedError"), "Not written yet."),
        (error("This check was not run: no time.", "NotRun"), "This check was not run: no time."),
        (new_output("stream", name="stderr", text="a secret"), "Your code printed a warning"),
    ],
)
def test_of_a_failed_hidden_check_is_told_what_its_assertion_says(output, told):
    (cell,) = hidden(output)
    assert cell.source == "# A hidden check"
    (shown,) = cell.outputs
    assert shown.text.startswith(f"hidden check: failed: {told}")
    assert "secret" not in str(cell)


def test_a_hidden_check_that_passes_says_so():
    (cell,) = hidden(new_output("stream", name="stdout", text="secret = f(3)"))
    assert [output.text for output in cell.outputs] == ["hidden check: passed\n"]


def test_metadata_of_a_hidden_check_goes():
    cell = a_check(HIDDEN)
    cell.metadata.secret = "f(3)"
    notebook, _ = HideHiddenTests().preprocess(new_notebook(cells=[cell]), {})
    assert set(notebook.cells[0].metadata) == {"nbgrader"}


def test_a_visible_check_keeps_its_traceback_less_what_it_quotes_of_a_hidden_one():
    visible = a_check("assert f(1) == 1, 'one'", error("one"))
    cell = hidden(more=[visible])[1]
    assert cell.source == "assert f(1) == 1, 'one'"
    assert "one" in cell.outputs[0].traceback[0]
    assert "secret" not in cell.outputs[0].traceback[0]


def test_other_cells_are_left_as_they_are():
    other = new_code_cell("secret = f(3)", outputs=[error("one")])
    assert hidden(more=[other])[1].outputs == [error("one")]


# The page


def feedback(classroom, student):
    """nbgrader's own converter with the course's settings; the page's HTML."""
    config, _ = read_course(classroom.root)
    config.CourseDirectory.merge({"assignment_id": NAME, "student_id": student})
    coursedir = CourseDirectory(config=config)
    GenerateFeedback(coursedir=coursedir, config=config).start()
    page = classroom.root / f"grading/feedback/{student}/{NAME}/{NAME}.html"
    return page.read_text(encoding="utf-8")


def text(page):
    """What a reader sees."""
    return " ".join(
        html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.S)).split()
    )


@pytest.fixture
def half(classroom, monkeypatch):
    classroom.hand_in("half", "half")
    assert classroom.grade(monkeypatch) == 0
    return classroom


def test_the_page_begins_with_what_passed_and_why_something_did_not(half):
    page = feedback(half, "half")
    top = text(page).split("The notebook")[0]
    assert "3 of 8 points. 2 of 4 checks pass" in top
    assert "F1 · average: 2 of 2 checks pass, 3 of 3 points" in top
    assert "F2 · spread: 0 of 2 checks pass, 0 of 2 points" in top
    assert "✗ failed F2-ends 0 of 1 point the spread is the greatest less the least" in top
    assert "✗ hidden check: failed F2-hidden-sign 0 of 1 point the spread is never neg" in top
    assert "F3 · a written answer: 0 of 3 points, 1 waiting for a person" in top


def test_every_link_of_the_summary_leads_to_its_cell(half):
    page = feedback(half, "half")
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert {"F1", "F1-hidden-order", "F2-ends", "F3-why"} <= links
    assert links <= set(re.findall(r'id="([^"]+)"', page))


def test_a_persons_marks_and_comments_are_on_the_page_once(half):
    half.mark("half", 2, "Clear: $x^2$.")
    page = feedback(half, "half")
    assert "marked by a person F3-why 2 of 3 points" in text(page)
    assert text(page).count("Clear:") == 1
    assert "<msup>" in page


def test_the_page_has_headings_in_order_and_needs_neither_script_nor_net(half):
    page = feedback(half, "half")
    levels = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert levels.count(1) == 1
    assert all(after <= before + 2 for before, after in pairwise(levels))
    assert "<script" not in page
    assert "Content-Security-Policy" in page
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:|images/)""", page)
    assert not re.findall(r"""url\(|@import""", page)


def test_the_page_shows_no_line_of_a_hidden_check(half):
    assert "marker_of_a_hidden_test" not in feedback(half, "half")


def test_scripts_in_outputs_are_not_on_the_page(half):
    path = half.root / f"grading/autograded/half/{NAME}/{NAME}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    script = "<script>pwned()</script>"
    kinds = ("text/html", "image/svg+xml", "text/latex", "text/markdown", "application/javascript")
    outputs = [new_output("display_data", data={kind: script}) for kind in kinds]
    bad = new_output("error", ename=script, evalue=script, traceback=["\x1b[31m</pre>" + script])
    outputs += [new_output("stream", name="stdout", text=script), bad]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs += outputs
        cell.metadata.ganlib = {"note": f"This cell was missing.{script}"}
        cell.source += script if cell.cell_type == "markdown" else f"# {script}"
    path.chmod(0o644)
    nbformat.write(notebook, path)
    page = feedback(half, "half")
    assert "<script" not in page
    assert "This cell was missing." in text(page)
    assert "&lt;script&gt;pwned()&lt;/script&gt;" in page
