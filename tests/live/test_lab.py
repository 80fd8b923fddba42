"""The live GAN in JupyterLab, as a student meets it."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.live.browsing import PATIENCE, wait_for_kernel

pytestmark = pytest.mark.xdist_group("browser")

Open = Callable[..., Page]


def lab(problem: str) -> str:
    return f'from ganlib.live import GANLab\n\nlab = GANLab(problem="{problem}")\nlab'


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def iteration(page: Page) -> int:
    return int(page.locator(".ganlab").get_attribute("data-iteration"))


def reaches(page: Page, at_least: int) -> None:
    page.wait_for_function(
        f"() => document.querySelector('.ganlab').dataset.iteration >= {at_least}"
    )


def settles(page: Page) -> None:
    """Frames may still be on their way for a while; those of a game that goes on never end."""
    end = time.monotonic() + PATIENCE
    while not stands_still(page):
        assert time.monotonic() < end, "it goes on and on"


def changes(picture: Locator, before: bytes) -> None:
    end = time.monotonic() + PATIENCE
    while picture.screenshot() == before:
        assert time.monotonic() < end, "the picture stays as it was"


def stands_still(page: Page) -> bool:
    before = iteration(page)
    page.wait_for_timeout(500)
    return iteration(page) == before


def test_play_pause_step_slide_scrub_and_reload(notebook: Open) -> None:
    page = notebook(lab("two gaussians"))
    canvas = page.locator(".ganlab canvas")
    assert iteration(page) == 0
    assert stands_still(page)
    expect(page.locator(".jp-RenderedImage img")).to_be_hidden()  # the view stands there itself

    before = canvas.screenshot()
    button(page, "Play").click()
    reaches(page, 10)
    button(page, "Pause").click()
    expect(button(page, "Play")).to_be_visible()
    settles(page)
    assert canvas.screenshot() != before

    at = iteration(page)
    button(page, "Step").click()
    reaches(page, at + 1)
    canvas.focus()
    page.keyboard.press("d")
    reaches(page, at + 2)
    page.keyboard.press("d")  # to JupyterLab "d d" means: delete the cell
    reaches(page, at + 3)
    page.keyboard.press("Space")
    reaches(page, at + 5)
    page.keyboard.press("Space")
    expect(button(page, "Play")).to_be_visible()

    k = page.locator(".widget-hslider", has_text="k").locator(".noUi-handle").first
    k.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(k).to_have_attribute("aria-valuenow", "3.0")

    timeline = page.locator(".ganlab input[type=range]")
    timeline.focus()
    page.keyboard.press("Home")
    page.wait_for_function("() => document.querySelector('.ganlab').dataset.iteration == 0")
    page.keyboard.press("End")
    reaches(page, at)

    at = iteration(page)
    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page.reload()
    wait_for_kernel(page)
    page.wait_for_selector(".ganlab[data-painted]")
    assert iteration(page) == at
    button(page, "Step").click()
    reaches(page, at + 1)


QUIZ = """
import torch
from ganlib.live.quiz import Quiz
from ganlib.live.quizpanel import QuizPanel

QuizPanel(Quiz(torch.rand(99, 1) + 1, -torch.rand(99, 1) - 1), low=-2, high=2)
"""

SLIDERS = """
from matplotlib.figure import Figure
from ganlib.live.panel import Panel

def draw(height):
    figure = Figure()
    figure.subplots().axhline(height)
    return figure

