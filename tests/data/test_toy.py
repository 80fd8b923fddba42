"""Toy densities: log_prob against scipy and against its own integral, samples against moments."""

import math

import numpy as np
import pytest
import torch
from scipy import stats

from ganlib.data import centers, gaussian, grid, mixture, ring, two_gaussians, uniform

LINE = torch.linspace(-12, 12, 24_001, dtype=torch.float64)
M = 200_000  # samples; each tolerance below is 5 standard errors

ONE_DIMENSION = {
    "gaussian": gaussian(),
    "narrow": gaussian(-2.0, 0.1),
    "mixture": mixture([-3, 0, 4], [0.5, 1.0, 0.2], [1, 2, 5]),
    "equal": mixture([-1.0, 1.0], 0.5),
    "two": two_gaussians(),
    "left": two_gaussians(distance=6.0, std=0.3, weight=1.0),
    "uniform": uniform(-2, 3),
}


def reference(name):
    """The same densities in scipy: a list of (weight, distribution)."""
    normal = stats.norm
    return {
        "gaussian": [(1, normal(5, 1))],
        "narrow": [(1, normal(-2, 0.1))],
        "mixture": [(1 / 8, normal(-3, 0.5)), (2 / 8, normal(0, 1)), (5 / 8, normal(4, 0.2))],
        "equal": [(0.5, normal(-1, 0.5)), (0.5, normal(1, 0.5))],
        "two": [(0.5, normal(-2, 0.5)), (0.5, normal(2, 0.5))],
        "left": [(1, normal(-3, 0.3))],
        "uniform": [(1, stats.uniform(-2, 5))],
    }[name]


def moments(name):
    """Mean and variance of the mixture, from those of its parts."""
    parts = reference(name)
    mean = sum(w * p.mean() for w, p in parts)
    return mean, sum(w * (p.var() + (p.mean() - mean) ** 2) for w, p in parts)


@pytest.mark.parametrize("name", ONE_DIMENSION)
def test_density_agrees_with_scipy(name):
    ours = ONE_DIMENSION[name].log_prob(LINE).exp().numpy()
    theirs = sum(w * p.pdf(LINE.numpy()) for w, p in reference(name))
    at_a_jump = np.isin(LINE.numpy().round(9), [-2, 3]) if name == "uniform" else False
    np.testing.assert_allclose(np.where(at_a_jump, 0, ours - theirs), 0, atol=1e-6)


@pytest.mark.parametrize("name", ONE_DIMENSION)
def test_density_integrates_to_one(name):
    total = torch.trapezoid(ONE_DIMENSION[name].log_prob(LINE).exp(), LINE)
    assert total.item() == pytest.approx(1, abs=1e-3 if name == "uniform" else 1e-6)


@pytest.mark.parametrize("name", ONE_DIMENSION)
def test_samples_follow_the_density(name):
    torch.manual_seed(0)
    x = ONE_DIMENSION[name].sample((M,))
    assert x.shape == (M,)
    assert x.dtype == torch.float32
    mean, variance = moments(name)
    fourth = ((x - mean) ** 4).mean().item()
    assert x.mean().item() == pytest.approx(mean, abs=5 * math.sqrt(variance / M))
    assert x.var().item() == pytest.approx(variance, abs=5 * math.sqrt((fourth - variance**2) / M))
    ours, parts = x.double().numpy(), reference(name)
    assert stats.kstest(ours, lambda v: sum(w * p.cdf(v) for w, p in parts)).pvalue > 1e-6


def test_uniform_is_zero_outside_and_does_not_raise():
    x = torch.tensor([-0.1, 0.0, 0.5, 1.0, 7.0])
    assert uniform().log_prob(x).tolist() == [-math.inf, 0, 0, -math.inf, -math.inf]


def test_weight_of_zero_leaves_no_trace():
    left = two_gaussians(weight=1.0)
    assert left.log_prob(torch.tensor(2.0)).item() == pytest.approx(
        gaussian(-2, 0.5).log_prob(torch.tensor(2.0)).item()
    )
    assert (left.sample((1000,)) < 0.5).all()


def test_mixture_keeps_float64():
    means = torch.tensor([0.0, 1.0], dtype=torch.float64)
    assert mixture(means, 1.0).sample((3,)).dtype == torch.float64


TWO_DIMENSIONS = {
    "ring": (ring(), 8, 0.01),
    "wide ring": (ring(n=5, radius=3.0, std=0.4), 5, 0.4),
    "grid": (grid(), 25, 0.05),
    "small grid": (grid(n=2, spacing=1.0, std=0.3), 4, 0.3),
}


