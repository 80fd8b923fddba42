"""Toy choices of p_data: every density here can be drawn from and written down.

Each function returns a `torch.distributions` object, so that `p.sample((m,))` gives a minibatch
and `p.log_prob(x)` the exact log-density in nats. In one dimension samples have shape (m,), in
two dimensions (m, 2); `log_prob` gives one value a point. Parameters that make no density (a
negative standard deviation, weights below zero) raise ValueError, most of them from
`torch.distributions` itself.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal, Uniform

Numbers = Sequence[float] | Tensor


def gaussian(mean: float = 5.0, std: float = 1.0) -> Normal:
    """N(mean, std²) on the line. Raises ValueError unless std > 0."""
    return Normal(float(mean), float(std))


def mixture(
    means: Numbers, stds: float | Numbers, weights: Numbers | None = None
) -> MixtureSameFamily:
    """The mixture of n Gaussians on the line, sum_i weights_i N(means_i, stds_i²).

    `means` has shape (n,); `stds` is one number for all or has shape (n,); `weights`, shape (n,),
    are scaled to sum to 1, and are equal where none are given. Raises ValueError where the shapes
    differ, a standard deviation is not positive, or the weights are negative or all zero.
    """
    mean = torch.as_tensor(means)
    if not mean.is_floating_point():
        mean = mean.to(torch.get_default_dtype())
    std = torch.as_tensor(stds, dtype=mean.dtype)
    weight = torch.as_tensor([1.0] * len(mean) if weights is None else weights, dtype=mean.dtype)
    if not (mean.shape == weight.shape == (mean.numel(),) and std.shape in ((), mean.shape)):
        raise ValueError(
            "a mixture needs means of shape (n,), stds of shape (n,) or (), and weights of shape "
            f"(n,), got {tuple(mean.shape)}, {tuple(std.shape)} and {tuple(weight.shape)}"
        )
    if (weight < 0).any() or not weight.sum() > 0:
        raise ValueError(f"weights must be >= 0 and not all 0, got {weight.tolist()}")
    # Logits, because Categorical clips probabilities: a weight of 0 would leave a trace in p.
    return MixtureSameFamily(Categorical(logits=weight.log()), Normal(mean, std.expand_as(mean)))


def two_gaussians(
    distance: float = 4.0, std: float = 0.5, weight: float = 0.5
) -> MixtureSameFamily:
    """Two Gaussians on the line, at -distance/2 (its share is `weight`) and at +distance/2.

    Raises ValueError unless std > 0 and 0 <= weight <= 1.
    """
    if not 0 <= weight <= 1:
        raise ValueError(f"weight, the share of the left Gaussian, lies in [0, 1], not {weight}")
    return mixture([-distance / 2, distance / 2], std, [weight, 1 - weight])


def uniform(low: float = 0.0, high: float = 1.0) -> Uniform:
    """U[low, high) on the line. Raises ValueError unless low < high."""
    if not low < high:
        raise ValueError(f"uniform needs low < high, got low = {low} and high = {high}")
    # Checks off: outside [low, high) the density is 0 and log_prob is -inf, where the check would
    # raise, and a plot always looks outside.
    return Uniform(float(low), float(high), validate_args=False)


def ring(n: int = 8, radius: float = 1.0, std: float = 0.01) -> MixtureSameFamily:
    """n equal round Gaussians in the plane, evenly spaced on a circle about the origin.

    The defaults are the 2D-ring of Lin et al. 2018, PacGAN (after Srivastava et al. 2017,
    VEEGAN). Raises ValueError unless n >= 1 and std > 0.
    """
    if n < 1:
        raise ValueError(f"a ring has n >= 1 Gaussians, not {n}")
    angle = 2 * math.pi * torch.arange(n) / n
    return _equal_blobs(radius * torch.stack([angle.cos(), angle.sin()], dim=1), std)


def grid(n: int = 5, spacing: float = 2.0, std: float = 0.05) -> MixtureSameFamily:
    """n × n equal round Gaussians in the plane, on a square grid about the origin.

    The defaults are the 2D-grid of Lin et al. 2018, PacGAN: 25 modes on {-4, -2, 0, 2, 4}².
    Raises ValueError unless n >= 1 and std > 0.
    """
    if n < 1:
        raise ValueError(f"a grid has n >= 1 Gaussians a side, not {n}")
    side = spacing * (torch.arange(n) - (n - 1) / 2)
    return _equal_blobs(torch.cartesian_prod(side, side), std)


def centers(density: MixtureSameFamily) -> Tensor:
    """The means of a mixture's components: (n, 2) for `ring` and `grid`, (n,) for `mixture`."""
    return density.component_distribution.mean


def _equal_blobs(means: Tensor, std: float) -> MixtureSameFamily:
    """The equal-weight mixture of N(mean, std² I), one for each row of `means`, (n, 2)."""
    return MixtureSameFamily(
        Categorical(torch.ones(len(means))), Independent(Normal(means, float(std)), 1)
    )
