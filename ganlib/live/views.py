"""What a picture of the game needs: arrays that can be painted as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ganlib.live.losses import Loss
from ganlib.live.measures import LineRuler, PlaneRuler
from ganlib.live.pushforward import line_cells, plane_mesh

if TYPE_CHECKING:
    from ganlib.live.engine import Engine

__all__ = ["view"]

Array = NDArray[np.float32]


def view(engine: Engine, size: int = 64) -> dict[str, Array]:
    """Every layer of the picture, float32, in data units; "axes" is (low, high).

    All problems:
        real (r, d), fake (r, d): fixed data points; G of fixed noise, so that they move smoothly.
        d_real (r,), d_fake (r,): D on them, as painted.
        arrows (r, d): -∂L_G/∂x at each fake, the way that G is told to move it.

    On the line (d = 1):
        x (n,), p_data (n,), p_g (n,), d (n,): densities and D on a grid of 257 points.
        d_star (n,): the best D against the present p_g; absent where it has no formula.
        z (q,), gz (q,): the generator as a map, for noise of one coordinate; evenly spread
        under p_z, so that lines from z to gz crowd where p_g is large.

    In the plane (d = 2): arrays (size, size) are indexed [row, column] with y rising with the row
    and x with the column, at the middles of the bins.
        d, p_data, p_g, d_star: as above; densities are per unit of area.
        mesh (21, 21, 2): G of a square mesh of noise, and mesh_mass (20, 20): mass of each cell.
        field_at (256, 2), field (256, 2): D's gradient ∇a(x) on a 16 × 16 grid.
    """
    problem, loss = engine.problem, engine.loss
    layers: dict[str, Any] = {"axes": torch.tensor([problem.low, problem.high])}
    layers |= _points(engine)
    if problem.features == 1 and isinstance(engine.ruler, LineRuler):
        layers |= _line(engine, engine.ruler, loss)
    elif problem.features == 2:
        layers |= _plane(engine, loss, size)
    return {name: np.ascontiguousarray(a, dtype=np.float32) for name, a in layers.items()}


def _points(engine: Engine) -> dict[str, Tensor]:
    with torch.no_grad():
        fake = engine._G(engine.view_z)
        d_real = engine.loss.shown(engine._D(engine.view_x))
    d_fake, slope = _slope(engine._D, fake, lambda a: engine.loss.generator(a) * len(a))
    return {
        "real": engine.view_x,
        "fake": fake,
        "d_real": d_real,
        "d_fake": engine.loss.shown(d_fake),
        "arrows": -slope,
    }


def _slope(D: nn.Module, x: Tensor, of: Any) -> tuple[Tensor, Tensor]:
    """D's outputs at x, (m,), and the gradient in x of a function of them, (m, d)."""
    with torch.enable_grad():
        x = x.detach().requires_grad_()
        a = D(x)
        (slope,) = torch.autograd.grad(of(a), x)
    return a.detach(), slope


@torch.no_grad()
def _line(engine: Engine, ruler: LineRuler, loss: Loss) -> dict[str, Any]:
    problem = engine.problem
    edges = np.linspace(problem.low, problem.high, 258)
    x = (edges[1:] + edges[:-1]) / 2
    grid = torch.as_tensor(x, dtype=torch.get_default_dtype())
    p_data = ruler.density.log_prob(grid).exp().double()
    F = ruler.cdf(engine._G)
    p_g = torch.as_tensor(np.diff(F(edges)) / np.diff(edges))
    layers: dict[str, Any] = {"x": x, "p_data": p_data, "p_g": p_g}
    layers["d"] = loss.shown(engine._D(grid[:, None]))
    if loss.optimum is not None:
        layers["d_star"] = loss.optimum(p_data, p_g.clamp(min=0))
    if engine.noise.dim == 1:
        cells = line_cells(engine.noise, 1024, reach=4.0)
        below = np.concatenate([[0.0], np.cumsum(cells.mass)])
        z = np.interp((np.arange(64) + 0.5) / 64, below, cells.edges)
        layers["z"] = z
        layers["gz"] = engine._G(torch.as_tensor(z, dtype=grid.dtype)[:, None])[:, 0]
    return layers


def _plane(engine: Engine, loss: Loss, size: int) -> dict[str, Any]:
    problem = engine.problem
    x, y = _grid(problem.low, problem.high, size)
    at = torch.stack([x, y], dim=-1).reshape(-1, 2)
    layers: dict[str, Any] = {}
    with torch.no_grad():
        layers["d"] = loss.shown(engine._D(at)).reshape(size, size)
        if isinstance(engine.ruler, PlaneRuler) and problem.density is not None:
            p_data = problem.density.log_prob(at).exp().reshape(size, size).double()
            q = engine.ruler.masses(*engine.ruler.pushed(engine._G))
            width = (problem.high - problem.low) / engine.ruler.bins
            p_g = torch.as_tensor(q.T / width**2)  # [x, y] -> [row of y, column of x]
            layers |= {"p_data": p_data, "p_g": p_g}
            if loss.optimum is not None and p_g.shape == p_data.shape:
                layers["d_star"] = loss.optimum(p_data, p_g)
        if engine.noise.dim == 2:
            nodes, cells = plane_mesh(engine.noise, 20, reach=2.5)
            layers["mesh"] = engine._G(nodes.reshape(-1, 2)).reshape(21, 21, 2)
            layers["mesh_mass"] = np.outer(cells.mass, cells.mass)
    coarse = torch.stack(_grid(problem.low, problem.high, 16), dim=-1).reshape(-1, 2)
    _, slope = _slope(engine._D, coarse, lambda a: a.sum())
    return layers | {"field_at": coarse, "field": slope}


def _grid(low: float, high: float, size: int) -> tuple[Tensor, Tensor]:
    """x and y at the middles of size × size cells, each (size, size), y rising with the row."""
    half = (high - low) / size / 2
    line = torch.linspace(low + half, high - half, size)
    y, x = torch.meshgrid(line, line, indexing="ij")
    return x, y
