"""How smooth the live GAN is in a browser: python benchmarks/live.py

In JupyterLab and headless Chromium on this machine, with all three on its cores: frames painted
in a second while it trains as fast as it can, milliseconds from a click on Pause or Play until
the button has changed, milliseconds of kernel time a frame besides training, and milliseconds
from a click on Pause until the last frame is painted. Below, the same panel with its picture
redrawn by matplotlib at each frame. The aims: at least 25 frames, 50 ms in the median.
"""

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page
from reference import steadiness

sys.path.insert(0, str(Path(__file__).parents[1]))  # the browser's helpers are the tests' own
from tests.live.browsing import chromium, jupyter_lab, open_notebook

CANVAS = """
import time
from ganlib.live import GANLab

lab = GANLab("{problem}")
costs = []

def timed(send):
    def run():
        began = time.perf_counter()
        send()
        costs.append(time.perf_counter() - began)
    return run

lab._send = timed(lab._send)
"""

MATPLOTLIB = """
from ipywidgets import HTML
from ganlib.live.picture import picture
from ganlib.live.still import encoded

page = HTML()
canvas_send = lab._send

def redraw():
    png = encoded(picture(lab.engine))
    page.value = f'<img class="redrawn" src="data:image/png;base64,{png}">'
    lab._player.seen = lab._player.sent

lab._send = timed(redraw)
redraw()
lab.panel.children = (lab.panel.children[0], page)
"""

# Counts what is painted: the view's own count, or pictures that have been loaded.
COUNT = """() => {
    const view = document.querySelector(".ganlab");
    window.painted = 0;
    window.last = 0;
    const tick = () => { window.painted += 1; window.last = performance.now(); };
    const where = view ?? document.querySelector(".jp-OutputArea");
    const what = view ? { attributeFilter: ["data-painted"] } : { childList: true, subtree: true };
    new MutationObserver(tick).observe(where, what);
}"""

# Clicks the first button and waits until its name is another.
CLICK = """async () => {
    const button = document.querySelector(".ganlab, .redrawn").closest(".jp-OutputArea")
        .querySelector("button");
    const name = button.textContent;
    const began = performance.now();
    button.click();
    await new Promise((done) => {
        const see = new MutationObserver(() => {
            if (button.textContent !== name) { see.disconnect(); done(); }
        });
        see.observe(button, { childList: true, characterData: true, subtree: true });
    });
    return [performance.now() - began, began];
}"""

ASK = """async (expression) => {
    const { kernel } = jupyterapp.shell.currentWidget.sessionContext.session;
    const request = { code: "", user_expressions: { it: expression } };
    const reply = await kernel.requestExecute(request).done;
    return Number(reply.content.user_expressions.it.data["text/plain"]);
}"""


def measure(page: Page, seconds: float = 10, clicks: int = 20) -> list[float]:
    """Frames a second, median and slowest click, kernel ms a frame, ms to the last frame."""
    page.evaluate(COUNT)
    page.evaluate(CLICK)  # play
    page.wait_for_timeout(3000)
    page.evaluate("() => { window.painted = 0; }")
    page.wait_for_timeout(1000 * seconds)
    rate = page.evaluate("() => window.painted") / seconds
    answers, tails = [], []
    for _ in range(clicks // 2):
        answer, began = page.evaluate(CLICK)  # pause
        page.wait_for_timeout(700)
        tails.append(page.evaluate("() => window.last") - began)
        answers += [answer, page.evaluate(CLICK)[0]]  # play again
        page.wait_for_timeout(500)
    page.evaluate(CLICK)
    cost = 1000 * page.evaluate(ASK, "sorted(costs)[len(costs) // 2]")
    return [rate, statistics.median(answers), max(answers), cost, statistics.median(tails)]


@steadiness()
def main() -> None:
    head = ("frames/s", "click, ms", "slowest", "kernel, ms", "last, ms")
    print(f"{'':28}" + "".join(f"{word:>12}" for word in head))
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        with jupyter_lab(folder) as address:
            for problem in ("two gaussians", "ring"):
                canvas = CANVAS.format(problem=problem)
                for way, source in (("canvas", canvas), ("matplotlib", canvas + MATPLOTLIB)):
                    page = browser.new_page(viewport={"width": 1300, "height": 1000})
                    open_notebook(page, address, folder, source + "\nlab")
                    page.wait_for_selector(".ganlab[data-painted], .redrawn", timeout=60_000)
                    row = "".join(f"{value:12.1f}" for value in measure(page))
                    print(f"{problem + ', ' + way:28}{row}", flush=True)
                    page.close()


if __name__ == "__main__":
    main()
