"""Minibatches, noise and draws: shapes, moments, devices, one seed for all."""

import math
from collections import namedtuple

import pytest
import torch
from torch.distributions import Independent, MultivariateNormal, Normal

from ganlib.sampling import Draws, Minibatches, Noise

needs_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")


def all_samplers():
    return {
        "minibatches": Minibatches(torch.arange(200.0).reshape(100, 2)),
        "normal": Noise(2),
        "uniform": Noise(2, "uniform"),
        "draws": Draws(MultivariateNormal(torch.zeros(2), torch.eye(2))),
    }


@pytest.mark.parametrize("name", all_samplers())
@pytest.mark.parametrize("m", [1, 50])
def test_shape(name, m):
    assert all_samplers()[name](m).shape == (m, 2)


@pytest.mark.parametrize("name", all_samplers())
def test_torch_manual_seed_governs_all_and_each_call_is_fresh(name):
    sample = all_samplers()[name]
    torch.manual_seed(3)
    first, second = sample(20), sample(20)
    torch.manual_seed(3)
    assert torch.equal(sample(20), first)
    assert torch.equal(sample(20), second)
    assert not torch.equal(first, second)


@pytest.mark.parametrize("name", all_samplers())
def test_to_returns_the_sampler_and_moves_what_it_draws(name):
    # "meta" stands for any other device: it has shapes and no numbers.
    sample = all_samplers()[name]
    assert sample.to("cpu") is sample
    assert sample(3).device.type == "cpu"
    assert sample.to(torch.device("meta")) is sample
    assert sample(3).device.type == "meta"
    assert sample(3).shape == (3, 2)


@needs_cuda
@pytest.mark.parametrize("name", all_samplers())
def test_draws_on_cuda(name):
    batch = all_samplers()[name].to("cuda")(3)
    assert batch.device.type == "cuda"
    assert batch.shape == (3, 2)


# Data.


def test_minibatches_are_rows_of_the_data_set_drawn_with_replacement():
    x = torch.arange(10.0).reshape(5, 2)
    torch.manual_seed(0)
    batch = Minibatches(x)(5000)  # more than there are: only possible with replacement
    rows, counts = batch.unique(dim=0, return_counts=True)
    assert torch.equal(rows, x)
    # 1000 ± 28 of each, by the binomial law; five standard deviations.
    assert (counts - 1000).abs().max() < 5 * 28.3


def test_minibatches_keep_the_shape_of_images():
    assert Minibatches(torch.zeros(4, 28, 28))(3).shape == (3, 28, 28)


@pytest.mark.parametrize("shape", [(), (5,), (0, 3)])
def test_an_unusable_data_set_is_refused(shape):
    with pytest.raises(ValueError, match=r"x: expected a data set of shape \(n, features\)"):
        Minibatches(torch.zeros(shape))


def test_what_is_no_tensor_is_named():
    Digits = namedtuple("Digits", "images labels")
    digits = Digits(torch.zeros(4, 784), torch.zeros(4))
    with pytest.raises(TypeError, match=r"x: expected a tensor.*got Digits"):
        Minibatches(digits)  # a student means digits.images
    with pytest.raises(TypeError, match="got ndarray"):
        Minibatches(torch.zeros(4, 2).numpy())


def test_draws_of_scalars_get_a_feature_dimension():
    torch.manual_seed(0)
    x = Draws(Normal(5.0, 1.0))(20_000)
    assert x.shape == (20_000, 1)
    assert x.mean().item() == pytest.approx(5, abs=5 / math.sqrt(20_000))
    assert x.std().item() == pytest.approx(1, abs=5 / math.sqrt(40_000))


def test_draws_of_vectors_keep_their_coordinates():
    torch.manual_seed(0)
    x = Draws(Independent(Normal(torch.tensor([-3.0, 4.0]), 0.01), 1))(100)
    torch.testing.assert_close(x.mean(0), torch.tensor([-3.0, 4.0]), rtol=0, atol=0.01)


# Noise.


@pytest.mark.parametrize(
    ("noise", "mean", "std"),
    [
        (Noise(3), 0, 1),
        (Noise(3, "uniform"), 0, 1),
        (Noise(3, "uniform", low=-8, high=8), 0, 16 / math.sqrt(12)),
        (Noise(3, "uniform", low=0, high=1), 0.5, 1 / math.sqrt(12)),
    ],
    ids=["normal", "uniform", "uniform -8 to 8", "uniform 0 to 1"],
)
def test_moments_of_each_coordinate(noise, mean, std):
    torch.manual_seed(0)
    n = 40_000
    z = noise(n)
    torch.testing.assert_close(
        z.mean(0), torch.full((3,), float(mean)), rtol=0, atol=5 * std / math.sqrt(n)
    )
    torch.testing.assert_close(
        z.std(0), torch.full((3,), float(std)), rtol=5 / math.sqrt(n), atol=0
    )
    correlation = torch.corrcoef(z.T) - torch.eye(3)
    assert correlation.abs().max() < 5 / math.sqrt(n)


def test_uniform_noise_fills_its_range_and_no_more():
    torch.manual_seed(0)
    z = Noise(1, "uniform", low=-8, high=8)(10_000)
    assert -8 <= z.min() < -7.9
    assert 7.9 < z.max() <= 8


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"dim": 2, "prior": "gaussian"}, "prior: expected 'normal' or 'uniform', got 'gaussian'"),
        ({"dim": 0}, "dim >= 1"),
        ({"dim": 1, "prior": "uniform", "low": 1, "high": 1}, "low < high"),
        ({"dim": 1, "prior": "uniform", "low": 8, "high": -8}, "got 1, 8 and -8"),
    ],
)
def test_impossible_noise_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Noise(**arguments)
