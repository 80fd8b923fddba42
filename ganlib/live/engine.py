"""A GAN that is trained step by step and can be looked at, taken back and branched: no screen.

The engine walks Algorithm 1 of Goodfellow et al. (2014) line by line, with any G, D, loss and
optimizer. ``step`` runs whole iterations, ``advance`` one line of the page; both are the same run.

It draws from a stream of random numbers of its own, so that it leaves torch's global generator as
it was, and two engines side by side do not disturb each other. It works on the CPU and in the
caller's thread; for networks as small as these, ``torch.set_num_threads(1)`` is often fastest,
and is the caller's to set.
"""

import math
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from ganlib.live import optimizers, problems, views, walk
from ganlib.live.curves import Curves
from ganlib.live.losses import LOSSES, Loss
from ganlib.live.measures import ruler
from ganlib.live.randomness import Randomness
from ganlib.live.timeline import Timeline, cloned
from ganlib.live.updates import ascend, descend
from ganlib.live.watched import ModuleError, Watched, evaluating
from ganlib.sampling import Noise
from ganlib.training import Diverged, History

__all__ = ["Engine", "ModuleError", "State"]


class State(NamedTuple):
    """All that a run needs to go on as if it had never stopped; nobody changes it.

    Args:
        iteration: completed iterations.
        parts: the state of G, D and their optimizers, by name.
        randomness: where the stream of random numbers stands.
        attributes: the engine's settings, its place in Algorithm 1 and the batches in hand.
        past: curves and timeline; empty in the states of a timeline, which share the run's own.
    """

    iteration: int
    parts: dict[str, dict[str, Any]]
    randomness: Tensor
    attributes: dict[str, Any]
    past: dict[str, Curves | Timeline]


