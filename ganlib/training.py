"""Algorithm 1 of Goodfellow et al. (2014): minibatch stochastic gradient training.

The paper's page, in code::

    for number of training iterations:                    train
        for k steps:
            sample m noise samples and m examples
            update D by ascending its stochastic gradient     discriminator_step
        sample m noise samples
        update G by descending its stochastic gradient        generator_step

:func:`train` adds what a long run needs and the page leaves out: a progress bar, a
history, a stop when a loss is no longer finite, and no wait for the GPU inside the loop.
"""

import copy
import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import SGD, Optimizer
from torch.optim.lr_scheduler import LRScheduler
from tqdm.auto import tqdm

from ganlib.device import choose_device
from ganlib.value import discriminator_loss, generator_loss

__all__ = [
    "Diverged",
    "History",
    "choose_device",
    "discriminator_step",
    "frozen",
    "generator_step",
    "load_checkpoint",
    "save_checkpoint",
    "simultaneous_step",
    "train",
]

Sampler = Callable[[int], Tensor]


@dataclass
class History:
    """Both losses of every iteration, in nats; D's is that of the last of its k steps."""

    d_loss: list[float] = field(default_factory=list)
    g_loss: list[float] = field(default_factory=list)
    interrupted: bool = False

    def __len__(self) -> int:
        return len(self.d_loss)


class Diverged(RuntimeError):
    """A loss or a parameter is no longer finite; ``history`` ends at the last good state."""

    def __init__(self, message: str, history: History) -> None:
        super().__init__(message)
        self.history = history


def discriminator_step(
    D: nn.Module, G: nn.Module, opt_d: Optimizer, x: Tensor, z: Tensor
) -> Tensor:
    """One update of D: ascend V(D, G) in theta_d, with G held fixed (Algorithm 1).

    Args:
        D: maps data to logits, (m, ...) -> (m,).
        G: maps noise to data. Its parameters and their ``.grad`` are left as they are.
        opt_d: optimizer of D's parameters.
        x: minibatch of data, shape ``(m, ...)``.
        z: minibatch of noise, shape ``(m, noise_dim)``.

    Returns:
        -V before the update, a detached scalar in nats.
    """
    with torch.no_grad():  # the fakes are data to D: no gradient goes back into G
        x_fake = G(z)
    loss = discriminator_loss(D(x), D(x_fake))
    opt_d.zero_grad()
    loss.backward()
    opt_d.step()
    return loss.detach()


def generator_step(
    D: nn.Module, G: nn.Module, opt_g: Optimizer, z: Tensor, saturating: bool = False
) -> Tensor:
    """One update of G: descend its loss in theta_g, with D held fixed (Algorithm 1).

    Args:
        D: maps data to logits. Its parameters and their ``.grad`` are left as they are.
        G: maps noise to data.
        opt_g: optimizer of G's parameters.
        z: minibatch of noise, shape ``(m, noise_dim)``.
        saturating: True for the printed loss log(1 - D(G(z))), False for -log D(G(z)).

    Returns:
        G's loss before the update, a detached scalar in nats.
    """
    with frozen(D):  # the gradient goes through D to G, and stops at no parameter of D
        loss = generator_loss(D(G(z)), saturating)
        opt_g.zero_grad()
        loss.backward()
    opt_g.step()
    return loss.detach()


def simultaneous_step(
    D: nn.Module,
    G: nn.Module,
    opt_d: Optimizer,
    opt_g: Optimizer,
    x: Tensor,
    z: Tensor,
    saturating: bool = False,
) -> tuple[Tensor, Tensor]:
    """Both updates at once from the same z, as in the authors' published code.

    Both gradients are taken at the old (theta_d, theta_g); only then do both move.

    Args, shapes and returned losses: as for the two single steps.
    """
    x_fake = G(z)
    d_loss = discriminator_loss(D(x), D(x_fake.detach()))
    opt_d.zero_grad()
    d_loss.backward()
    with frozen(D):
        g_loss = generator_loss(D(x_fake), saturating)
        opt_g.zero_grad()
        g_loss.backward()
    opt_d.step()
    opt_g.step()
    return d_loss.detach(), g_loss.detach()


@contextmanager
def frozen(network: nn.Module) -> Iterator[None]:
    """Inside, no parameter of the network receives a gradient; afterwards all is as before."""
    trainable = [p for p in network.parameters() if p.requires_grad]
    for p in trainable:
        p.requires_grad_(False)
    try:
        yield
    finally:
        for p in trainable:
            p.requires_grad_(True)


