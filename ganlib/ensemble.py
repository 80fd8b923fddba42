"""Many runs of one GAN at once: an answer over ten seeds is a distribution, over one an anecdote.

A small network leaves most of a processor idle. Here the parameters of n networks are stacked
along a first dimension, and ``torch.func.vmap`` sends n minibatches through all of them in one
pass. The runs share nothing but the clock: each has parameters, data and noise of its own, so
that the result is that of training each alone. Only optimizers that work number by number keep
it so (SGD, Adam, RMSprop; not LBFGS, nor clipping by the length of the whole gradient).
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap
from torch.optim import Optimizer
from tqdm.auto import tqdm

from ganlib.device import choose_device
from ganlib.training import Sampler, _expect_counts, _expect_owner, _move, _on, frozen
from ganlib.value import discriminator_loss, generator_loss

__all__ = ["Ensemble", "EnsembleHistory", "train_ensemble"]


class Ensemble(nn.Module):
    """n networks of one make as one module: (n, m, ...) -> (n, ...), row i through network i.

    ``parameters()`` are those of one network with a first dimension of n. A layer that draws
    random numbers (dropout, noise) draws others for each network.

    Args:
        make_network: called n times, so that ``torch.manual_seed`` governs all; it returns a
            network (m, ...) -> (...) that keeps nothing but parameters.
        runs: n, the number of networks.

    Raises:
        ValueError: runs < 1, or a network with buffers: the running means of batch norm, say,
            are no parameters.
    """

    def __init__(self, make_network: Callable[[], nn.Module], runs: int) -> None:
        super().__init__()
        _expect_counts(runs=runs)
        networks = [make_network() for _ in range(runs)]
        self.runs, self.network = runs, networks[0]
        if buffers := [name for name, _ in self.network.named_buffers()]:
            raise ValueError(f"make_network: expected no buffers, got {', '.join(buffers)}")
        for name, p in self.network.named_parameters():
            p.data = torch.stack([network.get_parameter(name).detach() for network in networks])

    def forward(self, x: Tensor) -> Tensor:
        if len(x) != self.runs:
            raise ValueError(
                f"Ensemble: expected {self.runs} minibatches, shape ({self.runs}, m, ...), "
                f"got {tuple(x.shape)}"
            )

        def one(parameters: dict[str, Tensor], x: Tensor) -> Tensor:
            return functional_call(self.network, parameters, (x,))

        return vmap(one, randomness="different")(dict(self.network.named_parameters()), x)


@dataclass
class EnsembleHistory:
    """Both losses of every iteration and run, in nats, shape ``(iterations, runs)``.

    A run that diverged has losses of nan or inf from there on; ``diverged`` lists such runs.
    """

    d_loss: Tensor
    g_loss: Tensor
    diverged: list[int]
    interrupted: bool = False

    def __len__(self) -> int:
        return len(self.d_loss)


def train_ensemble(
    D: Ensemble,
    G: Ensemble,
    sample_data: Sampler,
    sample_noise: Sampler,
    *,
    steps: int,
    opt_d: Optimizer,
    opt_g: Optimizer,
    k: int = 1,
    m: int = 100,
    saturating: bool = False,
    every: int = 100,
    callback: Callable[[int], object] | None = None,
    device: torch.device | str = "auto",
    progress: bool = True,
) -> EnsembleHistory:
    """Train all pairs of D and G, in place, by Algorithm 1, side by side.

    One backward pass through the sum of the runs' losses gives each run its own gradient. A
    run whose loss is no longer finite is lost and named in a warning; the others go on. Losses
    are read once, at the end. Ctrl-C ends the run and returns what was learnt so far.

    Args:
        D: n discriminators, (n, m, ...) -> logits (n, m).
        G: n generators, (n, m, noise_dim) -> data (n, m, ...).
        sample_data: ``f(n * m)``, n minibatches of m examples in one draw.
        sample_noise: ``f(n * m)``, likewise.
        steps: training iterations; each updates every D k times and every G once.
        opt_d: optimizer of D's parameters, one that works number by number.
        opt_g: likewise for G.
        k: steps of D for one of G.
        m: minibatch size of each run.
        saturating: the printed loss of G instead of the one that the paper's code used.
        every: iterations between two calls of the callback.
        callback: called as ``callback(step)``, at the last iteration too.
        device: "auto" (CUDA, else MPS, else CPU) or a torch device.
        progress: show a progress bar and say which device was chosen.

    Returns:
        The losses, on the CPU.

    Raises:
        ValueError: a count below 1, ensembles of different sizes, or an optimizer that does
            not hold its own network's parameters.
        TypeError: a sampler that cannot be called.
    """
    _expect_counts(steps=steps, k=k, m=m, every=every)
    if D.runs != G.runs:
        raise ValueError(f"expected as many D as G, got {D.runs} and {G.runs}")
    where = choose_device(device, announce=progress)
    _expect_owner("opt_d", opt_d, "D", D)
    _expect_owner("opt_g", opt_g, "G", G)
    _move(D, opt_d, where)
    _move(G, opt_g, where)
    data = _split(_on(where, "sample_data", sample_data), D.runs)
    noise = _split(_on(where, "sample_noise", sample_noise), D.runs)
    interrupted = False
    losses = [torch.empty(0, 2, D.runs, device=where)]
    try:
        for step in tqdm(range(1, steps + 1), f"{D.runs} runs on {where}", disable=not progress):
            for _ in range(k):
                d_loss = _discriminator_step(D, G, opt_d, data(m), noise(m))
            g_loss = _generator_step(D, G, opt_g, noise(m), saturating)
            losses.append(torch.stack([d_loss, g_loss])[None])  # stays on the device
            if callback is not None and (step % every == 0 or step == steps):
                callback(step)
    except KeyboardInterrupt:
        interrupted = True
    d_losses, g_losses = torch.cat(losses).cpu().unbind(dim=1)  # each (iterations, runs)
    return EnsembleHistory(d_losses, g_losses, _diverged(D, G, d_losses + g_losses), interrupted)


def _discriminator_step(D: Ensemble, G: Ensemble, opt_d: Optimizer, x: Tensor, z: Tensor) -> Tensor:
    """As training.discriminator_step, for all runs; returns -V of each, shape (n,)."""
    with torch.no_grad():
        x_fake = G(z)
    loss = vmap(discriminator_loss)(D(x), D(x_fake))
    opt_d.zero_grad()
    loss.sum().backward()
    opt_d.step()
    return loss.detach()


def _generator_step(
    D: Ensemble, G: Ensemble, opt_g: Optimizer, z: Tensor, saturating: bool
) -> Tensor:
    """As training.generator_step, for all runs; returns the loss of each, shape (n,)."""
    with frozen(D):
        loss = vmap(lambda logits: generator_loss(logits, saturating))(D(G(z)))
        opt_g.zero_grad()
        loss.sum().backward()
    opt_g.step()
    return loss.detach()


def _split(sample: Sampler, runs: int) -> Sampler:
    """f(m) with a minibatch for each run, shape (runs, m, ...), from one draw."""
    return lambda m: sample(runs * m).unflatten(0, (runs, m))


def _diverged(D: Ensemble, G: Ensemble, losses: Tensor) -> list[int]:
    """The runs with a loss, (iterations, runs), or a parameter that is not finite; warns too."""
    good = losses.isfinite().all(dim=0)
    for p in (*D.parameters(), *G.parameters()):
        good &= p.detach().reshape(D.runs, -1).isfinite().all(dim=1).cpu()
    runs: list[int] = (~good).nonzero().flatten().tolist()
    if runs:
        # The iterations with finite losses, up to the first without, are one less than its number.
        last = [int(losses[:, run].isfinite().int().cumprod(dim=0).sum()) for run in runs]
        warnings.warn(
            f"{len(runs)} of {len(good)} runs diverged: "
            + ", ".join(f"run {r} after iteration {n}" for r, n in zip(runs, last, strict=True))
            + ". The others are as they would have been without. The usual causes are a learning "
            "rate that is too large and data that are not finite.",
            RuntimeWarning,
            stacklevel=3,
        )
    return runs
