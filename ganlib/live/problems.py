"""The problems that a live GAN can be given: p_data, p_z, and networks that suit them.

Every density here is a Gaussian or a mixture of round Gaussians, so log p_data(x) is exact
everywhere and so is the mass of any box. Curves (moons, the spiral) are many Gaussians along the
curve; a drawing is one Gaussian round each point drawn. The 2 × 2 faces have no density.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.distributions import Categorical, Distribution, Independent, MixtureSameFamily, Normal

from ganlib.data import centers, gaussian, grid, mixture, ring, two_gaussians
from ganlib.data.faces import two_by_two_faces
from ganlib.networks import Discriminator, Generator
from ganlib.sampling import Draws, Minibatches, Noise

__all__ = ["PROBLEMS", "Problem", "drawn", "from_samples", "problem"]


@dataclass(frozen=True)
class Problem:
    """What G has to learn, and how to look at it.

    Args:
        name: as the student picks it.
        sample_data: ``f(m)``, m examples, shape ``(m, features)``.
        noise: p_z.
        features: length of one data point: 1 is drawn on a line, 2 in the plane, more as images.
        low, high: the axes of the picture, the same for every feature.
        density: p_data with its exact ``log_prob``; None where nobody knows it.
        modes: where p_data has its peaks, shape ``(n, features)``; None where that means nothing.
        mode_std: the width of a peak.
        hidden_g, hidden_d: units of the hidden layers of the default networks.
        lr: learning rate of the default optimizers (Adam), for G and for D.
        output: makes the last module of the default G.
    """

    name: str
    sample_data: Callable[[int], Tensor]
    noise: Noise
    features: int
    low: float
    high: float
    density: Distribution | None = None
    modes: Tensor | None = None
    mode_std: float = 0.0
    hidden_g: tuple[int, ...] = (32, 32)
    hidden_d: tuple[int, ...] = (32, 32)
    lr: float = 2e-3
    output: Callable[[], nn.Module] = nn.Identity

    def generator(self, hidden: Sequence[int] | None = None) -> Generator:
        """A fresh default G."""
        sizes = self.hidden_g if hidden is None else tuple(hidden)
        return Generator(self.noise.dim, self.features, sizes, output=self.output())

    def discriminator(self, hidden: Sequence[int] | None = None) -> Discriminator:
        """A fresh default D."""
        sizes = self.hidden_d if hidden is None else tuple(hidden)
        return Discriminator(self.features, sizes)


def problem(name: str) -> Problem:
    """A problem by name.

    Raises:
        ValueError: no problem of this name.
    """
    if name not in PROBLEMS:
        raise ValueError(f"problem: expected one of {', '.join(map(repr, PROBLEMS))}, got {name!r}")
    return PROBLEMS[name]()


def drawn(points: Tensor | Sequence[Sequence[float]], std: float = 0.08) -> Problem:
    """Draw your own: one round Gaussian about each point that was drawn.

    Args:
        points: shape ``(n, 2)`` in the plane or ``(n, 1)`` on the line, inside [-2, 2].
        std: the width of each Gaussian, the softness of the pen.

    Raises:
        ValueError: no points, another shape, or std <= 0.
    """
    at = torch.as_tensor(points, dtype=torch.get_default_dtype())
    if at.ndim != 2 or at.shape[1] not in (1, 2) or len(at) == 0:
        raise ValueError(
            f"points: expected shape (n, 2) or (n, 1) with n >= 1, got {tuple(at.shape)}"
        )
    density = mixture(at[:, 0], std) if at.shape[1] == 1 else _blobs(at, std)
    return Problem("draw your own", Draws(density), Noise(2), at.shape[1], -2.0, 2.0, density)


def from_samples(x: Tensor, name: str = "your data", noise: Noise | None = None) -> Problem:
    """A data set whose density nobody knows, shape ``(n, features)``."""
    x = x.flatten(1)
    margin = 0.1 * float(x.max() - x.min()) or 1.0
    return Problem(
        name, Minibatches(x), noise or Noise(min(x.shape[1], 2)), x.shape[1],
        float(x.min()) - margin, float(x.max()) + margin,
    )  # fmt: skip


def _gaussian() -> Problem:
    """The lecture's own: N(5, 1) from U[-8, 8], a G of one layer and a D of four."""
    density = gaussian(5.0, 1.0)
    return Problem(
        "gaussian", Draws(density), Noise(1, "uniform", -8.0, 8.0), 1, 0.0, 10.0, density,
        hidden_g=(), hidden_d=(32, 32, 32), lr=1e-2,
    )  # fmt: skip


def _two_gaussians() -> Problem:
    return _line("two gaussians", two_gaussians(), -5.0, 5.0)


def _mixture() -> Problem:
    return _line("mixture", mixture([-3.0, 0.0, 3.5], [0.6, 0.4, 0.8], [3, 2, 5]), -7.0, 7.0)


def _line(name: str, density: MixtureSameFamily, low: float, high: float) -> Problem:
    modes, std = centers(density)[:, None], float(density.component_distribution.stddev.max())
    return Problem(name, Draws(density), Noise(1), 1, low, high, density, modes, std)


def _plane(name: str, density: MixtureSameFamily, high: float, std: float = 0.0) -> Problem:
    modes = centers(density) if std else None
    return Problem(
        name, Draws(density), Noise(2), 2, -high, high, density, modes, std, (64, 64), (64, 64)
    )


def _faces() -> Problem:
    """The five faces of notebook 05, and its G and D of one layer, for z from U(0, 1)."""
    faces = torch.as_tensor(two_by_two_faces(), dtype=torch.get_default_dtype())
    return Problem(
        "faces", Minibatches(faces), Noise(1, "uniform", 0.0, 1.0), 4, 0.0, 1.0, modes=faces,
        mode_std=0.05, hidden_g=(), hidden_d=(), lr=1e-2, output=nn.Sigmoid,
    )  # fmt: skip


def _moons(n: int = 60, std: float = 0.1) -> MixtureSameFamily:
    angle = torch.linspace(0, math.pi, n)
    upper = torch.stack([angle.cos() - 0.5, angle.sin() - 0.25], dim=1)
    return _blobs(torch.cat([upper, -upper]), std)


def _spiral(n: int = 120, turns: float = 1.5, std: float = 0.06) -> MixtureSameFamily:
    angle = 2 * math.pi * turns * torch.linspace(0.1, 1, n).sqrt()  # even along the curve
    radius = 1.5 * angle / angle.max()
    return _blobs(radius[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1), std)


def _blobs(means: Tensor, std: float) -> MixtureSameFamily:
    """Equal round Gaussians N(mean, std² I), one for each row of means, (n, 2)."""
    return MixtureSameFamily(
        Categorical(torch.ones(len(means))), Independent(Normal(means, float(std)), 1)
    )


PROBLEMS: dict[str, Callable[[], Problem]] = {
    "gaussian": _gaussian,
    "two gaussians": _two_gaussians,
    "mixture": _mixture,
    "ring": lambda: _plane("ring", ring(8, 1.5, 0.08), 2.0, 0.08),
    "grid": lambda: _plane("grid", grid(3, 1.2, 0.08), 2.0, 0.08),
    "moons": lambda: _plane("moons", _moons(), 2.0),
    "spiral": lambda: _plane("spiral", _spiral(), 2.0),
    "faces": _faces,
}
"""By name; each call makes a fresh one."""
