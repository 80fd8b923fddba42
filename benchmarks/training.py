"""How long an iteration of ganlib.train takes, side by side with two alternatives.

    python benchmarks/training.py

- against the same steps with `.item()` on both losses in every iteration: what it is worth
  to read them once in 100, less what ganlib.train does besides (the last good state kept,
  the check that all is finite);
- on the CPU, two threads against one.

A GPU is used for the first comparison where there is one.

The two sides of a comparison take turns, so that a slow moment of the machine hits both;
the tables give the median time of an iteration and the median of the ratios of a turn's
two times, second to first.
"""

import statistics
import time
from collections.abc import Callable

import torch
from reference import steadiness
from torch import nn
from torch.optim import SGD

from ganlib.device import choose_device
from ganlib.networks import Discriminator, Generator, PaperDiscriminator, PaperGenerator
from ganlib.sampling import Minibatches, Noise
from ganlib.training import discriminator_step, generator_step, train

TURNS = 5
ITERATIONS = 100  # in each turn, so that train looks at its losses once
SIZES = {"small MLPs": (10, 100, 1000), "paper's pair": (10, 100)}

Run = Callable[[int], object]  # runs that many iterations


def pairs() -> dict[str, tuple[nn.Module, nn.Module, Minibatches, Noise]]:
    """MLPs of 64-64 for points in the plane, the paper's pair for MNIST, and noise as data."""
    return {
        "small MLPs": (
            Discriminator(2),
            Generator(2, 2),
            Minibatches(torch.randn(10_000, 2)),
            Noise(2),
        ),
        "paper's pair": (
            PaperDiscriminator(),
            PaperGenerator(torch.full((784,), 0.13)),
            Minibatches(torch.rand(10_000, 784)),
            Noise(100, "uniform"),
        ),
    }


def optimizers(parts: tuple) -> tuple[SGD, SGD]:
    """Small steps, which cost as much as large ones, and do not diverge on noise."""
    D, G, *_ = parts
    return SGD(D.parameters(), lr=1e-4, momentum=0.5), SGD(G.parameters(), lr=1e-4, momentum=0.5)


def ours(parts: tuple, m: int, device: torch.device) -> Run:
    """ganlib.train: the losses are read every 100 iterations."""

    def run(n: int) -> None:
        opt_d, opt_g = optimizers(parts)
        train(
            *parts, steps=n, m=m, opt_d=opt_d, opt_g=opt_g, device=device, progress=False
        )  # fmt: skip

    return run


def reading(parts: tuple, m: int, device: torch.device) -> Run:
    """The loop as it is often written: both losses are read in every iteration."""

    def run(n: int) -> None:
        D, G, x, z = parts
        opt_d, opt_g = optimizers(parts)
        d_losses, g_losses = [], []
        for _ in range(n):
            d_losses.append(discriminator_step(D, G, opt_d, x(m), z(m)).item())
            g_losses.append(generator_step(D, G, opt_g, z(m)).item())

    return run


def with_threads(threads: int, run: Run) -> Run:
    def limited(n: int) -> None:
        torch.set_num_threads(threads)
        run(n)

    return limited


def compare(title: str, first: Run, second: Run, wait: Callable[[], None]) -> None:
    """Time both in turns and print a row: both medians and the median of second / first."""

    def milliseconds(run: Run) -> float:
        wait()
        start = time.perf_counter()
        run(ITERATIONS)
        wait()
        return 1e3 * (time.perf_counter() - start) / ITERATIONS

    for run in (first, second):
        run(3)  # the first iterations allocate memory
    times = [(milliseconds(first), milliseconds(second)) for _ in range(TURNS)]
    a, b = (statistics.median(side) for side in zip(*times, strict=True))
    ratio = statistics.median(t2 / t1 for t1, t2 in times)
    print(f"{title:<28}{a:>12.3f}{b:>12.3f}{ratio:>10.2f}", flush=True)


def table(title: str, first: str, second: str) -> None:
    print(f"\n{title}\n{'':<28}{first:>12}{second:>12}{'ratio':>10}")


@steadiness()
def main() -> None:
    device = choose_device("auto")
    threads = torch.get_num_threads()
    wait = torch.cuda.synchronize if device.type == "cuda" else lambda: None
    print(
        f"torch {torch.__version__}, Algorithm 1 with k = 1 and momentum SGD; milliseconds an "
        f"iteration, medians of {TURNS} "
        f"turns of {ITERATIONS}"
    )

    table("The losses read every 100 iterations, or each time", "train", ".item()")
    for name, parts in pairs().items():
        for m in SIZES[name]:
            sides = ours(parts, m, device), reading(parts, m, device)
            compare(f"{name}, m = {m}", *sides, wait)

    table("ganlib.train on the CPU", "1 thread", "2 threads")
    for name, parts in pairs().items():
        for m in SIZES[name]:
            run = ours(parts, m, torch.device("cpu"))
            compare(f"{name}, m = {m}", with_threads(1, run), with_threads(2, run), lambda: None)
    torch.set_num_threads(threads)


if __name__ == "__main__":
    main()
