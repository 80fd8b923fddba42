"""Parzen window and modes against closed forms, scipy and scikit-learn, and known numbers."""

import math
import os

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.neighbors import KernelDensity, NearestNeighbors

from ganlib.data import centers, grid, load_mnist, ring
from ganlib.evaluation import (
    SIGMAS,
    effective_modes,
    fit_sigma,
    mode_statistics,
    nearest_neighbours,
    parzen_log_likelihood,
    parzen_window,
)

BOTH = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])


def normal(*shape, seed=0, dtype=torch.float64):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


# parzen_log_likelihood


@BOTH
@pytest.mark.parametrize("d", [1, 2, 784])
def test_one_sample_is_one_gaussian(d, dtype):
    """The window on a single sample is N(sample, sigma² I)."""
    points, sample = normal(50, d, dtype=dtype), normal(1, d, seed=1, dtype=dtype)
    ours = parzen_log_likelihood(points, sample, 0.3)
    density = torch.distributions.Independent(torch.distributions.Normal(sample[0], 0.3), 1)
    assert ours.shape == (50,)
    assert ours.dtype == dtype
    torch.testing.assert_close(ours, density.log_prob(points))


@pytest.mark.parametrize("sigma", [0.05, 0.5, 3.0])
def test_agrees_with_scikit_learn(sigma):
    points, samples = normal(40, 5), normal(300, 5, seed=1)
    # One leaf holds all samples, so that the tree leaves none of them out.
    theirs = KernelDensity(bandwidth=sigma, leaf_size=300).fit(samples).score_samples(points)
    ours = parzen_log_likelihood(points, samples, sigma).numpy()
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


def test_agrees_with_scipy():
    points, samples = normal(40, 1), normal(300, 1, seed=1)
    # scipy's factor multiplies the standard deviation of the samples.
    kde = stats.gaussian_kde(samples.T, bw_method=0.2 / samples.std().item())
    ours = parzen_log_likelihood(points, samples, 0.2).numpy()
    np.testing.assert_allclose(ours, kde.logpdf(points.T), rtol=1e-9)


@settings(deadline=None)
@given(st.floats(-50, 50), st.floats(0.05, 5))
def test_moving_everything_changes_nothing(shift, sigma):
    points, samples = normal(6, 3), normal(9, 3, seed=1)
    torch.testing.assert_close(
        parzen_log_likelihood(points + shift, samples + shift, sigma),
        parzen_log_likelihood(points, samples, sigma),
    )


@settings(deadline=None)
@given(st.floats(0.1, 10))
def test_change_of_scale_costs_d_log_c(c):
    """p_c(c x) = p(x) / c^d for points, samples and sigma all c times as large."""
    points, samples = normal(6, 3), normal(9, 3, seed=1)
    torch.testing.assert_close(
        parzen_log_likelihood(c * points, c * samples, c * 0.4),
        parzen_log_likelihood(points, samples, 0.4) - 3 * math.log(c),
    )


def test_window_integrates_to_one():
    line = torch.linspace(-10, 10, 10_001, dtype=torch.float64)
    density = parzen_log_likelihood(line[:, None], normal(20, 1), 0.3).exp()
    assert torch.trapezoid(density, line).item() == pytest.approx(1, abs=1e-9)


def test_far_points_stay_finite():
    """exp(−‖x − s‖² / 2 sigma²) is 0 in floating point here; its logarithm is not."""
    ours = parzen_log_likelihood(torch.full((1, 784), 100.0), torch.zeros(3, 784), 0.1)
    expected = -784 * 100**2 / (2 * 0.1**2) - 392 * math.log(2 * math.pi * 0.1**2)
    assert ours.item() == pytest.approx(expected, rel=1e-6)


