"""p_g without sampling: a fine grid of noise cells, each with its exact mass, pushed through G."""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri
from torch import Tensor

from ganlib.sampling import Noise

__all__ = [
    "Cells",
    "LineCDF",
    "cloud",
    "line_cells",
    "plane_mesh",
    "plane_points",
    "quantiles",
    "sobol",
]

Array = NDArray[np.float64]


class Cells(NamedTuple):
    """A partition of one coordinate of z: n + 1 edges, and the mass of each of the n cells."""

    edges: Array
    mass: Array


def line_cells(noise: Noise, n: int, reach: float = 8.0) -> Cells:
    """n cells of equal width along one coordinate of z.

    A normal prior is cut at ``reach`` standard deviations (8 leave out 1.2e-15).
    """
    if noise.prior == "uniform":
        return Cells(np.linspace(noise.low, noise.high, n + 1), np.full(n, 1 / n))
    edges = np.linspace(-reach, reach, n + 1)
    low, high = edges[:-1], edges[1:]
    right = low >= 0  # there ndtr has no digits left for a difference, and its mirror image has
    mass = ndtr(np.where(right, -low, high)) - ndtr(np.where(right, -high, low))
    return Cells(edges, mass / mass.sum())


class LineCDF:
    """The distribution function of p_g on the line, for a G that is linear within each cell.

    Each cell of noise becomes an interval of the data axis with the cell's mass spread evenly
    over it, so p_g is a mixture of uniform densities and its CDF is piecewise linear: exact
    for that G. Folds of G need no care.

    Args:
        g: G at the edges of the cells, shape ``(n + 1,)``.
        mass: of each cell, shape ``(n,)``.

    Attributes:
        x: the corners of the CDF, in order; total: its values there, from 0 to 1.
    """

    def __init__(self, g: Array, mass: Array) -> None:
        low, high = np.minimum(g[:-1], g[1:]), np.maximum(g[:-1], g[1:])
        # A stretch of noise that G sends to one point gets a width, so that its slope is finite.
        width = 1e-9 * max(float(np.ptp(g)), 1e-3 * float(np.abs(g).max()), 1e-6)
        high = np.maximum(high, low + width)
        slope = mass / (high - low)
        at = np.concatenate([low, high])
        order = np.argsort(at)
        self.x = at[order]
        slopes = np.cumsum(np.concatenate([slope, -slope])[order])[:-1].clip(min=0)
        total = np.cumsum(slopes * np.diff(self.x))
        self.total = np.concatenate([[0.0], total / total[-1]])

    def __call__(self, x: Array) -> Array:
        """F_g at any points."""
        return np.interp(x, self.x, self.total, left=0.0, right=1.0)

    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation of p_g."""
        share, middle = np.diff(self.total), (self.x[1:] + self.x[:-1]) / 2
        mean = float(share @ middle)
        variance = float(share @ ((middle - mean) ** 2 + np.diff(self.x) ** 2 / 12))
        return mean, variance**0.5


def plane_mesh(noise: Noise, n: int, reach: float) -> Tensor:
    """The nodes of n × n square cells in the plane of two noise coordinates, (n + 1, n + 1, 2)."""
    edges = line_cells(noise, n, reach).edges
    line = torch.as_tensor(edges, dtype=torch.get_default_dtype())
    return torch.stack(torch.meshgrid(line, line, indexing="ij"), dim=-1)


def plane_points(noise: Noise, n: int, reach: float) -> tuple[Tensor, Array]:
    """n points of the plane of two noise coordinates, shape ``(n, 2)``, and their masses.

    Under a normal prior they are spread half as wide again as p_z and weighted accordingly, so
    that its tails, which a divergence is sensitive to, have points too; within ``reach``.
    """
    if noise.prior == "uniform":
        return cloud(noise, n), np.full(n, 1 / n)
    wide = 1.5
    z = (wide * ndtri(sobol(2, n))).clip(-reach, reach)
    mass = np.exp((z**2).sum(axis=1) * (1 / wide**2 - 1) / 2)
    return torch.as_tensor(z, dtype=torch.get_default_dtype()), mass / mass.sum()


def quantiles(noise: Noise, n: int) -> Tensor:
    """n values of one noise coordinate that cut p_z into equal shares, shape ``(n, 1)``."""
    return _by_quantile(noise, (np.arange(n)[:, None] + 0.5) / n)


def cloud(noise: Noise, n: int) -> Tensor:
    """n noise vectors spread evenly under p_z (a Sobol sequence), the same each time."""
    return _by_quantile(noise, sobol(noise.dim, n))


def sobol(dim: int, n: int, seed: int = 0) -> Array:
    """n points spread evenly over the unit cube, shape ``(n, dim)``, none on its faces."""
    engine = torch.quasirandom.SobolEngine(dim, scramble=True, seed=seed)
    return engine.draw(n).double().clamp(1e-7, 1 - 1e-7).numpy()


def _by_quantile(noise: Noise, u: Array) -> Tensor:
    uniform = noise.prior == "uniform"
    z = noise.low + (noise.high - noise.low) * u if uniform else ndtri(u)
    return torch.as_tensor(z, dtype=torch.get_default_dtype())
