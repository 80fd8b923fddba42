"""view.js in a real browser: its pure functions, its pixels, and what it says to the kernel."""

import base64
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect

import ganlib.live.widget
from ganlib.live import GANLab
from ganlib.live.frame import pack
from ganlib.live.widget import DRAWN
from ganlib.plotting import COLORS

pytestmark = pytest.mark.xdist_group("browser")

HERE = Path(ganlib.live.widget.__file__).parent

LOAD = """async ([script, style]) => {
    const blob = new Blob([script], { type: "text/javascript" });
    window.view = await import(URL.createObjectURL(blob));
    document.body.innerHTML = `<style>${style}</style><div id="el"></div>`;
}"""

# The least of anywidget's model that the view needs.
RENDER = """([traits, frame]) => {
    const bytes = Uint8Array.from(atob(frame), (c) => c.charCodeAt(0));
    const state = { ...traits, frame: new DataView(bytes.buffer) };
    const heard = {};
    window.sent = [];
    window.model = {
        get: (name) => state[name],
        set: (name, value) => { state[name] = value; heard["change:" + name]?.(); },
        on: (name, act) => { heard[name] = act; },
        off: (name) => { delete heard[name]; },
        save_changes: () => {},
        send: (message) => sent.push(message),
        heard,
    };
    window.close_view = view.default.render({ model, el: document.getElementById("el") });
}"""

UPDATE = """(frame) => {
    const bytes = Uint8Array.from(atob(frame), (c) => c.charCodeAt(0));
    model.set("frame", new DataView(bytes.buffer));
}"""

INK = {**COLORS, "text": "#000000", "paper": "#ffffff", "faint": "#cccccc", "font": "sans-serif"}


@pytest.fixture
def js(page: Page) -> Page:
    """A page in which ``view`` is the module view.js."""
    page.goto("about:blank")
    page.evaluate(LOAD, [(HERE / "view.js").read_text(), (HERE / "view.css").read_text()])
    return page


def encoded(frame: bytes) -> str:
    return base64.b64encode(frame).decode()


@pytest.fixture
def show(js: Page) -> Callable[[GANLab], Page]:
    """Render a lab's view with a model that keeps what the view says in ``sent``."""

    def render(lab: GANLab) -> Page:
        canvas = lab.canvas
        traits = {"layers": canvas.layers, "hidden": canvas.hidden, "colors": canvas.colors}
        js.evaluate(RENDER, [traits, encoded(canvas.frame)])
        js.wait_for_selector(".ganlab[data-painted]")
        return js

    return render


def update(page: Page, lab: GANLab, **more: Any) -> None:
    """The next frame, painted unless it waits for something else."""
    lab._player.sent += 1
    frame = lab._frame | {"number": lab._player.sent, "playing": False, "draws": lab._draws}
    page.evaluate(UPDATE, encoded(pack(frame | {"error": None, "walk": None} | more)))
    let_it_paint(page)


def let_it_paint(page: Page) -> None:
    """Two of the screen's frames: the first may have begun before what is to be painted came."""
    page.evaluate(
        """() => new Promise((done) =>
            requestAnimationFrame(() => requestAnimationFrame(() => done())))"""
    )


# Pure functions


def test_what_python_packs_is_unpacked(js: Page) -> None:
    tree = {"a": {"x": np.arange(5) / 4}, "b": [torch.eye(2)], "word": "W₁", "none": None}
    back = js.evaluate(
        """(text) => {
            const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
            const odd = new Uint8Array(bytes.length + 1);
            odd.set(bytes, 1);  // as it comes: not at a multiple of 4
            const tree = view.unpack(new DataView(odd.buffer, 1));
            return [Array.from(tree.a.x), Array.from(tree.b[0]), tree.word, tree.none];
        }""",
        encoded(pack(tree)),
    )
    assert back == [[0, 0.25, 0.5, 0.75, 1], [1, 0, 0, 1], "W₁", None]


