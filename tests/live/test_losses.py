"""The five games: by hand, at their optimum, and in the gradient that they give G."""

import math

import pytest
import torch
from torch import nn

from ganlib.live.losses import LOSSES, gradient_penalty

POINTWISE = [loss for loss in LOSSES.values() if loss.optimum is not None]


def one(number):
    return torch.tensor([number], dtype=torch.float64)


def sigmoid(a):
    return 1 / (1 + math.exp(-a))


@pytest.mark.parametrize(
    ("name", "d_loss", "g_loss"),
    [
        (
            "non-saturating",
            lambda real, fake: -math.log(sigmoid(real)) - math.log(1 - sigmoid(fake)),
            lambda fake: -math.log(sigmoid(fake)),
        ),
        (
            "saturating",
            lambda real, fake: -math.log(sigmoid(real)) - math.log(1 - sigmoid(fake)),
            lambda fake: math.log(1 - sigmoid(fake)),
        ),
        (
            "least squares",
            lambda real, fake: (real - 1) ** 2 / 2 + fake**2 / 2,
            lambda fake: (fake - 1) ** 2 / 2,
        ),
        (
            "hinge",
            lambda real, fake: max(0, 1 - real) + max(0, 1 + fake),
            lambda fake: -fake,
        ),
        ("wasserstein", lambda real, fake: fake - real, lambda fake: -fake),
    ],
)
def test_losses_by_hand(name, d_loss, g_loss):
    loss = LOSSES[name]
    real, fake = torch.tensor([-1.5, 0.3, 2.0]), torch.tensor([0.7, -0.4, -3.0])
    # All five are means over the minibatch.
    expected = sum(d_loss(r, f) for r, f in zip(real.tolist(), fake.tolist(), strict=True)) / 3
    assert loss.discriminator(real, fake).item() == pytest.approx(expected, rel=1e-6)
    assert loss.generator(fake).item() == pytest.approx(
        sum(map(g_loss, fake.tolist())) / 3, rel=1e-6
    )


@pytest.mark.parametrize("loss", POINTWISE, ids=lambda loss: loss.name)
@pytest.mark.parametrize("p_data", [0.1, 0.5, 0.8])
def test_the_optimum_is_the_best_output_at_a_point(loss, p_data):
    """At one point D pays p_data times its loss on real plus p_g times its loss on fake."""
    p_g = 0.4
    outputs = torch.linspace(-4, 4, 8001, dtype=torch.float64)
    zero = one(0.0)
    on_real = torch.stack([loss.discriminator(a[None], zero) for a in outputs])
    on_fake = torch.stack([loss.discriminator(zero, a[None]) for a in outputs])
    best = outputs[(p_data * on_real + p_g * on_fake).argmin()]
    assert loss.optimum(one(p_data), one(p_g)).item() == pytest.approx(
        loss.shown(best).item(), abs=1e-3
    )


@pytest.mark.parametrize("loss", LOSSES.values(), ids=lambda loss: loss.name)
def test_g_pulls_outputs_up_and_d_pulls_them_apart(loss):
    real = torch.tensor([0.2, -0.3], requires_grad=True)
    fake = torch.tensor([0.2, 0.3], requires_grad=True)
    (slope,) = torch.autograd.grad(loss.generator(fake), fake)
    assert (slope < 0).all()
    on_real, on_fake = torch.autograd.grad(loss.discriminator(real, fake), (real, fake))
    assert (on_real < 0).all()
    assert (on_fake > 0).all()


@pytest.mark.parametrize("loss", POINTWISE, ids=lambda loss: loss.name)
def test_the_scale_of_the_picture_holds_every_optimum(loss):
    low, high = loss.span
    p = torch.linspace(0, 1, 11, dtype=torch.float64)
    optimum = loss.optimum(p, 1 - p)
    assert low <= optimum.min()
    assert optimum.max() <= high


def test_only_the_papers_game_is_the_papers():
    assert [loss.name for loss in LOSSES.values() if loss.from_the_paper] == [
        "non-saturating",
        "saturating",
    ]


@pytest.mark.parametrize("slope", [0.0, 0.5, 1.0, 3.0])
def test_the_penalty_of_a_linear_d(slope):
    D = nn.Sequential(nn.Linear(2, 1), nn.Flatten(0))
    with torch.no_grad():
        D[0].weight.copy_(slope * torch.tensor([[0.6, 0.8]]))
    penalty = gradient_penalty(D, torch.randn(7, 2), torch.randn(7, 2))
    assert penalty.item() == pytest.approx((slope - 1) ** 2, abs=1e-5)
    penalty.backward()  # it must reach D's parameters
    expected = 2 * (slope - 1) * torch.tensor([[0.6, 0.8]])
    if slope:
        torch.testing.assert_close(D[0].weight.grad, expected, atol=1e-5, rtol=0)


def test_the_penalty_looks_between_real_and_fake():
    seen = []

    class D(nn.Module):
        def forward(self, x):
            seen.append(x.detach())
            return x.square().sum(dim=1)

    x, x_fake = torch.zeros(200, 2), torch.ones(200, 2)
    gradient_penalty(D(), x, x_fake)
    (between,) = seen
    share = between[:, 0]
    assert torch.equal(share, between[:, 1])  # on the straight line
    assert 0 <= share.min() < 0.1 < 0.9 < share.max() <= 1
    assert len(share.unique()) > 190  # each pair its own
