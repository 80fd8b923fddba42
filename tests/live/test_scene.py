"""What the live view is told to paint."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganlib.live.engine import Engine
from ganlib.live.losses import LOSSES
from ganlib.live.problems import PROBLEMS, from_samples
from ganlib.live.scene import (
    LAYERS,
    Run,
    algorithm,
    charts,
    describe,
    kind_of,
    names,
    scene,
    stage,
    thin,
)
from ganlib.live.walk import PAGE
from ganlib.plotting import COLORS
from ganlib.sampling import Noise


class Constant(nn.Module):
    """A G that knows one point only, the origin."""

    def __init__(self, features: int, noise_dim: int) -> None:
        super().__init__()
        self.point, self.noise_dim = nn.Parameter(torch.zeros(features)), noise_dim

    def forward(self, z: Tensor) -> Tensor:
        return self.point + torch.zeros(len(z), 1)


class Spread(nn.Module):
    """A G that leaves the noise as it is, but for its width; it misses nothing of p_data."""

    def __init__(self, width: float) -> None:
        super().__init__()
        self.width = nn.Parameter(torch.tensor(width))

    def forward(self, z: Tensor) -> Tensor:
        return self.width * z


def run(problem: str = "two gaussians", steps: int = 0, **settings: object) -> Run:
    engine = Engine(problem, **settings)
    engine.step(steps)
    return Run(engine)


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_layer_of_every_problem_comes_and_goes_with_its_button(name: str) -> None:
    engine = Engine(name)
    layers = LAYERS[kind_of(engine)]
    everything = stage(engine)
    for layer in layers:
        without = stage(engine, hidden=[layer.key])
        assert layer.key not in without
        others = {other.key for other in layers} - {layer.key}
        assert others & everything.keys() == others & without.keys()
    missing = {layer.key for layer in layers} - everything.keys()
    # The lecture's problem has noise for a map, and everything else is always there.
    assert not missing


def test_what_is_hidden_is_not_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = Engine("ring")
    asked = []
    view = engine.view
    monkeypatch.setattr(engine, "view", lambda layers: asked.append(list(layers)) or view(layers))
    keys = [layer.key for layer in LAYERS["plane"]]
    stage(engine, hidden=[key for key in keys if key != "d"])
    stage(engine, hidden=keys)
    assert asked == [["d"], []]


def test_marks_tell_the_layers_of_one_kind_apart_without_colour() -> None:
    for kind in ("line", "plane"):
        pairs = [(layer.mark, layer.name) for layer in LAYERS[kind]]
        assert len(set(pairs)) == len(pairs)
    assert len({layer.mark for layer in LAYERS["line"]}) == len(LAYERS["line"])
    colors = {layer.color for layers in LAYERS.values() for layer in layers}
    assert colors <= {*COLORS, "text"}


def test_the_density_axis_stands_still_while_p_g_moves() -> None:
    one = run()
    before = scene([one])["runs"][0]["stage"]["top"]
    one.engine.step(30)
    after = scene([one])["runs"][0]["stage"]
    assert after["top"] == before
    assert after["top"] > after["p_data"].max()


@pytest.mark.parametrize("loss", LOSSES)
def test_d_is_shown_on_the_scale_of_its_loss(loss: str) -> None:
    shown = stage(Engine("ring", loss=loss))
    if not LOSSES[loss].relative:
        assert shown["span"] == list(LOSSES[loss].span)
    assert ("d_star" in shown) == (LOSSES[loss].optimum is not None)
    is_probability = loss in ("saturating", "non-saturating")
    assert shown["d_name"] == ("probability of data" if is_probability else "score of D")


@pytest.mark.parametrize("problem", ["two gaussians", "ring"])
def test_a_critic_has_a_scale_of_its_own(problem: str) -> None:
    """Its scores are taken from their mean, so the scale is even about 0, and hardly wider."""
    engine = Engine(problem, loss="wasserstein")
    for factor in (1, 30):
        with torch.no_grad():
            for p in list(engine.D.parameters())[-2:]:
                p.mul_(factor)
        shown = stage(engine)
        low, high = shown["span"]
        largest = max(abs(shown[key]).max() for key in ("d", "d_star") if key in shown)
        assert low == -high
        assert largest <= high <= 1.51 * largest


def test_a_critic_that_says_the_same_everywhere_has_a_scale_too() -> None:
    engine = Engine("ring", loss="wasserstein")
    with torch.no_grad():
        for p in engine.D.parameters():
            p.zero_()
    low, high = stage(engine)["span"]
    assert low < 0 < high


def test_data_of_unknown_density_on_the_line_are_shown_as_histograms() -> None:
    """Of uniform data on [0, 1]: a density of about 1 there and 0 elsewhere."""
    engine = Engine(from_samples(torch.rand(2000, 1)))
    shown = stage(engine)
    low, high = shown["range"]
    x = np.linspace(low, high, len(shown["p_data"]))
    inside = shown["p_data"][(x > 0.05) & (x < 0.95)]
    assert inside.mean() == pytest.approx(1, abs=0.1)
    assert shown["p_data"].sum() * (high - low) / len(x) == pytest.approx(1)
    assert len(shown["p_data"]) == len(shown["p_g"]) == len(shown["d"])


def test_images_of_any_square_size_are_shown_as_images() -> None:
    engine = Engine(from_samples(torch.rand(20, 784)))
    shown = stage(engine)
    assert (kind_of(engine), shown["side"]) == ("images", 28)
    assert shown["real"].shape == (len(shown["d_real"]), 784)


# Charts


def curve(charts: list[dict], title: str, name: str) -> dict:
    (chart,) = [c for c in charts if c["title"].startswith(title)]
    return next(s for s in chart["series"] if s["name"] == name)


def test_the_charts_hold_the_runs_own_numbers() -> None:
    one = run(steps=12)
    shown = charts([one])
    assert curve(shown, "loss", "D")["y"].tolist() == one.engine.history["d_loss"].tolist()
    assert curve(shown, "gradient", "G")["x"].tolist() == list(range(1, 13))
    assert curve(shown, "distance", "JSD")["y"].tolist() == one.engine.measures["jsd"].tolist()


def test_a_step_of_one_player_leaves_no_gap_in_the_others_curve() -> None:
    one = run(steps=2)
    one.engine.step_d()
    one.engine.step(1)
    shown = charts([one])
    assert curve(shown, "loss", "D")["x"].tolist() == [1, 2, 3, 4]
    assert curve(shown, "loss", "G")["x"].tolist() == [1, 2, 4]


@pytest.mark.parametrize(
    ("loss", "levels"),
    [
        ("non-saturating", {"log 4": math.log(4), "log 2": math.log(2)}),
        ("saturating", {"log 4": math.log(4), "−log 2": -math.log(2)}),
        ("wasserstein", {}),
    ],
)
def test_levels_are_the_losses_at_the_equilibrium(loss: str, levels: dict[str, float]) -> None:
    """By the loss's own functions at logits of 0, which are D = 1/2."""
    game, zeros = LOSSES[loss], torch.zeros(4)
    shown = {name: value for value, name in charts([run(loss=loss)])[0].get("levels", [])}
    assert shown == pytest.approx(levels)
    if levels:
        at_rest = [game.discriminator(zeros, zeros).item(), game.generator(zeros).item()]
        assert sorted(shown.values()) == pytest.approx(sorted(at_rest))