@pytest.mark.parametrize(
    ("low", "high", "count", "right"),
    [
        (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (-5, 5, 6, [-4, -2, 0, 2, 4]),
        (0, 1, 3, [0, 0.5, 1]),
        (0.131, 0.149, 3, [0.14]),
    ],
)
def test_ticks_are_round_numbers(
    js: Page, low: float, high: float, count: int, right: list[float]
) -> None:
    found = js.evaluate("(a) => view.ticks(...a)", [low, high, count])
    assert found == pytest.approx(right)


def test_ticks_of_any_range_are_few_and_inside(js: Page) -> None:
    for low, high in [(-3.7, 91.2), (1e-9, 2e-9), (-1e6, 1e6), (5, 5.001)]:
        found = js.evaluate("(a) => view.ticks(...a)", [low, high, 5])
        assert 2 <= len(found) <= 6
        assert low - 1e-9 * abs(low) <= found[0] <= found[-1] <= high + 1e-9 * abs(high)


def test_a_logarithmic_axis_has_powers_of_ten_or_round_numbers(js: Page) -> None:
    assert js.evaluate("() => view.logTicks(-2.3, 0.7)") == [-2, -1, 0]
    near = js.evaluate("() => view.logTicks(Math.log10(0.2), Math.log10(0.7))")
    assert [10**value for value in near] == pytest.approx([0.2, 0.4, 0.6])


def test_labels_have_no_more_digits_than_they_need(js: Page) -> None:
    numbers = [0, 0.1 + 0.2, -2, 0.0001, 123456]
    found = js.evaluate("(a) => a.map(view.label)", numbers)
    assert found == ["0", "0.3", "-2", "1e-4", "1e5"]


def test_the_extent_leaves_out_what_is_not_finite(js: Page) -> None:
    assert js.evaluate("() => view.extent([[1, NaN], [-2, Infinity]])") == [-2, 1]
    assert js.evaluate("() => view.extent([[], [NaN]])") is None


def test_a_contour_lies_on_the_curve(js: Page) -> None:
    """x² + y² = 100 about the middle of a grid: a closed circle of the right length."""
    n = 41
    y, x = np.mgrid[:n, :n] - 20.0
    pieces = np.array(
        js.evaluate("(a) => view.contour(...a)", [np.hypot(x, y).ravel().tolist(), n, 10.0])
    )
    ends = pieces.reshape(-1, 2) - 20
    assert np.hypot(*ends.T) == pytest.approx(10, abs=0.02)
    length = np.hypot(*(pieces[:, :2] - pieces[:, 2:]).T).sum()
    assert length == pytest.approx(2 * math.pi * 10, rel=0.01)


def test_a_saddle_gives_two_pieces_and_a_plateau_none(js: Page) -> None:
    assert len(js.evaluate("() => view.contour([1, 0, 0, 1], 2, 0.5)")) == 2
    assert js.evaluate("() => view.contour([1, 1, 1, 1], 2, 0.5)") == []
    assert js.evaluate("() => view.contour([NaN, NaN, NaN, NaN], 2, 0.5)") == []


def test_colours_are_read_in_both_notations(js: Page) -> None:
    words = ["#0072B2", "#fff", "rgb(0, 114, 178)", "rgba(1, 2, 3, 0.5)"]
    found = js.evaluate("(a) => a.map(view.rgb)", words)
    assert found == [[0, 114, 178], [255, 255, 255], [0, 114, 178], [1, 2, 3]]


def test_d_is_the_datas_colour_where_it_says_data_and_paper_where_it_cannot_tell(js: Page) -> None:
    fake, undecided, real = (js.evaluate("(a) => view.tint(...a)", [d, INK]) for d in (0, 0.5, 1))
    assert undecided == [255, 255, 255]
    assert fake[0] > fake[2]  # vermilion
    assert real[0] < real[2]  # blue


def test_the_first_row_of_a_surface_is_at_the_bottom(js: Page) -> None:
    pixels = js.evaluate("(a) => Array.from(view.heat(...a))", [[0, 0, 1, 1], 2, [0, 1], INK])
    rows = np.array(pixels).reshape(2, 2, 4)
    assert (rows[0, :, 2] > rows[0, :, 0]).all()  # D = 1, blue, above
    assert (rows[1, :, 2] < rows[1, :, 0]).all()
    assert (rows[..., 3] == 255).all()


def test_the_area_of_a_quadrilateral(js: Page) -> None:
    assert js.evaluate("() => view.quadArea([[0, 0], [2, 0], [2, 3], [0, 3]])") == 6
    assert js.evaluate("() => view.quadArea([[0, 0], [0, 3], [2, 3], [2, 0]])") == 6


@pytest.mark.parametrize("width", [240, 420, 640, 1200])
@pytest.mark.parametrize("kind", ["line", "plane", "images"])
@pytest.mark.parametrize("runs", [1, 2])
def test_nothing_overlaps_and_nothing_sticks_out(
    js: Page, width: int, kind: str, runs: int
) -> None:
    places = js.evaluate("(a) => view.layout(...a)", [width, kind, runs, 3])
    boxes = [*places["stages"], *places["charts"]]
    assert (len(places["stages"]), len(places["charts"])) == (runs, 3)
    for i, a in enumerate(boxes):
        assert a["x"] >= 0
        assert a["x"] + a["w"] <= width + 1
        assert a["y"] + a["h"] <= places["height"] + 1
        for b in boxes[:i]:
            beside = a["x"] + a["w"] <= b["x"] + 1 or b["x"] + b["w"] <= a["x"] + 1
            below = a["y"] + a["h"] <= b["y"] + 1 or b["y"] + b["h"] <= a["y"] + 1
            assert beside or below


def test_a_point_of_the_picture_is_a_point_of_the_plane(js: Page) -> None:
    box, axes = {"x": 10, "y": 0, "w": 400, "h": 340}, [-2, 2, -2, 2]
    inner = js.evaluate("(a) => view.squareIn(a)", box)
    corner = [inner["x"], inner["y"]]
    middle = [inner["x"] + inner["w"] / 2, inner["y"] + inner["h"] / 2]
    assert js.evaluate("(a) => view.toData(...a)", [*corner, box, axes]) == [-2, 2]
    assert js.evaluate("(a) => view.toData(...a)", [*middle, box, axes]) == pytest.approx([0, 0])
    assert js.evaluate("(a) => view.toData(...a)", [corner[0] - 1, corner[1], box, axes]) is None


def test_the_courier_waits_for_an_answer_and_merges_what_comes_meanwhile(js: Page) -> None:
    sent = js.evaluate(
        """() => {
            const sent = [];
            const mail = view.courier((m) => sent.push(m));
            const both = (a, b) => [...a, ...b];
            mail.post([1], both); mail.post([2], both); mail.post([3], both);
            mail.answered(); mail.answered(); mail.post([4], both);
            return sent;
        }"""
    )
    assert sent == [[1], [2, 3], [4]]


# Pixels


def colours(page: Page) -> set[tuple[int, ...]]:
    """Every colour on the canvas, to the nearest 8."""
    pixels = page.evaluate(
        """() => {
            const { width, height } = document.querySelector("canvas");
            const context = document.querySelector("canvas").getContext("2d");
            const { data } = context.getImageData(0, 0, width, height);
            const seen = new Set();
            for (let i = 0; i < data.length; i += 4)
                seen.add([data[i] >> 3, data[i + 1] >> 3, data[i + 2] >> 3].join());
            return [...seen];
        }"""
    )
    return {tuple(map(int, p.split(","))) for p in pixels}


def has(page: Page, name: str) -> bool:
    color = COLORS[name].lstrip("#")
    return tuple(int(color[i : i + 2], 16) >> 3 for i in (0, 2, 4)) in colours(page)


@pytest.mark.parametrize("problem", ["two gaussians", "ring", "faces"])
def test_both_players_are_painted(show: Callable, problem: str) -> None:
    page = show(GANLab(problem))
    assert has(page, "data")
    assert has(page, "generator")
    assert int(page.locator(".ganlab").get_attribute("data-painted")) >= 1


def test_a_layer_that_is_not_there_is_not_painted(show: Callable) -> None:
    lab = GANLab("two gaussians")
    lab.canvas.hidden = ["d_star", "map", "p_g"]
    page = show(lab)
    box = page.locator("canvas").bounding_box()
    lab.canvas.hidden = []
    before = page.screenshot(clip=box)
    update(page, lab)
    assert page.screenshot(clip=box) != before


def test_an_infinite_value_is_marked_at_the_upper_edge_of_its_chart(js: Page) -> None:
    """Blue ink in the uppermost pixels of the box, above the one point that is infinite."""
    js.evaluate(
        """(ink) => {
            const series = (y) => ({
                title: "", log: true, levels: [[100, ""]],
                series: [{ name: "", color: "data", x: [0, 10, 20], y }],
            });
            const ctx = new OffscreenCanvas(300, 100).getContext("2d");
            window.columns = (y) => {
                ctx.fillStyle = "#fff";
                ctx.fillRect(0, 0, 300, 100);
                view.drawChart(ctx, series(y), 20, { x: 0, y: 0, w: 300, h: 100 }, ink);
                const { data } = ctx.getImageData(0, 17, 300, 4);
                const blue = (i) => data[i] === 0 && data[i + 1] === 114 && data[i + 2] === 178;
                const found = [];
                for (let i = 0; i < data.length; i += 4) if (blue(i)) found.push((i / 4) % 300);
                return found;
            };
        }""",
        INK,
    )
    assert js.evaluate("() => columns([1, 2, 1])") == []
    found = js.evaluate("() => columns([1, Infinity, 1])")
    assert np.mean(found) == pytest.approx(40 + 246 / 2, abs=1)  # the middle of the chart


def test_the_dark_theme_is_followed_as_it_changes(show: Callable) -> None:
    page = show(GANLab("ring"))
    corner = (
        "() => [...document.querySelector('canvas').getContext('2d').getImageData(1, 1, 1, 1).data]"
    )
    assert page.evaluate(corner)[:3] == [255, 255, 255]
    page.evaluate(
        "() => document.body.setAttribute('style', '--jp-layout-color0: #111; "
        "--jp-ui-font-color1: #eee')"
    )
    let_it_paint(page)
    assert page.evaluate(corner)[:3] == [17, 17, 17]


def test_the_picture_fits_a_narrow_page(show: Callable) -> None:
    page = show(GANLab("ring"))
    page.set_viewport_size({"width": 360, "height": 800})
    page.wait_for_function("() => document.documentElement.scrollWidth <= 360")


# What is said


def test_the_picture_is_said_in_words(show: Callable) -> None:
    page = show(GANLab("ring"))
    canvas = page.get_by_role("img")
    assert canvas.get_attribute("aria-label").startswith("Live GAN, problem ring: real and fake")
    expect(page.get_by_role("status")).to_contain_text("modes")
    assert page.get_by_role("slider").get_attribute("aria-valuetext") == "0 of 0"


def test_words_are_spoken_only_while_it_is_paused(show: Callable) -> None:
    lab = GANLab()
    page = show(lab)
    status = page.locator(".status")
    assert status.get_attribute("aria-live") == "polite"
    update(page, lab, playing=True)
    assert status.get_attribute("aria-live") == "off"


def test_an_error_is_an_alert_and_goes_away(show: Callable) -> None:
    lab = GANLab()
    page = show(lab)
    assert page.get_by_role("alert").count() == 0
    update(page, lab, error="G raised <b>ValueError</b>")
    expect(page.get_by_role("alert")).to_have_text("G raised <b>ValueError</b>")
    update(page, lab)
    assert page.get_by_role("alert").count() == 0


def test_slow_motion_marks_the_line_that_was_done(show: Callable) -> None:
    lab = GANLab()
    page = show(lab)
    assert page.locator(".algorithm").is_hidden()
    lab.controls.slow.value = True
    lab.controls.step.click()
    page.evaluate(UPDATE, encoded(lab.canvas.frame))
    current = page.locator(".algorithm [aria-current=step]")
    expect(current).to_have_text("        sample minibatch of m noise samples z from p_z")
    assert current.count() == 1
    expect(page.locator(".algorithm p").first).to_contain_text("fresh noise samples")


@pytest.mark.parametrize("problem", ["two gaussians", "ring", "faces"])
def test_slow_motion_paints_another_picture_at_each_line(show: Callable, problem: str) -> None:
    lab = GANLab(problem)
    page = show(lab)
    canvas = page.get_by_role("img")
    seen = [canvas.screenshot()]
    lab.controls.slow.value = True
    for _ in range(2):  # noise, then data
        lab.controls.step.click()
        page.evaluate(UPDATE, encoded(lab.canvas.frame))
        let_it_paint(page)
        seen.append(canvas.screenshot())
    assert len(set(seen)) == 3


# What it says to the kernel


def sent(page: Page) -> list[dict]:
    """What the view has said since the last time, painted frames apart."""
    return [m for m in page.evaluate("() => sent.splice(0)") if "seen" not in m]


@pytest.mark.parametrize(
    ("key", "press"),
    [("Space", "play"), (".", "step"), ("d", "step D"), ("g", "step G"), ("Home", "reset")],
)
def test_keys(show: Callable, key: str, press: str) -> None:
    page = show(GANLab())
    page.get_by_role("img").focus()
    page.keyboard.press(key)
    assert sent(page) == [{"press": press}]


def test_keys_with_control_belong_to_the_browser(show: Callable) -> None:
    page = show(GANLab())
    page.get_by_role("img").focus()
    page.keyboard.press("Control+g")
    assert sent(page) == []


def test_everything_takes_the_focus_visibly_and_keeps_jupyterlabs_keys_away(show: Callable) -> None:
    page = show(GANLab("ring"))
    stops = []
    page.keyboard.press("Tab")
    while (tag := page.evaluate("() => document.activeElement.tagName")) != "BODY":
        stops.append(tag)
        assert page.evaluate("() => document.activeElement.dataset.lmSuppressShortcuts") == "true"
        assert page.evaluate("() => getComputedStyle(document.activeElement).outlineWidth") == "2px"
        page.keyboard.press("Tab")
    assert stops == ["CANVAS", *["BUTTON"] * 7, "INPUT"]


def test_the_timeline_goes_from_kept_state_to_kept_state(show: Callable) -> None:
    lab = GANLab()
    for _ in range(130):  # more than are kept
        lab.engine.step()
    lab.controls.step_d.click()
    page = show(lab)
    kept = lab.engine.timeline.iterations
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowLeft")
    assert sent(page) == [{"scrub": kept[-2]}]
    page.keyboard.press("Home")
    assert sent(page) == []  # one at a time
    update(page, lab)
    assert sent(page) == [{"scrub": 0}]


def test_a_layers_button_switches_it_off_and_on(show: Callable) -> None:
    page = show(GANLab("ring"))
    button = page.get_by_role("button", name="D* = 1/2")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    assert "d_star" in page.evaluate("() => model.get('hidden')")
    assert button.get_attribute("aria-pressed") == "false"
    button.click()
    assert "d_star" not in page.evaluate("() => model.get('hidden')")


def test_drawing_with_the_mouse(show: Callable) -> None:
    page = show(GANLab(DRAWN))
    box = page.get_by_role("img").bounding_box()
    page.mouse.move(box["x"] + 150, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 170, box["y"] + 100, steps=4)
    page.mouse.up()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    (first,) = sent(page)
    assert len(first["draw"]) == 1
    page.evaluate("() => model.heard['change:frame']()")  # the answer
    (rest,) = sent(page)
    assert len(rest["draw"]) == 4
    assert rest["draw"][-1][0] > first["draw"][0][0]
    assert rest["draw"][-1][1] == pytest.approx(first["draw"][0][1])


def test_drawing_with_the_keyboard(show: Callable) -> None:
    page = show(GANLab(DRAWN))
    page.get_by_role("img").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Enter"):
        page.keyboard.press(key)
    (message,) = sent(page)
    assert message["draw"][0] == pytest.approx([0.2, 0.1])


def test_where_nothing_is_to_be_drawn_the_mouse_draws_nothing(show: Callable) -> None:
    page = show(GANLab("ring"))
    page.get_by_role("img").click()
    page.get_by_role("img").press("Enter")
    assert sent(page) == []


# Frames


def test_only_the_latest_of_many_frames_is_painted(show: Callable) -> None:
    lab = GANLab()
    page = show(lab)
    root = page.locator(".ganlab")
    before = int(root.get_attribute("data-painted"))
    lab.engine.step(3)
    lab.controls.step.click()
    page.evaluate(
        f"(f) => {{ const update = {UPDATE}; for (let i = 0; i < 50; i++) update(f); }}",
        encoded(lab.canvas.frame),
    )
    let_it_paint(page)
    assert int(root.get_attribute("data-painted")) == before + 1
    assert root.get_attribute("data-iteration") == "4"


def test_each_frame_is_reported_once_and_while_playing_every_fifth(show: Callable) -> None:
    lab = GANLab()
    page = show(lab)
    seen = "() => sent.splice(0).filter((m) => 'seen' in m).map((m) => m.seen)"
    first = page.evaluate(seen)
    assert first == [lab._player.sent]
    page.evaluate("() => document.body.classList.add('painted-again')")
    let_it_paint(page)
    assert page.evaluate(seen) == []
    for _ in range(11):
        update(page, lab, playing=True)
    assert page.evaluate(seen) == [first[0] + 5, first[0] + 10]


def test_who_asks_for_less_motion_gets_two_pictures_a_second(show: Callable, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    lab = GANLab()
    show(lab)
    painted = "() => Number(document.querySelector('.ganlab').dataset.painted)"
    before, began = page.evaluate(painted), time.monotonic()
    for _ in range(20):
        update(page, lab, playing=True)
    assert page.evaluate(painted) - before <= 2 * (time.monotonic() - began) + 2


def test_a_kernel_that_is_gone_is_told(show: Callable) -> None:
    page = show(GANLab())
    page.evaluate("() => { model.send = () => { throw new Error('Cannot send'); }; }")
    page.get_by_role("img").press("Space")
    expect(page.get_by_role("alert")).to_contain_text("Run the cell again")


def test_a_view_out_of_the_page_waits_until_it_is_back(show: Callable) -> None:
    """A notebook takes cells out of the page that scroll away, and those that run again."""
    lab = GANLab()
    page = show(lab)
    root = page.locator(".ganlab")
    before = int(root.get_attribute("data-painted"))
    page.evaluate("() => { window.away = document.querySelector('.ganlab'); away.remove(); }")
    update(page, lab, playing=False)
    assert page.evaluate("() => Number(away.dataset.painted)") == before
    page.evaluate("() => document.body.append(away)")
    expect(root).to_have_attribute("data-painted", str(before + 1))


def test_a_view_that_is_closed_listens_no_more(show: Callable) -> None:
    page = show(GANLab())
    assert page.evaluate("() => Object.keys(model.heard).length") == 3
    page.evaluate("() => close_view()")
    assert page.evaluate("() => Object.keys(model.heard).length") == 0