@pytest.mark.parametrize("name", TWO_DIMENSIONS)
def test_plane_density_agrees_with_scipy(name):
    density, n, std = TWO_DIMENSIONS[name]
    torch.manual_seed(0)
    x = density.sample((500,)).double()
    theirs = sum(stats.multivariate_normal(c, std**2).pdf(x) for c in centers(density).numpy())
    # float32 centres 4 from 0, at 3 std: 2.4e-7 * 3 / std
    np.testing.assert_allclose(density.log_prob(x).exp(), theirs / n, rtol=1e-3)


@pytest.mark.parametrize("name", TWO_DIMENSIONS)
def test_plane_density_integrates_to_one(name):
    """On squares of ±6 std round each centre, each point counted for its nearest centre."""
    density, _, std = TWO_DIMENSIONS[name]
    side = torch.linspace(-6 * std, 6 * std, 121, dtype=torch.float64)
    square = torch.cartesian_prod(side, side)
    total = 0.0
    for i, center in enumerate(centers(density).double()):
        x = center + square
        own = torch.cdist(x, centers(density).double()).argmin(dim=1) == i
        total += density.log_prob(x)[own].exp().sum().item() * (side[1] - side[0]).item() ** 2
    # The overlapping blobs are cut along lines that cross cells of the lattice.
    assert total == pytest.approx(1, abs=1e-6 if std < 0.1 else 0.02)


@pytest.mark.parametrize("name", TWO_DIMENSIONS)
def test_plane_samples(name):
    density, n, std = TWO_DIMENSIONS[name]
    torch.manual_seed(0)
    x = density.sample((M,))
    assert x.shape == (M, 2)
    spread = centers(density).var(dim=0, correction=0)
    tolerance = 5 * (spread + std**2).sqrt() / math.sqrt(M)
    assert (x.mean(dim=0).abs() < tolerance).all()
    assert x.var(dim=0) == pytest.approx(spread + std**2, rel=0.02)
    if std < 0.1:  # apart from each other: every mode has its share
        nearest = torch.cdist(x, centers(density)).argmin(dim=1)
        share = torch.bincount(nearest, minlength=n) / M
        assert (share - 1 / n).abs().max() < 5 * math.sqrt(1 / n / M)


def test_centers():
    expected = torch.tensor([[1, 0], [0, 1], [-1, 0], [0, -1]])
    torch.testing.assert_close(centers(ring(4)), expected.float(), atol=1e-6, rtol=0)
    assert centers(ring()).norm(dim=1) == pytest.approx(np.ones(8))
    sides = [-4.0, -2.0, 0.0, 2.0, 4.0]
    assert sorted(map(tuple, centers(grid()).tolist())) == [(a, b) for a in sides for b in sides]
    assert centers(two_gaussians()).tolist() == [-2, 2]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: gaussian(0, -1), "scale"),
        (lambda: gaussian(math.nan, 1), "loc"),
        (lambda: mixture([0, 1], 0), "scale"),
        (lambda: mixture([0, 1, 2], [1, 1]), r"got \(3,\), \(2,\) and \(3,\)"),
        (lambda: mixture([0, 1], 1, [1, 1, 1]), r"got \(2,\), \(\) and \(3,\)"),
        (lambda: mixture([[0, 1]], 1), r"got \(1, 2\)"),
        (lambda: mixture([0, 1], 1, [-1, 2]), r"weights: expected none < 0 .* got \[-1.0, 2.0\]"),
        (lambda: mixture([0, 1], 1, [0, 0]), r"positive sum, got \[0.0, 0.0\]"),
        (lambda: mixture([], 1), r"positive sum, got \[\]"),
        (lambda: mixture(0.0, 1.0), r"got \(\), \(\) and \(\)"),
        (lambda: mixture([0, 1], 1, [1, math.inf]), r"positive sum, got \[1.0, inf\]"),
        (lambda: two_gaussians(weight=1.5), r"share in \[0, 1\], got 1.5"),
        (lambda: uniform(2, 1), "low = 2 and high = 1"),
        (lambda: uniform(0, math.nan), "low < high"),
        (lambda: ring(0), "n >= 1 Gaussians, got 0"),
        (lambda: ring(std=0), "scale"),
        (lambda: grid(0), "n >= 1 Gaussians a side, got 0"),
    ],
)
def test_bad_parameters(make, message):
    with pytest.raises(ValueError, match=message):
        make()