def test_float32_input_loses_nothing_on_images():
    """Far from the origin and nearly on top of a sample: the worst case for a float32 product."""
    samples = 100 + torch.rand(50, 784, generator=torch.Generator().manual_seed(0))
    points = samples[:10] + 2**-10
    ours = parzen_log_likelihood(points, samples, 0.01)
    exact = parzen_log_likelihood(points.double(), samples.double(), 0.01)
    torch.testing.assert_close(ours.double(), exact, rtol=1e-6, atol=0)
    by_hand = -((points[0].double() - samples[0].double()) ** 2).sum() / (2 * 0.01**2)
    by_hand -= math.log(50) + 392 * math.log(2 * math.pi * 0.01**2)
    assert ours[0].item() == pytest.approx(by_hand.item(), rel=1e-6)


@pytest.mark.parametrize("chunk", [1, 3, 7, 1000])
def test_chunks_change_nothing(chunk):
    points, samples, validation = normal(7, 4), normal(11, 4, seed=1), normal(13, 4, seed=2)
    torch.testing.assert_close(
        parzen_log_likelihood(points, samples, 0.5, chunk=chunk),
        parzen_log_likelihood(points, samples, 0.5),
    )
    assert parzen_window(samples, validation, points, chunk=chunk) == pytest.approx(
        parzen_window(samples, validation, points)
    )
    assert torch.equal(
        nearest_neighbours(points, samples, chunk=chunk), nearest_neighbours(points, samples)
    )


def test_arrays_are_points_too():
    points, samples = normal(7, 3), normal(9, 3, seed=1)
    ours = parzen_log_likelihood(points.numpy(), samples.numpy(), 0.5)
    assert torch.equal(ours, parzen_log_likelihood(points, samples, 0.5))
    ours = parzen_window(samples.numpy(), points.numpy(), points.numpy())
    assert ours == parzen_window(samples, points, points)
    ours = nearest_neighbours(points.numpy(), samples.numpy())
    assert torch.equal(ours, nearest_neighbours(points, samples))


def test_no_gradient_is_kept():
    samples = normal(5, 2).requires_grad_()
    assert not parzen_log_likelihood(normal(3, 2), samples, 0.5).requires_grad


# fit_sigma and parzen_window


def test_sigmas_are_those_of_the_authors():
    np.testing.assert_allclose(SIGMAS, np.logspace(-1, 0, 10))


def test_fit_sigma_takes_the_best():
    validation, samples = normal(40, 2), normal(60, 2, seed=1)
    means = [parzen_log_likelihood(validation, samples, s).mean().item() for s in SIGMAS]
    best = fit_sigma(validation, samples)
    assert best == SIGMAS[int(np.argmax(means))]
    assert best not in (SIGMAS[0], SIGMAS[-1])
    assert fit_sigma(validation, samples, [5.0, best, 0.01]) == best


def test_fit_sigma_recovers_the_noise():
    """Points spread by .2 round samples that lie far apart: the best width is .2."""
    samples = 100 * normal(50, 10)
    validation = samples.repeat(20, 1) + 0.2 * normal(1000, 10, seed=1)
    assert fit_sigma(validation, samples, [0.1, 0.15, 0.2, 0.25, 0.3]) == 0.2


def test_score_is_mean_and_standard_error():
    samples, validation, test = normal(60, 2), normal(40, 2, seed=1), normal(30, 2, seed=2)
    score = parzen_window(samples, validation, test)
    nats = parzen_log_likelihood(test, samples, score.sigma).numpy()
    assert score.sigma == fit_sigma(validation, samples)
    assert score.mean == pytest.approx(nats.mean())
    assert score.standard_error == pytest.approx(nats.std() / math.sqrt(30))


# nearest_neighbours


@BOTH
def test_nearest_neighbours_agree_with_scikit_learn(dtype):
    samples, x_train = normal(30, 6, dtype=dtype), normal(200, 6, seed=1, dtype=dtype)
    ours = nearest_neighbours(samples, x_train)
    search = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(x_train)
    assert ours.shape == (30,)
    assert ours.dtype == torch.int64
    np.testing.assert_array_equal(ours, search.kneighbors(samples, return_distance=False)[:, 0])


def test_training_points_are_their_own_neighbours():
    x_train = load_mnist("train", "small").images[:500]
    assert torch.equal(nearest_neighbours(x_train, x_train), torch.arange(500))


