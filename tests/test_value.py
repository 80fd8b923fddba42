"""V, its losses, D*, KL, JSD and C(G), against closed forms and independent references."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from torch.autograd import gradcheck, gradgradcheck
from torch.nn.functional import binary_cross_entropy_with_logits

from ganlib import value

LOG_2 = math.log(2)

means = st.floats(-1, 1)
stds = st.floats(0.6, 1.5)
probabilities = st.floats(1e-6, 1 - 1e-6)
logits = st.floats(-30, 30)
dtypes = pytest.mark.parametrize("dtype", [torch.float32, torch.float64])

# Eight of the widest standard deviations beyond the outermost mean, and near enough that
# the narrowest Gaussian is nowhere rounded to 0.
LOW, HIGH, DX = -13, 13, 0.02
GRID = torch.arange(LOW, HIGH, DX, dtype=torch.float64)


def gaussian(mean, std, x=GRID):
    # Normal keeps Python numbers as float32, which would cost half of the digits.
    mean, std = torch.as_tensor(mean, dtype=x.dtype), torch.as_tensor(std, dtype=x.dtype)
    return torch.distributions.Normal(mean, std).log_prob(x).exp()


def mixture(mean_1, std_1, mean_2, std_2, weight):
    return weight * gaussian(mean_1, std_1) + (1 - weight) * gaussian(mean_2, std_2)


def bump(centre):
    """A smooth density that is exactly 0 at 1 or more from its centre."""
    p = (1 - (GRID - centre) ** 2).clamp(min=0) ** 3
    return p / (p.sum() * DX)


def float64(values):
    return torch.tensor(values, dtype=torch.float64)


def vectors(elements):
    return st.lists(elements, min_size=1, max_size=8).map(float64)


# V from samples.


@given(vectors(probabilities), vectors(probabilities))
def test_value_function_is_the_sum_of_two_means(d_real, d_fake):
    expected = np.mean(np.log(d_real.numpy())) + np.mean(np.log1p(-d_fake.numpy()))
    assert value.value_function(d_real, d_fake).item() == pytest.approx(expected, rel=1e-12)


@given(vectors(logits), vectors(logits))
def test_value_from_logits_equals_value_from_probabilities(real, fake):
    # Between probabilities, 1 - sigmoid(30) keeps about 3 digits: hence the tolerance.
    from_probabilities = value.value_function(real.sigmoid(), fake.sigmoid()).item()
    assert value.value_from_logits(real, fake).item() == pytest.approx(
        from_probabilities, rel=1e-2, abs=1e-9
    )
    assert value.value_from_logits(real, fake).item() <= 0


def test_an_undecided_discriminator_is_worth_minus_log_4():
    half, zero = torch.full((5,), 0.5), torch.zeros(3)
    assert value.value_function(half, half).item() == pytest.approx(-math.log(4))
    assert value.value_from_logits(zero, zero).item() == pytest.approx(-math.log(4))


def test_certain_and_right_is_worth_0_and_certain_and_wrong_minus_infinity():
    zeros, ones = torch.zeros(2), torch.ones(2)
    assert value.value_function(ones, zeros).item() == 0
    assert value.value_function(zeros, zeros).item() == -math.inf
    assert value.value_function(ones, ones).item() == -math.inf


@pytest.mark.parametrize("seed", range(3))
def test_samples_and_integral_estimate_the_same_value(seed):
    torch.manual_seed(seed)
    p_data, p_g = torch.distributions.Normal(0.5, 0.8), torch.distributions.Normal(-1.0, 1.3)
    n = 20_000
    x, x_fake = p_data.sample((n,)).double(), p_g.sample((n,)).double()

    def logit(x):
        return 1.2 * x - 0.3  # any D will do

    by_integral = value.value_by_integral(
        logit(GRID).sigmoid(), gaussian(0.5, 0.8), gaussian(-1.0, 1.3), DX
    )
    log_real = logit(x).sigmoid().log()
    log_fake = (-logit(x_fake)).sigmoid().log()
    standard_error = math.sqrt((log_real.var() + log_fake.var()).item() / n)
    by_samples = value.value_from_logits(logit(x), logit(x_fake))
    assert abs(by_samples - by_integral).item() < 5 * standard_error
    assert standard_error < 0.02  # or the line above would mean little


# Both losses.


@given(vectors(logits), vectors(logits))
def test_discriminator_loss_is_the_sum_of_two_binary_cross_entropies(real, fake):
    bce = binary_cross_entropy_with_logits
    expected = bce(real, torch.ones_like(real)) + bce(fake, torch.zeros_like(fake))
    torch.testing.assert_close(value.discriminator_loss(real, fake), expected)
    torch.testing.assert_close(
        value.discriminator_loss(real, fake), -value.value_from_logits(real, fake)
    )


@given(vectors(logits))
def test_generator_losses_and_their_gradients_in_the_logit(fake):
    m = len(fake)
    fake.requires_grad_(True)
    d = torch.special.expit(fake.detach())
    not_d = torch.special.expit(-fake.detach())  # 1 - D without cancellation

    loss = value.generator_loss(fake, saturating=True)
    (gradient,) = torch.autograd.grad(loss, fake)
    torch.testing.assert_close(loss.detach(), not_d.log().mean(), rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(gradient, -d / m, rtol=1e-12, atol=0)

    loss = value.generator_loss(fake)
    (gradient,) = torch.autograd.grad(loss, fake)
    torch.testing.assert_close(loss.detach(), -d.log().mean(), rtol=1e-12, atol=1e-14)
    torch.testing.assert_close(gradient, -not_d / m, rtol=1e-12, atol=0)


def test_generator_loss_is_exact_in_float64_where_softplus_switches_to_its_limit():
    # torch's softplus is linear beyond 20, where it is off by 2e-9.
    fake = float64([-20.5]).requires_grad_(True)
    loss = value.generator_loss(fake)
    (gradient,) = torch.autograd.grad(loss, fake)
    assert loss.item() == pytest.approx(20.5 + math.log1p(math.exp(-20.5)), rel=1e-14)
    assert 1 + gradient.item() == pytest.approx(math.exp(-20.5), rel=1e-6)


@dtypes
@pytest.mark.parametrize("sign", [1, -1])
def test_logits_of_1000_give_exact_values_and_gradients(dtype, sign):
    real = torch.tensor([1000.0 * sign], dtype=dtype, requires_grad=True)
    fake = torch.tensor([-1000.0 * sign], dtype=dtype, requires_grad=True)

    v = value.value_from_logits(real, fake)
    v.backward()
    assert v.dtype == dtype
    assert v.item() == (0 if sign == 1 else -2000)
    assert real.grad.item() == (0 if sign == 1 else 1)
    assert fake.grad.item() == (0 if sign == 1 else -1)

    for saturating, expected, slope in [
        (True, 0 if sign == 1 else -1000, 0 if sign == 1 else -1),
        (False, 1000 if sign == 1 else 0, -1 if sign == 1 else 0),
    ]:
        fake.grad = None
        loss = value.generator_loss(fake, saturating=saturating)
        loss.backward()
        assert loss.dtype == dtype
        assert loss.item() == expected
        assert fake.grad.item() == slope


# The theory on a grid.


def log_gaussian(x, mean, std):
    return -(((x - mean) / std) ** 2) / 2 - math.log(std * math.sqrt(2 * math.pi))


def integral(integrand):
    return quad(integrand, LOW, HIGH, points=[-1, 0, 1], epsabs=1e-11, limit=200)[0]


@given(means, stds, means, stds)
def test_kl_of_two_gaussians_has_its_closed_form(mean_p, std_p, mean_q, std_q):
    expected = math.log(std_q / std_p) + (std_p**2 + (mean_p - mean_q) ** 2) / (2 * std_q**2) - 0.5
    kl = value.kl_divergence(gaussian(mean_p, std_p), gaussian(mean_q, std_q), DX)
    assert kl.item() == pytest.approx(expected, rel=1e-9, abs=1e-12)


@settings(max_examples=30)
@given(means, stds, means, stds)
def test_jsd_of_two_gaussians_agrees_with_quadrature(mean_p, std_p, mean_q, std_q):
    def integrand(x):
        p, q = (math.exp(log_gaussian(x, *law)) for law in ((mean_p, std_p), (mean_q, std_q)))
        return (p * math.log(2 * p / (p + q)) + q * math.log(2 * q / (p + q))) / 2

    jsd = value.js_divergence(gaussian(mean_p, std_p), gaussian(mean_q, std_q), DX)
    assert jsd.item() == pytest.approx(integral(integrand), abs=1e-9)


@settings(max_examples=30)
@given(means, means, st.floats(0, 1), means)
def test_mixtures_agree_with_quadrature(mean_1, mean_2, weight, mean_q):
    def p(x):
        parts = math.exp(log_gaussian(x, mean_1, 0.6)), math.exp(log_gaussian(x, mean_2, 1.1))
        return weight * parts[0] + (1 - weight) * parts[1]

    def q(x):
        return math.exp(log_gaussian(x, mean_q, 1.5))

    on_grid = mixture(mean_1, 0.6, mean_2, 1.1, weight), gaussian(mean_q, 1.5)
    kl = integral(lambda x: p(x) * math.log(p(x) / q(x)))
    c = integral(
        lambda x: p(x) * math.log(p(x) / (p(x) + q(x))) + q(x) * math.log(q(x) / (p(x) + q(x)))
    )
    assert value.kl_divergence(*on_grid, DX).item() == pytest.approx(kl, abs=1e-9)
    assert value.criterion(*on_grid, DX).item() == pytest.approx(c, abs=1e-9)


@given(means, stds, means, stds, st.floats(0, 1), means)
def test_divergences_behave_as_divergences(mean_p, std_p, mean_q, std_q, weight, mean_r):
    p = mixture(mean_p, std_p, mean_r, 1.0, weight)
    q = gaussian(mean_q, std_q)
    jsd = value.js_divergence(p, q, DX).item()
    assert value.kl_divergence(p, p, DX).item() == 0
    assert value.js_divergence(p, p, DX).item() == pytest.approx(0, abs=1e-15)
    assert value.kl_divergence(p, q, DX).item() > -1e-12
    assert value.js_divergence(q, p, DX).item() == pytest.approx(jsd, abs=1e-15)
    assert -1e-12 < jsd < LOG_2 + 1e-12


@given(st.floats(-9, -2), st.floats(2, 9))
def test_disjoint_supports(left, right):
    p, q = bump(left), bump(right)
    assert value.js_divergence(p, q, DX).item() == pytest.approx(LOG_2, rel=1e-12)
    assert value.criterion(p, q, DX).item() == pytest.approx(0, abs=1e-12)
    assert value.kl_divergence(p, q, DX).item() == math.inf
    # A perfect D exists, and D* finds it.
    d_star = value.optimal_discriminator(p, q)
    assert value.value_by_integral(d_star, p, q, DX).item() == 0


def test_float32_tails_that_underflow_leave_jsd_finite():
    # Some of these densities are the smallest positive float32: half of it is 0.
    x = torch.arange(-12, 17, 0.01)
    p, q = gaussian(0.0, 0.5, x), gaussian(5.0, 0.5, x)
    smallest = torch.finfo(torch.float32).smallest_normal * torch.finfo(torch.float32).eps
    assert ((p == smallest) & (q == 0)).any(), "this test no longer visits the tail it is about"
    assert value.js_divergence(p, q, 0.01).item() == pytest.approx(LOG_2, abs=1e-5)


@given(means, stds, means, stds)
def test_criterion_is_the_value_at_d_star(mean_p, std_p, mean_q, std_q):
    p_data, p_g = gaussian(mean_p, std_p), gaussian(mean_q, std_q)
    c = value.criterion(p_data, p_g, DX).item()
    jsd = value.js_divergence(p_data, p_g, DX).item()
    assert c == pytest.approx(-math.log(4) + 2 * jsd, abs=1e-14)
    assert c >= -math.log(4) - 1e-12
    # In the tails D* is rounded to 1, and V(D*, G) to -inf: keep D* a little below.
    d_star = value.optimal_discriminator(p_data, p_g).clamp(1e-15, 1 - 1e-15)
    assert value.value_by_integral(d_star, p_data, p_g, DX).item() == pytest.approx(c, abs=1e-12)


def test_criterion_is_least_where_p_g_is_p_data():
    p_data = mixture(-2.0, 0.5, 1.0, 0.8, 0.4)
    assert value.criterion(p_data, p_data, DX).item() == pytest.approx(-math.log(4), rel=1e-12)
    assert value.criterion(p_data, gaussian(0.0, 1.0), DX).item() > -math.log(4) + 0.1


densities = st.just(0.0) | st.floats(1e-3, 10)


@given(densities, densities, st.floats(0, 1))
def test_no_discriminator_beats_d_star_at_any_point(p_data, p_g, d):
    point = float64([p_data]), float64([p_g])
    best = value.value_by_integral(value.optimal_discriminator(*point), *point, 1.0)
    other = value.value_by_integral(float64([d]), *point, 1.0)
    assert best.item() >= other.item() - 1e-12


@dtypes
def test_d_star_has_any_shape_and_is_one_half_where_nothing_is(dtype):
    p_data = torch.tensor([[0.0, 1.0], [0.0, 3.0]], dtype=dtype)
    p_g = torch.tensor([[0.0, 0.0], [2.0, 1.0]], dtype=dtype)
    d_star = value.optimal_discriminator(p_data, p_g)
    assert d_star.dtype == dtype
    assert d_star.tolist() == [[0.5, 1.0], [0.0, 0.75]]


def test_where_a_density_is_0_its_term_is_0_whatever_d_says():
    zero, one = torch.zeros(1), torch.ones(1)
    assert value.value_by_integral(zero, zero, one, 0.5).item() == 0
    assert value.value_by_integral(one, one, zero, 0.5).item() == 0
    assert value.value_by_integral(zero, one, zero, 0.5).item() == -math.inf


# dtypes, gradients.


@dtypes
def test_results_keep_the_dtype_and_are_scalars(dtype):
    p, q, d = (gaussian(m, 1.0).to(dtype) for m in (0.0, 1.0, 2.0))
    results = [
        value.value_function(d, d),
        value.value_from_logits(p, q),
        value.value_by_integral(d, p, q, DX),
        value.discriminator_loss(p, q),
        value.generator_loss(p, saturating=True),
        value.generator_loss(p, saturating=False),
        value.kl_divergence(p, q, DX),
        value.js_divergence(p, q, DX),
        value.criterion(p, q, DX),
    ]
    assert {(r.dtype, r.shape) for r in results} == {(dtype, torch.Size([]))}


def test_float32_agrees_with_float64():
    p, q = gaussian(0.0, 1.0), gaussian(1.0, 1.5)  # in float32, the tail of p ends first
    d = value.optimal_discriminator(p, q).clamp(1e-6, 1 - 1e-6)
    for function, arguments in [
        (value.value_by_integral, (d, p, q)),
        (value.kl_divergence, (p, q)),
        (value.js_divergence, (p, q)),
    ]:
        exact = function(*arguments, DX).item()
        single = function(*(t.float() for t in arguments), DX).item()
        assert single == pytest.approx(exact, abs=1e-5)


def test_gradients_are_right():
    torch.manual_seed(0)
    a, b = torch.randn(2, 6, dtype=torch.float64, requires_grad=True).unbind()
    d, e, p, q = torch.empty(4, 6, dtype=torch.float64).uniform_(0.1, 0.9).unbind()
    for t in (d, e, p, q):
        t.requires_grad_(True)
    cases = [
        (value.value_from_logits, (a, b)),
        (value.discriminator_loss, (a, b)),
        (lambda a: value.generator_loss(a, saturating=True), (a,)),
        (lambda a: value.generator_loss(a, saturating=False), (a,)),
        (value.value_function, (d, e)),
        (lambda d, p, q: value.value_by_integral(d, p, q, 0.3), (d, p, q)),
        (value.optimal_discriminator, (p, q)),
        (lambda p, q: value.kl_divergence(p, q, 0.3), (p, q)),
        (lambda p, q: value.js_divergence(p, q, 0.3), (p, q)),
        (lambda p, q: value.criterion(p, q, 0.3), (p, q)),
    ]
    for function, inputs in cases:
        assert gradcheck(function, inputs)
        assert gradgradcheck(function, inputs)


@dtypes
def test_tails_where_both_densities_are_0_give_no_nan_gradient(dtype):
    x = torch.linspace(-60, 60, 6001).to(dtype)
    p_data = gaussian(0.0, 1.0, x)
    mean = torch.tensor(1.0, dtype=dtype, requires_grad=True)
    p_g = gaussian(mean, 1.0, x)
    assert ((p_data == 0) & (p_g == 0)).any()

    # d/dmean of KL(N(mean, 1) || N(0, 1)) = mean.
    near = (x > -8) & (x < 9)  # elsewhere p_data = 0 < p_g, and KL is inf
    p, q = torch.where(near, p_g, 0.0), torch.where(near, p_data, 0.0)
    kl = value.kl_divergence(p, q, 0.02)
    assert torch.autograd.grad(kl, mean, retain_graph=True)[0].item() == pytest.approx(1, rel=1e-4)

    (slope,) = torch.autograd.grad(value.criterion(p_data, p_g, 0.02), mean, retain_graph=True)
    assert slope.isfinite()
    assert slope > 0  # p_g moves away from p_data

    d_star = value.optimal_discriminator(p, q)
    (slope,) = torch.autograd.grad(value.value_by_integral(d_star, p, q, 0.02), mean)
    assert slope.isfinite()


def test_d_star_has_gradient_0_where_both_densities_are_0():
    p = torch.zeros(2, requires_grad=True)
    value.optimal_discriminator(p, torch.zeros(2)).sum().backward()
    assert p.grad.tolist() == [0, 0]


# What is said to a wrong argument.

GOOD = torch.full((4,), 0.5)
ON_SAMPLES = [
    (value.value_function, ("d_real", "d_fake")),
    (value.value_from_logits, ("real_logits", "fake_logits")),
    (value.discriminator_loss, ("real_logits", "fake_logits")),
    (value.generator_loss, ("fake_logits",)),
]
ON_GRIDS = [
    (value.value_by_integral, ("d", "p_data", "p_g")),
    (value.kl_divergence, ("p", "q")),
    (value.js_divergence, ("p", "q")),
]


def with_one_wrong(functions, wrong):
    """Each function with each of its arguments replaced by the wrong one, in turn."""
    for function, names in functions:
        for name in names:
            arguments = {n: wrong if n == name else GOOD for n in names}
            if function in dict(ON_GRIDS):
                arguments["dx"] = 0.1
            yield name, function, arguments


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (torch.full((4, 1), 0.5), r"shape \(m,\).*got \(4, 1\); squeeze the last dimension"),
        (torch.full((2, 2), 0.5), r"shape \(m,\).*got \(2, 2\)$"),
        (torch.tensor(0.5), r"shape \(m,\).*got \(\)$"),
        (torch.empty(0), r"m >= 1.*got \(0,\)$"),
    ],
)
def test_a_wrong_shape_is_named(wrong, message):
    for name, function, arguments in with_one_wrong(ON_SAMPLES + ON_GRIDS, wrong):
        with pytest.raises(ValueError, match=f"^{name}: .*{message}"):
            function(**arguments)


@pytest.mark.parametrize(
    ("wrong", "came"),
    [
        (torch.ones(4, dtype=torch.int64), "torch.int64"),
        (torch.ones(4, dtype=torch.bool), "torch.bool"),
        (np.full(4, 0.5), "ndarray"),
        ([0.5] * 4, "list"),
        (0.5, "float"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_wrong_type_is_named(wrong, came):
    optimal = [(value.optimal_discriminator, ("p_data", "p_g"))]
    for name, function, arguments in with_one_wrong(ON_SAMPLES + ON_GRIDS + optimal, wrong):
        with pytest.raises(TypeError, match=f"^{name}: expected a tensor.*got {came}$"):
            function(**arguments)


@pytest.mark.parametrize("bad", [-0.1, 1.5, math.nan, math.inf])
def test_probabilities_outside_0_and_1_are_refused(bad):
    wrong = torch.tensor([0.2, bad, 0.4, 0.6])
    for name in ("d_real", "d_fake"):
        arguments = {"d_real": GOOD, "d_fake": GOOD} | {name: wrong}
        with pytest.raises(ValueError, match=rf"^{name}: .*\[0, 1\].*value_from_logits"):
            value.value_function(**arguments)
    with pytest.raises(ValueError, match=r"^d: .*\[0, 1\]"):
        value.value_by_integral(wrong, GOOD, GOOD, 0.1)


@pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf])
def test_densities_that_are_negative_or_not_finite_are_refused(bad):
    wrong = torch.tensor([0.2, bad, 0.4, 0.6])
    for function, names in [*ON_GRIDS, (value.optimal_discriminator, ("p_data", "p_g"))]:
        for name in set(names) - {"d"}:
            arguments = {n: wrong if n == name else GOOD for n in names}
            if function is not value.optimal_discriminator:
                arguments["dx"] = 0.1
            with pytest.raises(ValueError, match=f"^{name}: .*finite and never negative"):
                function(**arguments)


@pytest.mark.parametrize("dx", [0.0, -0.1, math.nan])
def test_a_spacing_that_is_not_positive_is_refused(dx):
    for function, names in [*ON_GRIDS, (value.criterion, ("p_data", "p_g"))]:
        with pytest.raises(ValueError, match=f"^dx: expected a positive spacing, got {dx}"):
            function(*[GOOD for _ in names], dx)


def test_unequal_shapes_are_named():
    short = torch.full((3,), 0.5)
    for _, function, arguments in with_one_wrong(ON_GRIDS, short):
        with pytest.raises(ValueError, match=r"^expected equal shapes, got .*\(3,\)"):
            function(**arguments)
    with pytest.raises(ValueError, match=r"equal shapes, got p_data \(4,\), p_g \(3,\)"):
        value.optimal_discriminator(GOOD, short)


def test_real_and_fake_batches_may_differ_in_size():
    real, fake = torch.zeros(7), torch.zeros(2)
    assert value.value_from_logits(real, fake).item() == pytest.approx(-math.log(4))


def test_the_spacing_may_be_a_tensor():
    dx = GRID[1] - GRID[0]
    p = gaussian(0.0, 1.0)
    assert value.criterion(p, p, dx).item() == pytest.approx(-math.log(4))