def test_the_branch_that_was_left_stays_as_a_pale_curve() -> None:
    one = run(steps=10)
    one.engine.scrub(4)
    one.remember_the_branch()
    one.engine.step(2)
    series = charts([one])[0]["series"]
    pale, bold = [next(s for s in series if bool(s["name"]) is named) for named in (False, True)]
    assert (pale["x"].max(), bold["x"].max()) == (10, 6)
    assert pale["alpha"] < 1
    one.remember_the_branch()  # nothing is cut now, and the old branch stays
    assert one.ghost is not None
    assert one.ghost[0]["iteration"].max() == 10


def test_before_a_step_that_cuts_nothing_there_is_no_branch() -> None:
    one = run(steps=3)
    one.remember_the_branch()
    assert one.ghost is None


def test_a_long_curve_is_thinned_and_keeps_its_spikes() -> None:
    x = np.arange(2001)
    y = np.sin(x / 300)
    y[777], y[1500] = 9, -9
    few_x, few_y = thin(x, y)
    assert 300 < len(few_y) <= 420
    assert (np.diff(few_x) >= 0).all()
    assert few_y[few_x == 777] == [9]
    assert few_y[few_x == 1500] == [-9]
    assert few_x[-1] == 2000
    assert (y[few_x] == few_y).all()
    short_x, short_y = thin(x[:400], y[:400])
    assert (len(short_x), len(short_y)) == (400, 400)


def test_an_infinite_divergence_has_its_mark_in_the_charts_key() -> None:
    far = charts([Run(Engine("gaussian", G=Constant(1, 1)))])
    assert np.isinf(curve(far, "distance", "KL ▲∞")["y"]).all()
    near = charts([run("two gaussians", noise=Noise(1), G=Spread(1.0))])
    assert np.isfinite(curve(near, "distance", "KL")["y"]).all()


