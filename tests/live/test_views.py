"""What is painted: each layer against the thing itself."""

import numpy as np
import pytest
import torch
from torch import nn

from ganlib.live.engine import Engine
from ganlib.live.losses import LOSSES
from ganlib.live.views import LAYERS
from ganlib.value import optimal_discriminator

SHAPES = {
    "gaussian": {
        "axes": (2,), "real": (512, 1), "fake": (512, 1), "d_real": (512,), "d_fake": (512,),
        "arrows": (512, 1), "x": (320,), "p_data": (320,), "p_g": (320,), "d_star": (320,),
        "d": (320,), "z": (64,), "gz": (64, 1),
    },
    "ring": {
        "axes": (2,), "real": (512, 2), "fake": (512, 2), "d_real": (512,), "d_fake": (512,),
        "arrows": (512, 2), "p_data": (64, 64), "p_g": (64, 64), "d_star": (64, 64),
        "d": (64, 64), "mesh": (21, 21, 2), "mesh_mass": (20, 20), "field_at": (256, 2),
        "field": (256, 2),
    },
    "faces": {
        "axes": (2,), "real": (512, 4), "fake": (512, 4), "d_real": (512,), "d_fake": (512,),
        "arrows": (512, 4), "z": (64,), "gz": (64, 4),
    },
}  # fmt: skip


def engine_for(problem, **more):
    return Engine(problem, **{"measure_every": 0, **more})


@pytest.mark.parametrize("problem", SHAPES)
def test_the_layers_of_each_kind_of_problem(problem):
    view = engine_for(problem).view()
    assert {name: a.shape for name, a in view.items()} == SHAPES[problem]
    for a in view.values():
        assert a.dtype == np.float32
        assert a.flags.c_contiguous
        assert np.isfinite(a).all()


@pytest.mark.parametrize("problem", SHAPES)
@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_alone_is_the_same(problem, layer):
    engine = engine_for(problem)
    whole, alone = engine.view(), engine.view([layer])
    for name, a in alone.items():
        np.testing.assert_array_equal(a, whole[name])
    assert engine.view([]).keys() == {"axes"}


def test_the_surface_can_be_finer():
    assert engine_for("ring").view(["d"], size=100)["d"].shape == (100, 100)


class Slope(nn.Module):
    """A D whose logit is a · x, and a G that stretches and shifts."""

    def __init__(self, a):
        super().__init__()
        self.a = nn.Parameter(torch.tensor(a))

    def forward(self, x):
        return x @ self.a


def test_rows_are_y_and_columns_are_x():
    engine = engine_for("ring", D=Slope([0.0, 2.0]))
    d = engine.view(["d"])["d"]
    np.testing.assert_allclose(d, np.repeat(d[:, :1], 64, axis=1), rtol=1e-5)
    middles = np.linspace(-2 + 1 / 32, 2 - 1 / 32, 64)
    np.testing.assert_allclose(d[:, 0], 1 / (1 + np.exp(-2 * middles)), rtol=1e-5)


def test_the_densities_in_the_plane_lie_where_d_lies():
    engine = engine_for("grid")
    density = engine.view(["densities"])["p_data"]
    middles = torch.linspace(-2 + 1 / 32, 2 - 1 / 32, 64)
    y, x = torch.meshgrid(middles, middles, indexing="ij")
    exact = engine.problem.density.log_prob(torch.stack([x, y], dim=-1)).exp().numpy()
    assert np.corrcoef(density.ravel(), exact.ravel())[0, 1] > 0.99
    lopsided = engine_for("moons")
    density = lopsided.view(["densities"])["p_data"]
    upper = density[32:, :].sum(axis=0) @ middles.numpy()  # the upper moon is the left one
    assert upper < 0


def test_d_star_is_the_best_d_against_what_is_painted():
    for problem in ("mixture", "ring"):
        view = engine_for(problem).view(["densities"])
        p_data, p_g = (torch.as_tensor(view[name]) for name in ("p_data", "p_g"))
        seen = (p_data + p_g) > 1e-6
        expected = optimal_discriminator(p_data, p_g)[seen].numpy()
        np.testing.assert_allclose(view["d_star"][seen.numpy()], expected, atol=1e-4)


