"""Algorithm 1 as the paper prints it, line by line, and what each line has just changed."""

from typing import NamedTuple

from torch import Tensor, nn

from ganlib.live.losses import Loss

__all__ = ["ACTIONS", "PAGE", "Look", "Record", "look", "next_line", "record"]

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

    Args:
        line: its name on the page.
        iteration: completed iterations before it.
        k_step: which of the k steps of D it belongs to, from 1.
        says: what has just changed, in a sentence or two.
        numbers: in words -> (before, after), or (now,) where there was nothing before.
        x: the minibatch of data in hand, shape ``(m, features)``.
        z: the noise in hand, shape ``(m, noise_dim)``.
        fake_before, fake_after: G of the noise in hand, before and after this line.
    """

    line: str
    iteration: int
    k_step: int
    says: str
    numbers: dict[str, tuple[float, ...]]
    x: Tensor | None
    z: Tensor | None
    fake_before: Tensor | None
    fake_after: Tensor | None


class Look(NamedTuple):
    """The minibatches in hand, and D and G on them. ``shown`` means as a picture of D paints it."""

    x: Tensor | None
    z: Tensor | None
    fake: Tensor | None = None
    d_real: float = 0.0
    d_fake: float = 0.0
    d_loss: float = 0.0
    g_loss: float = 0.0


def look(D: nn.Module, G: nn.Module, x: Tensor | None, z: Tensor | None, loss: Loss) -> Look:
    """D and G on the batches in hand; call it where no gradient is kept."""
    if z is None:
        return Look(x, z)
    fake = G(z)
    a_fake = D(fake)
    seen = {
        "d_fake": loss.shown(a_fake).mean().item(),
        "g_loss": loss.generator(a_fake).item(),
    }
    if x is not None:
        a_real = D(x)
        seen["d_real"] = loss.shown(a_real).mean().item()
        seen["d_loss"] = loss.discriminator(a_real, a_fake).item()
    return Look(x, z, fake, **seen)


def record(line: str, iteration: int, k_step: int, before: Look, after: Look) -> Record:
    """What a line has changed, from what was in hand before and after it."""
    tell = {"data": _drew_data, "ascend": _ascended, "descend": _descended}.get(line, _drew_noise)
    says, numbers = tell(before, after)
    old = before.fake if line in ("ascend", "descend") else None
    return Record(line, iteration, k_step, says, numbers, after.x, after.z, old, after.fake)


Told = tuple[str, dict[str, tuple[float, ...]]]


def _drew_noise(before: Look, after: Look) -> Told:
    assert after.z is not None
    says = f"{len(after.z)} fresh noise samples. G turns them into fakes; D gives those "
    return says + f"{after.d_fake:.3f} on average.", {
        "mean of z": (after.z.mean().item(),),
        "mean D(G(z))": (after.d_fake,),
    }


def _drew_data(before: Look, after: Look) -> Told:
    assert after.x is not None
    says = f"{len(after.x)} fresh examples of the data. D gives them {after.d_real:.3f} on average."
    return says, {"mean of x": (after.x.mean().item(),), "mean D(x)": (after.d_real,)}


def _ascended(before: Look, after: Look) -> Told:
    says = (
        f"On these samples D's mean on the data {_went(before.d_real, after.d_real)} and on the "
        f"fakes {_went(before.d_fake, after.d_fake)}; its loss "
        f"{_went(before.d_loss, after.d_loss)}."
    )
    return says, {
        "loss of D": (before.d_loss, after.d_loss),
        "mean D(x)": (before.d_real, after.d_real),
        "mean D(G(z))": (before.d_fake, after.d_fake),
    }


def _descended(before: Look, after: Look) -> Told:
    assert before.fake is not None
    assert after.fake is not None
    way = (after.fake - before.fake).flatten(1).norm(dim=1).mean().item()
    says = (
        f"The fakes moved by {way:.3g} on average; D's mean on them "
        f"{_went(before.d_fake, after.d_fake)}, and the loss of G "
        f"{_went(before.g_loss, after.g_loss)}."
    )
    return says, {
        "loss of G": (before.g_loss, after.g_loss),
        "mean D(G(z))": (before.d_fake, after.d_fake),
        "mean move of G(z)": (way,),
    }


def _went(before: float, after: float) -> str:
    """Two numbers and the way from one to the other, to the digits that are shown."""
    old, new = f"{before:z.3f}", f"{after:z.3f}"
    if old == new:
        return f"stays at {new}"
    return f"{'rises' if after > before else 'falls'} from {old} to {new}"
