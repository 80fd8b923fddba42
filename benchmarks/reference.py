"""How steady the machine is: a loop of always the same work, timed before and after a benchmark.

    python benchmarks/reference.py

prints how long the loop takes, ten times in a row. The other scripts time it as they begin and as
they end. Where the two differ by more than a fifth, what stands between them says more about the
machine than about ganlib.
"""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager

import torch

REPEATS = 5
MOST = 1.2  # the slower of the two times to the quicker, in a table that can be relied on


def reference_seconds() -> float:
    """Median seconds of a loop in Python and of products of matrices, on one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        a = torch.ones(256, 256)
        for number in range(100):
            a = (a @ a).clamp(max=1.0)
            sum(range(20_000 + number))
        times.append(time.perf_counter() - start)
    torch.set_num_threads(threads)
    return statistics.median(times)


def verdict(before: float, after: float) -> str:
    """One line: both times, and whether the machine was steady between them."""
    line = f"reference loop: {1e3 * before:.0f} ms before, {1e3 * after:.0f} ms after"
    if max(before, after) > MOST * min(before, after):
        line += " - unreliable: the machine's speed has changed by more than a fifth"
    return line


@contextmanager
def steadiness() -> Iterator[None]:
    """Around a benchmark, or as the decorator of its ``main``: prints the verdict at the end."""
    before = reference_seconds()
    yield
    print(verdict(before, reference_seconds()), flush=True)


def main() -> None:
    for _ in range(10):
        print(f"{1e3 * reference_seconds():.0f} ms", flush=True)


if __name__ == "__main__":
    main()
