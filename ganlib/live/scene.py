"""What the live view paints: runs of the engine in, a tree of words and arrays out.

No function here trains or changes an engine, and none knows of widgets.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ganlib.live.engine import Engine
from ganlib.live.walk import PAGE, Record
from ganlib.plotting import COLORS

__all__ = [
    "LAYERS",
    "Layer",
    "Run",
    "algorithm",
    "charts",
    "describe",
    "kind_of",
    "scene",
    "span",
    "stage",
    "status",
    "thin",
]

Curves = Mapping[str, Any]


@dataclass(frozen=True)
class Layer:
    """One layer of the picture, switched on and off by its button.

    Args:
        key: in the frame.
        name: on the button.
        color: of :data:`ganlib.plotting.COLORS`, or "text".
        mark: a dash or a shape, so that colour is never the only difference.
        needs: what the engine has to compute for it.
    """

    key: str
    name: str
    color: str
    mark: str
    needs: tuple[str, ...]

    def button(self) -> dict[str, str]:
        """What the view needs to draw its button."""
        color = COLORS.get(self.color, self.color)
        return {"key": self.key, "name": self.name, "color": color, "mark": self.mark}


LAYERS = {
    "line": (
        Layer("p_data", "p_data", "data", "dotted", ("densities",)),
        Layer("p_g", "p_g", "generator", "solid", ("densities",)),
        Layer("d", "D", "text", "dashed", ("d",)),
        Layer("d_star", "D*", "optimum", "dashdot", ("densities",)),
        Layer("map", "G as a map", "generator", "lines", ("map",)),
    ),
    "plane": (
        Layer("real", "real", "data", "disc", ("points",)),
        Layer("fake", "fake", "generator", "cross", ("points",)),
        Layer("d", "D, blue where it says real", "data", "fill", ("d",)),
        Layer("d_star", "D* = 1/2", "optimum", "dotted", ("densities",)),
        Layer("mesh", "G of a mesh of noise", "generator", "mesh", ("mesh",)),
        Layer("pull", "G's gradient", "value", "arrow", ("points", "arrows")),
        Layer("field", "D's gradient", "text", "arrow", ("field",)),
    ),
    "images": (
        Layer("real", "real", "data", "fill", ("points",)),
        Layer("fake", "fake", "generator", "fill", ("points",)),
    ),
}
"""By the kind of picture: "line", "plane" or "images"."""

HIDDEN_AT_FIRST = ("field", "mesh")
POINTS, ARROWS, IMAGES = 256, 48, 6


@dataclass
class Run:
    """An engine, and what is shown beside its present state.

    Args:
        engine: the run itself.
        ghost: the curves of the branch that it left behind when it was taken back.
        record: the line of Algorithm 1 that slow motion did last.
    """

    engine: Engine
    ghost: tuple[Curves, Curves] | None = None
    record: Record | None = None

    def remember_the_branch(self) -> None:
        """To be called before a step: the step cuts what came after this iteration."""
        history = self.engine.history
        if history.latest.get("iteration", 0) > self.engine.iteration:
            self.ghost = history.arrays(), self.engine.measures.arrays()


def kind_of(engine: Engine) -> str:
    """The kind of picture that suits a problem."""
    return {1: "line", 2: "plane"}.get(engine.problem.features, "images")


def scene(runs: Sequence[Run], hidden: Collection[str] = ()) -> dict[str, Any]:
    """A frame: everything that the view shows, apart from what the widget adds."""
    first, words = runs[0].engine, status(runs)
    return {
        "kind": kind_of(first),
        "iteration": first.iteration,
        "kept": first.timeline.iterations,
        "status": words,
        "description": f"{_subject(first)} {words}",
        "runs": [
            {"name": name, "stage": stage(run.engine, hidden, run.record)}
            for run, name in zip(runs, names(runs), strict=True)
        ],
        "charts": charts(runs),
    }


# The stage


def stage(
    engine: Engine, hidden: Collection[str] = (), record: Record | None = None
) -> dict[str, Any]:
    """The arrays of the layers that are shown, and the axes; of a record, the minibatch in hand."""
    kind = kind_of(engine)
    layers = [layer for layer in LAYERS[kind] if layer.key not in hidden]
    arrays = engine.view(sorted({need for layer in layers for need in layer.needs}))
    paint = {"line": _line, "plane": _plane, "images": _images}[kind]
    shown = paint(engine, arrays)
    if record is not None:
        shown |= _in_hand(engine, record, shown)
    unwanted = {layer.key for layer in LAYERS[kind] if layer.key in hidden}
    return {
        "span": span(engine, arrays),
        "d_name": "probability of data" if engine.loss.from_the_paper else "score of D",
        **{key: value for key, value in shown.items() if key not in unwanted},
    }


def span(engine: Engine, arrays: Mapping[str, Any]) -> list[float]:
    """The ends of D's scale: its loss's, or for a critic of no scale a round number it stays in."""
    found = [arrays[key] for key in ("d", "d_star") if key in arrays]
    if not engine.loss.relative or not found:
        return list(engine.loss.span)
    values = np.abs(np.concatenate([a.ravel() for a in found]))
    reach = float(values[np.isfinite(values)].max(initial=1e-6))
    power = 10.0 ** math.floor(math.log10(reach))
    end = next(n * power for n in (1, 1.5, 2, 3, 5, 7, 10) if n * power >= reach)
    return [-end, end]


def _in_hand(engine: Engine, record: Record, shown: dict[str, Any]) -> dict[str, Any]:
    """The minibatch that a line of Algorithm 1 worked on takes the place of the standing points."""
    z, fake = record.z, record.fake_after
    assert z is not None
    assert fake is not None
    # x of the last iteration stays in hand until the next is drawn, but is no longer used.
    real = record.x if record.line in ("data", "ascend") else None
    most = IMAGES if kind_of(engine) == "images" else POINTS
    hand: dict[str, Any] = {"real": fake[:0] if real is None else real[:most], "fake": fake[:most]}
    if record.line == "descend" and record.fake_before is not None:
        hand["before"] = record.fake_before[:most]
    if kind_of(engine) == "line":
        z_to_g = {"map": {**shown["map"], "z": z, "g": fake}} if "map" in shown else {}
        return {"batch": hand, **z_to_g}
    if kind_of(engine) == "images":
        with engine.looking(), torch.no_grad():
            verdicts = {f"d_{key}": engine.shown(engine.watched_D(x)) for key, x in hand.items()}
        return {**hand, **verdicts}
    return {**hand, "pull": None}


def _line(engine: Engine, arrays: dict[str, Any]) -> dict[str, Any]:
    low, high = engine.problem.low, engine.problem.high
    shown: dict[str, Any] = _those(arrays, "p_data", "p_g", "d", "d_star")
    if "p_data" not in shown:  # data whose density nobody knows
        shown |= _histograms(engine)
    if "z" in arrays:
        shown["map"] = {"z": arrays["z"], "g": arrays["gz"], "range": _wide(arrays["z"])}
    # Set by p_data alone, so that the axis stands still while p_g moves.
    top = 1.6 * float(shown["p_data"].max())
    return {"range": [low, high], "top": top, **shown}


def _histograms(engine: Engine, bins: int = 64) -> dict[str, Any]:
    """Both densities as steps of five equal values each, estimated from points that stay."""
    low, high = engine.problem.low, engine.problem.high
    points = engine.view(["points"])

    def steps(x: NDArray[Any]) -> NDArray[Any]:
        inside, _ = np.histogram(x, bins, (low, high))
        return np.repeat(inside * bins / (len(x) * (high - low)), 5)

    return {"p_data": steps(points["real"]), "p_g": steps(points["fake"])}


def _plane(engine: Engine, arrays: dict[str, Any]) -> dict[str, Any]:
    low, high = engine.problem.low, engine.problem.high
    shown: dict[str, Any] = _those(arrays, "d", "d_star")
    if "real" in arrays:
        shown |= {"real": arrays["real"][:POINTS], "fake": arrays["fake"][:POINTS]}
    if "mesh" in arrays:
        shown["mesh"] = {"nodes": arrays["mesh"], "mass": arrays["mesh_mass"]}
    if "arrows" in arrays:
        shown["pull"] = {"at": arrays["fake"][:ARROWS], "to": arrays["arrows"][:ARROWS]}
    if "field" in arrays:
        shown["field"] = {"at": arrays["field_at"], "to": arrays["field"]}
    return {"range": [low, high, low, high], **shown}


def _images(engine: Engine, arrays: dict[str, Any]) -> dict[str, Any]:
    side = math.isqrt(engine.problem.features)
    shown: dict[str, Any] = {"side": side}
    for key in ("real", "fake"):
        if key in arrays:
            shown |= {key: arrays[key][:IMAGES], f"d_{key}": arrays[f"d_{key}"][:IMAGES]}
    return shown


def _those(arrays: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: arrays[key] for key in keys if key in arrays}


def _wide(z: Any) -> list[float]:
    margin = 0.04 * float(z.max() - z.min())
    return [float(z.min()) - margin, float(z.max()) + margin]


# The charts


@dataclass(frozen=True)
class _Curve:
    column: str
    name: str
    color: str
    dash: str


LOSS_CURVES = (_Curve("d_loss", "D", "text", "dashed"), _Curve("g_loss", "G", "generator", "solid"))
GRAD_CURVES = (_Curve("d_grad", "D", "text", "dashed"), _Curve("g_grad", "G", "generator", "solid"))
DISTANCE_CURVES = (
    _Curve("kl", "KL", "data", "dotted"),
    _Curve("jsd", "JSD", "value", "solid"),
    _Curve("w1", "W₁", "optimum", "dashdot"),
)


def charts(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Losses, distances of p_g from p_data, and norms of the gradients over the iterations."""
    loss = runs[-1].engine.loss
    title = "loss (nats)" if loss.from_the_paper else "loss"
    return [
        _chart(title, runs, 0, LOSS_CURVES, levels=_levels(loss.name)),
        _chart("distance", runs, 1, DISTANCE_CURVES, log=True),
        _chart("gradient", runs, 0, GRAD_CURVES, log=True),
    ]


