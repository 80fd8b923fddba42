"""A GAN that is trained step by step and can be looked at, taken back and branched: no screen.

The engine walks Algorithm 1 of Goodfellow et al. (2014) line by line, with any G, D, loss and
optimizer. ``step`` runs whole iterations, ``advance`` one line of the page; both are the same run.

It draws from a stream of random numbers of its own, so that it leaves torch's global generator as
it was, and two engines side by side do not disturb each other. It works on the CPU and in the
caller's thread; for networks as small as these, ``torch.set_num_threads(1)`` is often fastest,
and is the caller's to set.
"""

import copy
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from ganlib.live import optimizers, views
from ganlib.live.curves import Curves
from ganlib.live.losses import LOSSES, Loss, gradient_penalty
from ganlib.live.measures import ruler
from ganlib.live.problems import Problem
from ganlib.live.problems import problem as named_problem
from ganlib.live.randomness import Randomness
from ganlib.live.timeline import Timeline
from ganlib.live.walk import Record, moved, next_line
from ganlib.live.watched import ModuleError, Watched
from ganlib.sampling import Noise
from ganlib.training import Diverged, History, discriminator_step, frozen, generator_step

__all__ = ["Engine", "ModuleError", "State"]


class State(NamedTuple):
    """All that a run needs to go on as if nothing had happened. To be kept, not changed."""

    iteration: int
    networks: dict[str, dict[str, Tensor]]
    optimizers: dict[str, dict[str, Any]]
    randomness: Tensor
    settings: dict[str, Any]
    place: dict[str, Any]
    past: dict[str, Any] | None


