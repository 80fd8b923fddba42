"""How far p_g is from p_data, where p_data is known: KL, JSD, Wasserstein-1, modes.

Nothing is estimated from random samples. On the line p_g is the push-forward of a fine grid of
noise, p_data is integrated exactly over each bin, and W1 is the area between the two distribution
functions. In the plane a fine mesh of noise is pushed forward and its mass counted in square
bins, W1 is the cheapest matching of points spread evenly under each, and modes are counted with
2048 points of p_g.

KL and JSD are those of the binned distributions, in nats. They never exceed those of the
densities and grow to them as the bins shrink.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.integrate import trapezoid
from scipy.optimize import linear_sum_assignment
from scipy.special import logsumexp, xlogy
from torch import Tensor, nn

from ganlib.evaluation import mode_statistics
from ganlib.live.gaussians import gaussians
from ganlib.live.problems import Problem
from ganlib.live.pushforward import LineCDF, cloud, line_cells, plane_mesh, plane_points
from ganlib.live.randomness import Randomness
from ganlib.sampling import Noise

__all__ = ["CloudRuler", "LineRuler", "PlaneRuler", "divergences", "matching", "modes", "ruler"]

Array = NDArray[np.float64]


def ruler(problem: Problem, noise: Noise) -> "LineRuler | PlaneRuler | CloudRuler":
    """What can measure a problem: on the line or in the plane if p_data is made of Gaussians."""
    known = problem.density is not None and gaussians(problem.density) is not None
    if known and problem.features == 1:
        return LineRuler(problem, noise)
    if known and problem.features == 2:
        return PlaneRuler(problem, noise)
    return CloudRuler(problem, noise)


class LineRuler:
    """p_data and p_g on the line.

    KL and JSD are over bins of equal width inside the problem's axis and two open ones at its
    ends. "missed" is the share of p_data in bins where p_g has nothing. Where it is more than one
    in 10⁹ (the noise itself is cut at 8 standard deviations) KL(p_data || p_g) is infinite.

    Args:
        problem: with a density on the line.
        noise: p_z; of one coordinate it is pushed forward as ``cells`` intervals, of more as
            4096 points spread evenly.
        bins: inside the axis.
        cells: of the noise.
    """

    names = ("kl", "reverse_kl", "jsd", "w1", "mean", "std", "missed")

    def __init__(self, problem: Problem, noise: Noise, bins: int = 320, cells: int = 2048) -> None:
        assert problem.density is not None
        p = gaussians(problem.density)
        assert p is not None
        self.edges = np.linspace(problem.low, problem.high, bins + 1)
        self.middles = (self.edges[1:] + self.edges[:-1]) / 2
        self.log_p = p.log_masses(np.concatenate([[-np.inf], self.edges, [np.inf]]))
        self.p_data = np.exp(self.log_p[1:-1]) / np.diff(self.edges)
        # F_data between these points is as good as linear, and 0 or 1 outside.
        reach = 9 * p.stds.max()
        self.x = np.linspace(p.means.min() - reach, p.means.max() + reach, 4001)
        self.F_data = p.cdf(self.x)
        if noise.dim == 1:
            z, self.mass = line_cells(noise, cells)
            self.z = torch.as_tensor(z, dtype=torch.get_default_dtype())[:, None]
        else:
            self.z, self.mass = cloud(noise, 4096), np.full(4095, 1 / 4095)
        self.sorted = noise.dim > 1

    @torch.no_grad()
    def F_g(self, G: nn.Module) -> LineCDF:
        """The distribution function of p_g."""
        g = _points(G, self.z)[:, 0].double().numpy()
        return LineCDF(np.sort(g) if self.sorted else g, self.mass)

    def p_g(self, G: nn.Module) -> Array:
        """The mean density of p_g in each bin of the axis, shape ``(bins,)``."""
        return np.diff(self.F_g(G)(self.edges)) / np.diff(self.edges)

    def __call__(self, G: nn.Module) -> dict[str, float]:
        F = self.F_g(G)
        q = np.diff(np.concatenate([[0.0], F(self.edges), [1.0]]))
        x = np.union1d(self.x, F.x)
        w1 = trapezoid(np.abs(np.interp(x, self.x, self.F_data) - F(x)), x)
        mean, std = F.moments()
        return divergences(self.log_p, q, negligible=1e-9) | {
            "w1": float(w1),
            "mean": mean,
            "std": std,
        }


REACH = 5.0
"""Where the mesh of normal noise ends; 1.1e-6 of p_z lies outside."""


class PlaneRuler:
    """p_data and p_g over square bins in the plane.

    KL and JSD count all bins that hold less than ``rest`` of p_data as one, with all that lies
    outside the axes. "missed" is the share of p_data in bins where p_g has nothing. Where it is
    more than one in 10,000 KL(p_data || p_g) is infinite.

    Between the nodes of its mesh G is taken as bilinear. W1 is a matching of ``points`` points of
    p_data with as many of p_g: with so few it does not fall below about ``w1_floor``, the
    matching of two such sets of p_data.

    Args:
        problem: with a density in the plane.
        noise: p_z; of two coordinates it is pushed forward as 65536 points by way of a mesh, else
            as 16384 points spread evenly.
        bins: along each axis.
        mesh: cells along each coordinate of the noise.
        points: matched for W1.
        rest: see above.
    """

    names = ("kl", "reverse_kl", "jsd", "w1", "missed", "modes", "quality")

    def __init__(
        self,
        problem: Problem,
        noise: Noise,
        bins: int = 64,
        mesh: int = 64,
        points: int = 192,
        rest: float = 1e-6,
    ) -> None:
        assert problem.density is not None
        p = gaussians(problem.density)
        assert p is not None
        self.problem, self.bins, self.points = problem, bins, points
        log_p = p.log_masses(np.linspace(problem.low, problem.high, bins + 1))
        self.area = ((problem.high - problem.low) / bins) ** 2
        self.p_data = np.exp(log_p).T / self.area  # (row of y, column of x)
        self.kept = log_p > np.log(rest)
        inside = log_p[self.kept]
        self.log_p = np.append(inside, np.log(-np.expm1(logsumexp(inside))))
        self.mesh = mesh if noise.dim == 2 else 0
        if self.mesh:
            nodes = plane_mesh(noise, mesh, REACH)
            points_z, self.mass = plane_points(noise, 2**16, REACH)
            # For grid_sample the mesh reaches from -1 to 1, its second axis first.
            low, high = nodes[0, 0, 0], nodes[-1, -1, 0]
            self.at = (2 * (points_z - low) / (high - low) - 1).flip(-1)[None, None]
            self.z = nodes.reshape(-1, 2)
        else:
            self.z, self.mass = cloud(noise, 2**14), np.full(2**14, 2.0**-14)
        self.cloud = cloud(noise, 2048)
        self.x = p.points(points)
        self.w1_floor = matching(self.x, p.points(points, seed=1))

    def masses(self, G: nn.Module) -> Array:
        """Mass of p_g in each bin, shape ``(bins, bins)``, the first axis x."""
        low, high = self.problem.low, self.problem.high
        n = self.bins + 2  # a rim of bins takes what lies outside
        place = 1 + (self._pushed(G) - low) * (self.bins / (high - low))
        column, row = place.clamp(0, n - 1).int().T.numpy()
        counted = np.bincount(column * n + row, self.mass, minlength=n * n).astype(float)
        return counted.reshape(n, n)[1:-1, 1:-1]

    def p_g(self, G: nn.Module) -> Array:
        """The mean density of p_g in each bin, shape ``(bins, bins)``: row of y, column of x."""
        return self.masses(G).T / self.area

    @torch.no_grad()
    def __call__(self, G: nn.Module) -> dict[str, float]:
        q = self.masses(G)[self.kept]
        x = _points(G, self.cloud)
        return {
            **divergences(self.log_p, np.append(q, max(0.0, 1 - q.sum())), negligible=1e-4),
            "w1": matching(self.x, x[: self.points]),
            **modes(x, self.problem),
        }

    @torch.no_grad()
    def _pushed(self, G: nn.Module) -> Tensor:
        """Points of p_g, shape ``(n, 2)``, with the masses ``self.mass``."""
        g = _points(G, self.z).float()
        if not self.mesh:
            return g
        square = g.reshape(1, self.mesh + 1, self.mesh + 1, 2).permute(0, 3, 1, 2)
        between = nn.functional.grid_sample(square, self.at, align_corners=True)
        return between[0].flatten(1).T


class CloudRuler:
    """For data whose density nobody knows: W1 by matching points, and modes where they are named.

    Args:
        problem: any.
        noise: p_z.
        points: matched for W1.
    """

    names = ("w1", "modes", "quality")

    def __init__(self, problem: Problem, noise: Noise, points: int = 192) -> None:
        self.problem, self.cloud, self.points = problem, cloud(noise, 2048), points
        with Randomness(0).own():
            self.x = problem.sample_data(points)

    @torch.no_grad()
    def __call__(self, G: nn.Module) -> dict[str, float]:
        x = _points(G, self.cloud)
        w1 = matching(self.x, x[: self.points])
        return {"w1": w1, **modes(x, self.problem)}


def _points(G: nn.Module, z: Tensor) -> Tensor:
    """G(z), where a G that is about to overflow is taken to be merely very far away."""
    return torch.nan_to_num(G(z), nan=1e12).clamp(-1e12, 1e12)


def divergences(log_p: Array, q: Array, negligible: float = 0.0) -> dict[str, float]:
    """KL(p || q), KL(q || p), JSD and the share of p where q is 0, of two binned distributions.

    Args:
        log_p: log of the masses of p, shape ``(n,)``; may be far below what exp can hold.
        q: masses of q, shape ``(n,)``.
        negligible: the share of p that q may miss before KL(p || q) counts as infinite.

    Returns:
        "kl", "reverse_kl", "jsd" in [0, log 2], all in nats, and "missed".
    """
    p, held = np.exp(log_p), q > 0
    log_q = np.log(q[held])
    missed = float(p[~held].sum())
    kl = np.inf if missed > negligible else float(p[held] @ (log_p[held] - log_q))
    reverse_kl = float(q[held] @ (log_q - log_p[held]))
    m = (p + q) / 2
    jsd = float((xlogy(p, p) + xlogy(q, q) - 2 * xlogy(m, m)).sum() / 2)
    # Rounding may leave a divergence of 0 a little below it.
    return {
        "kl": max(0.0, kl),
        "reverse_kl": max(0.0, reverse_kl),
        "jsd": max(0.0, jsd),
        "missed": missed,
    }


def matching(x: Tensor, y: Tensor) -> float:
    """Wasserstein-1 between two sets of n points: the mean distance of the cheapest matching."""
    distance = torch.cdist(x.double(), y.double()).numpy()
    return float(distance[linear_sum_assignment(distance)].mean())


def modes(x: Tensor, problem: Problem) -> dict[str, float]:
    """Modes covered and share of high quality, as :func:`ganlib.evaluation.mode_statistics` has it.

    Args:
        x: points of p_g, shape ``(n, d)``.
        problem: whose modes they may cover.

    Returns:
        "modes" and "quality", in [0, 1]; nothing for a problem without modes.
    """
    if problem.modes is None:
        return {}
    covered, quality = mode_statistics(x, problem.modes, problem.mode_std)
    return {"modes": float(covered), "quality": quality}
