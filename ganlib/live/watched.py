"""A student's module, watched: what goes wrong in it is said in words that name it."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

__all__ = ["ModuleError", "Watched", "evaluating"]


class ModuleError(RuntimeError):
    """A student's G or D raised, or returned what the game cannot go on with."""


class Watched(nn.Module):
    """Calls a module, checks what it returns, and puts its name to what it raises.

    Args:
        name: "G" or "D", for the messages.
        module: the student's module.
        shape: of what one sample must become: ``(features,)`` for G, ``()`` for D.
    """

    def __init__(self, name: str, module: nn.Module, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.name, self.module, self.shape = name, module, shape
        self.dtype = next((p.dtype for p in module.parameters()), torch.get_default_dtype())

    def forward(self, batch: Tensor) -> Tensor:
        try:
            # A copy, because it may work in place; float64 where the module is.
            out = self.module(batch.to(self.dtype, copy=True))
        except Exception as error:
            raise ModuleError(
                f"{self.name} raised {type(error).__name__} on a batch of shape "
                f"{tuple(batch.shape)}: {error}"
            ) from error
        self._check(out, len(batch))
        # A bare view of a parameter wants a gradient even where none is kept.
        return out if torch.is_grad_enabled() else out.detach()

    def _check(self, out: object, m: int) -> None:
        expected = (m, *self.shape)
        if not isinstance(out, Tensor):
            hint = ": is a return missing?" if out is None else ""
            raise ModuleError(
                f"{self.name} should return a tensor of shape {expected}, but returned "
                f"{type(out).__name__}{hint}"
            )
        if tuple(out.shape) != expected:
            squeezed = self.name == "D" and tuple(out.shape) == (m, 1)
            hint = ": one logit a sample; squeeze(-1) makes it so" if squeezed else ""
            raise ModuleError(
                f"{self.name} should return shape {expected}, but returned {tuple(out.shape)}{hint}"
            )
        if not out.is_floating_point():
            raise ModuleError(
                f"{self.name} should return floating point numbers, but returned {out.dtype}"
            )


@contextmanager
def evaluating(*networks: nn.Module) -> Iterator[None]:
    """Inside, the networks are in evaluation mode; afterwards each part is in its own again."""
    modes = [(module, module.training) for network in networks for module in network.modules()]
    for network in networks:
        network.eval()
    try:
        yield
    finally:
        for module, training in modes:
            module.training = training
