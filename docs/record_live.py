"""Record the live GAN for the README: python docs/record_live.py

JupyterLab in headless Chromium, driven as a student would; screenshots become docs/live.webp,
each shown for as long as it stood on the screen.
"""

import io
import math
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).parents[1]))  # the browser's helpers are the tests' own
from tests.live.browsing import chromium, jupyter_lab, open_notebook

WIDTH = 800  # of the picture, in pixels
CELL = "from ganlib.live import GANLab\n\nGANLab(problem='two gaussians')"


class Camera:
    """Takes a picture of the widget whenever it is asked to, and knows when that was."""

    def __init__(self, page: Page) -> None:
        self.page, self.pictures, self.times = page, [], []
        # As high as the highest of the pictures to come.
        self.box = page.locator(".jp-OutputArea").bounding_box() | {"height": 580}

    def shoot(self, seconds: float) -> None:
        """Pictures for so long, as fast as they come, at most ten a second."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            began = time.monotonic()
            png = self.page.screenshot(clip=self.box)
            image = Image.open(io.BytesIO(png)).convert("RGB")
            height = round(WIDTH * image.height / image.width)
            self.pictures.append(image.resize((WIDTH, height), Image.Resampling.LANCZOS))
            self.times.append(began)
            self.page.wait_for_timeout(max(0, 1000 * (began + 0.1 - time.monotonic())))

    def save(self, path: Path) -> None:
        gaps = [round(1000 * (b - a)) for a, b in zip(self.times, self.times[1:], strict=False)]
        first, *rest = self.pictures
        first.save(
            path, append_images=rest, save_all=True, duration=[*gaps, 2000], loop=0, quality=45,
            method=6, minimize_size=True,
        )  # fmt: skip


def film(page: Page) -> Camera:
    """Two Gaussians, back in time, eight modes, a failure, and a heart drawn by hand."""
    camera = Camera(page)
    root = page.locator(".ganlab")

    def press(name: str) -> None:
        page.get_by_role("button", name=name, exact=True).click()

    def pick(problem: str) -> None:
        page.locator(".widget-dropdown select").first.select_option(problem)

    camera.shoot(0.5)
    press("Play")
    camera.shoot(5)
    root.locator("input[type=range]").focus()
    for _ in range(12):
        page.keyboard.press("ArrowLeft")
        camera.shoot(0.1)
    pick("ring")
    press("G of a mesh of noise")
    press("Play")
    camera.shoot(5)
    press("Pause")
    pick("draw your own")
    press("New drawing")
    draw(page, camera.shoot)
    press("Play")
    camera.shoot(6)
    press("Pause")
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