def _levels(loss: str) -> list[list[Any]]:
    """Where both losses stand at p_g = p_data and D = 1/2."""
    g = {"non-saturating": [math.log(2), "log 2"], "saturating": [-math.log(2), "−log 2"]}
    return [[math.log(4), "log 4"], g[loss]] if loss in g else []


def _chart(
    title: str, runs: Sequence[Run], which: int, curves: Sequence[_Curve], **more: Any
) -> dict[str, Any]:
    series: list[dict[str, Any]] = []
    for i, run in enumerate(runs):
        engine = run.engine
        now = (engine.history, engine.measures)[which].arrays()
        if run.ghost:
            series += _series(run.ghost[which], curves, named=False, width=1, alpha=0.3)
        series += _series(now, curves, named=i == 0, **({} if i == 0 else {"width": 0.8}))
    return {"title": title, "series": series, **more}


def _series(
    table: Curves, curves: Sequence[_Curve], named: bool, **more: Any
) -> list[dict[str, Any]]:
    found = []
    for curve in curves:
        if curve.column in table:
            y = np.asarray(table[curve.column])
            known = ~np.isnan(y)  # a row of one player alone says nothing of the other
            x = np.asarray(table["iteration"])[known]
            name = curve.name if named else ""
            line = {"name": name, "color": curve.color, "dash": curve.dash}
            x, y = thin(x, y[known])
            if named and np.isinf(y).any():  # the view's mark for it, at the chart's upper edge
                line["name"] += " ▲∞"
            found.append({**line, "x": x, "y": y, **more})
    return found


