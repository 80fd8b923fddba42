"""You are the discriminator: one sample, two buttons, and the score beside D's own."""

import base64
import html
import math
from io import BytesIO

import numpy as np
from ipywidgets import HTML, Button, HBox, VBox
from matplotlib.figure import Figure
from matplotlib.image import imsave
from numpy.typing import NDArray
from torch import Tensor

from ganlib.live import still
from ganlib.live.quiz import Quiz, Rates, Verdict

__all__ = [
    "QuizPanel",
    "sample_figure",
    "sample_html",
    "sample_words",
    "score_html",
    "verdict_words",
]


STYLE = """<style>
.ganlib-score { line-height: 1.6; }
.ganlib-score caption, .ganlib-score th[scope=row] { font-weight: normal; text-align: left; }
.ganlib-score th[scope=col], .ganlib-score td { padding-left: 1.5em; text-align: right; }
</style>"""


class QuizPanel(VBox):
    """Shows the samples of a :class:`ganlib.live.quiz.Quiz` and asks of each: real or fake?

    Args:
        quiz: which asks and counts.
        low, high: ends of the axis for samples of one or two numbers.
    """

    def __init__(self, quiz: Quiz, low: float = 0.0, high: float = 1.0) -> None:
        self.quiz, self._axis = quiz, (low, high)
        self.sample, self.verdict, self.score = HTML(), HTML(), HTML()
        self.real = Button(description="Real", tooltip="It is data")
        self.fake = Button(description="Fake", tooltip="G made it")
        self.real.on_click(lambda _: self._answer(True))
        self.fake.on_click(lambda _: self._answer(False))
        self._show()
        super().__init__([self.sample, HBox([self.real, self.fake]), self.verdict, self.score])

    def _ipython_display_(self) -> None:
        sample = self.quiz.sample
        words = f"You are the discriminator. {sample_words(sample)}. Real or fake?"
        still.show(self, sample_figure(sample, *self._axis), words)

    def _answer(self, real: bool) -> None:
        try:
            role, words = "status", verdict_words(self.quiz.answer(real))
        except Exception as error:  # a student's G or D; a callback's error is shown nowhere
            role, words = "alert", f"{type(error).__name__}: {error}"
        self.verdict.value = f'<p role="{role}" style="margin: 0">{html.escape(words)}</p>'
        self._show()

    def _show(self) -> None:
        self.sample.value = sample_html(self.quiz.sample, *self._axis)
        self.score.value = score_html(self.quiz.you(), self.quiz.d())


def verdict_words(verdict: Verdict) -> str:
    """What the last sample was, and who was right."""
    name = {True: "real", False: "fake"}
    right = verdict.was_real == verdict.you_said_real
    words = f"It was {name[verdict.was_real]}: you were {'right' if right else 'wrong'}."
    if verdict.d_said_real is not None:
        words += f" D(x) = {verdict.d:.3f}, so D said {name[verdict.d_said_real]}."
    return words


def score_html(you: Rates, d: Rates) -> str:
    """Both scores as a table."""
    rows = (("accuracy", "of all"), ("sensitivity", "of the real"), ("specificity", "of the fake"))
    judges = [("You", you), ("D", d)] if d.n else [("You", you)]
    head = "".join(f'<th scope="col">{who}</th>' for who, _ in judges)
    body = "".join(
        f'<tr><th scope="row">{name} (right {share})</th>'
        + "".join(f"<td>{_percent(getattr(rates, name))}</td>" for _, rates in judges)
        + "</tr>"
        for name, share in rows
    )
    return (
        f'{STYLE}<table class="ganlib-score"><caption>{you.n} judged</caption>'
        f"<tr><td></td>{head}</tr>{body}</table>"
    )


def sample_html(sample: Tensor, low: float, high: float) -> str:
    """A number on its axis, a point in the plane, or a grey image, each with words."""
    x, words = _numbers(sample), sample_words(sample)
    if x.ndim == 1:
        across, *up = (x - low) / (high - low)
        return _dot(words, across, up[0] if up else None, low, high)
    png = BytesIO()
    imsave(png, x, cmap="gray", vmin=0, vmax=1, format="png")
    data = base64.b64encode(png.getvalue()).decode()
    return (
        f'<img src="data:image/png;base64,{data}" width="168" height="168" '
        f'style="image-rendering: pixelated" alt="{words}">'
    )


def sample_words(sample: Tensor) -> str:
    """What a sample is, for who does not see it."""
    x = _numbers(sample)
    if x.ndim == 2:
        return f"An image of {x.shape[0]} by {x.shape[1]} grey pixels"
    return f"x = {x[0]:.3f}" if len(x) == 1 else f"x = ({x[0]:.3f}, {x[1]:.3f})"


def sample_figure(sample: Tensor, low: float, high: float) -> Figure:
    """The sample as a still picture, with the question above it."""
    x = _numbers(sample)
    figure = Figure(figsize=(3, 1.3 if x.size == 1 else 3), layout="constrained")
    axes = figure.subplots()
    axes.set_title("Real or fake?")
    if x.ndim == 2:
        axes.imshow(x, cmap="gray", vmin=0, vmax=1)
        axes.set_axis_off()
    else:
        axes.plot(x[0], x[-1] if len(x) == 2 else 0, "o", color="black")
        axes.set(xlim=(low, high), xlabel="x" if len(x) == 1 else "$x_1$")
        if len(x) == 2:
            axes.set(ylim=(low, high), ylabel="$x_2$", aspect="equal")
        else:
            axes.set_yticks([])
    return figure


def _numbers(sample: Tensor) -> NDArray[np.float64]:
    """One or two numbers, shape ``(1,)`` or ``(2,)``, or a square image."""
    x = np.asarray(sample.detach().cpu(), dtype=float).ravel()
    side = math.isqrt(x.size)
    return x if x.size <= 2 else x.reshape(side, side)


def _dot(words: str, across: float, up: float | None, low: float, high: float) -> str:
    """A dot on a line, or in a square; currentColor follows the theme."""
    width, height = 320, 40 if up is None else 200
    reach = width if up is None else height
    x = 10 + min(1.0, max(0.0, across)) * (reach - 20)
    y = 14 if up is None else height - 10 - min(1.0, max(0.0, up)) * (height - 20)
    axis = (
        f'<path d="M10 14H{reach - 10}" stroke="currentColor"/>'
        f'<text x="10" y="36">{low:g}</text><text x="{reach - 10}" y="36" '
        f'text-anchor="end">{high:g}</text>'
        if up is None
        else f'<rect x="10" y="10" width="{reach - 20}" height="{height - 20}" fill="none" '
        'stroke="currentColor"/>'
    )
    return (
        f'<svg width="{reach}" height="{height}" role="img" aria-label="{words}" '
        f'fill="currentColor" font-size="12">{axis}<circle cx="{x:.1f}" cy="{y:.1f}" r="5"/></svg>'
        f'<p style="margin: 0">{words}</p>'
    )


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{share:.0%}"