class Engine:
    """One run of a GAN.

    Args:
        problem: a name of :data:`ganlib.live.problems.PROBLEMS`, or a problem of your own.
        G: any module, noise (m, noise_dim) -> data (m, features), trained in place; a function
            that makes one, called again at each reset; None for the problem's own.
        D: any module, data -> raw outputs (m,), logits in the paper's game; likewise.
        loss: a name of :data:`ganlib.live.losses.LOSSES`, or a loss of your own.
        opt_g: "adam", "sgd", "rmsprop", an optimizer of G's parameters, or a function that
            makes one from parameters.
        opt_d: likewise for D.
        lr_g, lr_d: learning rates; None for the problem's, or the optimizer's own.
        momentum_g, momentum_d: SGD's momentum or Adam's first decay; None for the optimizer's.
        k: steps of D for one of G.
        m: minibatch size.
        seed: of everything random in this run.
        hidden: units of the hidden layers of the problem's own networks; one number for two
            layers of that many, () for none.
        noise: p_z; None for the problem's, with G's ``noise_dim`` if it has one.
        measure_every: iterations between two measurements of p_g; 0 for none.

    Attributes:
        G, D, opt_g, opt_d: the networks and their optimizers.
        k, m, loss: as they are now; :attr:`settings` has the others too.
        iteration: completed iterations.
        line, k_step: the line of Algorithm 1 that comes next, as :mod:`ganlib.live.walk` names
            it, and which of the k steps of D it belongs to, from 1.
        history: by iteration, d_loss, g_loss, and the norms of the gradients d_grad, g_grad.
        measures: by iteration, what :mod:`ganlib.live.measures` can measure for this problem.
        timeline: the iterations that :meth:`scrub` can go back to.

    Raises:
        ValueError: a setting that makes no sense, said as what was expected and what came.
        ModuleError: G or D raised or returned a wrong shape on a trial batch.
    """

    k: int
    m: int
    loss: Loss

    def __init__(
        self,
        problem: str | problems.Problem = "two gaussians",
        G: nn.Module | Callable[[], nn.Module] | None = None,
        D: nn.Module | Callable[[], nn.Module] | None = None,
        *,
        loss: str | Loss = "non-saturating",
        opt_g: optimizers.Choice = "adam",
        opt_d: optimizers.Choice = "adam",
        lr_g: float | None = None,
        lr_d: float | None = None,
        momentum_g: float | None = None,
        momentum_d: float | None = None,
        k: int = 1,
        m: int = 128,
        seed: int = 0,
        hidden: Sequence[int] | int | None = None,
        noise: Noise | None = None,
        measure_every: int = 25,
    ) -> None:
        self.problem = problems.problem(problem) if isinstance(problem, str) else problem
        sizes = (hidden, hidden) if isinstance(hidden, int) else hidden
        self._sources = {
            "G": _Source("G", G or (lambda: self.problem.generator(sizes)), opt_g),
            "D": _Source("D", D or (lambda: self.problem.discriminator(sizes)), opt_d),
        }
        self._noise = noise
        self._ruled = 0
        self.measure_every = measure_every
        self.set(loss=loss, k=k, m=m)
        rates = {"lr_g": lr_g, "lr_d": lr_d, "momentum_g": momentum_g, "momentum_d": momentum_d}
        self._begin(seed, {name: value for name, value in rates.items() if value is not None})

    # Running.

    def step(self, n: int = 1) -> None:
        """Run n iterations of Algorithm 1; one that :meth:`advance` has begun counts as the first.

        Raises:
            Diverged: a loss, a gradient or a parameter is no longer finite. The engine is back in
                the last state of the timeline, settings included.
            ModuleError: the student's G or D failed. The line that failed is still to be done.
        """
        with self._running():
            for _ in range(n):
                self._act()
                while (self.line, self.k_step) != START:
                    self._act()

    def step_d(self) -> None:
        """One update of D alone, on fresh noise and data: an iteration in which G stands still.

        An iteration that :meth:`advance` has begun ends where it is. Errors as for :meth:`step`.
        """
        self._alone("noise_d", "data", "ascend")

    def step_g(self) -> None:
        """One update of G alone, on fresh noise; otherwise as :meth:`step_d`."""
        self._alone("noise_g", "descend")

    def advance(self) -> walk.Record:
        """Do one line of Algorithm 1 and tell what has just changed. Errors as for :meth:`step`."""
        line, k_step, iteration, before = self.line, self.k_step, self.iteration, self._look()
        with self._running():
            self._act()
        return walk.record(line, iteration, k_step, before, self._look())

    def reset(self, seed: int | None = None) -> None:
        """Start again: iteration 0, fresh networks and optimizers, the settings as they are now.

        A G or D given as a module goes back to the parameters it was given with; one made by a
        function, or the problem's own, is drawn anew from the seed.

        Args:
            seed: another one; None for the same.
        """
        rates = {name: value for name, value in self._rates().items() if value is not None}
        self._begin(self.seed if seed is None else seed, rates)

    # Settings.

    def set(self, **settings: Any) -> None:
        """Change settings from the next line on: k, m, loss, lr_g, lr_d, momentum_g, momentum_d.

        Raises:
            ValueError: an unknown setting, or a value that makes no sense; those named before it
                have changed.
        """
        for name, value in settings.items():
            if name in ("k", "m"):
                if not isinstance(value, int) or value < 1:
                    raise ValueError(f"{name}: expected a whole number, 1 or more, got {value!r}")
                setattr(self, name, value)
            elif name == "loss":
                if not isinstance(value, Loss) and value not in LOSSES:
                    names = ", ".join(map(repr, LOSSES))
                    raise ValueError(f"loss: expected one of {names}, got {value!r}")
                self.loss = value if isinstance(value, Loss) else LOSSES[value]
            elif name in ("lr_g", "lr_d"):
                optimizers.set_rate(self._optimizer_of(name), value)
            elif name in ("momentum_g", "momentum_d"):
                optimizers.set_momentum(self._optimizer_of(name), value)
            else:
                raise ValueError(f"expected one of {', '.join(self.settings)}, got {name!r}")

    @property
    def settings(self) -> dict[str, Any]:
        """All that :meth:`set` can change, as it is now; a momentum is None where there is none."""
        return {"k": self.k, "m": self.m, "loss": self.loss, **self._rates()}

    # Going back.

    def snapshot(self) -> State:
        """All of the run as it is now, to the last bit, its curves and timeline included."""
        past: dict[str, Curves | Timeline] = {}
        for name in PAST:
            past[name] = getattr(self, name).copy()
            past[name].cut(self.iteration)
        return self._state()._replace(past=past)

    def restore(self, state: State) -> None:
        """Go back to a :meth:`snapshot`; what follows is the same run again, bit for bit.

        Raises:
            RuntimeError: a snapshot of networks of other sizes.
        """
        for name in PARTS:  # copies, because an optimizer goes on in what it has loaded
            getattr(self, name).load_state_dict(cloned(state.parts[name]))
        self.randomness.state = state.randomness
        self.iteration = state.iteration
        for name, value in state.attributes.items():
            setattr(self, name, value)
        for name, past in state.past.items():
            setattr(self, name, past.copy())

    def scrub(self, iteration: int) -> int:
        """Go to the kept state nearest to an iteration; the next step branches from there.

        Curves and timeline keep what came after until then. The settings are those of that time.

        Returns:
            The iteration reached, one of ``timeline.iterations``.
        """
        self.restore(self.timeline.nearest(iteration))
        return self.iteration

    # Looking.

    def view(self, layers: Collection[str] | None = None, size: int = 64) -> dict[str, views.Array]:
        """What a picture needs, as arrays: see :func:`ganlib.live.views.view`."""
        with self.looking():
            return views.view(self, layers, size)

    def measure(self) -> dict[str, float]:
        """Measure the present p_g: see :mod:`ganlib.live.measures`."""
        with self.looking():
            return self.ruler(self.watched_G)

    def shown(self, a: Tensor) -> Tensor:
        """D's outputs as they are painted: D(x) in the paper's game, scores in others.

        A critic's scores are taken from their mean over the points of the picture, real and fake.
        """
        a = self.loss.shown(a)
        if not self.loss.relative:
            return a
        with self.looking(), torch.no_grad():
            x = torch.cat([self.view_x, self.watched_G(self.view_z)])
            return a - self.loss.shown(self.watched_D(x)).mean()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Inside, G and D are in evaluation mode and random numbers are not the run's.

        Whatever is computed there leaves the run as it is.
        """
        with evaluating(self.G, self.D), Randomness(0).own():
            yield

    # How it is done.

    def _begin(self, seed: int, rates: dict[str, float]) -> None:
        self.seed, self.randomness = seed, Randomness(seed)
        with self.randomness.own():
            self.G, self.D = self._sources["G"].network(), self._sources["D"].network()
        self.watched_G = Watched("G", self.G, (self.problem.features,))
        self.watched_D = Watched("D", self.D, ())
        lr = self.problem.lr
        self.opt_g = self._sources["G"].optimizer(self.G, lr)
        self.opt_d = self._sources["D"].optimizer(self.D, lr)
        self.set(**rates)
        self.noise = self._noise or _fitting(self.problem.noise, self.G)
        self.iteration = 0
        self.line, self.k_step = START
        self._x: Tensor | None = None
        self._z: Tensor | None = None
        self._row: dict[str, float] = {}
        with Randomness(seed + 1).own():  # what pictures show stays the same all along
            self.view_z, self.view_x = self.noise(512), self.problem.sample_data(512)
        with self.looking(), torch.no_grad():  # a wrong shape is said at once
            self.watched_D(self.watched_G(self.view_z))
            self.watched_D(self.view_x)
        if self._ruled != self.noise.dim:  # it takes a while, and a reset should not
            self.ruler, self._ruled = ruler(self.problem, self.noise), self.noise.dim
        self.history = Curves(("d_loss", "g_loss", "d_grad", "g_grad"))
        self.measures = Curves(self.ruler.names)
        self.timeline = Timeline()
        if self.measure_every:
            self.measures.append(0, **self.measure())
        self.timeline.keep(0, self._state())

    @contextmanager
    def _running(self) -> Iterator[None]:
        if self.history.latest.get("iteration", 0) > self.iteration:  # the run branches here
            self._cut_past()
        with self.randomness.own(), torch.enable_grad():
            yield

    def _act(self) -> None:
        """The next line of Algorithm 1."""
        line = self.line
        if line == "data":
            self._x = self.problem.sample_data(self.m)
        elif line == "ascend":
            assert self._x is not None
            assert self._z is not None
            loss, grad = ascend(
                self.watched_D, self.watched_G, self.opt_d, self._x, self._z, self.loss
            )
            self._row = self._row | {"d_loss": loss, "d_grad": grad}
        elif line == "descend":
            assert self._z is not None
            loss, grad = descend(self.watched_D, self.watched_G, self.opt_g, self._z, self.loss)
            self._row = self._row | {"g_loss": loss, "g_grad": grad}
        else:
            self._z = self.noise(self.m)
        self.line, self.k_step = walk.next_line(line, self.k_step, self.k)
        if line == "descend":
            self._tick()

    def _alone(self, *lines: str) -> None:
        with self._running():
            if self._row:
                self._tick()
            for self.line in lines:
                self._act()
            if self._row:
                self._tick()

    def _tick(self) -> None:
        """An iteration is complete: check it, write its row, keep what has to be kept."""
        row, self._row = self._row, {}
        self.line, self.k_step = START
        bad = [f"{name} = {value}" for name, value in row.items() if not math.isfinite(value)]
        bad += [f"a parameter of {w} not finite" for w in "GD" if not _finite(getattr(self, w))]
        if bad:
            self._go_back_from(bad)
        self.iteration += 1
        self.history.append(self.iteration, **row)
        if self.measure_every and self.iteration % self.measure_every == 0:
            self.measures.append(self.iteration, **self.measure())
        if self.timeline.wants(self.iteration):
            self.randomness.state = torch.get_rng_state()  # inside a step, ours is the global one
            self.timeline.keep(self.iteration, self._state())

    def _go_back_from(self, bad: list[str]) -> None:
        failed = self.iteration + 1
        self.restore(self.timeline.nearest(failed))
        self._cut_past()
        torch.set_rng_state(self.randomness.state)
        raise Diverged(
            f"training diverged: iteration {failed} gave {', '.join(bad)}. The run is back where "
            f"it was after iteration {self.iteration}. The usual cause is a learning rate that "
            "is too large.",
            History(self.history["d_loss"].tolist(), self.history["g_loss"].tolist()),
        )

    def _cut_past(self) -> None:
        for name in PAST:
            getattr(self, name).cut(self.iteration)

    def _state(self) -> State:
        parts = {name: cloned(getattr(self, name).state_dict()) for name in PARTS}
        attributes = {name: getattr(self, name) for name in ATTRIBUTES}
        return State(self.iteration, parts, self.randomness.state, attributes, {})

    def _look(self) -> walk.Look:
        with self.looking(), torch.no_grad():
            return walk.look(self.watched_D, self.watched_G, self._x, self._z, self.loss)

    def _optimizer_of(self, setting: str) -> Optimizer:
        return self.opt_g if setting.endswith("_g") else self.opt_d

    def _rates(self) -> dict[str, float | None]:
        rates: dict[str, float | None] = {}
        for who, optimizer in (("g", self.opt_g), ("d", self.opt_d)):
            rates[f"lr_{who}"] = optimizers.rate(optimizer)
            rates[f"momentum_{who}"] = optimizers.momentum(optimizer)
        return rates


START = ("noise_d", 1)
"""The line that an iteration begins with, and its k_step."""

PARTS = ("G", "D", "opt_g", "opt_d")
PAST = ("history", "measures", "timeline")
# Whatever the engine changes, it replaces, so that a state may hold these as they are.
ATTRIBUTES = ("k", "m", "loss", "line", "k_step", "_x", "_z", "_row")


class _Source:
    """Where a player's network and optimizer come from, at the start and at each reset."""

    def __init__(
        self,
        who: str,
        network: nn.Module | Callable[[], nn.Module],
        optimizer: optimizers.Choice,
    ) -> None:
        self.who, self._network, self._optimizer = who, network, optimizer
        self._given = [
            (each, cloned(each.state_dict()))
            for each in (network, optimizer)
            if isinstance(each, nn.Module | Optimizer)
        ]

    def network(self) -> nn.Module:
        """A network in training mode: the one that was given, as it was, or a new one."""
        made = self._network if isinstance(self._network, nn.Module) else self._network()
        if not isinstance(made, nn.Module):
            raise ValueError(
                f"{self.who}: expected a torch.nn.Module or a function that makes one, got "
                f"{type(made).__name__}"
            )
        for each, state in self._given:
            each.load_state_dict(cloned(state))
        return made.train()

    def optimizer(self, network: nn.Module, lr: float) -> Optimizer:
        return optimizers.make(self._optimizer, self.who, network, lr)


def _fitting(noise: Noise, G: nn.Module) -> Noise:
    """The noise with as many coordinates as G says that it takes, if it says so."""
    return Noise(getattr(G, "noise_dim", noise.dim), noise.prior, noise.low, noise.high)


def _finite(network: nn.Module) -> bool:
    tensors = [t.flatten() for t in (*network.parameters(), *network.buffers())]
    return not tensors or bool(torch.cat(tensors).isfinite().all())
