"""What a picture of the game needs: arrays that can be painted as they are."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganlib.live.measures import LineRuler, PlaneRuler
from ganlib.live.pushforward import line_cells, plane_mesh, quantiles

if TYPE_CHECKING:
    from ganlib.live.engine import Engine

__all__ = ["LAYERS", "view"]

Array = NDArray[np.float32]


def view(engine: Engine, layers: Collection[str] | None = None, size: int = 64) -> dict[str, Array]:
    """The layers of the picture, float32, in data units; "axes" is always there: (low, high).

    points: real (r, d) and fake (r, d), d_real (r,) and d_fake (r,): data that stay, and G of
        noise that stays, so that they move as smoothly as G does; what D says of each, as painted.
    arrows: arrows (r, d), -∂L_G/∂x at each fake, times m: the way that G is told to move it.
    densities: on the line x (n,), p_data (n,) and p_g (n,), per unit of length; in the plane
        p_data and p_g (64, 64), per unit of area. With them d_star, the best D against the
        present p_g, where there is a formula for it; for a critic on the line, a potential of
        slope ±1 with the mean 0 that its scores are painted with.
    d: on the line x (n,) and d (n,); in the plane d (size, size).
    map: z (q,) and gz (q, d) for noise of one coordinate, evenly spread under p_z: lines from z to
        G(z) crowd where p_g is large.
    mesh: mesh (21, 21, 2), G of a square mesh of noise of two coordinates, and mesh_mass
        (20, 20), the share of p_z in each of its cells.
    field: field_at (256, 2) and field (256, 2), D's gradient ∇a(x) on a 16 × 16 grid.

    In the plane an array [row, column] has y rising with the row and x with the column, at the
    middles of its cells. A layer that a problem does not have is left out.

    Args:
        engine: inside its ``looking()``.
        layers: names from above; None for all.
        size: of D's surface in the plane.
    """
    low, high = engine.problem.low, engine.problem.high
    arrays: dict[str, Any] = {"axes": np.array([low, high])}
    for name in LAYERS if layers is None else layers:
        arrays |= LAYERS[name](engine, size)
    return {name: np.ascontiguousarray(a, dtype=np.float32) for name, a in arrays.items()}


@torch.no_grad()
def _points(engine: Engine, size: int) -> dict[str, Any]:
    fake = engine.watched_G(engine.view_z)
    both = engine.shown(engine.watched_D(torch.cat([engine.view_x, fake])))
    d_real, d_fake = both.tensor_split([len(engine.view_x)])
    return {"real": engine.view_x, "fake": fake, "d_real": d_real, "d_fake": d_fake}


def _arrows(engine: Engine, size: int) -> dict[str, Any]:
    with torch.no_grad():
        fake = engine.watched_G(engine.view_z)
    m = len(fake)
    return {"arrows": -_slope(engine.watched_D, fake, lambda a: m * engine.loss.generator(a))}


def _densities(engine: Engine, size: int) -> dict[str, Any]:
    ruler = engine.ruler
    if not isinstance(ruler, LineRuler | PlaneRuler):
        return {}
    p_data, p_g = ruler.p_data, ruler.p_g(engine.watched_G)
    found: dict[str, Any] = {"p_data": p_data, "p_g": p_g}
    if isinstance(ruler, LineRuler):
        found["x"] = _middles(engine.problem.low, engine.problem.high, len(p_g))
    if engine.loss.optimum is not None:
        found["d_star"] = engine.loss.optimum(torch.as_tensor(p_data), torch.as_tensor(p_g))
    elif engine.loss.relative and isinstance(ruler, LineRuler):
        found["d_star"] = _potential(ruler.middles, p_data, p_g)
    return found


def _potential(x: NDArray[Any], p_data: NDArray[Any], p_g: NDArray[Any]) -> NDArray[Any]:
    """The f with slopes of at most 1 that has the largest E f(x) - E f(G(z)), which is W1.

    By parts that difference is -∫ f' (F_data - F_g) dx: f rises where F_g is the larger.
    """
    dx = x[1] - x[0]
    f = np.cumsum(np.sign(np.cumsum(p_g - p_data))) * dx
    both = p_data + p_g
    return f - (f @ both) / both.sum() if both.any() else f


@torch.no_grad()
def _d(engine: Engine, size: int) -> dict[str, Any]:
    problem = engine.problem
    if problem.features == 1:
        x = _middles(problem.low, problem.high, 320)
        return {"x": x, "d": engine.shown(engine.watched_D(x[:, None]))}
    if problem.features != 2:
        return {}
    surface = engine.watched_D(_plane(problem.low, problem.high, size))
    return {"d": engine.shown(surface).reshape(size, size)}


@torch.no_grad()
def _map(engine: Engine, size: int) -> dict[str, Any]:
    if engine.noise.dim != 1:
        return {}
    z = quantiles(engine.noise, 64)
    return {"z": z[:, 0], "gz": engine.watched_G(z)}


@torch.no_grad()
def _mesh(engine: Engine, size: int) -> dict[str, Any]:
    if engine.noise.dim != 2 or engine.problem.features != 2:
        return {}
    nodes = plane_mesh(engine.noise, 20, reach=2.5)
    mass = line_cells(engine.noise, 20, reach=2.5).mass
    mesh = engine.watched_G(nodes.reshape(-1, 2)).reshape(nodes.shape)
    return {"mesh": mesh, "mesh_mass": np.outer(mass, mass)}


def _field(engine: Engine, size: int) -> dict[str, Any]:
    if engine.problem.features != 2:
        return {}
    at = _plane(engine.problem.low, engine.problem.high, 16)
    return {"field_at": at, "field": _slope(engine.watched_D, at, lambda a: a.sum())}


LAYERS: dict[str, Callable[[Engine, int], dict[str, Any]]] = {
    "points": _points,
    "arrows": _arrows,
    "densities": _densities,
    "d": _d,
    "map": _map,
    "mesh": _mesh,
    "field": _field,
}
"""Each layer, by the name that :func:`view` describes."""


def _slope(D: nn.Module, x: Tensor, of: Callable[[Tensor], Tensor]) -> Tensor:
    """The gradient in x, (m, d), of a function of D's outputs at x, (m,)."""
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        # Zeros where D takes no notice of x.
        (slope,) = torch.autograd.grad(of(D(x)), x, materialize_grads=True)
    return slope


def _plane(low: float, high: float, size: int) -> Tensor:
    """The middles of size × size cells, (size², 2), row by row; y rises with the row."""
    line = _middles(low, high, size)
    y, x = torch.meshgrid(line, line, indexing="ij")
    return torch.stack([x, y], dim=-1).reshape(-1, 2)


def _middles(low: float, high: float, n: int) -> Tensor:
    half = (high - low) / n / 2
    return torch.linspace(low + half, high - half, n)
