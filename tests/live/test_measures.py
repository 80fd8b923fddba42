"""Measures against closed forms: a G that is linear in Gaussian noise makes a Gaussian p_g."""

import math

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.integrate import trapezoid
from torch import nn
from torch.distributions import Independent, Normal

from ganlib.data import gaussian, grid, mixture, ring, two_gaussians, uniform
from ganlib.live.gaussians import gaussians
from ganlib.live.measures import CloudRuler, LineRuler, PlaneRuler, divergences, matching, ruler
from ganlib.live.problems import Problem, drawn, from_samples, problem
from ganlib.live.pushforward import LineCDF, cloud, line_cells, plane_mesh, quantiles
from ganlib.sampling import Draws, Noise
from ganlib.value import js_divergence, kl_divergence


class Affine(nn.Module):
    """z -> scale · z + shift, and no more."""

    def __init__(self, scale, shift):
        super().__init__()
        self.scale, self.shift = torch.tensor(scale), torch.tensor(shift)

    def forward(self, z):
        return z * self.scale + self.shift


class Bend(nn.Module):
    def __init__(self, f):
        super().__init__()
        self.f = f

    def forward(self, z):
        return self.f(z)


def line(density, low=-12.0, high=12.0):
    return Problem("a line", Draws(density), Noise(1), 1, low, high, density)


def kl_between(mean, std, other_mean, other_std):
    """KL(N(mean, std²) || N(other_mean, other_std²)), in nats."""
    ratio = (std / other_std) ** 2
    return (ratio - 1 - math.log(ratio) + ((mean - other_mean) / other_std) ** 2) / 2


# Noise.


@pytest.mark.parametrize("n", [1, 2, 7, 2048])
def test_cells_of_normal_noise_hold_their_exact_mass(n):
    edges, mass = line_cells(Noise(1), n)
    assert mass.sum() == pytest.approx(1, abs=1e-14)
    exact = stats.norm.sf(np.abs(edges[:-1])) - stats.norm.sf(np.abs(edges[1:]))
    exact = np.where(edges[:-1] * edges[1:] < 0, 1 - 2 * stats.norm.sf(edges[1:]), np.abs(exact))
    np.testing.assert_allclose(mass, exact, rtol=1e-9)


def test_cells_of_uniform_noise_are_equal():
    edges, mass = line_cells(Noise(1, "uniform", -8, 8), 4)
    assert edges.tolist() == [-8, -4, 0, 4, 8]
    assert mass.tolist() == [0.25] * 4


@pytest.mark.parametrize(
    ("noise", "cdf"),
    [
        (Noise(2), stats.norm.cdf),
        (Noise(2, "uniform", -8, 8), stats.uniform(-8, 16).cdf),
        (Noise(5), stats.norm.cdf),
    ],
)
def test_a_cloud_is_spread_evenly_and_is_the_same_each_time(noise, cdf):
    z = cloud(noise, 1024)
    assert z.shape == (1024, noise.dim)
    for coordinate in z.double().numpy().T:
        # Random points would be about 0.03 away.
        assert stats.kstest(coordinate, cdf).statistic < 0.003
    assert torch.equal(z, cloud(noise, 1024))
    assert torch.equal(z[:100], cloud(noise, 100))


def test_quantiles_cut_the_noise_into_equal_shares():
    assert quantiles(Noise(1), 3).flatten().tolist() == pytest.approx(
        stats.norm.ppf([1 / 6, 1 / 2, 5 / 6]).tolist(), abs=1e-6
    )
    assert quantiles(Noise(1, "uniform", 0, 1), 2).flatten().tolist() == [0.25, 0.75]


def test_a_mesh_has_its_first_axis_first():
    mesh = plane_mesh(Noise(2, "uniform", 0, 1), 2, reach=4.0)
    assert mesh.shape == (3, 3, 2)
    assert mesh[2, 1].tolist() == [1, 0.5]


# p_g on the line.


X = np.linspace(-6, 6, 401)


