"""The gradients by hand: against autograd, against finite differences, and in closed form."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from torch.nn.functional import logsigmoid

from ganlib.two_by_two import discriminator_gradients, generator_gradients, sigmoid

vectors = arrays(np.float64, 4, elements=st.floats(-8, 8))
images = arrays(np.float64, 4, elements=st.floats(0, 1))
numbers = st.floats(-8, 8)


@given(a=st.floats(-30, 30))
def test_sigmoid_is_torchs(a):
    assert sigmoid(a) == pytest.approx(torch.sigmoid(torch.tensor(a, dtype=torch.float64)).item())


def test_sigmoid_keeps_every_shape():
    for shape in ((), (1,), (4,), (2, 3)):
        assert np.shape(sigmoid(np.zeros(shape))) == shape
        assert np.all(sigmoid(np.zeros(shape)) == 0.5)
    assert sigmoid(0) == 0.5


def test_sigmoid_of_large_numbers():
    """Warnings are errors here, and so is what NumPy would let pass."""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert sigmoid(np.array([-1000.0, 1000.0])).tolist() == [0, 1]
        assert sigmoid(-40.0) == pytest.approx(np.exp(-40.0), rel=1e-12)


def as_parameters(*values):
    return [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in values]


@given(w=vectors, b=numbers, x=images, label=st.sampled_from([0, 1]))
def test_gradients_of_d_are_autograds(w, b, x, label):
    theta_d = as_parameters(w, b)
    a = theta_d[0] @ torch.tensor(x) + theta_d[1]
    loss = -logsigmoid(a if label else -a)
    for ours, theirs in zip(
        discriminator_gradients(w, b, x, label), torch.autograd.grad(loss, theta_d), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


@given(v=vectors, c=vectors, w=vectors, b=numbers, z=st.floats(0, 1))
def test_gradients_of_g_are_autograds(v, c, w, b, z):
    theta_g = as_parameters(v, c)
    x_fake = torch.sigmoid(z * theta_g[0] + theta_g[1])
    loss = -logsigmoid(torch.tensor(w) @ x_fake + b)
    for ours, theirs in zip(
        generator_gradients(v, c, w, b, z), torch.autograd.grad(loss, theta_g), strict=True
    ):
        np.testing.assert_allclose(ours, theirs, atol=1e-12)


@given(theta=arrays(np.float64, 13, elements=st.floats(-3, 3)), z=st.floats(0, 1))
def test_gradients_of_g_are_differences(theta, z):
    def loss(theta):
        w, b, v, c = theta[:4], theta[4], theta[5:9], theta[9:]
        return np.logaddexp(0, -(w @ sigmoid(z * v + c) + b))

    ours = np.concatenate(generator_gradients(theta[5:9], theta[9:], theta[:4], theta[4], z))
    h = 1e-5
    for i in range(8):
        step = h * np.eye(13)[5 + i]
        difference = (loss(theta + step) - loss(theta - step)) / (2 * h)
        assert ours[i] == pytest.approx(difference, abs=1e-8)


def test_an_undecided_d_moves_along_the_image():
    x = np.array([0.9, 0.2, 0.1, 0.8])
    dw, db = discriminator_gradients(np.zeros(4), 0.0, x, 1)
    assert dw.tolist() == (-0.5 * x).tolist()
    assert db == -0.5
    assert isinstance(db, float)


def test_arguments_are_left_alone():
    w, x = np.ones(4), np.full(4, 0.5)
    discriminator_gradients(w, 0.0, x, 0)
    generator_gradients(w, x, w, 0.0, 0.5)
    assert w.tolist() == [1] * 4
    assert x.tolist() == [0.5] * 4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: discriminator_gradients(np.ones(4), 0, np.ones(3), 1), r"got w \(4,\), x \(3,\)"),
        (
            lambda: discriminator_gradients(np.ones((2, 2)), 0, np.ones((2, 2)), 1),
            r"shape \(n,\), one number a pixel, got w \(2, 2\)",
        ),
        (lambda: discriminator_gradients(np.ones(4), 0, np.ones(4), -1), "0 for a fake, got -1"),
        (
            lambda: generator_gradients(np.ones(4), np.ones(1), np.ones(4), 0, 0.5),
            r"got v \(4,\), c \(1,\), w \(4,\)",
        ),
        (
            lambda: generator_gradients(np.ones(4), np.ones(4), np.ones(4), 0, np.ones(1)),
            r"z: expected one number, got shape \(1,\)",
        ),
    ],
)
def test_bad_arguments(call, message):
    with pytest.raises(ValueError, match=message):
        call()
