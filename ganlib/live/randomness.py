"""A stream of random numbers of one's own."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["Randomness"]


class Randomness:
    """Random numbers that torch's global generator neither gives nor misses.

    Inside ``with randomness.own():`` everything that draws from torch's global CPU generator
    (samplers, initial weights, dropout in a student's module) goes on from where this stream
    stopped. Outside, the global generator is where the student left it.
    """

    def __init__(self, seed: int) -> None:
        self.state = torch.Generator().manual_seed(seed).get_state()

    @contextmanager
    def own(self) -> Iterator[None]:
        with torch.random.fork_rng(devices=[]):
            torch.set_rng_state(self.state)
            try:
                yield
            finally:
                self.state = torch.get_rng_state()