@pytest.mark.parametrize(
    ("f", "noise", "exact"),
    [
        (lambda z: 2 * z + 1, Noise(1), stats.norm(1, 2).cdf),
        (lambda z: -2 * z + 1, Noise(1), stats.norm(1, 2).cdf),
        (lambda z: z.abs(), Noise(1), stats.halfnorm.cdf),
        (lambda z: z.square(), Noise(1), stats.chi2(1).cdf),
        (lambda z: z.exp(), Noise(1), stats.lognorm(1).cdf),
        (lambda z: z.square(), Noise(1, "uniform", 0, 1), lambda x: np.sqrt(x.clip(0, 1))),
        (lambda z: z / 4 + 3, Noise(1, "uniform", -8, 8), stats.uniform(1, 4).cdf),
        (torch.relu, Noise(1), lambda x: np.where(x < 0, 0, stats.norm.cdf(x))),
    ],
    ids=["line", "falling", "fold", "square", "exp", "square of uniform", "uniform", "relu"],
)
def test_the_distribution_function_of_p_g(f, noise, exact):
    z, mass = line_cells(noise, 2048)
    F = LineCDF(f(torch.as_tensor(z)).numpy(), mass)
    away = np.abs(X) > 0.05  # the square and the ReLU are steep at 0
    np.testing.assert_allclose(F(X)[away], exact(X)[away], atol=2e-4)
    assert (np.diff(F(X)) >= 0).all()


@pytest.mark.parametrize("at", [0.0, 3.0, -1e6])
def test_a_g_that_makes_one_point_has_a_step(at):
    F = LineCDF(np.full(2049, at), line_cells(Noise(1), 2048).mass)
    assert F(np.array([at - 1, at + 1])).tolist() == [0, 1]
    mean, std = F.moments()
    assert mean == pytest.approx(at)
    assert std == pytest.approx(0, abs=1e-2)


def test_moments_of_p_g():
    z, mass = line_cells(Noise(1), 2048)
    assert LineCDF(3 * z - 2, mass).moments() == pytest.approx((-2, 3), abs=1e-4)
    z, mass = line_cells(Noise(1, "uniform", -8, 8), 64)
    assert LineCDF(z, mass).moments() == pytest.approx((0, 16 / math.sqrt(12)), abs=1e-9)


# p_data.


@pytest.mark.parametrize(
    "density", [gaussian(), two_gaussians(), mixture([-3, 0, 4], [0.5, 1.0, 0.2], [1, 2, 5])]
)
def test_masses_on_the_line_are_integrals_of_the_density(density):
    p = gaussians(density)
    edges = np.linspace(-8, 8, 81)
    masses = np.exp(p.log_masses(edges))
    fine = torch.linspace(-8, 8, 80 * 200 + 1, dtype=torch.float64)
    values = density.log_prob(fine).exp().numpy()
    integrals = [trapezoid(values[i * 200 : (i + 1) * 200 + 1], dx=1e-3) for i in range(80)]
    np.testing.assert_allclose(masses, integrals, rtol=1e-4, atol=1e-9)
    np.testing.assert_allclose(np.diff(p.cdf(edges)), masses, atol=1e-12)


def test_open_ends_take_all_the_rest():
    p = gaussians(two_gaussians())
    edges = np.array([-np.inf, -1.0, 2.0, np.inf])
    assert np.exp(p.log_masses(edges)).sum() == pytest.approx(1, abs=1e-14)


@pytest.mark.parametrize("far", [40.0, -40.0])
def test_masses_keep_their_digits_where_they_are_too_small_for_a_float(far):
    p = gaussians(gaussian(0.0, 1.0))
    (log_mass,) = p.log_masses(np.array([far, far + 1.0]))
    nearest = min(abs(far), abs(far + 1))
    tail = -(nearest**2) / 2 - math.log(nearest * math.sqrt(2 * math.pi))  # Mills, leading term
    assert log_mass == pytest.approx(tail, abs=1e-3)


@pytest.mark.parametrize("density", [ring(8, 1.5, 0.08), grid(3, 1.2, 0.2)])
def test_masses_in_the_plane_have_x_first_and_sum_to_one(density):
    p = gaussians(density)
    edges = np.linspace(-2.5, 2.5, 6)
    masses = np.exp(p.log_masses(edges))
    assert masses.sum() == pytest.approx(1, abs=1e-3)
    torch.manual_seed(0)
    counts, *_ = np.histogram2d(*density.sample((200_000,)).numpy().T, bins=[edges, edges])
    np.testing.assert_allclose(masses, counts / 200_000, atol=0.006)


