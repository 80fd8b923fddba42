"""What loses modes and what keeps them: notebook 06 with more runs, longer, and on the grid.

    python benchmarks/mode_collapse.py [--only WORDS]

Each line changes one thing against the line above it that is not indented, and trains all its
runs at once. The columns are means over the runs, with standard errors:

    modes       of 2,500 samples, those modes with one within 3 standard deviations (Euclidean)
    quality     share of samples within 3 standard deviations of some mode, in per cent
    effective   exp of the entropy of the samples' shares among the modes, nearest mode each
    all         runs whose effective number is above 90 % of all modes

A perfect generator has all modes, quality 98.9 and, but for a few hundredths, an effective number
of all modes. The first two columns are those of Lin et al. 2018, PacGAN, Table 1.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import torch
from reference import steadiness
from torch import Tensor, nn
from torch.distributions import MixtureSameFamily
from torch.optim import Adam

from ganlib.data import centers, grid, ring
from ganlib.ensemble import Ensemble, train_ensemble
from ganlib.evaluation import effective_modes, mode_statistics
from ganlib.networks import Discriminator, Generator
from ganlib.sampling import Draws, Noise


def pack(x: Tensor, k: int) -> Tensor:
    """(m, d) -> (m / k, k * d): D judges k samples together."""
    return x.reshape(len(x) // k, -1)


def with_statistics(x: Tensor) -> Tensor:
    """(m, d) -> (m, 2 d): D is told how much each coordinate varies over the minibatch."""
    return torch.cat([x, x.std(dim=0, correction=0).expand_as(x)], dim=1)


def with_noise(x: Tensor, std: float) -> Tensor:
    return x + std * torch.randn_like(x)


class Look(nn.Module):
    """What D sees of a minibatch, as a layer in front of it."""

    def __init__(self, look: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self.look = look

    def forward(self, x: Tensor) -> Tensor:
        return self.look(x)


@dataclass(frozen=True)
class Recipe:
    """The notebook's plain GAN on the ring by default."""

    name: str
    density: Callable[[], MixtureSameFamily] = ring
    std: float = 0.01
    hidden: tuple[int, ...] = (64, 64)
    runs: int = 20
    looks: tuple[int, ...] = (1500, 5000)  # iterations after which the samples are judged
    m: int = 64
    lr: float = 1e-3
    lr_d: float = 1e-3
    beta1: float = 0.9
    look: Callable[[Tensor], Tensor] | None = None
    features: int = 2  # numbers in a row of what D sees


RING = Recipe("ring, Adam as it comes")
GRID = Recipe(
    "grid, first beta .5, D twice as fast",
    density=grid,
    std=0.05,
    hidden=(64, 64, 64),
    runs=10,
    looks=(1500, 8000),
    lr_d=2e-3,
    beta1=0.5,
)
REMEDIES = {
    "noise of std .1 on D's input": {"look": partial(with_noise, std=0.1)},
    "packing, k = 2": {"look": partial(pack, k=2), "features": 4},
    "minibatch statistics": {"look": with_statistics, "features": 4},
}
RECIPES = (
    RING,
    replace(RING, name="  Adam's first beta .5", beta1=0.5),
    replace(RING, name="  D learns 4 times as fast", lr_d=4e-3),
    *(replace(RING, name=f"  {name}", **change) for name, change in REMEDIES.items()),
    GRID,
    *(replace(GRID, name=f"  {name}", **change) for name, change in REMEDIES.items()),
)


def run(recipe: Recipe) -> dict[int, Tensor]:
    """Modes, quality and effective modes of each run, (runs, 3), at each of the looks."""
    torch.manual_seed(0)
    density = recipe.density()
    modes, noise, scores = centers(density), Noise(2), {}
    look = [] if recipe.look is None else [Look(recipe.look)]
    D = Ensemble(
        lambda: nn.Sequential(*look, Discriminator(recipe.features, recipe.hidden)), recipe.runs
    )
    G = Ensemble(lambda: Generator(2, 2, recipe.hidden), recipe.runs)

    def judge(step: int) -> None:
        if step in recipe.looks:
            with torch.no_grad():
                x = G(noise(recipe.runs * 2500).view(recipe.runs, 2500, 2)).cpu()
            rows = [(*mode_statistics(s, modes, recipe.std), effective_modes(s, modes)) for s in x]
            scores[step] = torch.tensor(rows, dtype=torch.float64)

    train_ensemble(
        *(D, G, Draws(density), noise),
        steps=max(recipe.looks), m=recipe.m, every=100, callback=judge, progress=False,
        opt_d=Adam(D.parameters(), recipe.lr_d, (recipe.beta1, 0.999), fused=True),
        opt_g=Adam(G.parameters(), recipe.lr, (recipe.beta1, 0.999), fused=True),
    )  # fmt: skip
    return scores


def line(scores: Tensor, modes: int) -> str:
    mean, error = scores.mean(dim=0), scores.std(dim=0) / len(scores) ** 0.5
    all_modes = int((scores[:, 2] > 0.9 * modes).sum())
    return (
        f"  {mean[0]:5.1f} ± {error[0]:3.1f}  {100 * mean[1]:5.1f} ± {100 * error[1]:3.1f}"
        f"  {mean[2]:5.1f} ± {error[2]:3.1f}  {all_modes:3d} of {len(scores)}"
    )


@steadiness()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="the lines whose name has these words")
    options = parser.parse_args()
    torch.set_num_threads(1)  # for networks this small, threads would only wait for each other
    print(f"torch {torch.__version__}, one thread")
    columns = f"{'modes':>11}  {'quality':>12}  {'effective':>11}  {'all':>9}"
    print(f"{'':37}{'after':>6}  {columns}")
    start = time.process_time()
    for recipe in RECIPES:
        if options.only not in recipe.name:
            continue
        for step, rows in run(recipe).items():
            name = recipe.name if step == min(recipe.looks) else ""
            print(f"{name:37}{step:6,d}" + line(rows, len(centers(recipe.density()))), flush=True)
    print(f"{time.process_time() - start:.0f} seconds of CPU time")


if __name__ == "__main__":
    main()
