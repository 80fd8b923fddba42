"""You are the discriminator: samples one at a time, real or fake, and the score beside D's own."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from ganlib.live.randomness import Randomness
from ganlib.live.watched import evaluating
from ganlib.sampling import Minibatches

if TYPE_CHECKING:
    from ganlib.live.engine import Engine

__all__ = ["Quiz", "Rates", "Verdict"]

Samples = Tensor | Callable[[int], Tensor]


class Verdict(NamedTuple):
    """One sample that was judged: what it was, what you and D said, and D(x) if there is a D."""

    was_real: bool
    you_said_real: bool
    d_said_real: bool | None
    d: float | None


class Rates(NamedTuple):
    """How well a judge did; "positive" means real, as label 1 does in the paper.

    accuracy: share of all n samples judged rightly. sensitivity: share of the real ones called
    real. specificity: share of the fake ones called fake. nan where there was none.
    """

    n: int
    accuracy: float
    sensitivity: float
    specificity: float


class Quiz:
    """Asks for one sample after another; a fair coin decides which are real.

    Args:
        real: a data set, shape ``(n, ...)``, or ``f(m)`` that returns m examples.
        fake: likewise of G.
        D: judges the same samples: data (1, ...) -> output (1,); None for no D.
        seed: of the coin and the samples.
        shown: D's output -> D(x) as it is told; D says real where that is above ``threshold``.
        threshold: see above.

    Attributes:
        sample: the sample to be judged now, shape ``(...)``.
        verdicts: what has been judged so far.
    """

    def __init__(
        self,
        real: Samples,
        fake: Samples,
        D: nn.Module | None = None,
        seed: int = 0,
        shown: Callable[[Tensor], Tensor] = torch.sigmoid,
        threshold: float = 0.5,
    ) -> None:
        self._sources = {True: _sampler(real), False: _sampler(fake)}
        self.D, self._shown, self._threshold = D, shown, threshold
        self._randomness = Randomness(seed)
        self.verdicts: list[Verdict] = []
        self._ask()

    @classmethod
    def of(cls, engine: "Engine", seed: int = 0) -> "Quiz":
        """On an engine's data and its networks, as they are at each sample until a reset."""
        G, D, noise = engine.watched_G, engine.watched_D, engine.noise
        threshold = sum(engine.loss.span) / 2

        def fake(m: int) -> Tensor:
            with evaluating(G), torch.no_grad():
                return G(noise(m))

        return cls(engine.problem.sample_data, fake, D, seed, engine.shown, threshold)

    def answer(self, real: bool) -> Verdict:
        """Say whether the sample is real; learn whether it was, and go on to the next."""
        verdict = Verdict(self._is_real, bool(real), *self._judge())
        self.verdicts.append(verdict)
        self._ask()
        return verdict

    def you(self) -> Rates:
        """Your score so far."""
        return _rates([(v.was_real, v.you_said_real) for v in self.verdicts])

    def d(self) -> Rates:
        """D's score on the samples that you have judged."""
        judged = [v for v in self.verdicts if v.d_said_real is not None]
        return _rates([(v.was_real, bool(v.d_said_real)) for v in judged])

    def _ask(self) -> None:
        with self._randomness.own():
            self._is_real = bool(torch.rand(()) < 0.5)
            self.sample = self._sources[self._is_real](1)[0].detach()

    def _judge(self) -> tuple[bool | None, float | None]:
        if self.D is None:
            return None, None
        with evaluating(self.D), Randomness(0).own(), torch.no_grad():
            d = self._shown(self.D(self.sample[None])).item()
        return d > self._threshold, d


def _sampler(samples: Samples) -> Callable[[int], Tensor]:
    return Minibatches(samples) if isinstance(samples, Tensor) else samples


def _rates(judged: list[tuple[bool, bool]]) -> Rates:
    def share(right: list[bool]) -> float:
        return sum(right) / len(right) if right else math.nan

    return Rates(
        len(judged),
        share([was == said for was, said in judged]),
        share([said for was, said in judged if was]),
        share([not said for was, said in judged if not was]),
    )
