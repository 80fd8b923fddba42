"""How much time ganlib.ensemble saves: n runs at once, against the same runs one by one.

    python benchmarks/ensemble.py

The pair is that of notebook 06, two layers of 64 for points in the plane, minibatches of 64, Adam.
A GPU is used where there is one. The two sides take turns, so that a slow moment of the machine
hits both; the table gives the median time of an iteration of all n runs and the median ratio.
"""

import statistics
import time

import torch
from reference import steadiness
from torch.optim import Adam

from ganlib.data import ring
from ganlib.device import choose_device
from ganlib.ensemble import Ensemble, train_ensemble
from ganlib.networks import Discriminator, Generator
from ganlib.sampling import Draws, Noise
from ganlib.training import train

TURNS, ITERATIONS, M = 5, 100, 64


def make_d() -> Discriminator:
    return Discriminator(2)


def make_g() -> Generator:
    return Generator(2, 2)


def adam(network: torch.nn.Module) -> Adam:
    return Adam(network.parameters(), lr=1e-3, fused=True)


def at_once(runs: int, device: torch.device) -> None:
    D, G = Ensemble(make_d, runs).to(device), Ensemble(make_g, runs).to(device)
    train_ensemble(
        *(D, G, Draws(ring()), Noise(2)),
        steps=ITERATIONS, m=M, opt_d=adam(D), opt_g=adam(G), device=device, progress=False,
    )  # fmt: skip


def one_by_one(runs: int, device: torch.device) -> None:
    for _ in range(runs):
        D, G = make_d().to(device), make_g().to(device)
        train(
            *(D, G, Draws(ring()), Noise(2)),
            steps=ITERATIONS, m=M, opt_d=adam(D), opt_g=adam(G), device=device, progress=False,
        )  # fmt: skip


@steadiness()
def main() -> None:
    device = choose_device("auto")
    wait = torch.cuda.synchronize if device.type == "cuda" else lambda: None

    def milliseconds(train_all, runs: int) -> float:
        wait()
        start = time.perf_counter()
        train_all(runs, device)
        wait()
        return 1e3 * (time.perf_counter() - start) / ITERATIONS

    print(f"torch {torch.__version__}; milliseconds an iteration of all runs")
    print(f"{'runs':>6}{'at once':>12}{'one by one':>12}{'ratio':>10}")
    at_once(2, device), one_by_one(2, device)  # the first iterations allocate memory
    for runs in (1, 10, 50):
        times = [
            (milliseconds(at_once, runs), milliseconds(one_by_one, runs)) for _ in range(TURNS)
        ]
        a, b = (statistics.median(side) for side in zip(*times, strict=True))
        ratio = statistics.median(t2 / t1 for t1, t2 in times)
        print(f"{runs:6}{a:12.2f}{b:12.2f}{ratio:10.2f}", flush=True)


if __name__ == "__main__":
    main()
