"""The live GAN's controls: what is on the panel and where. What they do is in widget.py."""

import html
from collections.abc import Iterable
from typing import Any

from ipywidgets import (
    HTML,
    BoundedIntText,
    Button,
    Dropdown,
    FloatLogSlider,
    FloatSlider,
    HBox,
    IntSlider,
    Layout,
    SelectionSlider,
    ToggleButton,
    VBox,
    Widget,
)  # fmt: skip

from ganlib.live.losses import LOSSES, Loss

__all__ = ["FAST", "OWN", "Controls", "formula"]

FAST = 10**9
SPEEDS = {str(n): n for n in (1, 3, 10, 30, 100, 300)} | {"max": FAST}
OWN = "its own"
UNITS = {OWN: OWN} | {str(n): n for n in (2, 4, 8, 16, 32, 64, 128)}
BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]


class Controls:
    """Every control by name.

    Args:
        problems: (label, value) of each problem.
        problem: the value to begin with.
    """

    def __init__(self, problems: Iterable[tuple[str, Any]], problem: Any) -> None:
        self.play = Button(description="Play", button_style="primary", tooltip="Space bar")
        self.step = Button(description="Step", tooltip="One iteration (full stop)")
        self.step_d = Button(description="Step D", tooltip="One update of D (key d)")
        self.step_g = Button(description="Step G", tooltip="One update of G (key g)")
        self.reset = Button(description="Reset", tooltip="Back to the start (Home)")
        self.slow = ToggleButton(description="Slow motion", tooltip="Algorithm 1, line by line")
        self.compare = ToggleButton(description="Compare", tooltip="Keep run A, tune a run B")
        self.quiz = ToggleButton(description="You are D", tooltip="Tell real from fake yourself")
        self.problem = _named(Dropdown, "problem", options=list(problems), value=problem)
        self.loss = _named(Dropdown, "loss", options=list(LOSSES))
        self.formula = HTML(layout=Layout(width="284px"))
        self.sliders = {
            "k": _named(IntSlider, "k", value=1, min=1, max=20),
            "m": _named(SelectionSlider, "m", options=BATCHES, value=128),
            "lr_d": _rate("learning rate, D"),
            "lr_g": _rate("learning rate, G"),
            "momentum_d": _momentum("momentum, D"),
            "momentum_g": _momentum("momentum, G"),
        }
        self.units = _named(SelectionSlider, "hidden units", options=UNITS, value=OWN)
        self.speed = _named(SelectionSlider, "iterations / s", options=SPEEDS, value=FAST)
        self.seed = _named(BoundedIntText, "seed", value=0, min=0, max=10**6)
        self.new_drawing = Button(
            description="New drawing", tooltip="What you draw next takes the old one's place"
        )

    def arrange(self, canvas: Widget, gallery: Widget, aside: Widget) -> list[Widget]:
        """Buttons in a row, settings in a column, and the picture beside them."""
        row = [self.play, self.step, self.step_d, self.step_g, self.reset]
        row += [self.slow, self.compare, self.quiz]
        for button in row:
            button.layout.width = "auto"
        settings = [self.problem, self.loss, self.formula, *self.sliders.values()]
        settings += [self.units, self.speed, self.seed, self.new_drawing]
        wrap = Layout(flex_flow="row wrap")
        return [
            HBox(row, layout=wrap),
            HBox(
                [
                    VBox(
                        settings,
                        layout=Layout(flex="0 0 296px", overflow="hidden"),
                    ),
                    VBox([canvas], layout=Layout(flex="1 1 400px", min_width="0")),
                ],
                layout=wrap,
            ),
            gallery,
            aside,
        ]


def formula(loss: Loss) -> str:
    """What each player descends, in symbols, and where that comes from."""
    d, g, source = map(html.escape, (loss.d_formula, loss.g_formula, loss.source))
    return (
        '<p style="line-height: 1.5; margin: 0 0 4px">'
        f"D: {d}<br>G: {g}<br><small>{source}</small></p>"
    )


def _named(make: type[Widget], name: str, **more: Any) -> Any:
    style = {"description_width": "8.5em"}
    return make(description=name, style=style, layout=Layout(width="284px"), **more)


def _rate(name: str) -> FloatLogSlider:
    return _named(
        FloatLogSlider, name, value=1e-3, min=-5, max=0, step=0.1, readout_format=".1e"
    )  # fmt: skip


def _momentum(name: str) -> FloatSlider:
    return _named(FloatSlider, name, value=0.5, min=0, max=0.99, step=0.01)
