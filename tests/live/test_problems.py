"""Every problem: data inside its axes, a density that is the data's, networks that fit."""

import numpy as np
import pytest
import torch

from ganlib.data import two_gaussians
from ganlib.live.gaussians import gaussians
from ganlib.live.problems import PROBLEMS, drawn, from_samples, problem

every = pytest.mark.parametrize("name", PROBLEMS)


@every
def test_the_data_lies_inside_the_axes(name):
    torch.manual_seed(0)
    what = problem(name)
    x = what.sample_data(2000)
    assert x.shape == (2000, what.features)
    assert x.dtype == torch.float32
    inside = ((x >= what.low) & (x <= what.high)).all(dim=1)
    assert inside.float().mean() > 0.999
    assert x.max() - x.min() > (what.high - what.low) / 2  # and fills them


@every
def test_the_default_networks_fit(name):
    what = problem(name)
    z = what.noise(5)
    for hidden in (None, (7,), ()):
        x = what.generator(hidden)(z)
        assert x.shape == (5, what.features)
        assert what.discriminator(hidden)(x).shape == (5,)
    if name == "faces":
        assert 0 < x.min() < x.max() < 1


@every
def test_the_modes_are_peaks_of_the_data(name):
    what = problem(name)
    if what.modes is None:
        assert name in ("gaussian", "moons", "spiral")
        return
    torch.manual_seed(0)
    distance = torch.cdist(what.sample_data(2000), what.modes).min(dim=1).values
    # 3 standard deviations hold 98.9 % of a Gaussian in the plane, more of one on the line.
    assert (distance <= 3 * what.mode_std).float().mean() > 0.98


@pytest.mark.parametrize("name", [name for name in PROBLEMS if name != "faces"])
def test_the_density_is_that_of_the_samples(name):
    what = problem(name)
    p = gaussians(what.density)
    edges = np.linspace(what.low, what.high, 17)
    masses = np.exp(p.log_masses(edges))
    torch.manual_seed(0)
    x = what.sample_data(100_000).numpy()
    counts, _ = np.histogramdd(x, bins=[edges] * what.features)
    np.testing.assert_allclose(masses, counts / 100_000, atol=0.006)


def test_the_lectures_problem_is_the_lectures():
    what = problem("gaussian")
    assert (what.density.mean, what.density.stddev) == (5, 1)
    assert (what.noise.prior, what.noise.low, what.noise.high) == ("uniform", -8, 8)
    assert len(list(what.generator().parameters())) == 2  # one layer
    assert len(list(what.discriminator().parameters())) == 8  # four


def test_the_spiral_is_even_along_its_length():
    means = problem("spiral").density.component_distribution.mean
    gaps = (means[1:] - means[:-1]).norm(dim=1)
    assert gaps.max() < 1.5 * gaps.min()


@pytest.mark.parametrize("points", [[[0.5, -1.0], [1.0, 1.0]], torch.rand(40, 2), [[0.3]]])
def test_a_drawing_becomes_data_with_a_density(points):
    what = drawn(points, std=0.05)
    at = torch.as_tensor(points)
    assert what.features == at.shape[1]
    torch.manual_seed(0)
    x = what.sample_data(500)
    assert (torch.cdist(x, at).min(dim=1).values < 0.25).all()
    assert gaussians(what.density).means.shape == tuple(at.shape)


@pytest.mark.parametrize("points", [[], [[1.0, 2.0, 3.0]], [1.0, 2.0]])
def test_what_is_no_drawing(points):
    with pytest.raises(ValueError, match=r"points: expected shape \(n, 2\) or \(n, 1\)"):
        drawn(points)


def test_data_of_ones_own():
    torch.manual_seed(0)
    x = two_gaussians().sample((300,))[:, None]
    what = from_samples(x, "mine")
    assert (what.name, what.features, what.noise.dim, what.density) == ("mine", 1, 1, None)
    assert what.low < x.min() < x.max() < what.high
    assert torch.isin(what.sample_data(50), x).all()
    images = from_samples(torch.rand(9, 28, 28))
    assert (images.features, images.noise.dim) == (784, 2)


def test_an_unknown_problem():
    with pytest.raises(ValueError, match=r"problem: expected one of 'gaussian', .*got 'circle'"):
        problem("circle")
