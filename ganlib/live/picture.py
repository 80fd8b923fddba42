"""The still picture of a run, for where no kernel is: numbers in, a matplotlib figure out."""

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from ganlib.live.engine import Engine
from ganlib.live.scene import kind_of, span
from ganlib.plotting import COLORS, plot_game, plot_images

__all__ = ["picture"]


def picture(engine: Engine) -> Figure:
    """p_data and G as they are now, with D where it can be drawn."""
    arrays = engine.view(["points", "densities", "d"])
    title = f"{engine.problem.name}, iteration {engine.iteration}"
    kind = kind_of(engine)
    if kind == "images":
        side = int(engine.problem.features**0.5)
        both = np.concatenate([arrays["real"][:10], arrays["fake"][:10]]).reshape(-1, side, side)
        return plot_images(both, columns=10, title=f"{title}: real above, fake below")
    if kind == "line" and "p_data" in arrays:
        x, p_data, p_g, d = (arrays[key] for key in ("x", "p_data", "p_g", "d"))
        return plot_game(x, p_data, p_g, d, arrays.get("d_star"), title)
    return _points(engine, arrays, title)


def _points(engine: Engine, arrays: dict[str, np.ndarray], title: str) -> Figure:
    figure = Figure(figsize=(5.2, 4), layout="constrained")
    axes = figure.subplots()
    low, high = engine.problem.low, engine.problem.high
    if "d" in arrays and arrays["d"].ndim == 2:
        tints = LinearSegmentedColormap.from_list(
            "D", [COLORS["generator"], "white", COLORS["data"]]
        )
        low_d, high_d = span(engine, arrays)
        shown = axes.imshow(
            arrays["d"], origin="lower", extent=(low, high, low, high), cmap=tints, alpha=0.6,
            vmin=low_d, vmax=high_d,
        )  # fmt: skip
        figure.colorbar(shown, label="D(x)")
    for key, mark, color in (("real", "o", "data"), ("fake", "x", "generator")):
        points = arrays[key][:256]
        # Points of a line lie on it: their height is 0.
        heights = points[:, 1] if points.shape[1] > 1 else np.zeros(len(points))
        axes.plot(points[:, 0], heights, mark, color=COLORS[color], ms=4, mfc="none", label=key)
    axes.set(xlim=(low, high), ylim=(low, high), xlabel="$x_1$", ylabel="$x_2$", title=title)
    figure.legend(loc="outside lower center", ncols=2, frameon=False)
    return figure