def test_a_mass_in_the_plane_is_where_it_should_be():
    density = Independent(Normal(torch.tensor([1.5, -0.5]), 0.01), 1)
    masses = np.exp(gaussians(density).log_masses(np.array([-2.0, -1, 0, 1, 2])))
    assert masses[3, 1] == pytest.approx(1)


def test_points_of_a_mixture_share_its_components_evenly():
    x = gaussians(ring(8, 1.5, 0.01)).points(64)
    nearest = torch.cdist(x, problem("ring").modes).argmin(1)
    assert torch.bincount(nearest).tolist() == [8] * 8


def test_what_is_not_made_of_gaussians_is_none():
    assert gaussians(uniform()) is None


# Divergences on the line.


GAUSSIANS = [(5.0, 1.0), (4.0, 1.0), (5.0, 2.0), (5.5, 1.2), (3.0, 1.5)]


@pytest.mark.parametrize(("mean", "std"), GAUSSIANS)
def test_divergences_between_gaussians(mean, std):
    found = LineRuler(line(gaussian(5.0, 1.0), -5, 15), Noise(1))(Affine(std, mean))
    # Bins of 1/32 leave out less than a thousandth.
    assert found["kl"] == pytest.approx(kl_between(5, 1, mean, std), rel=2e-3, abs=1e-6)
    assert found["reverse_kl"] == pytest.approx(kl_between(mean, std, 5, 1), rel=2e-3, abs=1e-6)
    x = torch.linspace(-15, 25, 40_001, dtype=torch.float64)
    p, q = (stats.norm(m, s).pdf(x) for m, s in ((5, 1), (mean, std)))
    jsd = js_divergence(torch.as_tensor(p), torch.as_tensor(q), 1e-3).item()
    assert found["jsd"] == pytest.approx(jsd, rel=2e-3, abs=1e-6)
    z = np.linspace(-9, 9, 40_001)  # W1 = E |difference of the quantile functions|
    w1 = trapezoid(np.abs((5 + z) - (mean + std * z)) * stats.norm.pdf(z), z)
    assert found["w1"] == pytest.approx(w1, rel=1e-4, abs=1e-5)
    assert (found["mean"], found["std"]) == pytest.approx((mean, std), abs=1e-4)
    assert found["missed"] < 1e-9


def test_wasserstein_1_has_its_closed_forms():
    measure = LineRuler(line(gaussian(0.0, 1.0)), Noise(1))
    assert measure(Affine(1.0, 1e3))["w1"] == pytest.approx(1e3, rel=1e-6)  # a shift
    assert measure(Affine(3.0, 0.0))["w1"] == pytest.approx(2 * math.sqrt(2 / math.pi), rel=1e-4)
    assert measure(Affine(0.0, 0.0))["w1"] == pytest.approx(math.sqrt(2 / math.pi), rel=1e-4)


def test_a_p_g_far_from_a_narrow_mixture_still_has_exact_numbers():
    found = LineRuler(line(two_gaussians()), Noise(1))(Affine(0.1, 11.0))
    assert found["jsd"] == pytest.approx(math.log(2), abs=1e-6)
    # E of -log p_data(x) is that of its right half but for a share of 1e-28.
    expected = kl_between(11, 0.1, 2, 0.5) + math.log(2)
    assert found["reverse_kl"] == pytest.approx(expected, rel=1e-2)


def test_a_uniform_p_g_misses_what_it_cannot_reach():
    noise = Noise(1, "uniform", -8, 8)
    found = LineRuler(line(gaussian(5.0, 1.0), 0, 10), noise)(Affine(0.125, 5.0))  # U[4, 6]
    assert found["kl"] == math.inf
    assert found["missed"] == pytest.approx(2 * stats.norm.sf(1), abs=0.02)
    # KL(U[4, 6] || N(5, 1)) = E log(1/2) + log sqrt(2 pi) + E (x − 5)² / 2
    expected = -math.log(2) + math.log(2 * math.pi) / 2 + 1 / 6
    assert found["reverse_kl"] == pytest.approx(expected, abs=2e-3)
    samples = stats.norm.ppf((np.arange(200_000) + 0.5) / 200_000, 5, 1)
    uniform_samples = np.linspace(4, 6, 200_000)
    w1 = stats.wasserstein_distance(samples, uniform_samples)
    assert found["w1"] == pytest.approx(w1, rel=1e-3)