def train(
    D: nn.Module,
    G: nn.Module,
    sample_data: Sampler,
    sample_noise: Sampler,
    *,
    steps: int,
    k: int = 1,
    m: int = 100,
    opt_d: Optimizer | None = None,
    opt_g: Optimizer | None = None,
    saturating: bool = False,
    simultaneous: bool = False,
    schedulers: Iterable[LRScheduler] = (),
    every: int = 100,
    callback: Callable[[int, History], object] | None = None,
    history: History | None = None,
    device: torch.device | str = "auto",
    progress: bool = True,
) -> History:
    """Train D and G, in place and in training mode, by Algorithm 1.

    The losses stay on the device and are read once in ``every`` iterations: only then
    does the CPU wait for a GPU. At the same moments the run is checked, a good state is
    kept, the progress bar moves and the callback is called. Ctrl-C ends the run and
    returns what was learnt so far.

    Args:
        D: maps data (m, ...) to logits (m,).
        G: maps noise (m, noise_dim) to data.
        sample_data: ``f(m)``, m examples from p_data.
        sample_noise: ``f(m)``, m noise vectors from p_z. Samplers with a ``to`` method
            (those of :mod:`ganlib.sampling`) are moved to the device and draw there.
        steps: training iterations; each updates D k times and G once.
        k: steps of D for one of G; the paper used 1, the cheapest.
        m: minibatch size.
        opt_d: optimizer of D's parameters; by default SGD with rate .1 and momentum .5,
            where the authors' code starts.
        opt_g: likewise for G.
        saturating: the printed loss of G instead of the one that the paper's code used.
        simultaneous: both updates from the same z at once, as in the authors' code, in
            place of Algorithm 1's alternation; needs k = 1.
        schedulers: torch learning rate schedulers, stepped once an iteration.
        every: iterations between two looks at the losses.
        callback: called as ``callback(step, history)`` at each look, after ``step``
            iterations of this run.
        history: of an earlier run, to be continued.
        device: "auto" (CUDA, else MPS, else CPU) or a torch device.
        progress: show a progress bar and say which device was chosen.

    Returns:
        The history of both losses.

    Raises:
        ValueError: a count below 1, k > 1 with ``simultaneous``, or an optimizer that
            does not hold its own network's parameters.
        TypeError: a sampler that cannot be called.
        Diverged: a loss or a parameter was no longer finite. D, G, the optimizers and the
            schedulers are back in the last good state, and so is ``.history``.
    """
    _expect_counts(steps=steps, k=k, m=m, every=every)
    if simultaneous and k != 1:
        raise ValueError(f"k: expected 1 with simultaneous updates, got {k}")
    where = choose_device(device, announce=progress)
    opt_d = opt_d or SGD(D.parameters(), lr=0.1, momentum=0.5)
    opt_g = opt_g or SGD(G.parameters(), lr=0.1, momentum=0.5)
    _expect_owner("opt_d", opt_d, "D", D)
    _expect_owner("opt_g", opt_g, "G", G)
    for network, optimizer in ((D, opt_d), (G, opt_g)):
        _move(network, optimizer, where)
    data = _on(where, "sample_data", sample_data)
    noise = _on(where, "sample_noise", sample_noise)
    history = history if history is not None else History()
    history.interrupted = False
    schedulers = tuple(schedulers)

    def iteration() -> tuple[Tensor, Tensor]:
        if simultaneous:
            return simultaneous_step(D, G, opt_d, opt_g, data(m), noise(m), saturating)
        for _ in range(k):
            d_loss = discriminator_step(D, G, opt_d, data(m), noise(m))
        return d_loss, generator_step(D, G, opt_g, noise(m), saturating)

    parts = _parts(D, G, opt_d, opt_g, schedulers)
    good = _state(parts)
    unread: list[Tensor] = []  # (d_loss, g_loss) of the iterations since the last look
    with tqdm(total=steps, desc=f"Algorithm 1 on {where}", disable=not progress) as bar:

        def look() -> None:
            nonlocal good
            bar.update(_read(unread, history, parts, good))
            bar.set_postfix(d_loss=f"{history.d_loss[-1]:.3f}", g_loss=f"{history.g_loss[-1]:.3f}")
            good = _state(parts)

        try:
            for step in range(1, steps + 1):
                unread.append(torch.stack(iteration()))  # stays on the device
                for scheduler in schedulers:
                    scheduler.step()
                if len(unread) == every or step == steps:
                    look()
                    if callback is not None:
                        callback(step, history)
        except KeyboardInterrupt:
            history.interrupted = True
            if unread:
                look()
    return history


def save_checkpoint(
    path: str | Path,
    D: nn.Module,
    G: nn.Module,
    opt_d: Optimizer,
    opt_g: Optimizer,
    history: History,
    schedulers: Iterable[LRScheduler] = (),
) -> None:
    """Write all that a run needs to go on as if it had never stopped.

    That is: parameters and buffers, optimizers, schedulers, the history and the state of
    torch's random generators on CPU and CUDA. The file is replaced in one move, never left
    half written.
    """
    path = Path(path)
    parts = _parts(D, G, opt_d, opt_g, schedulers)
    state = {
        "parts": _state(parts),
        "makes": _makes(parts),
        "history": asdict(history),
        "cpu_rng": torch.get_rng_state(),
        "cuda_rng": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }
    partial = path.with_name(path.name + ".part")
    torch.save(state, partial)
    partial.replace(path)


