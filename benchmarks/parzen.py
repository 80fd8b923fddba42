"""What the Parzen window says of samples that no generator made: python benchmarks/parzen.py

Real training images are samples of p_data itself, and k-means centroids are blurred averages of
them; the window prefers the centroids. The protocol is that of Goodfellow et al. 2014, Table 1,
where the GAN has 225 ± 2 nats and the best model before it, the deep GSN, 214 ± 1.1.
Full MNIST is read from GANLIB_MNIST, the cache or a mirror. k-means takes most of the time.
"""

import time

import torch
from reference import steadiness
from sklearn.cluster import KMeans

from ganlib.data import load_mnist
from ganlib.evaluation import parzen_window

x_train = load_mnist("train", size="full").images
x_test = load_mnist("test", size="full").images
rest, validation = x_train[:50_000], x_train[50_000:51_000]
draw = rest[torch.randperm(len(rest), generator=torch.Generator().manual_seed(0))[:10_000]]


def centroids() -> torch.Tensor:
    """Lloyd's algorithm from the drawn images; it has converged before 10 iterations."""
    k_means = KMeans(len(draw), init=draw.numpy(), n_init=1, max_iter=10, tol=0)
    return torch.from_numpy(k_means.fit(rest.numpy()).cluster_centers_)


@steadiness()
def main() -> None:
    print(f"{'samples':26}{'sigma':>8}{'nats':>8}{'s.e.':>8}{'seconds':>9}", flush=True)
    for name, make in (
        ("1,000 real images", lambda: draw[:1_000]),
        ("10,000 real images", lambda: draw),
        ("10,000 k-means centroids", centroids),
    ):
        samples = make()
        start = time.perf_counter()
        sigma, mean, error = parzen_window(samples, validation, x_test)
        seconds = time.perf_counter() - start  # of the window alone
        print(f"{name:26}{sigma:8.3f}{mean:8.1f}{error:8.1f}{seconds:9.1f}", flush=True)


if __name__ == "__main__":
    main()
