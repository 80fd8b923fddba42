"""Where minibatches come from: callables ``f(m)`` that return m samples.

Algorithm 1 needs two, ``sample_data(m)`` and ``sample_noise(m)``. Each object here keeps
what it needs on one device and draws there, so that no batch crosses from CPU to GPU
(:class:`Draws`, for toy densities, is the exception).
All randomness comes from torch's global generators: ``torch.manual_seed`` governs it.
"""

import math

import torch
from torch import Tensor
from torch.distributions import Distribution

__all__ = ["Draws", "Minibatches", "Noise"]


class Minibatches:
    """sample_data for a data set in memory: m rows, drawn with replacement.

    Args:
        x: the data set, shape ``(n, ...)``.

    Raises:
        ValueError: an empty data set, or one whose points have no features.
        TypeError: not a tensor.
    """

    def __init__(self, x: Tensor) -> None:
        if not isinstance(x, Tensor):
            raise TypeError(f"x: expected a tensor of shape (n, features), got {type(x).__name__}")
        if x.ndim < 2 or len(x) == 0:
            raise ValueError(
                "x: expected a data set of shape (n, features) or (n, height, width), n >= 1, "
                f"got {tuple(x.shape)}"
            )
        self.x = x

    def to(self, device: torch.device | str) -> "Minibatches":
        """Move the whole data set to the device, once."""
        self.x = self.x.to(device)
        return self

    def __call__(self, m: int) -> Tensor:
        rows = torch.randint(len(self.x), (m,), device=self.x.device)
        return self.x[rows]


class Noise:
    """sample_noise: z ~ p_z, shape ``(m, dim)``.

    Args:
        dim: length of z.
        prior: "normal" for N(0, I), "uniform" for U(low, high) in each coordinate.
        low: lower end of the uniform prior.
        high: upper end; the defaults give variance 1, as in the authors' code.

    Raises:
        ValueError: an unknown prior, dim < 1 or low >= high.
    """

    def __init__(
        self,
        dim: int,
        prior: str = "normal",
        low: float = -math.sqrt(3),
        high: float = math.sqrt(3),
    ) -> None:
        if prior not in ("normal", "uniform"):
            raise ValueError(f"prior: expected 'normal' or 'uniform', got {prior!r}")
        if dim < 1 or not low < high:
            raise ValueError(f"expected dim >= 1 and low < high, got {dim}, {low} and {high}")
        self.dim, self.prior, self.low, self.high = dim, prior, low, high
        self.device = torch.device("cpu")

    def to(self, device: torch.device | str) -> "Noise":
        """Draw on this device from now on."""
        self.device = torch.device(device)
        return self

    def __call__(self, m: int) -> Tensor:
        if self.prior == "normal":
            return torch.randn(m, self.dim, device=self.device)
        return torch.empty(m, self.dim, device=self.device).uniform_(self.low, self.high)


class Draws:
    """sample_data from a torch distribution with a known density, shape ``(m, features)``.

    A distribution of scalars gives ``(m, 1)``: networks want one row a sample. Draws are
    made on the device that holds the distribution's parameters and moved if need be, batch
    by batch: toy densities are at home on the CPU.

    Args:
        distribution: any ``torch.distributions.Distribution`` of scalars or vectors.
    """

    def __init__(self, distribution: Distribution) -> None:
        self.distribution = distribution
        self.device: torch.device | None = None

    def to(self, device: torch.device | str) -> "Draws":
        """Return samples on this device from now on."""
        self.device = torch.device(device)
        return self

    def __call__(self, m: int) -> Tensor:
        x = self.distribution.sample(torch.Size([m]))
        x = x.reshape(m, -1)  # scalars: (m,) -> (m, 1)
        return x if self.device is None else x.to(self.device)