def thin(x: NDArray[Any], y: NDArray[Any], most: int = 400) -> tuple[NDArray[Any], NDArray[Any]]:
    """A curve of about as many points as it has pixels; no spike is lost.

    Of each stretch of the curve, its lowest and its highest point.

    Args:
        x, y: the curve, shape ``(n,)``.
        most: points that are kept, about.
    """
    if len(y) <= most:
        return x, y
    width = math.ceil(2 * len(y) / most)
    whole = len(y) // width * width
    stretches = y[:whole].reshape(-1, width)
    ends = np.stack([stretches.argmin(axis=1), stretches.argmax(axis=1)], axis=1)
    ends.sort(axis=1)
    rows = (ends + width * np.arange(len(ends))[:, None]).ravel()
    rows = np.append(rows, np.arange(whole, len(y)))
    return x[rows], y[rows]


# Words


def status(runs: Sequence[Run]) -> str:
    """Where the runs stand, in one line each."""
    if len(runs) == 1:
        return _stands(runs[0].engine)
    return "  ".join(f"{'AB'[i]}: {_stands(run.engine)}" for i, run in enumerate(runs))


def _stands(engine: Engine) -> str:
    parts = [f"Iteration {engine.iteration}."]
    row, nats = _latest(engine.history, engine), " nats" if engine.loss.from_the_paper else ""
    losses = {"D": row.get("d_loss"), "G": row.get("g_loss")}
    told = [f"loss of {who} {_say(value)}{nats}" for who, value in losses.items() if _is(value)]
    row = _latest(engine.measures, engine)
    for key, name, unit in (("kl", "KL", " nats"), ("jsd", "JSD", " nats"), ("w1", "W₁", "")):
        if _is(row.get(key)):
            told.append(f"{name} {_say(row[key])}{unit}")
    if _is(row.get("modes")) and engine.problem.modes is not None:
        told.append(f"modes {row['modes']:.0f} of {len(engine.problem.modes)}")
    if told:
        words = ", ".join(told)
        parts.append(words[0].upper() + words[1:] + ".")
    return " ".join(parts)


