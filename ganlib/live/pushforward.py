"""p_g without sampling: a fine grid of noise cells, each with its exact mass, pushed through G."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from torch import Tensor

from ganlib.sampling import Noise

__all__ = ["Cells", "LineCDF", "cloud", "line_cells", "plane_mesh"]

Array = NDArray[np.float64]


class Cells(NamedTuple):
    """A partition of the noise line: edges z, shape ``(n + 1,)``, and masses ``(n,)``."""

    edges: Array
    mass: Array


def line_cells(noise: Noise, n: int, reach: float = 8.0) -> Cells:
    """n cells of equal width along one coordinate of z.

    A normal prior is cut at ``reach`` standard deviations (8 leave out 1.2e-15).
    """
    if noise.prior == "uniform":
        return Cells(np.linspace(noise.low, noise.high, n + 1), np.full(n, 1 / n))
    edges = np.linspace(-reach, reach, n + 1)
    below = -np.abs(edges)  # ndtr keeps its digits in the left tail only
    left = ndtr(below)
    mass = np.where(edges[1:] <= 0, left[1:] - left[:-1], left[:-1] - left[1:])
    if n % 2:  # the middle cell has 0 inside
        mass[n // 2] = 1 - 2 * left[n // 2]
    return Cells(edges, mass / mass.sum())


class LineCDF:
    """The distribution function of p_g on the line, for a G that is linear within each cell.

    Each cell of noise becomes an interval of the data axis with the cell's mass spread evenly
    over it, so p_g is a mixture of uniform densities and its CDF is piecewise linear: exact
    for that G. Folds of G need no care.

    Args:
        g: G at the edges of the cells, shape ``(n + 1,)``.
        mass: of each cell, shape ``(n,)``.
    """

    def __init__(self, g: Array, mass: Array) -> None:
        low, high = np.minimum(g[:-1], g[1:]), np.maximum(g[:-1], g[1:])
        # A stretch of noise that G sends to one point gets a width, so that its slope is finite.
        scale = max(float(np.ptp(g)), float(np.abs(g).max()) * 1e-3, 1e-6)
        high = np.maximum(high, low + 1e-6 * scale)
        slope = mass / (high - low)
        at = np.concatenate([low, high])
        order = np.argsort(at)
        self.x = at[order]
        slopes = np.cumsum(np.concatenate([slope, -slope])[order])
        rises = np.maximum(slopes[:-1], 0) * np.diff(self.x)
        total = np.concatenate([[0.0], np.cumsum(rises)])
        self.total = total / total[-1]

    def __call__(self, x: Array) -> Array:
        """F_g at any points."""
        return np.interp(x, self.x, self.total, left=0.0, right=1.0)


def plane_mesh(noise: Noise, n: int, reach: float = 3.0) -> tuple[Tensor, Cells]:
    """A square mesh in the plane of two noise coordinates.

    Returns:
        The nodes, shape ``(n + 1, n + 1, 2)``, and the cells along each of the two axes.
    """
    cells = line_cells(noise, n, reach)
    line = torch.as_tensor(cells.edges, dtype=torch.get_default_dtype())
    return torch.stack(torch.meshgrid(line, line, indexing="ij"), dim=-1), cells


def cloud(noise: Noise, n: int) -> Tensor:
    """n noise vectors spread evenly under p_z (a Sobol sequence), the same each time."""
    u = torch.quasirandom.SobolEngine(noise.dim, scramble=True, seed=0).draw(n).double()
    u = u.clamp(1e-9, 1 - 1e-9)
    if noise.prior == "uniform":
        z = noise.low + (noise.high - noise.low) * u
    else:
        z = torch.as_tensor(ndtri(u.numpy()))
    return z.to(torch.get_default_dtype())
