"""Shapes, sizes, structure and initial state of G and D."""

import math

import pytest
import torch
from torch import nn

from ganlib.networks import (
    Discriminator,
    Generator,
    Maxout,
    PaperDiscriminator,
    PaperGenerator,
)


@pytest.fixture(autouse=True)
def _seed():
    torch.manual_seed(0)


@pytest.fixture(scope="module")
def pixel_means():
    """Black at the edge, grey in the middle, one white pixel."""
    means = torch.zeros(28, 28)
    means[4:24, 4:24] = 0.3
    means[14, 14] = 1.0
    return means.flatten()


def kinds(network):
    return [type(layer).__name__ for layer in network.layers]


def sizes(network):
    return [tuple(p.shape) for p in network.parameters()]


# Any size.


@pytest.mark.parametrize("m", [1, 7])
@pytest.mark.parametrize("hidden", [(), (5,), (8, 4, 2)])
def test_shapes(m, hidden):
    x = Generator(3, 12, hidden)(torch.randn(m, 3))
    assert x.shape == (m, 12)
    assert Discriminator(12, hidden)(x).shape == (m,)


def test_generator_has_the_layers_asked_for():
    G = Generator(3, 2, (8, 4), activation=nn.Tanh, output=nn.Sigmoid())
    assert kinds(G) == ["Linear", "Tanh", "Linear", "Tanh", "Linear", "Sigmoid"]
    assert sizes(G) == [(8, 3), (8,), (4, 8), (4,), (2, 4), (2,)]


def test_no_hidden_layer_is_one_linear_layer():
    z = torch.randn(5, 3)
    G = Generator(3, 2, hidden=())
    torch.testing.assert_close(G(z), z @ G.layers[0].weight.T + G.layers[0].bias)


def test_dropout_follows_each_hidden_activation_and_nothing_follows_the_logit():
    assert kinds(Discriminator(4, (8, 8))) == [
        "Linear",
        "LeakyReLU",
        "Linear",
        "LeakyReLU",
        "Linear",
    ]
    D = Discriminator(4, (8, 8), dropout=0.3)
    assert kinds(D) == [
        "Linear",
        "LeakyReLU",
        "Dropout",
        "Linear",
        "LeakyReLU",
        "Dropout",
        "Linear",
    ]
    assert {layer.p for layer in D.layers if isinstance(layer, nn.Dropout)} == {0.3}
    x = torch.randn(5, 4)
    assert not torch.equal(D(x), D(x))
    D.eval()
    assert torch.equal(D(x), D(x))


def test_each_layer_has_an_activation_of_its_own():
    D = Discriminator(4, (8, 8), activation=nn.PReLU)
    assert D.layers[1] is not D.layers[3]


def test_discriminator_returns_logits_not_probabilities():
    d = Discriminator(2)(1000 * torch.randn(200, 2))
    assert d.min() < -1
    assert d.max() > 1


def test_discriminator_flattens_images_row_by_row():
    D, images = Discriminator(784, (8,)), torch.rand(3, 28, 28)
    flat = D(images.reshape(3, 784))
    assert torch.equal(D(images), flat)
    assert torch.equal(D(images.unsqueeze(1)), flat)  # with a channel: (3, 1, 28, 28)


def test_float64():
    G, D = Generator(2, 3).double(), Discriminator(3).double()
    assert D(G(torch.randn(4, 2, dtype=torch.float64))).dtype == torch.float64


@pytest.mark.parametrize("network", [Generator, Discriminator])
@pytest.mark.parametrize("sizes", [(0, (4,)), (3, (4, -1)), (3, (2.5,)), (3, ("4",))])
def test_sizes_must_be_positive_integers(network, sizes):
    first, hidden = sizes
    with pytest.raises(ValueError, match="expected positive integers, got"):
        network(first, hidden=hidden)


@pytest.mark.parametrize("network", [Generator, Discriminator])
def test_a_number_in_place_of_the_hidden_sizes_is_explained(network):
    with pytest.raises(ValueError, match=r"hidden: .*\(64,\) for one layer, got 64"):
        network(3, hidden=(64))  # what (64,) becomes when the comma is lost


@pytest.mark.parametrize("dropout", [-0.1, 1.0, math.nan])
def test_dropout_must_be_a_probability_below_1(dropout):
    with pytest.raises(ValueError, match=r"dropout: .*\[0, 1\), got"):
        Discriminator(3, dropout=dropout)


def test_a_wrong_input_names_network_and_shapes():
    with pytest.raises(ValueError, match=r"^Generator: .*\(m, 3\), got \(5, 2\)$"):
        Generator(3)(torch.randn(5, 2))
    with pytest.raises(ValueError, match=r"^Generator: .*\(m, 3\), got \(3,\)$"):
        Generator(3)(torch.randn(3))
    with pytest.raises(ValueError, match=r"^Discriminator: .*\(m, 784\), got \(5, 756\)$"):
        Discriminator(784)(torch.randn(5, 28, 27))
    with pytest.raises(ValueError, match=r"^PaperDiscriminator: .*\(m, 784\), got \(784,\)$"):
        PaperDiscriminator()(torch.randn(784))