@pytest.mark.parametrize("loss", LOSSES)
def test_d_is_painted_as_its_loss_shows_it(loss):
    engine = engine_for("two gaussians", loss=loss)
    view = engine.view()
    with torch.no_grad():
        a, real, fake = (
            engine.D(torch.as_tensor(view[name]).reshape(-1, 1)) for name in ("x", "real", "fake")
        )
    if engine.loss.from_the_paper:
        a, real, fake = map(torch.sigmoid, (a, real, fake))
    if engine.loss.relative:  # a critic, whose zero is nowhere in particular
        middle = torch.cat([real, fake]).mean()
        a, real, fake = a - middle, real - middle, fake - middle
    for name, expected in (("d", a), ("d_real", real), ("d_fake", fake)):
        np.testing.assert_allclose(view[name], expected.numpy(), rtol=1e-5, atol=1e-6)


def test_the_best_critic_on_the_line_tells_w1():
    engine = engine_for("mixture", loss="wasserstein")
    view = engine.view(["densities"])
    f, dx = view["d_star"], view["x"][1] - view["x"][0]
    np.testing.assert_allclose(np.abs(np.diff(f)), dx, rtol=1e-3)
    gained = (f * (view["p_data"] - view["p_g"])).sum() * dx
    assert gained == pytest.approx(engine.measure()["w1"], rel=0.01)
    assert "d_star" not in engine_for("ring", loss="wasserstein").view()


@pytest.mark.parametrize("problem", ["two gaussians", "ring", "faces"])
@pytest.mark.parametrize("loss", LOSSES)
def test_arrows_point_down_the_loss_of_each_fake(problem, loss):
    engine = engine_for(problem, loss=loss)
    view = engine.view(["points", "arrows"])
    fake, arrows = torch.as_tensor(view["fake"])[:20], torch.as_tensor(view["arrows"])[:20]
    D = engine.D.double()
    fake, way = fake.double(), 1e-6 * torch.ones(fake.shape[1], dtype=torch.float64)
    with torch.no_grad():
        for x, arrow in zip(fake, arrows.double(), strict=True):
            ahead, behind = (engine.loss.generator(D((x + s * way)[None])) for s in (1, -1))
            assert -(arrow @ way).item() == pytest.approx((ahead - behind).item() / 2, abs=1e-9)


def test_the_field_is_the_slope_of_d():
    view = engine_for("ring", D=Slope([3.0, -1.0])).view(["field"])
    np.testing.assert_allclose(view["field"], np.tile([3.0, -1.0], (256, 1)))
    assert view["field_at"][0] == pytest.approx([-1.875, -1.875])
    assert view["field_at"][1] == pytest.approx([-1.625, -1.875])


def test_the_generator_as_a_map():
    view = engine_for("gaussian", G=nn.Linear(1, 1)).view(["map"])
    assert view["z"][[0, -1]].tolist() == pytest.approx([-8 + 1 / 8, 8 - 1 / 8])
    engine = engine_for("two gaussians")
    view = engine.view(["map"])
    with torch.no_grad():
        expected = engine.G(torch.as_tensor(view["z"])[:, None]).numpy()
    np.testing.assert_allclose(view["gz"], expected, rtol=1e-5, atol=1e-6)
    assert view["z"].mean() == pytest.approx(0, abs=1e-6)
    assert (np.abs(view["z"]) < 0.674).mean() == 0.5  # the quartiles of N(0, 1)


def test_the_mesh_is_g_of_a_square():
    class Double(nn.Linear):
        def forward(self, z):
            return 2 * z

    view = engine_for("ring", G=Double(2, 2)).view(["mesh"])
    assert view["mesh"][0, 0].tolist() == [-5, -5]
    assert view["mesh"][20, 0].tolist() == [5, -5]
    assert view["mesh_mass"].sum() == pytest.approx(1)
    assert view["mesh_mass"].argmax() in (9 * 20 + 9, 9 * 20 + 10, 10 * 20 + 9, 10 * 20 + 10)


def test_points_stay_the_same_while_g_learns():
    engine = engine_for("ring")
    before = engine.view(["points"])
    engine.step(3)
    after = engine.view(["points"])
    np.testing.assert_array_equal(after["real"], before["real"])
    with torch.no_grad():
        np.testing.assert_array_equal(after["fake"], engine.G(engine.view_z).numpy())