def load_checkpoint(
    path: str | Path,
    D: nn.Module,
    G: nn.Module,
    opt_d: Optimizer,
    opt_g: Optimizer,
    schedulers: Iterable[LRScheduler] = (),
) -> History:
    """Put all that :func:`save_checkpoint` wrote back in its place; return the history.

    Go on with ``train(..., steps=remaining, history=history)``. An error leaves everything
    as it was.

    Raises:
        FileNotFoundError: no file there.
        RuntimeError: networks of other sizes than those saved.
        ValueError: optimizers or schedulers of other classes than those saved.
    """
    state = torch.load(path, map_location="cpu", weights_only=True)
    parts = _parts(D, G, opt_d, opt_g, schedulers)
    if _makes(parts) != state["makes"]:
        raise ValueError(f"expected what was saved, {state['makes']}, got {_makes(parts)}")
    before = _state(parts)
    try:
        _restore(parts, state["parts"])
    except (RuntimeError, ValueError):
        _restore(parts, before)
        raise
    torch.set_rng_state(state["cpu_rng"])
    if torch.cuda.is_available() and state["cuda_rng"]:
        torch.cuda.set_rng_state_all(state["cuda_rng"])
    return History(**state["history"])


def _parts(
    D: nn.Module,
    G: nn.Module,
    opt_d: Optimizer,
    opt_g: Optimizer,
    schedulers: Iterable[LRScheduler],
) -> dict[str, Any]:
    """All that training changes, by name."""
    named = {f"scheduler {i}": scheduler for i, scheduler in enumerate(schedulers)}
    return {"D": D, "G": G, "opt_d": opt_d, "opt_g": opt_g, **named}


def _state(parts: dict[str, Any]) -> dict[str, Any]:
    """A copy, on the device, of the state of each part."""
    return {name: copy.deepcopy(part.state_dict()) for name, part in parts.items()}


def _makes(parts: dict[str, Any]) -> dict[str, str]:
    """The classes of optimizers and schedulers: one cannot take up another's state."""
    return {n: type(p).__name__ for n, p in parts.items() if not isinstance(p, nn.Module)}


def _restore(parts: dict[str, Any], state: dict[str, Any]) -> None:
    for name, part in parts.items():
        part.load_state_dict(state[name])


def _read(
    unread: list[Tensor], history: History, parts: dict[str, Any], good: dict[str, Any]
) -> int:
    """Move the losses since the last look into the history and return their number.

    Where one of them is not finite, go back to that look and say what went wrong.
    """
    rows = torch.stack(unread).tolist()  # here the CPU waits for the device
    bad = next((i for i, row in enumerate(rows) if not all(map(math.isfinite, row))), None)
    if bad is None and _finite(parts["D"]) and _finite(parts["G"]):
        history.d_loss += [d for d, _ in rows]
        history.g_loss += [g for _, g in rows]
        unread.clear()
        return len(rows)
    _restore(parts, good)
    kept = len(history)
    if bad is None:
        what = f"a parameter is no longer finite after iteration {kept + len(rows)}"
    else:
        what = f"iteration {kept + bad + 1} gave d_loss = {rows[bad][0]}, g_loss = {rows[bad][1]}"
    raise Diverged(
        f"training diverged: {what}. D, G and the optimizers are back where they were after "
        f"iteration {kept}. The usual causes are a learning rate that is too large and data "
        "that are not finite.",
        history,
    )


def _finite(network: nn.Module) -> bool:
    tensors = [t for t in network.state_dict().values() if t.is_floating_point()]
    return not tensors or bool(torch.stack([t.isfinite().all() for t in tensors]).all())


def _on(device: torch.device, name: str, sample: Sampler) -> Sampler:
    """The sampler, drawing on the device if it can, else with each batch moved there."""
    if not callable(sample):
        raise TypeError(
            f"{name}: expected a function f(m) that returns m samples, as those of "
            f"ganlib.sampling do, got {type(sample).__name__}"
        )
    if hasattr(sample, "to"):
        sample = sample.to(device)
    return lambda m: sample(m).to(device)


def _move(network: nn.Module, optimizer: Optimizer, device: torch.device) -> None:
    network.to(device).train()
    # An optimizer with a past keeps momenta beside the parameters: this moves them too.
    optimizer.load_state_dict(optimizer.state_dict())


def _expect_counts(**counts: int) -> None:
    for name, count in counts.items():
        if not isinstance(count, int) or count < 1:
            raise ValueError(f"{name}: expected a whole number, 1 or more, got {count!r}")


def _expect_owner(name: str, optimizer: Optimizer, owner: str, network: nn.Module) -> None:
    own = {id(p) for p in network.parameters()}
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    if not held <= own:
        raise ValueError(
            f"{name}: expected an optimizer of {owner}'s parameters; "
            f"{len(held - own)} of its {len(held)} tensors belong to something else"
        )