def test_noise_of_many_coordinates_gives_the_same_gaussian():
    class Sum(nn.Module):
        def forward(self, z):
            return z.sum(dim=1, keepdim=True) / math.sqrt(3) + 6

    found = LineRuler(line(gaussian(5.0, 1.0), -5, 15), Noise(3))(Sum())
    assert (found["mean"], found["std"]) == pytest.approx((6, 1), abs=0.01)
    assert found["w1"] == pytest.approx(1, abs=0.01)
    assert found["jsd"] == pytest.approx(0.1112, abs=0.01)  # of N(0, 1) and N(1, 1)


def test_a_finer_grid_of_bins_never_lowers_a_divergence():
    G = Affine(0.8, 4.5)
    coarse, fine = (
        LineRuler(line(gaussian(5.0, 1.0), -5, 15), Noise(1), bins=n)(G) for n in (20, 40)
    )
    for name in ("kl", "reverse_kl", "jsd"):
        assert 0 < coarse[name] < fine[name]


def test_densities_for_the_picture():
    measure = LineRuler(line(gaussian(5.0, 1.0), 0, 10), Noise(1))
    np.testing.assert_allclose(measure.p_data, stats.norm(5, 1).pdf(measure.middles), atol=1e-4)
    p_g = measure.p_g(Affine(0.5, 4.0))
    np.testing.assert_allclose(p_g, stats.norm(4, 0.5).pdf(measure.middles), atol=2e-3)


# Divergences in general.


@pytest.mark.parametrize("seed", range(4))
def test_divergences_agree_with_ganlib_value(seed):
    torch.manual_seed(seed)
    p, q = (torch.rand(50, dtype=torch.float64).softmax(0) for _ in range(2))
    found = divergences(p.log().numpy(), q.numpy())
    assert found["kl"] == pytest.approx(kl_divergence(p, q, 1.0).item())
    assert found["reverse_kl"] == pytest.approx(kl_divergence(q, p, 1.0).item())
    assert found["jsd"] == pytest.approx(js_divergence(p, q, 1.0).item())


def test_divergences_at_their_ends():
    half = np.log(np.array([0.5, 0.5]))
    same = divergences(half, np.array([0.5, 0.5]))
    assert same == {"kl": 0, "reverse_kl": 0, "jsd": 0, "missed": 0}
    with np.errstate(divide="ignore"):
        apart = divergences(np.log(np.array([1.0, 0.0])), np.array([0.0, 1.0]))
    assert apart == {"kl": math.inf, "reverse_kl": math.inf, "jsd": math.log(2), "missed": 1}


# In the plane.


def blob(std=0.3):
    return drawn([[0.0, 0.0]], std)


@pytest.mark.parametrize(("shift", "std"), [(0.0, 0.3), (0.3, 0.3), (0.0, 0.4), (-0.2, 0.35)])
def test_divergences_between_round_gaussians(shift, std):
    found = PlaneRuler(blob(), Noise(2))(Affine(std, [shift, 0.0]))
    # Two coordinates, of which only the first is shifted.
    expected = kl_between(shift, std, 0, 0.3) + kl_between(0, std, 0, 0.3)
    assert found["reverse_kl"] == pytest.approx(expected, rel=0.015, abs=2e-4)
    kl = kl_between(0, 0.3, shift, std) + kl_between(0, 0.3, 0, std)
    assert found["kl"] == pytest.approx(kl, rel=0.015, abs=2e-4)
    assert found["missed"] < 1e-4


