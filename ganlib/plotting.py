"""Pictures of the game: numbers in, a matplotlib figure out.

No function here trains, samples or displays. Colours are Okabe and Ito's, which readers
with any kind of colour vision can tell apart; each curve also has its own line style.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ganlib.training import History

__all__ = [
    "COLORS",
    "plot_game",
    "plot_images",
    "plot_losses",
    "plot_nearest",
    "plot_value",
    "show",
]

COLORS = {
    "data": "#0072B2",  # blue
    "generator": "#D55E00",  # vermilion
    "discriminator": "#000000",
    "optimum": "#009E73",  # bluish green
    "value": "#CC79A7",  # reddish purple
    "grey": "#7F7F7F",
}


def plot_game(
    x: ArrayLike,
    p_data: ArrayLike,
    p_g: ArrayLike,
    d: ArrayLike | None = None,
    d_star: ArrayLike | None = None,
    title: str = "",
) -> Figure:
    """p_data, p_g, D and D* over one axis, in the manner of the paper's Figure 1.

    Densities are read on the left axis, probabilities on the right one.

    Args:
        x: the grid, shape ``(n,)``.
        p_data: density of the data on it, shape ``(n,)``.
        p_g: density of the generator, or an estimate of it, shape ``(n,)``.
        d: D(x), a probability, shape ``(n,)``; left out if None.
        d_star: the optimal D*(x), shape ``(n,)``; left out if None.
        title: of the figure.

    Raises:
        ValueError: shapes that differ.
    """
    figure, axes = _figure(6.4, 3.6)
    _draw_game(figure, axes, x, p_data, p_g, d, d_star)
    axes.set_title(title)
    return figure


def plot_value(
    x: ArrayLike,
    p_data: ArrayLike,
    p_g: ArrayLike,
    d: ArrayLike,
    d_star: ArrayLike,
    terms: Sequence[tuple[str, float, float]],
) -> Figure:
    """The game beside the two terms of V, as stacked bars that grow leftwards from 0.

    Args:
        x, p_data, p_g, d, d_star: as for :func:`plot_game`, each of shape ``(n,)``.
        terms: (name, E log D, E log(1 - D)) in nats, one bar each, from top to bottom.

    Raises:
        ValueError: shapes that differ.
    """
    figure = Figure(figsize=(9.6, 3.6), layout="constrained")
    game, bars = figure.subplots(1, 2, width_ratios=[3, 2])
    _draw_game(figure, game, x, p_data, p_g, d, d_star)
    for row, (_, data_term, fake_term) in enumerate(terms):
        bars.barh(row, data_term, color=COLORS["data"], height=0.5)
        bars.barh(
            row, fake_term, left=data_term, color=COLORS["generator"], height=0.5, hatch="//",
            edgecolor="white",
        )  # fmt: skip
        bars.annotate(
            f"V = {data_term + fake_term:.3f}", (0, row), xytext=(5, 0),
            textcoords="offset points", va="center",
        )  # fmt: skip
    bars.axvline(-math.log(4), color=COLORS["grey"], ls=":", lw=1)
    bars.annotate("$-$log 4", (-math.log(4), len(terms) - 0.45), ha="center", color=COLORS["grey"])
    bars.set_yticks(range(len(terms)), [name for name, *_ in terms])
    bars.set(xlim=(-4, 0), ylim=(len(terms) - 0.4, -0.6), xlabel="nats")
    bars.spines[["top", "left", "right"]].set_visible(False)
    bars.set_title("E log D (plain) and E log(1 $-$ D) (hatched)", fontsize=10)
    return figure


def plot_losses(history: History, window: int = 1, title: str = "") -> Figure:
    """Both losses over the iterations, with the values they have at the equilibrium.

    At p_g = p_data and D = 1/2, D's loss is log 4 and G's (non-saturating) is log 2. The
    axis leaves out the most extreme hundredth of the losses at either end.

    Args:
        history: d_loss and g_loss, lists of equal length, in nats.
        window: iterations in the running mean drawn over the raw curves; 1 draws none.
        title: of the figure.

    Raises:
        ValueError: an empty history, or a window below 1.
    """
    d_loss, g_loss = _vector("d_loss", history.d_loss), _vector("g_loss", history.g_loss)
    if len(d_loss) == 0 or window < 1:
        raise ValueError(
            f"expected at least one loss and window >= 1, got {len(d_loss)} and {window}"
        )
    figure, axes = _figure(6.4, 3.2)
    pairs = (("D", d_loss, "discriminator", "--"), ("G", g_loss, "generator", "-"))
    for name, loss, color, style in pairs:
        steps = np.arange(1, len(loss) + 1)
        smooth = window > 1 and len(loss) >= window
        axes.plot(
            steps, loss, style, color=COLORS[color], lw=1, alpha=0.3 if smooth else 1,
            label=None if smooth else f"loss of {name}",
        )  # fmt: skip
        if smooth:
            mean = np.convolve(loss, np.ones(window) / window, mode="valid")
            label = f"loss of {name}, mean of {window}"
            axes.plot(steps[window - 1 :], mean, style, color=COLORS[color], lw=2, label=label)
    levels = [math.log(4), math.log(2)]
    for level, text in zip(levels, ("log 4", "log 2"), strict=True):
        axes.axhline(level, color=COLORS["grey"], lw=0.8, ls=":")
        axes.annotate(
            text, (1, level), xycoords=("axes fraction", "data"), xytext=(4, 0),
            textcoords="offset points", va="center", color=COLORS["grey"],
        )  # fmt: skip
    # A few spikes, usually at the start, would squeeze all the rest into a line.
    shown = np.append(np.quantile(np.concatenate([d_loss, g_loss]), [0.01, 0.99]), levels)
    margin = 0.1 * np.ptp(shown)
    axes.set(xlabel="iteration", ylabel="loss (nats)", title=title)
    axes.set_ylim(shown.min() - margin, shown.max() + margin)
    figure.legend(loc="outside upper center", ncols=2, frameon=False)
    return figure


def plot_images(images: ArrayLike, columns: int = 10, title: str = "", size: float = 0.6) -> Figure:
    """A sheet of grey images, row by row: 0 is black and 1 is white.

    Args:
        images: shape ``(n, side * side)`` or ``(n, height, width)``, values in [0, 1].
        columns: images in a row.
        title: of the figure.
        size: width of one image in inches.

    Raises:
        ValueError: an empty sheet or another shape.
    """
    sheet = _tile(_images("images", images), columns)
    height = columns * size * sheet.shape[0] / sheet.shape[1]
    figure, axes = _figure(columns * size, height + (0.3 if title else 0))
    axes.imshow(sheet, cmap="gray", vmin=0, vmax=1, interpolation="nearest")
    axes.set_axis_off()
    if title:
        axes.set_title(title)
    return figure


def plot_nearest(samples: ArrayLike, neighbours: ArrayLike, title: str = "") -> Figure:
    """Generated samples (upper row) above their nearest training images (lower row).

    Args:
        samples: shape ``(n, side * side)`` or ``(n, height, width)``, values in [0, 1].
        neighbours: the nearest training image of each sample, same shape.
        title: of the figure.

    Raises:
        ValueError: shapes that differ or are no images.
    """
    upper, lower = _images("samples", samples), _images("neighbours", neighbours)
    if upper.shape != lower.shape:
        raise ValueError(
            f"expected as many neighbours as samples, of one size, got {lower.shape} "
            f"and {upper.shape}"
        )
    n, height, _ = upper.shape
    figure, axes = _figure(n * 0.6 + 1, 1.6 + (0.3 if title else 0))
    axes.imshow(_tile(np.concatenate([upper, lower]), n), cmap="gray", vmin=0, vmax=1)
    middles = [1 + height / 2, 2 + 1.5 * height]
    axes.set_yticks(middles, ["generated", "nearest in\nthe training set"])
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if title:
        axes.set_title(title)
    return figure


def show(figure: Figure, alt: str) -> None:
    """Display a figure in a notebook with a text alternative.

    The text is in the output twice: as the picture's ``alt``, which exporters and screen
    readers use, and as its plain form, which stands where pictures are not shown.
    """
    # IPython is at hand wherever a figure can be displayed, and not needed elsewhere.
    from IPython.display import display

    display(_Picture(figure, alt))


class _Picture:
    """What a notebook keeps of a figure: the image and its words."""

    def __init__(self, figure: Figure, alt: str) -> None:
        png = BytesIO()
        figure.savefig(png, format="png", dpi=100)
        self.png, self.alt = png.getvalue(), alt

    def __repr__(self) -> str:
        return self.alt

    def _repr_png_(self) -> tuple[bytes, dict[str, str]]:
        return self.png, {"alt": self.alt}


def _draw_game(
    figure: Figure,
    axes: Axes,
    x: ArrayLike,
    p_data: ArrayLike,
    p_g: ArrayLike,
    d: ArrayLike | None,
    d_star: ArrayLike | None,
) -> None:
    grid = _vector("x", x)
    curves = {"p_data": p_data, "p_g": p_g, "d": d, "d_star": d_star}
    y = {name: _vector(name, c, len(grid)) for name, c in curves.items() if c is not None}
    axes.plot(grid, y["p_data"], ":", color=COLORS["data"], lw=2.5, label="$p_{data}$")
    axes.plot(grid, y["p_g"], "-", color=COLORS["generator"], lw=2, label="$p_g$")
    axes.set(xlabel="x", ylabel="density", ylim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)
    lines = list(axes.get_lines())
    if len(y) > 2:
        right = axes.twinx()
        if "d_star" in y:
            right.plot(grid, y["d_star"], "-.", color=COLORS["optimum"], lw=1.5, label="$D^*$")
        if "d" in y:
            right.plot(grid, y["d"], "--", color=COLORS["discriminator"], lw=1.5, label="$D$")
        right.set(ylabel="probability that x is data", ylim=(0, 1.02))
        right.spines["top"].set_visible(False)
        lines += right.get_lines()
    labels = [str(line.get_label()) for line in lines]
    figure.legend(lines, labels, loc="outside upper center", ncols=len(lines), frameon=False)


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    # Made without pyplot: nothing global, nothing to close, no second display.
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _vector(name: str, values: ArrayLike, length: int | None = None) -> NDArray[np.float64]:
    y = np.asarray(values, dtype=float)
    if y.ndim != 1 or (length is not None and len(y) != length):
        raise ValueError(f"{name}: expected shape ({length or 'n'},), got {y.shape}")
    return y


def _images(name: str, images: ArrayLike) -> NDArray[np.float64]:
    """Any accepted form of images as (n, height, width)."""
    x = np.asarray(images, dtype=float)
    if x.ndim == 2 and math.isqrt(x.shape[1]) ** 2 == x.shape[1]:
        side = math.isqrt(x.shape[1])
        x = x.reshape(-1, side, side)  # (n, side * side) -> (n, side, side)
    if x.ndim != 3 or x.size == 0:
        raise ValueError(
            f"{name}: expected shape (n, side * side) or (n, height, width) with n >= 1, "
            f"got {np.shape(images)}"
        )
    return x


def _tile(images: NDArray[np.float64], columns: int) -> NDArray[np.float64]:
    """(n, height, width) -> one picture, with a grey line of one pixel between images."""
    if columns < 1:
        raise ValueError(f"columns: expected 1 or more, got {columns}")
    rows = math.ceil(len(images) / columns)
    _, height, width = images.shape
    sheet = np.full((rows * (height + 1) + 1, columns * (width + 1) + 1), 0.5)
    for i, image in enumerate(images):
        row, column = divmod(i, columns)
        top, left = row * (height + 1) + 1, column * (width + 1) + 1
        sheet[top : top + height, left : left + width] = image
    return sheet