def _latest(curves: Any, engine: Engine) -> dict[str, float]:
    """The last row up to the present iteration, which may have been taken back."""
    table = curves.arrays()
    rows = int(np.searchsorted(table["iteration"], engine.iteration, side="right"))
    return {name: float(column[rows - 1]) for name, column in table.items()} if rows else {}


def _is(value: float | None) -> bool:
    return value is not None and not math.isnan(value)


def _say(value: float | None) -> str:
    assert value is not None
    return "∞" if math.isinf(value) else f"{value:z.3f}"


def describe(runs: Sequence[Run]) -> str:
    """The picture in words, for who does not see it."""
    return f"{_subject(runs[0].engine)} {status(runs)}"


def _subject(engine: Engine) -> str:
    shows = {
        "line": "densities of data and generator, D and D* over x, and G as a map from z to x",
        "plane": "real and fake points in the plane over the surface of D",
        "images": "rows of real and fake images, each with D's verdict",
    }[kind_of(engine)]
    return f"Live GAN, problem {engine.problem.name}: {shows}."


def names(runs: Sequence[Run]) -> list[str]:
    """Of two runs, what tells them apart."""
    if len(runs) == 1:
        return [""]
    tables = [_settings(run.engine) for run in runs]
    differ = [key for key in tables[0] if tables[0][key] != tables[1][key]]
    line = ("A, bold curves", "B, thin curves")
    return [
        f"{line[i]}: " + (", ".join(f"{key} {table[key]}" for key in differ) or "the same settings")
        for i, table in enumerate(tables)
    ]


def _settings(engine: Engine) -> dict[str, str]:
    words = {}
    for name, value in engine.settings.items():
        words[name] = f"{value:.3g}" if isinstance(value, float) else getattr(value, "name", value)
    for who, network in (("D", engine.D), ("G", engine.G)):
        words[f"parameters of {who}"] = sum(p.numel() for p in network.parameters())
    return {name: str(word) for name, word in words.items()}


def algorithm(record: Record | None) -> dict[str, Any]:
    """Algorithm 1 with the line that was just done, and what it has changed."""
    page = {"lines": [text for _, text in PAGE]}
    if record is None:
        return {**page, "at": -1, "caption": "Each step does one line.", "numbers": []}
    numbers = [
        f"{name}: " + " → ".join(f"{value:z.3f}" for value in values)
        for name, values in record.numbers.items()
    ]
    at = [name for name, _ in PAGE].index(record.line)
    return {**page, "at": at, "caption": record.says, "numbers": numbers}