def test_a_tail_that_the_noise_cannot_reach_is_missed():
    for what, noise, G, share in (
        (line(gaussian(5.0, 1.0)), Noise(1), Affine(0.5, 5.0), 2 * stats.norm.sf(4)),
        (blob(), Noise(2), Affine(0.2, [0.0, 0.0]), 4 * stats.norm.sf(5 * 0.2 / 0.3)),
    ):
        found = ruler(what, noise)(G)
        assert found["kl"] == math.inf
        assert found["missed"] == pytest.approx(share, rel=0.3)
        assert found["reverse_kl"] < 1


@pytest.mark.parametrize("dim", [2, 3])
def test_every_dimension_of_noise_counts_the_same_p_g(dim):
    class FirstTwo(nn.Module):
        def forward(self, z):
            return 0.3 * z[:, :2] + torch.tensor([0.3, 0.0])

    found = PlaneRuler(blob(), Noise(dim))(FirstTwo())
    assert found["reverse_kl"] == pytest.approx(0.5, abs=0.05)
    assert found["jsd"] == pytest.approx(0.1112, abs=0.02)


def test_p_g_outside_the_picture_is_elsewhere():
    found = PlaneRuler(blob(), Noise(2))(Affine(0.1, [50.0, 50.0]))
    assert found["jsd"] == pytest.approx(math.log(2), abs=2e-3)  # p_data has a little there too
    assert found["missed"] > 0.99
    assert found["w1"] == pytest.approx(50 * math.sqrt(2), rel=0.01)


def test_the_picture_of_p_g_has_y_as_its_row():
    p_g = PlaneRuler(blob(), Noise(2)).p_g(Affine(0.01, [1.0, -1.5]))
    row, column = np.unravel_index(p_g.argmax(), p_g.shape)
    assert (column + 0.5) / 16 - 2 == pytest.approx(1.0, abs=1 / 16)
    assert (row + 0.5) / 16 - 2 == pytest.approx(-1.5, abs=1 / 16)
    assert p_g.sum() / 16**2 == pytest.approx(1)


def test_a_perfect_g_is_at_the_floor_of_w1():
    measure = PlaneRuler(blob(), Noise(2))
    assert measure(Affine(0.3, [0.0, 0.0]))["w1"] < 1.5 * measure.w1_floor < 0.1


def test_matching_finds_the_cheapest():
    x = torch.tensor([[0.0, 0.0], [1.0, 0.0], [5.0, 0.0]])
    assert matching(x, x[[2, 0, 1]]) == 0
    assert matching(x, x + torch.tensor([0.0, 2.0])) == pytest.approx(2)


class Several(nn.Module):
    """G that shares the noise among some of the modes."""

    def __init__(self, centers, spread=0.01):
        super().__init__()
        self.centers, self.spread = centers, spread

    def forward(self, z):
        angle = torch.atan2(z[:, 1], z[:, 0]) / (2 * math.pi) + 0.5
        return self.centers[(angle * len(self.centers)).long() % len(self.centers)] + (
            self.spread * z
        )


@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_modes_are_counted(n):
    what = problem("ring")
    found = PlaneRuler(what, Noise(2))(Several(what.modes[:n]))
    assert found["modes"] == n
    assert found["quality"] == pytest.approx(1, abs=0.01)
    assert found["missed"] >= 1 - n / 8


def test_points_between_the_modes_have_no_quality():
    found = PlaneRuler(problem("ring"), Noise(2))(Affine(0.1, [0.0, 0.0]))
    assert (found["modes"], found["quality"]) == (0, 0)


# Which ruler for which problem.


@pytest.mark.parametrize(
    ("name", "kind"),
    [("gaussian", LineRuler), ("mixture", LineRuler), ("moons", PlaneRuler), ("faces", CloudRuler)],
)
def test_every_problem_has_its_ruler(name, kind):
    what = problem(name)
    measure = ruler(what, what.noise)
    assert type(measure) is kind
    torch.manual_seed(0)
    found = measure(what.generator())
    assert found.keys() <= set(measure.names)
    assert (set(measure.names) - found.keys() <= {"modes", "quality"}) or not found


def test_data_without_a_density_has_w1_alone():
    torch.manual_seed(0)
    what = from_samples(torch.randn(500, 2))
    found = ruler(what, what.noise)(Affine(1.0, [10.0, 0.0]))
    assert found == {"w1": pytest.approx(10, abs=0.3)}