# What does not fit


@pytest.mark.parametrize(
    ("points", "samples", "message"),
    [
        (torch.zeros(3), torch.zeros(3, 1), r"shape \(n, d\).* got torch.float32, shape \(3,\)"),
        (torch.zeros(3, 1, 28, 28), torch.zeros(3, 784), r"got .* shape \(3, 1, 28, 28\)"),
        (torch.zeros(3, 2), torch.zeros(4, 5), r"columns .* shapes \(3, 2\) and \(4, 5\)"),
        (torch.zeros(3, 2), torch.zeros(0, 2), r"n >= 1.* shape \(0, 2\)"),
        (torch.zeros(0, 2), torch.zeros(3, 2), r"n >= 1.* shape \(0, 2\)"),
        (torch.zeros(3, 2, dtype=torch.uint8), torch.zeros(3, 2), "real numbers .*torch.uint8"),
        (
            torch.zeros(3, 2),
            torch.tensor([[math.nan, 0], [0, math.inf], [0, 0]]),
            "expected finite numbers, got nan or inf in 2 of 3 rows",
        ),
    ],
)
def test_bad_input(points, samples, message):
    with pytest.raises(ValueError, match=message):
        parzen_log_likelihood(points, samples, 0.5)
    with pytest.raises(ValueError, match=message):
        fit_sigma(points, samples)
    with pytest.raises(ValueError, match=message):
        nearest_neighbours(points, samples)


def test_errors_name_the_argument():
    good, bad = torch.zeros(2, 3), torch.zeros(3)
    with pytest.raises(ValueError, match=r"^points: "):
        parzen_log_likelihood(bad, good, 0.5)
    with pytest.raises(ValueError, match=r"^samples: "):
        parzen_window(bad, good, good)
    with pytest.raises(ValueError, match=r"^validation: "):
        fit_sigma(bad, good)
    with pytest.raises(ValueError, match=r"^x_train: "):
        nearest_neighbours(good, bad)


@pytest.mark.parametrize("sigma", [0, -1.0, math.nan, math.inf])
def test_bad_sigma(sigma):
    with pytest.raises(ValueError, match=f"sigma: expected a positive width, got {sigma}"):
        parzen_log_likelihood(torch.zeros(1, 2), torch.zeros(1, 2), sigma)
    with pytest.raises(ValueError, match=f"sigma: expected a positive width, got {sigma}"):
        fit_sigma(torch.zeros(1, 2), torch.zeros(1, 2), [0.5, sigma])


def test_no_sigmas():
    with pytest.raises(ValueError, match="sigmas: expected at least one width, got none"):
        fit_sigma(torch.zeros(1, 2), torch.zeros(1, 2), [])


def test_bad_chunk():
    with pytest.raises(ValueError, match="chunk: expected at least 1, got 0"):
        parzen_log_likelihood(torch.zeros(1, 2), torch.zeros(1, 2), 0.5, chunk=0)


# Known numbers


@pytest.mark.skipif(
    not os.environ.get("GANLIB_MNIST"),
    reason="GANLIB_MNIST names no folder with the full MNIST files",
)
@pytest.mark.parametrize(
    ("count", "sigma", "mean", "standard_error"),
    [(10_000, 0.167, 242.7, 2.1), (1_000, 0.215, 121.1, 1.6)],
)
def test_real_images_as_samples(count, sigma, mean, standard_error):
    """Real training images, drawn from those that the validation set is not part of.

    Which are drawn moves the score by about as much as its standard error: over 18 draws of
    10,000 it lay between 240.7 and 244.8 nats.
    """
    x_train, x_test = load_mnist("train", "full").images, load_mnist("test", "full").images
    draw = torch.randperm(50_000, generator=torch.Generator().manual_seed(0))[:count]
    score = parzen_window(x_train[draw], x_train[-10_000:][:1_000], x_test)
    assert score.sigma == pytest.approx(sigma, abs=5e-4)
    assert score.mean == pytest.approx(mean, abs=standard_error)
    assert score.standard_error == pytest.approx(standard_error, abs=0.05)


