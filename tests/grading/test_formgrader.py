"""The formgrader in JupyterLab, clicked through as an instructor does, with the course's settings.

It needs a browser, and bubblewrap for the hand-in.
"""

import os
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from playwright.sync_api import expect

from tests.grading.classroom import NAME, new_classroom
from tests.grading.commands import environment
from tests.live.browsing import CHROMIUM, PATIENCE, chromium, jupyter_lab

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(
        not CHROMIUM and "CI" not in os.environ,
        reason="no Chromium on PATH: nobody clicks in the formgrader",
    ),
]
COMMENT = "Clear: **both** steps."
SCRIPT = "window.top.pwned = 1"
HOSTILE = f"""
import os
from IPython.display import HTML, Javascript, display, publish_display_data

display(HTML("<script>{SCRIPT}</script><img src=x onerror='{SCRIPT}'>"), Javascript("{SCRIPT}"))
publish_display_data({{"image/png": "", "text/plain": ""}}, {{"width": "1 src=x onerror={SCRIPT}"}})
print("the home folder is", os.environ["HOME"])
"""


@pytest.fixture
def classroom(tmp_path, monkeypatch):
    """Ada has handed in, and would like to run a script in her marker's browser."""
    monkeypatch.setenv("PATH", environment()["PATH"])
    classroom = new_classroom(tmp_path, quick=False)
    notebook = classroom.answered("half")
    notebook.cells.insert(1, new_code_cell(HOSTILE))
    notebook.cells[0].source += f"<script>{SCRIPT}</script><img src=x onerror='{SCRIPT}'>"
    classroom.hand_in("ada", nbformat.writes(notebook).encode())
    monkeypatch.chdir(tmp_path)  # where JupyterLab finds nbgrader_config.py
    return classroom


@pytest.fixture
def page(classroom, tmp_path):
    with jupyter_lab(tmp_path) as address, chromium() as browser:
        page = browser.new_page(viewport={"width": 1300, "height": 900})
        page.set_default_timeout(1000 * PATIENCE)
        page.goto(f"{address}/lab?reset")
        yield page


def shoot(page, name):
    """A picture for whoever sets FORMGRADER_PICTURES to a folder."""
    if folder := os.environ.get("FORMGRADER_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png")


def done(page, formgrader, words):
    """Waits for the box that says how it went, and closes it."""
    box = formgrader.locator(".modal-dialog")
    expect(box).to_contain_text(words)
    shoot(page, words.split()[1])
    box.get_by_role("button", name="OK").click()
    expect(box).to_have_count(0)


def test_a_hand_in_is_graded_marked_and_given_feedback(page, classroom):
    page.get_by_role("menuitem", name="Nbgrader").click()
    page.get_by_role("menuitem", name="Formgrader").click()
    formgrader = page.frame_locator("iframe[src*=formgrader]")
    row = formgrader.locator("tr", has_text=NAME)
    expect(row.locator(".num-submissions")).to_have_text("1")
    shoot(page, "assignments")

    row.locator(".num-submissions a").click()
    ada = formgrader.locator("tr", has_text="ada")
    expect(ada.locator(".status")).to_have_text("needs autograding")
    ada.locator(".autograde a").click()
    done(page, formgrader, "Successfully autograded")
    expect(ada.locator(".status")).to_have_text("needs manual grading")
    assert classroom.scores() == {"ada": 3.0}
    graded = classroom.autograded()[f"ada/{NAME}/{NAME}.ipynb"]
    assert "the home folder is /home/student" in graded  # the sandbox's

    formgrader.get_by_role("link", name="Manual Grading").click()
    formgrader.get_by_role("link", name=NAME).click()
    formgrader.get_by_role("link", name=NAME).click()
    formgrader.get_by_role("link", name=re.compile("Submission #1")).click()
    answer = formgrader.locator(".nbgrader_cell", has=page.locator("#F3-why"))
    mark, comment = answer.locator("#F3-why"), answer.locator("#F3-why-comment")
    expect(mark).to_have_class(re.compile("needs_manual_grade"))  # the page's scripts are ready
    expect(comment).to_have_attribute("placeholder", re.compile("comments"))
    for field, text, saved in ((mark, "2", "/api/grade/"), (comment, COMMENT, "/api/comment/")):
        field.fill(text)
        with page.expect_response(re.compile(saved)):
            field.press("Tab")
    shoot(page, "marking")
    assert page.evaluate("window.pwned") is None
    assert formgrader.locator("script", has_text=SCRIPT).count() == 0
    expect(formgrader.locator("body")).to_contain_text("the home folder is")
    (grades, comments, _) = classroom.book()["ada", False]
    assert grades["F3-why"] == (None, 2.0, False)
    assert comments["F3-why"][1] == COMMENT

    formgrader.get_by_role("link", name="Manual Grading").click()
    formgrader.get_by_role("link", name="Manage Assignments").click()
    formgrader.locator("tr", has_text=NAME).locator(".num-submissions a").click()
    expect(ada.locator(".status")).to_have_text("graded")
    ada.locator(".generate-feedback a").click()
    done(page, formgrader, "Successfully generated feedback")
    feedback = classroom.root / f"grading/feedback/ada/{NAME}/{NAME}.html"
    text = feedback.read_text(encoding="utf-8")
    assert "F2 · spread: 0 of 2 checks pass" in text
    assert "<strong>both</strong>" in text
    page.goto(feedback.as_uri())
    assert page.evaluate("window.pwned") is None
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{NAME}: feedback for ada")
    shoot(page, "feedback")