# Words


def test_the_status_speaks_of_the_iteration_that_is_shown() -> None:
    one = run(steps=60)
    now = scene([one])["status"]
    one.engine.scrub(0)
    assert now.startswith("Iteration 60. Loss of D ")
    assert scene([one])["status"].startswith("Iteration 0. KL ")
    assert scene([one])["iteration"] == 0
    assert 60 in scene([one])["kept"]


def test_an_infinite_divergence_is_called_that() -> None:
    """A p_g of one point misses nearly all of p_data."""
    words = scene([Run(Engine("gaussian", G=Constant(1, 1)))])["status"]
    assert "KL ∞ nats" in words
    assert "JSD 0.69" in words


def test_modes_are_counted_where_there_are_any() -> None:
    assert "modes 0 of 8" in scene([Run(Engine("ring", G=Constant(2, 2)))])["status"]
    assert "modes" not in scene([run("spiral")])["status"]


def test_the_description_names_the_problem_and_what_is_seen() -> None:
    assert describe([run("moons")]).startswith("Live GAN, problem moons: real and fake points")


def test_two_runs_are_told_apart_by_what_differs() -> None:
    a, b = run(k=1), run(k=5)
    assert names([a]) == [""]
    assert names([a, b]) == ["A, bold curves: k 1", "B, thin curves: k 5"]
    assert names([a, run(k=1)])[1] == "B, thin curves: the same settings"
    assert "loss saturating" in names([a, run(loss="saturating")])[1]
    assert "parameters of G 13" in names([a, run(hidden=(4,))])[1]


def test_two_runs_share_their_charts_and_only_the_first_names_its_curves() -> None:
    shown = scene([run(steps=3), run(steps=3, k=2)])
    assert len(shown["runs"]) == 2
    named = [s["name"] for s in shown["charts"][0]["series"]]
    assert named == ["D", "G", "", ""]


# Algorithm 1


def test_slow_motion_highlights_the_line_that_was_done() -> None:
    engine = Engine()
    for line in ("noise_d", "data", "ascend", "noise_g", "descend"):
        walk = algorithm(engine.advance())
        assert PAGE[walk["at"]][0] == line
        assert walk["caption"]
        assert walk["numbers"]
    assert walk["lines"] == [text for _, text in PAGE]


def test_before_the_first_line_none_is_highlighted() -> None:
    assert algorithm(None)["at"] == -1


# What each line has drawn: x until D has been updated, and where G's fakes came from at the end.
IN_HAND = {
    "noise_d": {"real": 0, "fake": 16},
    "data": {"real": 16, "fake": 16},
    "ascend": {"real": 16, "fake": 16},
    "noise_g": {"real": 0, "fake": 16},
    "descend": {"real": 0, "fake": 16, "before": 16},
}


@pytest.mark.parametrize("problem", ["two gaussians", "ring"])
def test_slow_motion_paints_the_minibatch_in_hand(problem: str) -> None:
    engine = Engine(problem, m=16)
    engine.step(2)  # an old x is in hand
    for line, sizes in IN_HAND.items():
        record = engine.advance()
        shown = stage(engine, record=record)
        assert record.line == line
        hand = shown["batch"] if problem == "two gaussians" else shown
        assert {key: len(hand[key]) for key in sizes} == sizes
        assert ("before" in hand) == ("before" in sizes)
        assert torch.equal(hand["fake"], record.fake_after)
        if sizes["real"]:
            assert torch.equal(hand["real"], record.x)
        if problem == "two gaussians":
            assert torch.equal(shown["map"]["z"], record.z)
            assert torch.equal(shown["map"]["g"], record.fake_after)
        else:
            assert shown["pull"] is None  # the arrows of other points


def test_slow_motion_shows_the_images_of_the_minibatch_with_what_d_says_of_each() -> None:
    engine = Engine("faces", m=16)
    engine.advance()
    record = engine.advance()
    shown = stage(engine, record=record)
    assert torch.equal(shown["real"], record.x[: len(shown["real"])])
    with torch.no_grad():
        assert torch.equal(shown["d_real"], torch.sigmoid(engine.D(shown["real"])))


def test_a_layer_that_is_switched_off_stays_off_in_slow_motion() -> None:
    engine = Engine("ring")
    record = engine.advance()
    assert {"real", "fake"} & stage(engine, ["real", "fake"], record).keys() == set()
    line = Engine("two gaussians")
    assert "map" not in stage(line, ["map"], line.advance())
