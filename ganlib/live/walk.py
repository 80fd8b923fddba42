"""Algorithm 1 as the paper prints it, line by line, and what each line has just changed."""

import math
from typing import NamedTuple

from torch import Tensor

__all__ = ["ACTIONS", "PAGE", "Record", "moved", "next_line"]

PAGE: tuple[tuple[str, str], ...] = (
    ("iterations", "for number of training iterations do"),
    ("k", "    for k steps do"),
    ("noise_d", "        sample minibatch of m noise samples z from p_z"),
    ("data", "        sample minibatch of m examples x from p_data"),
    ("ascend", "        update D by ascending its stochastic gradient"),
    ("noise_g", "    sample minibatch of m noise samples z from p_z"),
    ("descend", "    update G by descending its stochastic gradient"),
)
"""(name, text) of each line; indented as on the page."""

ACTIONS = ("noise_d", "data", "ascend", "noise_g", "descend")
"""The lines that do something, in order."""


def next_line(line: str, k_step: int, k: int) -> tuple[str, int]:
    """The line after this one, and which of the k steps it belongs to."""
    if line == "ascend":
        return ("noise_d", k_step + 1) if k_step < k else ("noise_g", k_step)
    if line == "descend":
        return "noise_d", 1
    return ACTIONS[ACTIONS.index(line) + 1], k_step


class Record(NamedTuple):
    """What one line of Algorithm 1 did.

    ``numbers`` maps a name to (before, after), or to (value,) where nothing was there before.
    """

    line: str
    iteration: int
    k_step: int
    says: str
    numbers: dict[str, tuple[float, ...]]
    x: Tensor | None
    fake_before: Tensor | None
    fake_after: Tensor | None


def moved(before: float, after: float) -> str:
    """Two numbers and the way from one to the other."""
    if math.isclose(before, after, rel_tol=0, abs_tol=5e-5):
        return f"stays at {after:.4g}"
    return f"{'rises' if after > before else 'falls'} from {before:.4f} to {after:.4f}"
