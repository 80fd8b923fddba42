"""What D and G descend: the paper's game, and four that came after it.

Each :class:`Loss` is a pair of functions of D's raw outputs a(x), shape ``(m,)``. In the paper's
game a is a logit and D(x) = sigmoid(a(x)); elsewhere it is a score, which ``shown`` turns into
what a picture of D paints.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import relu

from ganlib.value import discriminator_loss, generator_loss, optimal_discriminator

__all__ = ["LOSSES", "Loss", "gradient_penalty"]


@dataclass(frozen=True)
class Loss:
    """One game: what each player descends, and what the best D against a given G is.

    Args:
        name: as the student picks it.
        discriminator: (real outputs, fake outputs) -> scalar that D descends.
        generator: fake outputs -> scalar that G descends.
        d_formula: D's loss in symbols.
        g_formula: G's loss in symbols.
        source: where it comes from.
        shown: raw outputs -> what a picture of D paints.
        span: smallest and largest value that the picture's scale needs.
        optimum: (p_data, p_g) at the same points -> the best D there, as ``shown`` would paint
            it; None where the best D at a point needs more than the densities at that point.
        penalty: weight of the gradient penalty in D's loss.
        relative: whether outputs mean something only up to a constant, as a critic's do.
    """

    name: str
    discriminator: Callable[[Tensor, Tensor], Tensor]
    generator: Callable[[Tensor], Tensor]
    d_formula: str
    g_formula: str
    source: str
    shown: Callable[[Tensor], Tensor] = torch.sigmoid
    span: tuple[float, float] = (0.0, 1.0)
    optimum: Callable[[Tensor, Tensor], Tensor] | None = optimal_discriminator
    penalty: float = 0.0
    relative: bool = False

    @property
    def from_the_paper(self) -> bool:
        """Whether a(x) is a logit and D descends -V."""
        return self.discriminator is discriminator_loss


def gradient_penalty(D: nn.Module, x: Tensor, x_fake: Tensor) -> Tensor:
    """E (‖∇a(x̂)‖ − 1)², x̂ uniform on the lines from each real point to a fake one.

    Gulrajani et al. 2017, *Improved Training of Wasserstein GANs*, arXiv:1704.00028, section 4.

    Args:
        D: data (m, ...) -> outputs (m,).
        x: real points, shape ``(m, ...)``.
        x_fake: as many fake ones.

    Returns:
        A scalar, differentiable in D's parameters.
    """
    share = torch.rand(len(x), *[1] * (x.ndim - 1), dtype=x.dtype)
    between = (share * x + (1 - share) * x_fake).requires_grad_()
    (slope,) = torch.autograd.grad(D(between).sum(), between, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()


_V = "−1/m Σ [log D(x) + log(1 − D(G(z)))]"

_GAMES = (
    Loss(
        "non-saturating",
        discriminator_loss,
        generator_loss,
        _V,
        "−1/m Σ log D(G(z))",
        "Goodfellow et al. 2014, end of section 3",
    ),
    Loss(
        "saturating",
        discriminator_loss,
        lambda fake: generator_loss(fake, saturating=True),
        _V,
        "1/m Σ log(1 − D(G(z)))",
        "Goodfellow et al. 2014, Algorithm 1",
    ),
    Loss(
        "least squares",
        lambda real, fake: ((real - 1).square().mean() + fake.square().mean()) / 2,
        lambda fake: (fake - 1).square().mean() / 2,
        "1/2m Σ [(a(x) − 1)² + a(G(z))²]",
        "1/2m Σ (a(G(z)) − 1)²",
        "Mao et al. 2017, Least Squares GANs, arXiv:1611.04076, equation 9",
        shown=lambda a: a,
        span=(0.0, 1.0),
    ),
    Loss(
        "hinge",
        lambda real, fake: relu(1 - real).mean() + relu(1 + fake).mean(),
        lambda fake: -fake.mean(),
        "1/m Σ [max(0, 1 − a(x)) + max(0, 1 + a(G(z)))]",
        "−1/m Σ a(G(z))",
        "Lim and Ye 2017, Geometric GAN, arXiv:1705.02894, section 3",
        shown=lambda a: a,
        span=(-1.0, 1.0),
        optimum=lambda p_data, p_g: torch.sign(p_data - p_g),
    ),
    Loss(
        "wasserstein",
        lambda real, fake: fake.mean() - real.mean(),
        lambda fake: -fake.mean(),
        "1/m Σ [a(G(z)) − a(x)] + 1/m Σ (‖∇a(x̂)‖ − 1)²",
        "−1/m Σ a(G(z))",
        "Gulrajani et al. 2017, Improved Training of Wasserstein GANs, arXiv:1704.00028",
        shown=lambda a: a,
        span=(-1.0, 1.0),
        optimum=None,
        # The paper takes 10 for images, its authors' code 0.1 for toy data. With 10 on the line a
        # slope that should change its sign is held up at 0 by the penalty, and p_g runs away.
        penalty=1.0,
        relative=True,
    ),
)

LOSSES: dict[str, Loss] = {game.name: game for game in _GAMES}
"""By name, the paper's two first."""
