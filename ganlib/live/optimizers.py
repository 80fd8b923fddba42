"""Optimizers by name, and their learning rate and momentum while they run."""

from collections.abc import Callable, Iterable
from typing import Any

from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer, RMSprop

__all__ = ["OPTIMIZERS", "Choice", "make", "momentum", "rate", "set_momentum", "set_rate"]

Choice = str | Optimizer | Callable[[Iterable[Tensor]], Optimizer]
"""A name, an optimizer that holds the network's parameters, or a function that makes one."""

OPTIMIZERS: dict[str, Callable[..., Optimizer]] = {
    "adam": lambda parameters, lr: Adam(parameters, lr=lr, betas=(0.5, 0.999)),
    "sgd": lambda parameters, lr: SGD(parameters, lr=lr),
    "rmsprop": lambda parameters, lr: RMSprop(parameters, lr=lr),
}
"""Adam with the first moment of Radford et al. 2016 (DCGAN), which GANs need; SGD; RMSprop."""


def make(choice: Choice, who: str, network: nn.Module, lr: float) -> Optimizer:
    """The optimizer that was chosen for a network.

    Args:
        choice: see :data:`Choice`.
        who: "G" or "D", for the messages.
        network: whose parameters it moves.
        lr: learning rate of an optimizer chosen by name.

    Raises:
        ValueError: an unknown name, or an optimizer of other parameters than the network's.
    """
    if isinstance(choice, str):
        if choice not in OPTIMIZERS:
            names = ", ".join(map(repr, OPTIMIZERS))
            raise ValueError(f"opt_{who.lower()}: expected one of {names}, got {choice!r}")
        return OPTIMIZERS[choice](network.parameters(), lr=lr)
    optimizer = choice if isinstance(choice, Optimizer) else choice(network.parameters())
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    if not held <= {id(p) for p in network.parameters()}:
        raise ValueError(f"opt_{who.lower()}: expected an optimizer of {who}'s parameters alone")
    return optimizer


def rate(optimizer: Optimizer) -> float:
    """The learning rate, of the first group of parameters."""
    return float(optimizer.param_groups[0]["lr"])


def set_rate(optimizer: Optimizer, lr: float) -> None:
    """Another learning rate from the next update on.

    Raises:
        ValueError: lr < 0.
    """
    if not lr >= 0:
        raise ValueError(f"learning rate: expected a number, 0 or more, got {lr}")
    for group in optimizer.param_groups:
        group["lr"] = float(lr)


def momentum(optimizer: Optimizer) -> float | None:
    """SGD's momentum, or the decay of Adam's first moment; None where there is neither."""
    group: dict[str, Any] = optimizer.param_groups[0]
    if "betas" in group:
        return float(group["betas"][0])
    return float(group["momentum"]) if isinstance(optimizer, SGD) else None


def set_momentum(optimizer: Optimizer, value: float) -> None:
    """Another momentum from the next update on.

    Raises:
        ValueError: outside [0, 1), or an optimizer that has none.
    """
    if not 0 <= value < 1:
        raise ValueError(f"momentum: expected a number in [0, 1), got {value}")
    if momentum(optimizer) is None:
        raise ValueError(f"momentum: {type(optimizer).__name__} has none that can be changed")
    for group in optimizer.param_groups:
        if "betas" in group:
            group["betas"] = (float(value), *group["betas"][1:])
        else:
            group["momentum"] = float(value)
