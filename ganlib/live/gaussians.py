"""Gaussians and mixtures of them, integrated exactly: distribution functions and masses of boxes.

Everything is in float64, whatever the distribution's own dtype, because divergences live on the
tails.
"""

from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import log_ndtr, logsumexp, ndtr, ndtri
from torch import Tensor
from torch.distributions import Distribution, Independent, MixtureSameFamily, Normal

from ganlib.live.pushforward import sobol

__all__ = ["Gaussians", "gaussians"]

Array = NDArray[np.float64]


class Gaussians(NamedTuple):
    """A mixture of c Gaussians in d dimensions, each with independent coordinates.

    Args:
        weights: shape ``(c,)``, with sum 1.
        means: shape ``(c, d)``.
        stds: shape ``(c, d)``.
    """

    weights: Array
    means: Array
    stds: Array

    def cdf(self, x: Array) -> Array:
        """The distribution function on the line, shape ``(n,)`` like x."""
        return ndtr((x[:, None] - self.means[:, 0]) / self.stds[:, 0]) @ self.weights

    def log_masses(self, edges: Array) -> Array:
        """log of the mass of each box between edges: ``(n,)`` on the line, ``(n, n)`` in the plane.

        In the plane the first axis is x. Exact far out in the tails too, where the mass itself
        is too small for a float64.

        Args:
            edges: n + 1 of them, in order, the same along each axis; may begin and end infinite.
        """
        sides = _log_between((edges[:, None, None] - self.means) / self.stds)  # (n, c, d)
        if self.means.shape[1] == 1:
            return logsumexp(sides[:, :, 0], b=self.weights, axis=1)
        boxes = sides[:, None, :, 0] + sides[None, :, :, 1]  # (n, n, c)
        return logsumexp(boxes, b=self.weights, axis=2)

    def points(self, n: int, seed: int = 0) -> Tensor:
        """n points spread as evenly under the density as can be, shape ``(n, d)``."""
        u = sobol(1 + self.means.shape[1], n, seed)
        component = np.searchsorted(np.cumsum(self.weights), u[:, 0]).clip(max=len(self.means) - 1)
        x = self.means[component] + self.stds[component] * ndtri(u[:, 1:])
        return torch.as_tensor(x, dtype=torch.get_default_dtype())


def gaussians(density: Distribution) -> Gaussians | None:
    """What a torch distribution is made of; None if it is neither a Gaussian nor a mixture of them.

    Args:
        density: ``Normal`` or a ``MixtureSameFamily`` of ``Normal``, in the plane ``Independent``.
    """
    weights, parts = torch.ones(1), density
    if isinstance(density, MixtureSameFamily):
        weights, parts = density.mixture_distribution.probs, density.component_distribution
    if isinstance(parts, Independent):
        parts = parts.base_dist
    if not isinstance(parts, Normal):
        return None
    share, means, stds = (t.double().numpy() for t in (weights, parts.mean, parts.stddev))
    c = len(share)
    return Gaussians(share / share.sum(), means.reshape(c, -1), stds.reshape(c, -1))


def _log_between(t: Array) -> Array:
    """log of the standard normal's mass between consecutive rows of t."""
    low, high = t[:-1], t[1:]
    right = low > 0  # there the mirror image keeps its digits
    low, high = np.where(right, -high, low), np.where(right, -low, high)
    log_low, log_high = log_ndtr(low), log_ndtr(high)
    return log_high + np.log1p(-np.exp(log_low - log_high))