class Engine:
    """One run of a GAN.

    Args:
        problem: a name of :data:`ganlib.live.problems.PROBLEMS`, or a :class:`Problem`.
        G: any module, noise (m, noise_dim) -> data (m, features), trained in place; a function
            that makes one, called again at each reset; None for the problem's own.
        D: any module, data -> raw outputs (m,), logits in the paper's game; likewise.
        loss: a name of :data:`ganlib.live.losses.LOSSES`, or a :class:`Loss`.
        opt_g: "adam", "sgd", "rmsprop", an optimizer of G's parameters, or a function that
            makes one from parameters.
        opt_d: likewise for D.
        lr_g, lr_d: learning rates; None for the problem's, or the optimizer's own.
        momentum_g, momentum_d: SGD's momentum or Adam's first decay; None for the optimizer's.
        k: steps of D for one of G.
        m: minibatch size.
        seed: of everything random in this run.
        hidden: units of the hidden layers of the default networks.
        noise: p_z; None for the problem's, with G's ``noise_dim`` if it has one.
        measure_every: iterations between two measurements of p_g; 0 for none.

    Attributes:
        G, D: the networks. opt_g, opt_d: their optimizers.
        iteration: completed iterations.
        line: the line of Algorithm 1 that comes next (see :mod:`ganlib.live.walk`).
        k_step: which of the k steps of D that line belongs to, from 1.
        history: by iteration, d_loss, g_loss, d_grad, g_grad (norms of the gradients).
        measures: by iteration, what :mod:`ganlib.live.measures` measures for this problem.
        timeline: where the run can be taken back to.

    Raises:
        ValueError: a setting that makes no sense, said as what was expected and what came.
        ModuleError: G or D raised or returned a wrong shape on a trial batch.
    """

    def __init__(
        self,
        problem: str | Problem = "two gaussians",
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
        self.problem = named_problem(problem) if isinstance(problem, str) else problem
        hidden = (hidden, hidden) if isinstance(hidden, int) else hidden
        self._make = {
            "G": G or (lambda: self.problem.generator(hidden)),
            "D": D or (lambda: self.problem.discriminator(hidden)),
        }
        self._choice = {"G": opt_g, "D": opt_d}
        self._settings = {
            "lr_g": lr_g, "lr_d": lr_d, "momentum_g": momentum_g, "momentum_d": momentum_d
        }  # fmt: skip
        self._noise = noise
        self.loss = LOSSES["non-saturating"]
        self.set(loss=loss, k=k, m=m)
        self.measure_every = measure_every
        self._given = {
            who: copy.deepcopy(network.state_dict())
            for who, network in self._make.items()
            if isinstance(network, nn.Module)
        }
        self._given_optimizers = {
            who: copy.deepcopy(choice.state_dict())
            for who, choice in self._choice.items()
            if isinstance(choice, torch.optim.Optimizer)
        }
        self.seed = seed
        self.reset()

    # Running.

    def reset(self, seed: int | None = None) -> None:
        """Start again: iteration 0, fresh networks and optimizers, the settings as they are now.

        A G or D given as a module goes back to the parameters it was given with; one made by a
        function, or the problem's own, is drawn anew from the seed.

        Args:
            seed: another one; None for the same.
        """
        if hasattr(self, "opt_g"):
            self._settings = {name: getattr(self, name) for name in self._settings}
        self.seed = self.seed if seed is None else seed
        self.randomness = Randomness(self.seed)
        with self.randomness.own():
            self.G, self.D = self._network("G"), self._network("D")
        self.noise = self._noise or _noise_for(self.problem.noise, self.G)
        self._G = Watched("G", self.G, (self.problem.features,))
        self._D = Watched("D", self.D, ())
        self.opt_g, self.opt_d = self._optimizer("G", self.G), self._optimizer("D", self.D)
        self.set(**{name: value for name, value in self._settings.items() if value is not None})
        self.iteration, self.line, self.k_step = 0, "noise_d", 1
        self._x: Tensor | None = None
        self._z: Tensor | None = None
        self._row: dict[str, float] = {}
        with Randomness(self.seed + 1).own():  # what the pictures show, the same all along
            self.view_z, self.view_x = self.noise(512), self.problem.sample_data(512)
        self._try_out()
        self.ruler = ruler(self.problem, self.noise)
        self.history = Curves(("d_loss", "g_loss", "d_grad", "g_grad"))
        self.measures = Curves(self.ruler.names)
        self.timeline = Timeline()
        if self.measure_every:
            self.measures.append(0, **self.measure())
        self.timeline.keep(0, self._state())

    def step(self, n: int = 1) -> None:
        """Run n iterations of Algorithm 1; one that :meth:`advance` has begun counts as the first.

        Raises:
            Diverged: a loss, a gradient or a parameter is no longer finite. The engine is back in
                the last state of the timeline.
            ModuleError: the student's G or D failed. The line that failed is still to be done.
        """
        with self._running():
            for _ in range(n):
                self._act()
                while self.line != "noise_d" or self.k_step != 1:
                    self._act()

    def step_d(self) -> None:
        """One update of D alone, on fresh noise and data. Errors as for :meth:`step`."""
        self._alone("noise_d", "data", "ascend")

    def step_g(self) -> None:
        """One update of G alone, on fresh noise. Errors as for :meth:`step`."""
        self._alone("noise_g", "descend")

    def advance(self) -> Record:
        """Do one line of Algorithm 1 and tell what has just changed. Errors as for :meth:`step`."""
        line, k_step, iteration = self.line, self.k_step, self.iteration
        before = self._look_at_batch(line)
        with self._running():
            self._act()
        return self._record(line, k_step, iteration, before, self._look_at_batch(line))

    # Settings that may change while it runs.

    def set(self, **settings: Any) -> None:
        """Change settings from the next line on: k, m, loss, lr_g, lr_d, momentum_g, momentum_d.

        Raises:
            ValueError: an unknown setting or a value that makes no sense; then none is changed.
        """
        for name, value in settings.items():
            if name in ("k", "m"):
                if not isinstance(value, int) or value < 1:
                    raise ValueError(f"{name}: expected a whole number, 1 or more, got {value!r}")
            elif name == "loss":
                if not isinstance(value, Loss) and value not in LOSSES:
                    names = ", ".join(map(repr, LOSSES))
                    raise ValueError(f"loss: expected one of {names}, got {value!r}")
            elif name not in ("lr_g", "lr_d", "momentum_g", "momentum_d"):
                raise ValueError(f"expected a setting that can change, got {name!r}")
        for name, value in settings.items():
            if name == "loss":
                value = value if isinstance(value, Loss) else LOSSES[value]
            setattr(self, name, value)

    @property
    def settings(self) -> dict[str, Any]:
        """All that :meth:`set` can change, as it is now."""
        rates = {name: getattr(self, name) for name in self._settings}
        return {"k": self.k, "m": self.m, "loss": self.loss, **rates}

    k: int
    m: int
    loss: Loss

    lr_g = property(
        lambda self: optimizers.rate(self.opt_g),
        lambda self, lr: optimizers.set_rate(self.opt_g, lr),
    )
    lr_d = property(
        lambda self: optimizers.rate(self.opt_d),
        lambda self, lr: optimizers.set_rate(self.opt_d, lr),
    )
    momentum_g = property(
        lambda self: optimizers.momentum(self.opt_g),
        lambda self, value: optimizers.set_momentum(self.opt_g, value),
    )
    momentum_d = property(
        lambda self: optimizers.momentum(self.opt_d),
        lambda self, value: optimizers.set_momentum(self.opt_d, value),
    )

    # Going back.

    def snapshot(self) -> State:
        """All of the run as it is now, to the last bit, its curves and timeline included."""
        past: dict[str, Any] = {
            name: getattr(self, name).copy() for name in ("history", "measures", "timeline")
        }
        for each in past.values():
            each.cut(self.iteration)
        return self._state()._replace(past=past)

    def restore(self, state: State) -> None:
        """Go back to a :meth:`snapshot` of this engine; what follows is the same run again.

        Raises:
            RuntimeError: a snapshot of networks of other sizes.
        """
        for network, name in ((self.G, "G"), (self.D, "D")):
            network.load_state_dict(state.networks[name])
        for optimizer, name in ((self.opt_g, "G"), (self.opt_d, "D")):
            optimizer.load_state_dict(copy.deepcopy(state.optimizers[name]))
        self.randomness.state = state.randomness.clone()
        self.k, self.m, self.loss = (state.settings[name] for name in ("k", "m", "loss"))
        self.iteration = state.iteration
        self.line, self.k_step = state.place["line"], state.place["k_step"]
        self._x, self._z = state.place["x"], state.place["z"]
        self._row = dict(state.place["row"])
        if state.past is not None:
            self.history = state.past["history"].copy()
            self.measures = state.past["measures"].copy()
            self.timeline = state.past["timeline"].copy()

    def scrub(self, iteration: int) -> int:
        """Go to the kept state nearest to an iteration; the next step branches from there.

        Curves and timeline keep what came after until then. Learning rates and all other settings
        are those of that time.

        Returns:
            The iteration reached, one of ``timeline.iterations``.
        """
        self.restore(self.timeline.nearest(iteration))
        return self.iteration

    # Looking.

    def view(self, size: int = 64) -> dict[str, np.ndarray]:
        """What a picture needs, as arrays: see :mod:`ganlib.live.views`. Changes nothing."""
        with self.looking():
            return views.view(self, size)

    def measure(self) -> dict[str, float]:
        """Measure the present p_g, by the exact means of :mod:`ganlib.live.measures`."""
        with self.looking():
            return self.ruler(self._G)

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Inside, G and D are in evaluation mode and random numbers are no one's."""
        modes = [(m, m.training) for net in (self.G, self.D) for m in net.modules()]
        self.G.eval()
        self.D.eval()
        try:
            with Randomness(0).own():
                yield
        finally:
            for module, training in modes:
                module.training = training

    # How it is done.

    def _network(self, who: str) -> nn.Module:
        source = self._make[who]
        network = source if isinstance(source, nn.Module) else source()
        if not isinstance(network, nn.Module):
            raise ValueError(
                f"{who}: expected a torch.nn.Module or a function that makes one, got "
                f"{type(network).__name__}"
            )
        if who in self._given:
            network.load_state_dict(self._given[who])
        return network.train()

    def _optimizer(self, who: str, network: nn.Module) -> torch.optim.Optimizer:
        optimizer = optimizers.make(self._choice[who], who, network, self.problem.lr)
        if who in self._given_optimizers:
            optimizer.load_state_dict(copy.deepcopy(self._given_optimizers[who]))
        return optimizer

    def _try_out(self) -> None:
        """One batch through both, so that a wrong shape is said at once."""
        with self.looking(), torch.no_grad():
            self._D(self._G(self.noise(2)))
            self._D(self.problem.sample_data(2))

    @contextmanager
    def _running(self) -> Iterator[None]:
        if self.history.latest.get("iteration", 0) > self.iteration:  # it branches here
            for past in (self.history, self.measures, self.timeline):
                past.cut(self.iteration)
        with self.randomness.own(), torch.enable_grad():
            yield

    def _act(self) -> None:
        """The next line of Algorithm 1."""
        if self.line in ("noise_d", "noise_g"):
            self._z = self.noise(self.m)
        elif self.line == "data":
            self._x = self.problem.sample_data(self.m)
        elif self.line == "ascend":
            self._row["d_loss"] = self._ascend()
            self._row["d_grad"] = _gradient_norm(self.D)
        else:
            self._row["g_loss"] = self._descend()
            self._row["g_grad"] = _gradient_norm(self.G)
        done = self.line
        self.line, self.k_step = next_line(self.line, self.k_step, self.k)
        if done == "descend":
            self._tick()

    def _alone(self, *lines: str) -> None:
        with self._running():
            if self._row:  # an iteration that was begun ends here
                self._tick()
            for line in lines:
                self.line, self.k_step = line, self.k  # after the last of its k steps
                self._act()
            if self._row:
                self._tick()

    def _tick(self) -> None:
        """An iteration is complete: write its row, and keep what has to be kept."""
        row, self._row = self._row, {}
        self.line, self.k_step = "noise_d", 1
        bad = [f"{name} = {value}" for name, value in row.items() if not math.isfinite(value)]
        wanted = self.timeline.wants(self.iteration + 1)
        if not bad and wanted and not (_finite(self.G) and _finite(self.D)):
            bad = ["a parameter that is not finite"]
        if bad:
            self._diverged(bad)
        self.iteration += 1
        self.history.append(self.iteration, **row)
        if self.measure_every and self.iteration % self.measure_every == 0:
            self.measures.append(self.iteration, **self.measure())
        if wanted:
            # As it is between two iterations: inside a step the stream is the global one.
            self.randomness.state = torch.get_rng_state()
            self.timeline.keep(self.iteration, self._state())

    def _diverged(self, bad: list[str]) -> None:
        failed = self.iteration + 1
        self.restore(self.timeline.nearest(failed))
        for past in (self.history, self.measures):
            past.cut(self.iteration)
        torch.set_rng_state(self.randomness.state)
        raise Diverged(
            f"training diverged: iteration {failed} gave {', '.join(bad)}. The run is back where "
            f"it was after iteration {self.iteration}. The usual cause is a learning rate that "
            "is too large.",
            History(self.history["d_loss"].tolist(), self.history["g_loss"].tolist()),
        )

    def _ascend(self) -> float:
        assert self._x is not None
        assert self._z is not None
        with _named("D"):
            if self.loss.from_the_paper:
                return discriminator_step(self._D, self._G, self.opt_d, self._x, self._z).item()
            with torch.no_grad():
                x_fake = self._G(self._z)
            loss = self.loss.discriminator(self._D(self._x), self._D(x_fake))
            if self.loss.penalty:
                penalty = gradient_penalty(self._D, self._x, x_fake)
                loss = loss + self.loss.penalty * penalty
            self.opt_d.zero_grad()
            loss.backward()
            self.opt_d.step()
            return loss.item()

    def _descend(self) -> float:
        assert self._z is not None
        with _named("G"):
            if self.loss.from_the_paper:
                saturating = self.loss.name == "saturating"
                return generator_step(self._D, self._G, self.opt_g, self._z, saturating).item()
            with frozen(self._D):
                loss = self.loss.generator(self._D(self._G(self._z)))
                self.opt_g.zero_grad()
                loss.backward()
            self.opt_g.step()
            return loss.item()

    def _state(self) -> State:
        return State(
            iteration=self.iteration,
            networks={w: _copy(n.state_dict()) for w, n in (("G", self.G), ("D", self.D))},
            optimizers={
                w: copy.deepcopy(o.state_dict()) for w, o in (("G", self.opt_g), ("D", self.opt_d))
            },
            randomness=self.randomness.state.clone(),
            settings={"k": self.k, "m": self.m, "loss": self.loss},
            place={
                "line": self.line,
                "k_step": self.k_step,
                "x": self._x,
                "z": self._z,
                "row": dict(self._row),
            },
            past=None,
        )

    def _look_at_batch(self, line: str) -> dict[str, Any]:
        """D and G on the batch in hand, without changing anything."""
        seen: dict[str, Any] = {}
        with self.looking(), torch.no_grad():
            if self._z is not None and line != "noise_g":
                seen["fake"] = self._G(self._z)
                fake = self._D(seen["fake"])
                seen["d_fake"] = self.loss.shown(fake).mean().item()
                seen["g_loss"] = self.loss.generator(fake).item()
            if self._x is not None and self._z is not None and line == "ascend":
                real = self._D(self._x)
                seen["d_real"] = self.loss.shown(real).mean().item()
                seen["d_loss"] = self.loss.discriminator(real, fake).item()
        return seen

    def _record(
        self, line: str, k_step: int, iteration: int, before: dict[str, Any], after: dict[str, Any]
    ) -> Record:
        numbers: dict[str, tuple[float, ...]] = {}
        fakes = before.get("fake"), after.get("fake")
        if line in ("noise_d", "noise_g", "data"):
            batch = self._x if line == "data" else self._z
            assert batch is not None
            letter, source = ("x", "p_data") if line == "data" else ("z", "p_z")
            numbers = {"mean": (batch.mean().item(),), "std": (batch.std().item(),)}
            says = f"{len(batch)} fresh {letter} from {source}: mean {numbers['mean'][0]:.2f}."
            fakes = None, fakes[1]
        else:
            who, loss = ("D", "d_loss") if line == "ascend" else ("G", "g_loss")
            shown = ("d_real", "d_fake") if line == "ascend" else ("d_fake",)
            numbers = {name: (before[name], after[name]) for name in (loss, *shown)}
            says = f"{who} moves: its loss on this batch {moved(*numbers[loss])}."
        return Record(line, iteration, k_step, says, numbers, self._x, *fakes)


def _noise_for(noise: Noise, G: nn.Module) -> Noise:
    dim = getattr(G, "noise_dim", noise.dim)
    if dim == noise.dim:
        return noise
    return Noise(dim, noise.prior, noise.low, noise.high)


def _gradient_norm(network: nn.Module) -> float:
    """Euclidean norm of all gradients of a network together."""
    norms = [p.grad.norm() for p in network.parameters() if p.grad is not None]
    return torch.stack(norms).norm().item() if norms else 0.0


def _finite(network: nn.Module) -> bool:
    return all(bool(t.isfinite().all()) for t in network.state_dict().values())


def _copy(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: t.detach().clone() for name, t in tensors.items()}


@contextmanager
def _named(who: str) -> Iterator[None]:
    """An error in an update of D or G, said with the name of the player."""
    try:
        yield
    except ModuleError:
        raise
    except (RuntimeError, ValueError, TypeError) as error:
        hint = ""
        if "does not require grad" in str(error):
            hint = f" No gradient reaches {who}: does it detach, use NumPy or torch.no_grad()?"
        raise ModuleError(f"the update of {who} failed: {error}.{hint}") from error
