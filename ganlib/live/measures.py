"""How far p_g is from p_data, where p_data has a density: KL, JSD, Wasserstein-1, modes.

Nothing is estimated from random samples of G. On the line p_g is the push-forward of a fine grid
of noise, p_data is integrated exactly over each bin, and W1 is the area between the two
distribution functions. In the plane a fine mesh of noise is pushed forward and its mass counted
in 64 × 64 bins; there alone W1 is a matching of points.

KL and JSD over bins are those of the binned distributions. They never exceed those of the
densities and grow to them as the bins shrink.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.special import log_ndtr, logsumexp, ndtr, xlogy
from torch import Tensor, nn
from torch.distributions import Distribution, Independent, MixtureSameFamily, Normal

from ganlib.live.problems import Problem
from ganlib.live.pushforward import LineCDF, cloud, line_cells, plane_mesh
from ganlib.live.randomness import Randomness
from ganlib.sampling import Noise

__all__ = [
    "CloudRuler",
    "LineRuler",
    "PlaneRuler",
    "data_cdf",
    "divergences",
    "log_masses",
    "matching",
    "modes",
    "ruler",
]

Array = NDArray[np.float64]


def ruler(problem: Problem, noise: Noise) -> "LineRuler | PlaneRuler | CloudRuler":
    """What can be measured for a problem: on the line, in the plane, or modes alone."""
    if problem.features == 1 and problem.density is not None:
        return LineRuler(problem, noise)
    if problem.features == 2 and problem.density is not None:
        return PlaneRuler(problem, noise)
    return CloudRuler(problem, noise)


class LineRuler:
    """p_data and p_g on the line, over bins of equal width and two open ones at the ends.

    Args:
        problem: with a density on the line.
        noise: p_z; of one coordinate it is pushed forward exactly, of more as 4096 points.
        bins: inside [low, high].
    """

    names = ("kl", "reverse_kl", "jsd", "w1", "mean", "std", "missed")

    def __init__(self, problem: Problem, noise: Noise, bins: int = 400, cells: int = 2048) -> None:
        assert problem.density is not None
        self.density = problem.density
        self.edges = np.linspace(problem.low, problem.high, bins + 1)
        ends = np.concatenate([[-np.inf], self.edges, [np.inf]])
        self.log_p = log_masses(self.density, ends)
        self.noise = noise
        if noise.dim == 1:
            self.z, self.mass = line_cells(noise, cells)
            self.batch = torch.as_tensor(self.z, dtype=torch.get_default_dtype())[:, None]
        else:
            self.batch = cloud(noise, 4096)
        span = problem.high - problem.low
        self.fine = np.linspace(problem.low - span, problem.high + span, 3001)
        self.fine_cdf = data_cdf(self.density, self.fine)

    @torch.no_grad()
    def cdf(self, G: nn.Module) -> LineCDF:
        """F_g for the present G."""
        g = G(self.batch)[:, 0].double().numpy()
        if self.noise.dim == 1:
            return LineCDF(g, self.mass)
        return LineCDF(np.sort(g), np.full(len(g) - 1, 1 / (len(g) - 1)))

    def __call__(self, G: nn.Module) -> dict[str, float]:
        F = self.cdf(G)
        q = np.diff(np.concatenate([[0.0], F(self.edges), [1.0]]))
        # F_g is linear between its own corners, F_data nearly so between the fine points.
        x = np.union1d(self.fine, F.x)
        gap = np.abs(np.interp(x, self.fine, self.fine_cdf) - F(x))
        share, middle = np.diff(F.total), (F.x[1:] + F.x[:-1]) / 2
        mean = float(share @ middle)
        variance = float(share @ ((middle - mean) ** 2 + np.diff(F.x) ** 2 / 12))
        return divergences(self.log_p, q) | {
            "w1": float(np.trapezoid(gap, x)),
            "mean": mean,
            "std": variance**0.5,
        }


class PlaneRuler:
    """p_data and p_g over square bins in the plane.

    Bins that hold less than ``rest`` of p_data count as one bin, "elsewhere", together with all
    that lies outside the axes. "missed" is the share of p_data in bins where p_g has no mass at
    all: above 0 it makes KL(p_data || p_g) infinite, which is its true value.

    W1 is the cheapest matching of ``points`` data points with as many of G's, both fixed: it is
    biased upwards, by about ``w1_floor``, which two sets of data points have between them.
    """

    names = ("kl", "reverse_kl", "jsd", "w1", "missed", "modes", "quality")

    def __init__(
        self,
        problem: Problem,
        noise: Noise,
        bins: int = 64,
        mesh: int = 64,
        points: int = 256,
        rest: float = 1e-6,
    ) -> None:
        assert problem.density is not None
        self.problem, self.noise, self.bins = problem, noise, bins
        self.edges = np.linspace(problem.low, problem.high, bins + 1)
        log_p = log_masses(problem.density, self.edges).ravel()
        self.kept = log_p > np.log(rest)
        inside = log_p[self.kept]
        self.log_p = np.append(inside, np.log(-np.expm1(logsumexp(inside))))
        if noise.dim == 2:
            nodes, _ = plane_mesh(noise, mesh, reach=4.0)
            self.batch, self.nodes = nodes.reshape(-1, 2), len(nodes)
            self.fine = line_cells(noise, 4 * mesh, reach=4.0).mass
        else:
            self.batch = cloud(noise, 16384)
        self.cloud = cloud(noise, points)
        with Randomness(0).own():
            self.x, other = problem.sample_data(points), problem.sample_data(points)
        self.w1_floor = matching(self.x, other)

    @torch.no_grad()
    def pushed(self, G: nn.Module) -> tuple[Array, Array]:
        """Points of p_g, shape ``(n, 2)``, and their masses, shape ``(n,)``."""
        g = G(self.batch)
        if self.noise.dim != 2:
            return g.double().numpy(), np.full(len(g), 1 / len(g))
        # Between the nodes of the mesh G is taken as bilinear, at the middles of 4 × 4 cells.
        square = g.reshape(1, self.nodes, self.nodes, 2).permute(0, 3, 1, 2)
        n = len(self.fine)
        middles = torch.linspace(-1 + 1 / n, 1 - 1 / n, n)
        at = torch.stack(torch.meshgrid(middles, middles, indexing="xy"), dim=-1)[None]
        between = nn.functional.grid_sample(square.float(), at, align_corners=True)
        return between[0].flatten(1).T.double().numpy(), np.outer(self.fine, self.fine).ravel()

    def masses(self, x: Array, weight: Array) -> Array:
        """Mass of p_g in each bin, shape ``(bins, bins)``: first axis x, second y."""
        low, high = self.problem.low, self.problem.high
        index = np.floor((x - low) / (high - low) * self.bins).clip(-1, self.bins).astype(int)
        inside = ((index >= 0) & (index < self.bins)).all(axis=1)
        flat = index[inside, 0] * self.bins + index[inside, 1]
        counted: Array = np.bincount(flat, weight[inside], minlength=self.bins**2).astype(float)
        return counted.reshape(self.bins, self.bins)

    def __call__(self, G: nn.Module) -> dict[str, float]:
        x, weight = self.pushed(G)
        q = self.masses(x, weight).ravel()[self.kept]
        found = divergences(self.log_p, np.append(q, max(0.0, 1 - q.sum())))
        with torch.no_grad():
            found["w1"] = matching(self.x, G(self.cloud))
        if self.problem.modes is not None:
            found |= modes(x, weight, self.problem.modes.double().numpy(), self.problem.mode_std)
        return found


class CloudRuler:
    """Where nobody knows p_data, or it has no density: W1 by matching, and modes where named."""

    names = ("w1", "modes", "quality")

    def __init__(self, problem: Problem, noise: Noise, points: int = 256) -> None:
        self.problem, self.cloud = problem, cloud(noise, points)
        with Randomness(0).own():
            self.x = problem.sample_data(points)

    @torch.no_grad()
    def __call__(self, G: nn.Module) -> dict[str, float]:
        x = G(self.cloud)
        found = {"w1": matching(self.x, x)}
        if self.problem.modes is not None:
            weight = np.full(len(x), 1 / len(x))
            points = x.double().numpy()
            found |= modes(
                points, weight, self.problem.modes.double().numpy(), self.problem.mode_std
            )
        return found


def divergences(log_p: Array, q: Array) -> dict[str, float]:
    """KL(p || q), KL(q || p), JSD and the share of p where q is 0, of two binned distributions.

    Args:
        log_p: log of the masses of p, shape ``(n,)``; may be far below what exp can hold.
        q: masses of q, shape ``(n,)``.

    Returns:
        "kl" (inf where q = 0 < p), "reverse_kl", "jsd" in [0, log 2], all in nats, and "missed".
    """
    p = np.exp(log_p)
    held = q > 0
    log_q = np.log(q, out=np.full_like(q, -np.inf), where=held)
    missed = float(p[~held].sum())
    forward = np.inf if missed > 0 else float(p[held] @ (log_p[held] - log_q[held]))
    m = (p + q) / 2
    to_m = xlogy(p, p).sum() + xlogy(q, q).sum() - 2 * xlogy(m, m).sum()
    return {
        "kl": max(0.0, forward),
        "reverse_kl": max(0.0, float(q[held] @ (log_q[held] - log_p[held]))),
        "jsd": float(np.clip(to_m / 2, 0.0, np.log(2))),
        "missed": missed,
    }


def matching(x: Tensor, y: Tensor) -> float:
    """Wasserstein-1 between two sets of n points: the mean distance of the cheapest matching."""
    distance = torch.cdist(x.double(), y.double()).numpy()
    return float(distance[linear_sum_assignment(distance)].mean())


def modes(x: Array, weight: Array, centers: Array, std: float) -> dict[str, float]:
    """How many modes p_g covers, and how much of its mass is near one.

    A point belongs to the nearest mode if it is within 3 std of it. A mode is covered when it
    holds at least a tenth of an equal share.

    Args:
        x: points of p_g, shape ``(n, d)``.
        weight: their masses, shape ``(n,)``.
        centers: of the modes, shape ``(c, d)``.
        std: of each mode.

    Returns:
        "modes", a whole number up to c, and "quality", in [0, 1].
    """
    squared = (x**2).sum(1)[:, None] - 2 * x @ centers.T + (centers**2).sum(1)
    nearest = squared.argmin(axis=1)
    near = squared[np.arange(len(x)), nearest] <= (3 * std) ** 2
    held = np.bincount(nearest[near], weight[near], minlength=len(centers))
    return {"modes": float((held >= 0.1 / len(centers)).sum()), "quality": float(held.sum())}


def data_cdf(density: Distribution, x: Array) -> Array:
    """F_data on the line, in float64."""
    if isinstance(density, Normal | MixtureSameFamily):
        weights, means, stds = _parts(density)
        return ndtr((x[:, None] - means[:, 0]) / stds[:, 0]) @ weights
    return density.cdf(torch.as_tensor(x)).double().numpy()


def log_masses(density: Distribution, edges: Array) -> Array:
    """log of p_data's mass between edges: shape ``(n,)`` on the line, ``(n, n)`` in the plane.

    Exact far out in the tails, where the mass itself is too small for a float64.
    """
    if not isinstance(density, Normal | MixtureSameFamily):
        with np.errstate(divide="ignore"):
            return np.log(np.diff(data_cdf(density, edges)))
    weights, means, stds = _parts(density)
    boxes = _log_between((edges[:, None, None] - means) / stds)  # (n, components, d)
    if means.shape[1] == 1:
        return logsumexp(boxes[:, :, 0], b=weights, axis=1)
    across = boxes[:, None, :, 0] + boxes[None, :, :, 1]  # (n, n, components)
    return logsumexp(across, b=weights, axis=2)


def _log_between(t: Array) -> Array:
    """log of the standard normal's mass between consecutive rows of t."""
    low, high = t[:-1], t[1:]
    right = low > 0  # there the mirror image keeps its digits
    low, high = np.where(right, -high, low), np.where(right, -low, high)
    log_low, log_high = log_ndtr(low), log_ndtr(high)
    return log_high + np.log1p(-np.exp(log_low - log_high))


def _parts(density: Distribution) -> tuple[Array, Array, Array]:
    """Weights (c,), means (c, d) and standard deviations (c, d) of a mixture of Gaussians."""
    if isinstance(density, Normal):
        weights = torch.ones(1)
        normal: Distribution = density
    else:
        assert isinstance(density, MixtureSameFamily)
        weights, normal = density.mixture_distribution.probs, density.component_distribution
    if isinstance(normal, Independent):
        normal = normal.base_dist
    means, stds = normal.mean, normal.stddev
    count = len(weights)
    w, mu, sigma = (t.double().numpy() for t in (weights, means, stds))
    return w / w.sum(), mu.reshape(count, -1), sigma.reshape(count, -1)