Panel(draw, "A line at {height}.".format, height=("height", 1.0, 0.0, 2.0))
"""


@pytest.mark.parametrize("source", [lab("two gaussians"), QUIZ, SLIDERS])
def test_without_its_kernel_a_picture_and_a_calm_line_stand_there(
    notebook: Open, source: str
) -> None:
    page = notebook(source, ".widget-box")
    line, picture = page.locator(".ganlib-still"), page.locator(".jp-RenderedImage img")
    expect(line).to_be_hidden()
    expect(picture).to_be_hidden()

    page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    page.reload()
    wait_for_kernel(page)
    expect(picture).to_be_visible()
    expect(line).to_have_text("This is a still picture. Run the cell to play.")
    page.wait_for_selector("text=model not found", state="attached")
    expect(page.get_by_text("model not found")).to_be_hidden()
    expect(page.get_by_text("Loading widget")).to_be_hidden()

    page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
    expect(page.locator(".widget-box").first).to_be_visible()
    expect(picture).to_be_hidden()


def test_you_are_the_discriminator(notebook: Open) -> None:
    """Positive numbers are real here: who says so is always right."""
    page = notebook(QUIZ, ".widget-box")
    for judged in range(1, 7):
        real = "x = -" not in page.locator("svg[role=img]").get_attribute("aria-label")
        button(page, "Real" if real else "Fake").click()
        expect(page.locator("table")).to_contain_text(f"{judged} judged")
        verdict = f"It was {'real' if real else 'fake'}: you were right."
        expect(page.get_by_role("status").filter(has_text=verdict)).to_be_visible()
    expect(page.get_by_role("row", name="accuracy")).to_contain_text("100%")


def test_draw_your_own(notebook: Open) -> None:
    page = notebook(lab("draw your own"))
    canvas = page.locator(".ganlab canvas")
    button(page, "New drawing").click()
    box = canvas.bounding_box()
    before = canvas.screenshot()
    page.mouse.move(box["x"] + 100, box["y"] + 120)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 200, steps=12)
    page.mouse.up()
    changes(canvas, before)
    button(page, "Step").click()
    reaches(page, 1)


def test_a_cell_that_is_run_again_stops_the_old_lab(notebook: Open) -> None:
    page = notebook(
        lab("ring").replace("lab = ", "old = globals().get('lab')\nlab = ")
        + "\nprint('still playing', bool(old and old.playing))\nlab"
    )
    button(page, "Play").click()
    reaches(page, 2)
    page.evaluate("() => jupyterapp.commands.execute('notebook:run-all-cells')")
    expect(page.locator(".ganlab")).to_have_attribute("data-iteration", "0")
    assert page.locator(".ganlab").count() == 1
    assert stands_still(page)
    expect(page.get_by_text("still playing False")).to_be_visible()


def test_an_error_of_ones_own_module_stands_in_the_panel(notebook: Open) -> None:
    page = notebook(
        "from torch import nn\n"
        "from ganlib.live import GANLab\n"
        "class MyG(nn.Linear):\n"
        "    calls = 0\n"
        "    def forward(self, z):\n"
        "        self.calls += 1\n"
        "        if self.calls > 60:\n"
        "            raise RuntimeError('I forgot a line')\n"
        "        return super().forward(z)\n"
        "GANLab('gaussian', G=MyG(1, 1))"
    )
    button(page, "Play").click()
    alert = page.locator(".ganlab [role=alert]")
    expect(alert).to_contain_text("I forgot a line")
    expect(alert).to_contain_text("in forward, line 8")
    expect(button(page, "Play")).to_be_visible()


def test_what_is_saved_has_a_picture_and_no_state(
    notebook: Open, jupyter: tuple[str, Path]
) -> None:
    """Where the run was paused: that is what is left when the kernel is gone."""
    page = notebook(lab("two gaussians"))
    button(page, "Play").click()
    reaches(page, 3)
    button(page, "Pause").click()
    expect(button(page, "Play")).to_be_visible()
    settles(page)
    at = f"Iteration {iteration(page)}."
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:  # the picture is made a second after the pause
        page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
        page.wait_for_timeout(1000)
        newest = max(jupyter[1].glob("*.ipynb"), key=lambda path: path.stat().st_mtime)
        saved = json.loads(newest.read_text())
        *_, picture = saved["cells"][0]["outputs"]
        if at in picture["metadata"]["image/png"]["alt"]:
            break
    assert at in picture["metadata"]["image/png"]["alt"]
    assert "image/png" in picture["data"]
    assert "widgets" not in saved["metadata"]
