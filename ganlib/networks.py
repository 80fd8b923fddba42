"""G and D: plain MLPs that any notebook can size, and the paper's own MNIST pair.

D returns *logits*, shape ``(m,)``: the number a with D(x) = sigmoid(a). The losses in
:mod:`ganlib.value` take logits, because log(sigmoid(a)) is -inf where D is sure.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

__all__ = ["Discriminator", "Generator", "Maxout", "PaperDiscriminator", "PaperGenerator"]


class Generator(nn.Module):
    """A fully connected G: noise (m, noise_dim) -> data (m, out_features).

    Args:
        noise_dim: length of z.
        out_features: length of one flattened data point.
        hidden: units of each hidden layer; ``()`` gives one linear layer.
        activation: makes the module after each hidden layer.
        output: the module after the last layer; ``nn.Sigmoid()`` for pixels in [0, 1],
            ``nn.Identity()`` (the default) for unbounded data.

    Raises:
        ValueError: a size that is not a positive integer.
    """

    def __init__(
        self,
        noise_dim: int = 1,
        out_features: int = 1,
        hidden: Sequence[int] = (64, 64),
        activation: Callable[[], nn.Module] = nn.ReLU,
        output: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.noise_dim = noise_dim
        self.layers = nn.Sequential(
            *_mlp(noise_dim, hidden, out_features, activation), output or nn.Identity()
        )

    def forward(self, z: Tensor) -> Tensor:
        _expect_features("Generator", z, self.noise_dim)
        return self.layers(z)


class Discriminator(nn.Module):
    """A fully connected D: data (m, ...) -> logits (m,).

    Args:
        in_features: length of one flattened data point.
        hidden: units of each hidden layer.
        activation: makes the module after each hidden layer; the leaky default lets a
            gradient through everywhere, and G learns from nothing but D's gradient.
        dropout: probability of dropping a hidden unit, in [0, 1).

    Raises:
        ValueError: a size that is not a positive integer, or a dropout outside [0, 1).
    """

    def __init__(
        self,
        in_features: int = 1,
        hidden: Sequence[int] = (64, 64),
        activation: Callable[[], nn.Module] = lambda: nn.LeakyReLU(0.2),
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        if not 0 <= dropout < 1:
            raise ValueError(f"dropout: expected a probability in [0, 1), got {dropout}")
        self.layers = nn.Sequential(*_mlp(in_features, hidden, 1, activation, dropout))

    def forward(self, x: Tensor) -> Tensor:
        x = _flatten(x)  # (m, in_features): images come as (m, 28, 28) too
        _expect_features("Discriminator", x, self.in_features)
        return self.layers(x).squeeze(-1)  # (m, 1) -> (m,)


class Maxout(nn.Module):
    """Maxout layer: each unit is the largest of several linear functions of its input.

    Goodfellow et al., *Maxout Networks* (2013), arXiv:1302.4389. Maps (m, in_features)
    to (m, units).
    """

    def __init__(self, in_features: int, units: int, pieces: int) -> None:
        super().__init__()
        self.units, self.pieces = units, pieces
        self.linear = nn.Linear(in_features, units * pieces)

    def forward(self, x: Tensor) -> Tensor:
        pieces = self.linear(x).unflatten(-1, (self.units, self.pieces))  # (m, units, pieces)
        return pieces.amax(dim=-1)  # (m, units)


class PaperGenerator(Generator):
    """G of the paper's MNIST experiment, as in the authors' published code.

    z of 100 numbers from U(-sqrt 3, sqrt 3), which has variance 1; ReLU 1200, ReLU 1200,
    sigmoid 784; weights from U(-.05, .05); the output bias is the logit of the pixel
    means, so that an untrained G already has the average image's brightness.

    Args:
        pixel_means: mean image of the training data, shape ``(784,)``, in [0, 1].

    Raises:
        ValueError: pixel_means of another shape or range.
    """

    def __init__(self, pixel_means: Tensor) -> None:
        super().__init__(100, 784, hidden=(1200, 1200), output=nn.Sigmoid())
        if pixel_means.shape != (784,):
            raise ValueError(
                "pixel_means: expected shape (784,), one number a pixel, got "
                f"{tuple(pixel_means.shape)}"
            )
        if not bool(((pixel_means >= 0) & (pixel_means <= 1)).all()):  # so that nan fails too
            raise ValueError(
                "pixel_means: expected values in [0, 1], got "
                f"{pixel_means.min():.3g} to {pixel_means.max():.3g}"
            )
        last = _uniform_weights(self, 0.05)
        with torch.no_grad():
            last.bias.copy_(torch.logit(pixel_means.double(), eps=1e-7))


class PaperDiscriminator(nn.Module):
    """D of the paper's MNIST experiment, as in the authors' published code.

    Dropout .2 on the pixels and .5 on each hidden layer, two maxout layers of 240 units
    with 5 pieces, one logit; weights from U(-.005, .005). Data (m, ...) -> logits (m,).
    Dropout acts while G learns too.
    """

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Dropout(0.2),
            Maxout(784, units=240, pieces=5),
            nn.Dropout(0.5),
            Maxout(240, units=240, pieces=5),
            nn.Dropout(0.5),
            nn.Linear(240, 1),
        )
        _uniform_weights(self, 0.005)

    def forward(self, x: Tensor) -> Tensor:
        x = _flatten(x)  # (m, 784)
        _expect_features("PaperDiscriminator", x, 784)
        return self.layers(x).squeeze(-1)  # (m,)


def _mlp(
    first: int,
    hidden: Sequence[int],
    last: int,
    activation: Callable[[], nn.Module],
    dropout: float = 0.0,
) -> list[nn.Module]:
    """Linear layers of these sizes with an activation (and dropout) between them."""
    if isinstance(hidden, int):
        raise ValueError(f"hidden: expected a sequence, ({hidden},) for one layer, got {hidden}")
    sizes = [first, *hidden, last]
    if any(not isinstance(size, int) or size < 1 for size in sizes):
        raise ValueError(f"layer sizes: expected positive integers, got {sizes}")
    layers: list[nn.Module] = []
    for before, after in pairwise(sizes):
        layers += [nn.Linear(before, after), activation()]
        if dropout:
            layers.append(nn.Dropout(dropout))
    return layers[: -2 if dropout else -1]  # nothing follows the last linear layer


def _uniform_weights(module: nn.Module, width: float) -> nn.Linear:
    """Draw all weights from U(-width, width), zero the biases, return the last layer."""
    linears = [m for m in module.modules() if isinstance(m, nn.Linear)]
    for linear in linears:
        nn.init.uniform_(linear.weight, -width, width)
        nn.init.zeros_(linear.bias)
    return linears[-1]


def _flatten(x: Tensor) -> Tensor:
    return x.flatten(start_dim=1) if x.ndim > 1 else x  # (m,) is refused below


def _expect_features(who: str, x: Tensor, features: int) -> None:
    if x.ndim != 2 or x.shape[1] != features:
        advice = "; unsqueeze(1) makes it (m, 1)" if x.ndim == 1 and features == 1 else ""
        raise ValueError(
            f"{who}: expected input of shape (m, {features}), got {tuple(x.shape)}{advice}"
        )
