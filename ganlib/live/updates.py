"""One update of D and one of G, for any loss; the paper's own are those of ganlib.training."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ganlib.live.losses import Loss, gradient_penalty
from ganlib.live.watched import ModuleError
from ganlib.training import discriminator_step, frozen, generator_step

__all__ = ["ascend", "descend"]


def ascend(
    D: nn.Module, G: nn.Module, opt_d: Optimizer, x: Tensor, z: Tensor, loss: Loss
) -> tuple[float, float]:
    """Update D, with G held fixed.

    Args and shapes: as for :func:`ganlib.training.discriminator_step`.

    Returns:
        D's loss before the update, and the norm of its gradient.

    Raises:
        ModuleError: no gradient could be taken.
    """
    with _named("D"):
        if loss.from_the_paper:
            value = discriminator_step(D, G, opt_d, x, z)
        else:
            with torch.no_grad():  # the fakes are data to D
                x_fake = G(z)
            value = loss.discriminator(D(x), D(x_fake))
            if loss.penalty:
                value = value + loss.penalty * gradient_penalty(D, x, x_fake)
            opt_d.zero_grad()
            value.backward()
            opt_d.step()
    return value.item(), _gradient_norm(D)


def descend(
    D: nn.Module, G: nn.Module, opt_g: Optimizer, z: Tensor, loss: Loss
) -> tuple[float, float]:
    """Update G, with D held fixed.

    Args and shapes: as for :func:`ganlib.training.generator_step`.

    Returns:
        G's loss before the update, and the norm of its gradient.

    Raises:
        ModuleError: no gradient could be taken.
    """
    with _named("G"):
        if loss.from_the_paper:
            value = generator_step(D, G, opt_g, z, saturating=loss.name == "saturating")
        else:
            with frozen(D):
                value = loss.generator(D(G(z)))
                opt_g.zero_grad()
                value.backward()
            opt_g.step()
    return value.item(), _gradient_norm(G)


def _gradient_norm(network: nn.Module) -> float:
    """Euclidean norm of all gradients of a network together."""
    norms = [p.grad.norm() for p in network.parameters() if p.grad is not None]
    return torch.stack(norms).norm().item() if norms else 0.0


@contextmanager
def _named(who: str) -> Iterator[None]:
    """An error in an update, said with the name of the player."""
    try:
        yield
    except ModuleError:
        raise
    except RuntimeError as error:
        lost = "does not require grad" in str(error)
        hint = f": no gradient reaches {who}; does its forward detach or go through NumPy?"
        raise ModuleError(f"the update of {who} failed{hint if lost else f': {error}'}") from error
