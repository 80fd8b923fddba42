"""Toy choices of p_data: every density here can be drawn from and written down.

Each function returns a ``torch.distributions`` object, so that ``p.sample((m,))`` gives a
minibatch and ``p.log_prob(x)`` the exact log-density in nats. On the line samples have shape
``(m,)``, in the plane ``(m, 2)``; ``log_prob`` gives one value a point. Many of the errors below
come from ``torch.distributions``, which checks its parameters.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal, Uniform

__all__ = ["centers", "gaussian", "grid", "mixture", "ring", "two_gaussians", "uniform"]

Numbers = Sequence[float] | Tensor


def gaussian(mean: float = 5.0, std: float = 1.0) -> Normal:
    """N(mean, std²) on the line.

    Raises:
        ValueError: std <= 0.
    """
    return Normal(float(mean), float(std))


def mixture(
    means: Numbers, stds: float | Numbers, weights: Numbers | None = None
) -> MixtureSameFamily:
    """A mixture of n Gaussians on the line, sum_i weights_i N(means_i, stds_i²).

    Args:
        means: shape ``(n,)``.
        stds: shape ``(n,)``, or one number for all.
        weights: shape ``(n,)``, scaled here to sum to 1; equal if not given.

    Raises:
        ValueError: shapes that differ, a std <= 0, a weight < 0, or no weight > 0.
    """
    mean = torch.as_tensor(means)
    if not mean.is_floating_point():
        mean = mean.to(torch.get_default_dtype())
    std = torch.as_tensor(stds).to(mean)
    weight = torch.as_tensor(torch.ones_like(mean) if weights is None else weights).to(mean)
    if not (mean.shape == weight.shape == (mean.numel(),) and std.shape in ((), mean.shape)):
        raise ValueError(
            "mixture: expected means of shape (n,), stds (n,) or (), and weights (n,), "
            f"got {tuple(mean.shape)}, {tuple(std.shape)} and {tuple(weight.shape)}"
        )
    if (weight < 0).any() or not 0 < weight.sum() < math.inf:
        raise ValueError(f"weights: expected none < 0 and a positive sum, got {weight.tolist()}")
    # Logits, because Categorical clips probabilities: a weight of 0 would leave a trace in p.
    return MixtureSameFamily(Categorical(logits=weight.log()), Normal(mean, std.expand_as(mean)))


def two_gaussians(
    distance: float = 4.0, std: float = 0.5, weight: float = 0.5
) -> MixtureSameFamily:
    """Two Gaussians on the line, at -distance/2 and at +distance/2.

    Args:
        distance: between the two means.
        std: of each.
        weight: the share of the left one.

    Raises:
        ValueError: std <= 0, or weight outside [0, 1].
    """
    if not 0 <= weight <= 1:
        raise ValueError(f"weight: expected a share in [0, 1], got {weight}")
    return mixture([-distance / 2, distance / 2], std, [weight, 1 - weight])


def uniform(low: float = 0.0, high: float = 1.0) -> Uniform:
    """U[low, high) on the line; log_prob is -inf elsewhere.

    Raises:
        ValueError: low >= high.
    """
    if not low < high:
        raise ValueError(f"uniform: expected low < high, got low = {low} and high = {high}")
    # With its checks on, torch raises outside [low, high), where a plot always looks too.
    return Uniform(float(low), float(high), validate_args=False)


def ring(n: int = 8, radius: float = 1.0, std: float = 0.01) -> MixtureSameFamily:
    """n equal round Gaussians in the plane, evenly spaced on a circle about the origin.

    The defaults are the 2D-ring of Lin et al. 2018, PacGAN (after Srivastava et al. 2017,
    VEEGAN).

    Raises:
        ValueError: n < 1 or std <= 0.
    """
    if n < 1:
        raise ValueError(f"ring: expected n >= 1 Gaussians, got {n}")
    angle = 2 * math.pi * torch.arange(n) / n
    return _equal_blobs(radius * torch.stack([angle.cos(), angle.sin()], dim=1), std)


def grid(n: int = 5, spacing: float = 2.0, std: float = 0.05) -> MixtureSameFamily:
    """n × n equal round Gaussians in the plane, on a square grid about the origin.

    The defaults are the 2D-grid of Lin et al. 2018, PacGAN: 25 modes on {-4, -2, 0, 2, 4}².

    Args:
        n: Gaussians a side.
        spacing: between neighbours.
        std: of each, along each axis.

    Raises:
        ValueError: n < 1 or std <= 0.
    """
    if n < 1:
        raise ValueError(f"grid: expected n >= 1 Gaussians a side, got {n}")
    side = spacing * (torch.arange(n) - (n - 1) / 2)
    return _equal_blobs(torch.cartesian_prod(side, side), std)


def centers(density: MixtureSameFamily) -> Tensor:
    """The means of a mixture's components: (n, 2) for a ring or grid, (n,) on the line."""
    return density.component_distribution.mean


def _equal_blobs(means: Tensor, std: float) -> MixtureSameFamily:
    """The equal-weight mixture of N(mean, std² I), one for each row of means, (n, 2)."""
    return MixtureSameFamily(
        Categorical(torch.ones(len(means))), Independent(Normal(means, float(std)), 1)
    )