@pytest.mark.parametrize("network", [Generator, Discriminator])
def test_numbers_without_a_feature_dimension_are_explained(network):
    with pytest.raises(ValueError, match=r"\(m, 1\), got \(5,\); unsqueeze\(1\)"):
        network(1)(torch.randn(5))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Generator(2, 3),
        lambda: Discriminator(3, dropout=0.5),
        lambda: PaperGenerator(torch.rand(784)),
        PaperDiscriminator,
    ],
    ids=["Generator", "Discriminator", "PaperGenerator", "PaperDiscriminator"],
)
def test_state_dict_round_trip(make):
    first, second = make().eval(), make().eval()
    features = next(first.parameters()).shape[1]
    x = torch.randn(4, features)
    assert not torch.equal(first(x), second(x))
    second.load_state_dict(first.state_dict())
    assert torch.equal(first(x), second(x))


# The paper's pair.


def test_maxout_by_hand():
    layer = Maxout(2, units=2, pieces=3)
    with torch.no_grad():
        # Unit 0: x1, x2, -x1 - x2. Unit 1: x1 + x2, 2 x1 - 1, 3.
        layer.linear.weight.copy_(
            torch.tensor([[1.0, 0], [0, 1], [-1, -1], [1, 1], [2, 0], [0, 0]])
        )
        layer.linear.bias.copy_(torch.tensor([0.0, 0, 0, 0, -1, 3]))
    x = torch.tensor([[1.0, 2], [-3, -4], [5, -9]])
    assert layer(x).tolist() == [[2, 3], [7, 3], [5, 9]]


def test_paper_generator(pixel_means):
    G = PaperGenerator(pixel_means)
    assert kinds(G) == ["Linear", "ReLU", "Linear", "ReLU", "Linear", "Sigmoid"]
    assert sizes(G) == [(1200, 100), (1200,), (1200, 1200), (1200,), (784, 1200), (784,)]
    *_, last = linears = [layer for layer in G.layers if isinstance(layer, nn.Linear)]
    assert_uniform([layer.weight for layer in linears], 0.05)
    assert all((layer.bias == 0).all() for layer in linears[:-1])
    clipped = pixel_means.double().clamp(1e-7, 1 - 1e-7)
    torch.testing.assert_close(last.bias, clipped.logit().float())


def test_untrained_paper_generator_paints_the_mean_image(pixel_means):
    z = torch.empty(500, 100).uniform_(-math.sqrt(3), math.sqrt(3))
    images = PaperGenerator(pixel_means)(z).detach()
    assert images.shape == (500, 784)
    assert images.min() >= 0
    assert images.max() <= 1
    # A pixel's logit varies by about .14 round its bias, its value by about .14 × .3 × .7.
    assert (images.mean(0) - pixel_means).abs().max() < 0.15
    assert (images.mean(0) - pixel_means).abs().mean() < 0.02


def test_paper_generator_stays_off_the_ends_of_the_pixel_range():
    images = PaperGenerator(torch.full((784,), 0.1))(torch.randn(50, 100))
    assert images.min() > 0
    assert images.max() < 1


@pytest.mark.parametrize("shape", [(28, 28), (783,), (0,), ()])
def test_pixel_means_of_another_shape_are_refused(shape):
    with pytest.raises(ValueError, match=r"pixel_means: expected shape \(784,\)"):
        PaperGenerator(torch.zeros(shape))


@pytest.mark.parametrize("bad", [-0.01, 255.0, math.nan])
def test_pixel_means_outside_0_and_1_are_refused(bad):
    means = torch.full((784,), 0.5)
    means[3] = bad
    with pytest.raises(ValueError, match=r"pixel_means: expected values in \[0, 1\], got"):
        PaperGenerator(means)


def test_paper_discriminator():
    D = PaperDiscriminator()
    assert kinds(D) == ["Dropout", "Maxout", "Dropout", "Maxout", "Dropout", "Linear"]
    assert [layer.p for layer in D.layers if isinstance(layer, nn.Dropout)] == [0.2, 0.5, 0.5]
    assert [(h.units, h.pieces) for h in D.layers if isinstance(h, Maxout)] == [(240, 5)] * 2
    assert sizes(D) == [(1200, 784), (1200,), (1200, 240), (1200,), (1, 240), (1,)]
    assert_uniform([p for p in D.parameters() if p.ndim == 2], 0.005)
    assert all((p == 0).all() for p in D.parameters() if p.ndim == 1)
    assert D(torch.rand(3, 28, 28)).shape == (3,)


def assert_uniform(weights, width):
    for w in weights:
        assert w.abs().max() <= width
        assert w.max() > 0.9 * width
        assert w.min() < -0.9 * width
        # var U(-a, a) = a² / 3; five standard errors of n draws.
        tolerance = 5 * math.sqrt(0.8 / w.numel())
        assert w.var().item() == pytest.approx(width**2 / 3, rel=tolerance)