# mode_statistics

RING, GRID = centers(ring()), centers(grid())


@BOTH
def test_modes_by_hand(dtype):
    """Two samples near the first mode, one near the second, one near none."""
    samples = torch.tensor([[0.0, 0.0], [0.2, 0.2], [5.0, 0.29], [2.5, 0.0]], dtype=dtype)
    modes = torch.tensor([[0.0, 0.0], [5.0, 0.0], [0.0, 5.0]], dtype=dtype)
    assert mode_statistics(samples, modes, std=0.1) == (2, 0.75)
    assert mode_statistics(samples.numpy(), modes.numpy(), std=0.1) == (2, 0.75)


def test_distance_is_euclidean_and_the_rim_counts():
    centre, samples = torch.zeros(1, 2), torch.tensor([[3.0, 0.0], [2.9, 2.9]])
    assert mode_statistics(samples, centre, std=1.0) == (1, 0.5)
    assert mode_statistics(samples, centre, std=1.0, within=4.2) == (1, 1.0)


def test_where_modes_overlap_a_sample_counts_for_the_nearest_alone():
    modes = torch.tensor([[0.0], [1.0]])
    assert mode_statistics(torch.tensor([[0.4]]), modes, std=1.0) == (1, 1.0)


def test_no_sample_near_any_mode():
    assert mode_statistics(torch.full((9, 2), 99.0), RING, std=0.01) == (0, 0.0)


@pytest.mark.parametrize(("density", "std"), [(ring(), 0.01), (grid(), 0.05)])
def test_a_perfect_generator(density, std):
    """The share within 3 std of a round Gaussian in the plane is 1 - exp(-4.5) = .98889."""
    torch.manual_seed(0)
    modes, quality = mode_statistics(density.sample((40_000,)), centers(density), std)
    assert modes == len(centers(density))
    assert quality == pytest.approx(1 - math.exp(-4.5), abs=4 * 0.105 / 40_000**0.5)


def test_modes_far_from_the_origin_keep_their_digits():
    torch.manual_seed(0)
    x, modes = ring().sample((2500,)).double(), RING.double()
    assert mode_statistics(x + 1e4, modes + 1e4, 0.01) == mode_statistics(x, modes, 0.01)


@given(st.integers(0, 7))
def test_as_many_modes_as_are_visited(visited):
    samples = RING[:visited].repeat(5, 1) if visited else torch.ones(5, 2)
    assert mode_statistics(samples, RING, std=0.01) == (visited, float(visited > 0))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((torch.zeros(4), RING, 0.01), r"samples: expected real numbers of shape \(n, d\)"),
        ((torch.full((4, 2), math.nan), RING, 0.01), "4 of 4 rows"),
        ((torch.zeros(4, 3), RING, 0.01), "as many columns"),
        ((torch.zeros(4, 2), RING[:0], 0.01), "centers: expected real numbers"),
        ((torch.zeros(4, 2), RING, 0.0), "positive width"),
        ((torch.zeros(4, 2), RING, 0.01, -1.0), "positive width"),
    ],
)
def test_mode_statistics_says_what_it_expected(arguments, message):
    with pytest.raises(ValueError, match=message):
        mode_statistics(*arguments)


# effective_modes


@BOTH
def test_equal_shares_count_the_modes_that_have_them(dtype):
    for n in (1, 3, 8):
        assert effective_modes(RING[:n].to(dtype).repeat(4, 1), RING) == pytest.approx(n)
    assert effective_modes(2 * RING.numpy(), RING) == pytest.approx(8)  # near or far, all the same


def test_unequal_shares_count_less():
    x = torch.cat([RING[:1].repeat(3, 1), RING[1:2]])  # 3/4 and 1/4
    assert effective_modes(x, RING) == pytest.approx(4 / 3**0.75)
    shares = torch.tensor([0.75, 0.25], dtype=torch.float64)
    divergence = (shares * torch.log(8 * shares)).sum().item()  # KL(shares || uniform)
    assert effective_modes(x, RING) == pytest.approx(8 * math.exp(-divergence))
