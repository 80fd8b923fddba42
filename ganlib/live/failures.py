"""Five ways in which a GAN fails, each of which starts with one click and can be measured.

``Engine(**FAILURES["collapse"].settings)`` starts one; after ``iterations`` its ``shows`` says
whether the failure is there.

The vanishing gradient is that of Goodfellow et al. 2014, section 3, and of Arjovsky and Bottou
2017, *Towards Principled Methods for Training GANs*, arXiv:1701.04862; the oscillation under a
linear D that of Mescheder, Geiger and Nowozin 2018, *Which Training Methods for GANs do actually
Converge?*, arXiv:1801.04406.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import nn

from ganlib.live.engine import Engine
from ganlib.networks import Discriminator
from ganlib.sampling import Noise

__all__ = ["FAILURES", "Failure"]


@dataclass(frozen=True)
class Failure:
    """One way to fail.

    Args:
        name: as the student picks it.
        cause: what has been set wrong, in a sentence.
        look: where to look, and what is seen there.
        settings: for :class:`~ganlib.live.engine.Engine`; add a seed.
        iterations: after which it is plain.
        symptom: whether it is there, measured on an engine that has run so long.
    """

    name: str
    cause: str
    look: str
    settings: Mapping[str, Any]
    iterations: int
    symptom: Callable[[Engine], bool]

    def shows(self, engine: Engine) -> bool:
        """Whether an engine has run long enough and shows the symptom."""
        return engine.iteration >= self.iterations and self.symptom(engine)


def _collapse(engine: Engine) -> bool:
    """At most 2 of the 8 modes, on average over the second half."""
    modes = engine.measures["modes"]
    return bool(modes[len(modes) // 2 :].mean() <= 2)


def _oscillation(engine: Engine) -> bool:
    """The mean of p_g passes that of the data again and again, and the swings do not die away."""
    away = engine.measures["mean"] - 5
    away = away[len(away) // 3 :]
    passes = np.count_nonzero(np.diff(np.sign(away)))
    return bool(passes >= 3 and np.abs(away[len(away) // 2 :]).max() > 1)


def _vanishing(engine: Engine) -> bool:
    """G's gradient is as good as 0, and p_g still where it began."""
    gradient = engine.history["g_grad"][-100:].mean()
    return bool(gradient < 0.05 and engine.measures.latest["mean"] < 1)


def _strong(engine: Engine) -> bool:
    """D's loss is less than half of a coin's, and p_g stays far from p_data."""
    right = engine.history["d_loss"][-100:].mean() < math.log(4) / 2
    return bool(right and engine.measures["jsd"][-4:].min() > 0.5)


def _weak(engine: Engine) -> bool:
    """D's loss is that of a coin, as at the equilibrium, and p_g far from p_data."""
    coin = abs(np.median(engine.history["d_loss"][-200:]) - math.log(4)) < 0.1
    return bool(coin and engine.measures["jsd"][-4:].min() > 0.5)


def _narrow_g() -> nn.Module:
    """A G that begins as N(0, 0.2²), out of sight of the data."""
    layer = nn.Linear(1, 1)
    nn.init.constant_(layer.weight, 0.2)
    nn.init.zeros_(layer.bias)
    return layer


_GALLERY = (
    Failure(
        "collapse",
        "G learns ten times as fast as D.",
        "G moves all it makes to wherever D says “real” just now, rarely more than two of the "
        "eight modes; when D has learnt that, all of it moves on. Modes covered, mesh of G.",
        {"problem": "ring", "lr_g": 1e-2, "lr_d": 1e-3, "m": 64},
        800,
        _collapse,
    ),
    Failure(
        "oscillation",
        "D is linear and both have much momentum.",
        "p_g swings from one side of the data to the other and back: D's slope turns only after "
        "p_g has passed. Mean of p_g over time.",
        {
            "problem": "gaussian", "D": lambda: Discriminator(1, ()), "lr_g": 0.05, "lr_d": 0.05,
            "momentum_g": 0.9, "momentum_d": 0.9,
        },
        900,
        _oscillation,
    ),
    Failure(
        "vanishing gradient",
        "The loss is the saturating one of Algorithm 1, and D is sure before G has begun to move.",
        "D is 0 on all fakes, log(1 − D) is flat there, and p_g stands still. Choose the "
        "non-saturating loss, and it moves. Norm of G's gradient.",
        {
            "problem": "gaussian", "G": _narrow_g, "noise": Noise(1), "loss": "saturating",
            "opt_g": "sgd", "lr_g": 0.05, "k": 5,
        },
        200,
        _vanishing,
    ),
    Failure(
        "D too strong",
        "D takes ten steps of Adam for one of plain gradient descent of G.",
        "D is right about nearly every sample and steep, so that each step throws p_g about. "
        "Loss of D low, JSD high, gradient of G large.",
        {"problem": "ring", "k": 10, "lr_d": 1e-2, "opt_g": "sgd", "lr_g": 0.05, "m": 64},
        150,
        _strong,
    ),
    Failure(
        "D too weak",
        "D has one hidden layer of two units.",
        "Both losses look like the equilibrium's, log 4 and log 2, and p_g is nowhere near the "
        "data: losses tell how the players do against each other and nothing else. JSD near log 2.",
        {"problem": "ring", "D": lambda: Discriminator(2, (2,)), "lr_d": 5e-3, "m": 64},
        600,
        _weak,
    ),
)  # fmt: skip

FAILURES: dict[str, Failure] = {failure.name: failure for failure in _GALLERY}
"""By name."""
