"""Record the live GAN for the README: python docs/record_live.py

JupyterLab in headless Chromium, driven as a student would; screenshots become docs/live.webp.
Learning is shown at an even pace, so many iterations a second, however fast this machine is;
everything else for as long as it stood on the screen.
"""

import io
import math
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page

sys.path.insert(0, str(Path(__file__).parents[1]))  # the browser's helpers are the tests' own
from tests.live.browsing import chromium, jupyter_lab, open_notebook

WIDTH, QUALITY = 720, 40  # of the pictures, in pixels and per cent
SHOTS = 6  # a second, at most
# Without momentum the players circle less, and arrive sooner.
CELL = """from ganlib.live import GANLab

GANLab("two gaussians", m=256, momentum_d=0.0, momentum_g=0.0)"""


class Camera:
    """Takes pictures of the widget, and knows for how long each of them is shown."""

    def __init__(self, page: Page) -> None:
        self.page, self.pictures, self.seconds = page, [], []
        # As high as the highest of the pictures to come.
        self.box = page.locator(".jp-OutputArea").bounding_box() | {"height": 580}

    def shoot(self, seconds: float) -> None:
        """Pictures for so long."""
        end = time.monotonic() + seconds
        while (began := time.monotonic()) < end:
            self._snap()
            self.page.wait_for_timeout(max(0, 1000 * (began + 1 / SHOTS - time.monotonic())))
            self.seconds.append(time.monotonic() - began)

    def watch(self, iterations: int, seconds: float) -> None:
        """Play from the start so many iterations, which take so many seconds of the film."""
        button(self.page, "Play").click()
        done = 0
        while done < iterations:
            self._snap()
            before = done
            while done - before < iterations / (SHOTS * seconds):
                self.page.wait_for_timeout(10)
                done = int(self.page.locator(".ganlab").get_attribute("data-iteration"))
            self.seconds.append(seconds * (done - before) / iterations)
        button(self.page, "Pause").click()
        self.shoot(1)

    def _snap(self) -> None:
        image = Image.open(io.BytesIO(self.page.screenshot(clip=self.box))).convert("RGB")
        height = round(WIDTH * image.height / image.width)
        self.pictures.append(image.resize((WIDTH, height), Image.Resampling.LANCZOS))

    def save(self, path: Path) -> None:
        first, *rest = self.pictures
        times = [round(1000 * seconds) for seconds in self.seconds]
        first.save(
            path, append_images=rest, save_all=True, duration=times, loop=0, quality=QUALITY,
            method=6, minimize_size=True,
        )  # fmt: skip


def button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def film(page: Page) -> Camera:
    """Two Gaussians, back in time, eight modes, and a heart drawn by hand."""
    camera = Camera(page)

    def pick(problem: str) -> None:
        page.locator(".widget-dropdown select").first.select_option(problem)
        page.wait_for_selector(".ganlab[data-iteration='0']")

    camera.shoot(1)
    camera.watch(1000, seconds=5)
    page.locator(".ganlab input[type=range]").focus()
    for _ in range(10):
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("ArrowLeft")
        camera.shoot(0.1)
    pick("ring")
    button(page, "D* = 1/2").click()  # ragged, where p_g is thin
    camera.watch(600, seconds=5)
    pick("draw your own")
    button(page, "New drawing").click()
    draw(page, camera.shoot)
    camera.watch(1200, seconds=6)
    return camera


def draw(page: Page, shoot: Callable[[float], None]) -> None:
    """A heart, with the mouse, in the square on the left of the canvas."""
    canvas = page.locator(".ganlab canvas")
    box = canvas.bounding_box()
    side = box["height"] - 24
    middle = box["x"] + box["width"] / 4 + 11, box["y"] + side / 2
    for i in range(49):
        t = 2 * math.pi * i / 48
        x = 16 * math.sin(t) ** 3
        y = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        page.mouse.move(middle[0] + side * x / 48, middle[1] - side * y / 48)
        if i == 0:
            page.mouse.down()
        if i % 6 == 0:
            shoot(0.1)
    page.mouse.up()
    shoot(0.5)


def main() -> None:
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        with jupyter_lab(folder) as address:
            page = browser.new_page(viewport={"width": 1280, "height": 820})
            open_notebook(page, address, folder, CELL)
            page.wait_for_selector(".ganlab[data-painted]", timeout=60_000)
            page.evaluate("() => jupyterapp.commands.execute('application:toggle-left-area')")
            page.wait_for_timeout(1500)
            film(page).save(Path(__file__).with_name("live.webp"))


if __name__ == "__main__":
    main()
