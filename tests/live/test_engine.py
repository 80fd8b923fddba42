"""The engine: its run is Algorithm 1, it can be looked at, taken back and branched, bit for bit."""

import copy
import math
from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.optim import SGD, Adam, RMSprop

from ganlib.live.engine import Engine, ModuleError
from ganlib.live.losses import LOSSES
from ganlib.live.problems import PROBLEMS, from_samples
from ganlib.live.walk import ACTIONS
from ganlib.networks import Discriminator, Generator
from ganlib.sampling import Noise
from ganlib.training import Diverged, discriminator_step, generator_step


class Awkward(nn.Module):
    """A student's module with a state of its own, randomness of its own, and work in place."""

    def __init__(self, features_in, features_out, *, squeeze=False):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(features_in, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Dropout(0.3),
            nn.Linear(16, features_out),
        )  # fmt: skip
        self.squeeze = squeeze

    def forward(self, x):
        x += 0.01 * torch.randn_like(x)
        y = self.layers(x)
        return y.squeeze(-1) if self.squeeze else y


def awkward(**more):
    return Engine(
        "two gaussians",
        G=lambda: Awkward(1, 1),
        D=lambda: Awkward(1, 1, squeeze=True),
        m=16,
        measure_every=3,
        **more,
    )


def small(problem="two gaussians", **more):
    return Engine(problem, **{"m": 16, "hidden": 8, "measure_every": 5, **more})


def run(engine):
    """All that a run has become: to be compared to the last bit."""
    parts = {n: copy.deepcopy(getattr(engine, n).state_dict()) for n in ("G", "D")}
    parts |= {n: copy.deepcopy(getattr(engine, n).state_dict()) for n in ("opt_g", "opt_d")}
    curves = {n: getattr(engine, n).arrays() for n in ("history", "measures")}
    place = engine.iteration, engine.line, engine.k_step, engine.timeline.iterations
    return parts, curves, place, engine.randomness.state, engine.settings, engine.view()


def same(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, torch.Tensor):
        return torch.equal(a, b)
    return a.tobytes() == b.tobytes() if hasattr(a, "tobytes") else a == b  # nan is nan


# The run is Algorithm 1.


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize("saturating", [False, True])
def test_a_run_is_algorithm_1(k, saturating):
    engine = small(k=k, loss="saturating" if saturating else "non-saturating")
    D, G = copy.deepcopy(engine.D), copy.deepcopy(engine.G)
    opt_d, opt_g = (Adam(net.parameters(), lr=2e-3, betas=(0.5, 0.999)) for net in (D, G))
    data, noise = engine.problem.sample_data, engine.noise
    with engine.randomness.own():
        losses = []
        for _ in range(4):
            for _ in range(k):
                z, x = noise(16), data(16)
                d_loss = discriminator_step(D, G, opt_d, x, z)
            losses.append((d_loss.item(), generator_step(D, G, opt_g, noise(16), saturating)))
    engine.reset()
    engine.step(4)
    assert same(engine.D.state_dict(), D.state_dict())
    assert same(engine.G.state_dict(), G.state_dict())
    assert engine.history["d_loss"].tolist() == [d for d, _ in losses]
    assert engine.history["g_loss"].tolist() == [g.item() for _, g in losses]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("k", [1, 2])
def test_line_by_line_is_the_same_run(loss, k):
    fast, slow = (small(loss=loss, k=k) for _ in range(2))
    fast.step(7)
    lines = [slow.advance().line for _ in range(7 * (3 * k + 2))]
    assert lines == 7 * (k * ["noise_d", "data", "ascend"] + ["noise_g", "descend"])
    assert same(run(fast), run(slow))


def test_line_by_line_is_the_same_run_for_awkward_modules():
    fast, slow = awkward(), awkward()
    fast.step(4)
    for _ in range(4 * 5):
        slow.advance()
    assert same(run(fast), run(slow))


@pytest.mark.parametrize("walked", range(8))
def test_a_step_finishes_what_was_begun(walked):
    fast, mixed = small(k=2), small(k=2)
    fast.step(3)
    for _ in range(walked):
        mixed.advance()
    mixed.step(3 if walked < 8 else 2)
    assert same(run(fast), run(mixed))


@pytest.mark.parametrize("loss", LOSSES)
def test_the_history_holds_losses_and_norms_of_gradients(loss):
    engine = small(loss=loss)
    engine.step(2)
    before = engine.snapshot()
    engine.step()
    latest = engine.history.latest
    for who in "dg":
        network = engine.D if who == "d" else engine.G
        norm = math.sqrt(sum(p.grad.double().square().sum().item() for p in network.parameters()))
        assert latest[f"{who}_grad"] == pytest.approx(norm, rel=1e-5)
    engine.restore(before)
    for _ in range(2):
        engine.advance()
    with torch.no_grad():
        real, fake = engine.D(engine._x), engine.D(engine.G(engine._z))
        expected = engine.loss.discriminator(real, fake).item()
    if not engine.loss.penalty:
        assert latest["d_loss"] == pytest.approx(expected, rel=1e-5)


def test_each_player_alone():
    engine = small()
    before = {n: copy.deepcopy(getattr(engine, n).state_dict()) for n in "GD"}
    engine.step_d()
    assert same(engine.G.state_dict(), before["G"])
    assert not same(engine.D.state_dict(), before["D"])
    latest = engine.history.latest
    assert latest["iteration"] == 1
    assert math.isfinite(latest["d_loss"])
    assert math.isnan(latest["g_loss"])
    before = {n: copy.deepcopy(getattr(engine, n).state_dict()) for n in "GD"}
    engine.step_g()
    assert same(engine.D.state_dict(), before["D"])
    assert not same(engine.G.state_dict(), before["G"])
    assert math.isnan(engine.history.latest["d_loss"])
    assert (engine.iteration, engine.line, engine.k_step) == (2, "noise_d", 1)


def test_a_player_alone_ends_an_iteration_that_was_begun():
    engine = small(k=2)
    for _ in range(4):
        engine.advance()  # one update of D, and noise for the next
    engine.step_g()
    assert engine.iteration == 2
    assert math.isnan(engine.history["g_loss"][0])
    assert math.isnan(engine.history["d_loss"][1])


def test_one_update_of_d_whatever_k_is():
    engine = small(k=5)
    engine.step_d()
    assert (engine.iteration, engine.opt_d.state_dict()["state"][0]["step"]) == (1, 1)
    assert engine.line == "noise_d"


def test_a_record_tells_what_a_line_has_changed():
    engine = small("ring", lr_d=1e-2, lr_g=1e-2)
    records = {}
    for _ in range(5):
        before = {n: copy.deepcopy(getattr(engine, n)) for n in "GD"}
        record = engine.advance()
        records[record.line] = record
        if record.line == "ascend":
            d_before = torch.sigmoid(before["D"](engine._x)).mean().item()
            d_after = torch.sigmoid(engine.D(engine._x)).mean().item()
            assert record.numbers["mean D(x)"] == pytest.approx((d_before, d_after))
    assert tuple(records) == ACTIONS
    old, new = records["ascend"].numbers["loss of D"]
    assert new < old
    assert f"falls from {old:.3f} to {new:.3f}" in records["ascend"].says
    assert torch.equal(records["ascend"].fake_before, records["ascend"].fake_after)
    moved = records["descend"]
    way = (moved.fake_after - moved.fake_before).norm(dim=1).mean().item()
    assert moved.numbers["mean move of G(z)"] == (pytest.approx(way),)
    assert records["noise_d"].fake_before is None
    assert records["data"].numbers["mean of x"] == (pytest.approx(engine._x.mean().item()),)


# Going back.


@pytest.mark.parametrize("make", [small, awkward])
@pytest.mark.parametrize("optimizer", ["adam", "sgd", "rmsprop"])
def test_restore_gives_the_same_run_again(make, optimizer):
    engine = make(opt_g=optimizer, opt_d=optimizer, k=2)
    if optimizer == "sgd":
        engine.set(momentum_g=0.5, momentum_d=0.9)
    engine.step(7)
    state = engine.snapshot()
    engine.step(9)
    first = run(engine)
    for _ in range(2):  # the state itself is left as it was
        engine.restore(state)
        assert engine.iteration == 7
        engine.step(9)
        assert same(run(engine), first)


@pytest.mark.parametrize("walked", range(1, 5))
def test_restore_in_the_middle_of_an_iteration(walked):
    engine = awkward()
    engine.step(3)
    for _ in range(walked):
        engine.advance()
    state = engine.snapshot()
    engine.step(5)
    first = run(engine)
    engine.restore(state)
    assert engine.line == ACTIONS[walked]
    engine.step(5)
    assert same(run(engine), first)


def test_restore_brings_the_settings_back():
    engine = small()
    state = engine.snapshot()
    before = engine.settings
    engine.set(k=3, m=5, loss="hinge", lr_g=0.1, lr_d=0.2, momentum_g=0.1, momentum_d=0.2)
    assert engine.settings != before
    engine.restore(state)
    assert engine.settings == before


def test_a_state_goes_into_another_engine_of_the_same_kind():
    one, other = small(), small(seed=9)
    one.step(3)
    other.restore(one.snapshot())
    for engine in (one, other):
        engine.step(3)
    assert same(one.G.state_dict(), other.G.state_dict())


def test_restoring_other_sizes_is_refused():
    with pytest.raises(RuntimeError, match="size mismatch"):
        small(hidden=4).restore(small(hidden=8).snapshot())


def test_scrub_and_branch():
    engine = small(measure_every=2)
    engine.step(20)
    first = run(engine)
    assert engine.timeline.iterations == list(range(21))
    assert engine.scrub(12) == engine.iteration == 12
    assert len(engine.history) == 20  # what came after is there until the run branches
    engine.step(8)
    assert same(run(engine), first)
    assert engine.scrub(12) == 12
    engine.set(lr_g=0.05)
    engine.step(3)
    assert engine.timeline.iterations == list(range(16))
    assert engine.history["iteration"].tolist() == list(range(1, 16))
    assert engine.measures["iteration"].tolist() == list(range(0, 15, 2))
    assert engine.history["g_loss"][:12].tolist() == first[1]["history"]["g_loss"][:12].tolist()
    assert engine.scrub(12) == 12
    assert engine.settings["lr_g"] == 2e-3


def test_a_snapshot_taken_back_in_time_knows_no_future():
    engine = small()
    engine.step(20)
    engine.scrub(10)
    state = engine.snapshot()
    engine.step(3)
    first = run(engine)
    engine.restore(state)
    assert len(engine.history) == 10
    assert engine.timeline.iterations[-1] == 10
    engine.step(3)
    assert same(run(engine), first)


def test_a_long_run_keeps_few_states():
    engine = small("faces", hidden=None, measure_every=0)
    engine.step(500)
    kept = engine.timeline.iterations
    assert len(kept) <= 120
    assert kept[0] == 0
    assert {b - a for a, b in pairwise(kept)} == {8}
    assert engine.scrub(333) == 336


# Random numbers.


def everything(engine):
    engine.step(2)
    engine.advance()
    engine.step_d()
    engine.step_g()
    engine.view()
    engine.measure()
    engine.restore(engine.snapshot())
    engine.scrub(1)
    engine.reset(5)


@pytest.mark.parametrize("make", [small, awkward])
def test_the_global_generator_is_left_as_it_was(make):
    torch.manual_seed(123)
    before = torch.get_rng_state()
    everything(make())
    assert torch.equal(torch.get_rng_state(), before)


def test_the_global_generator_is_left_as_it_was_by_an_error():
    engine = small(lr_g=1e30, lr_d=1e30)
    before = torch.get_rng_state()
    with pytest.raises(Diverged):
        engine.step(50)
    assert torch.equal(torch.get_rng_state(), before)


def test_a_run_does_not_depend_on_the_global_generator():
    runs = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        engine = awkward()
        engine.step(3)
        runs.append(run(engine))
    assert same(*runs)


def test_two_engines_side_by_side_do_not_disturb_each_other():
    alone = [awkward(seed=seed) for seed in (1, 2)]
    for engine in alone:
        engine.step(6)
    together = [awkward(seed=seed) for seed in (1, 2)]
    for _ in range(6):
        for engine in together:
            engine.step()
    assert all(same(run(a), run(b)) for a, b in zip(alone, together, strict=True))
    assert not same(run(alone[0]), run(alone[1]))


def test_looking_changes_nothing():
    plain, watched = awkward(), awkward()
    plain.step(5)
    watched.D.layers[3].eval()  # a part that the student has set apart stays so
    watched.D.layers[3].train()
    for _ in range(5):
        watched.step()
        assert same(watched.view(), watched.view())
        watched.measure()
        watched.snapshot()
    assert same(run(plain), run(watched))
    assert watched.G.training


def test_looking_keeps_each_part_in_its_mode():
    engine = awkward()
    engine.D.layers[3].eval()
    engine.view()
    assert [m.training for m in engine.D.layers] == [True, True, True, False, True]


# Starting again.


def test_reset_is_the_same_run_again():
    engine = small()
    fresh = run(engine)
    engine.step(5)
    first = run(engine)
    engine.reset()
    assert same(run(engine), fresh)
    engine.step(5)
    assert same(run(engine), first)
    engine.reset(1)
    assert engine.seed == 1
    engine.step(5)
    assert not same(run(engine)[0], first[0])


def test_reset_keeps_the_settings():
    engine = small(k=2)
    engine.set(k=4, m=7, loss="hinge", lr_g=0.1, lr_d=0.2, momentum_g=0.3, momentum_d=0.4)
    settings = engine.settings
    engine.reset(3)
    assert engine.settings == settings


def test_a_module_that_was_given_is_trained_in_place_and_reset_to_what_it_was():
    G = Generator(1, 1, (8,))
    given = copy.deepcopy(G.state_dict())
    opt_g = SGD(G.parameters(), lr=0.1, momentum=0.9)
    engine = Engine("two gaussians", G=G, opt_g=opt_g, m=16)
    assert engine.G is G
    assert engine.opt_g is opt_g
    engine.step(3)
    assert not same(G.state_dict(), given)
    first = run(engine)
    engine.reset(0)
    assert same(G.state_dict(), given)
    assert not opt_g.state_dict()["state"]
    engine.step(3)
    assert same(run(engine), first)


def test_a_function_that_makes_a_module_is_called_at_each_reset():
    engine = Engine("ring", D=lambda: Discriminator(2, (4,)), m=16)
    first = copy.deepcopy(engine.D.state_dict())
    engine.reset(1)
    assert not same(engine.D.state_dict(), first)
    engine.reset(0)
    assert same(engine.D.state_dict(), first)


# Settings.


def test_settings_take_effect_from_the_next_line_on():
    engine = small(k=1)
    engine.step()
    engine.set(m=3, k=2)
    assert engine.advance().line == "noise_d"
    assert len(engine._z) == 3
    lines = [engine.advance().line for _ in range(7)]
    assert lines.count("ascend") == 2


def test_k_that_shrinks_during_its_steps_ends_them():
    engine = small(k=5)
    for _ in range(7):
        engine.advance()
    engine.set(k=2)
    engine.step()
    assert engine.opt_d.state_dict()["state"][0]["step"] == 3


def test_rates_and_momenta_reach_the_optimizers():
    engine = small(opt_g="sgd", opt_d="adam", lr_g=0.3, momentum_g=0.4, momentum_d=0.6)
    assert engine.opt_g.param_groups[0]["lr"] == 0.3
    assert engine.opt_g.param_groups[0]["momentum"] == 0.4
    assert engine.opt_d.param_groups[0]["betas"] == (0.6, 0.999)
    engine.set(lr_d=0.01, momentum_d=0.0)
    assert engine.opt_d.param_groups[0]["lr"] == 0.01
    assert engine.opt_d.param_groups[0]["betas"] == (0.0, 0.999)
    before = copy.deepcopy(engine.G.state_dict())
    engine.set(lr_g=0)
    engine.step(2)
    assert same(engine.G.state_dict(), before)
    assert small(opt_g="rmsprop").settings["momentum_g"] is None


def test_the_losses_can_be_changed_in_the_middle_of_a_run():
    engine = small()
    for loss in LOSSES:
        engine.set(loss=loss)
        engine.step(2)
    assert engine.settings["loss"] is LOSSES["wasserstein"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"k": 0}, "k: expected a whole number, 1 or more, got 0"),
        ({"m": 1.5}, "m: expected a whole number, 1 or more, got 1.5"),
        ({"loss": "l2"}, "loss: expected one of 'non-saturating', .*'wasserstein', got 'l2'"),
        ({"lr_g": -1}, "learning rate: expected a number, 0 or more, got -1"),
        ({"lr_g": math.nan}, "learning rate"),
        ({"momentum_d": 1.0}, r"momentum: expected a number in \[0, 1\), got 1.0"),
        ({"speed": 1}, "expected one of k, m, loss, .*, got 'speed'"),
    ],
)
def test_settings_that_make_no_sense(settings, words):
    with pytest.raises(ValueError, match=words):
        small().set(**settings)


def test_rmsprop_has_no_momentum_to_change():
    with pytest.raises(ValueError, match="momentum: RMSprop has none"):
        small(opt_g="rmsprop", momentum_g=0.5)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"problem": "rings"}, "problem: expected one of 'gaussian', .*, got 'rings'"),
        ({"opt_g": "adamw"}, "opt_g: expected one of 'adam', 'sgd', 'rmsprop', got 'adamw'"),
        ({"G": lambda: 3}, "G: expected a torch.nn.Module or a function that makes one, got int"),
        ({"opt_d": SGD(nn.Linear(1, 1).parameters(), 0.1)}, "opt_d: expected an optimizer of D's"),
    ],
)
def test_arguments_that_make_no_sense(arguments, words):
    with pytest.raises(ValueError, match=words):
        Engine(**arguments)


def test_optimizers_of_the_students_own():
    engine = small(opt_g=lambda p: RMSprop(p, lr=0.1), opt_d=lambda p: Adam(p, lr=0.2))
    assert type(engine.opt_g) is RMSprop
    assert (engine.settings["lr_g"], engine.settings["lr_d"]) == (0.1, 0.2)
    engine.step(2)
    assert small(opt_d=lambda p: Adam(p, lr=0.2), lr_d=0.1).settings["lr_d"] == 0.1


# The student's modules.


def bad(forward):
    class Student(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = nn.Linear(1, 1)

        def forward(self, x):
            return forward(self.layer, x)

    return Student


@pytest.mark.parametrize(
    ("who", "forward", "words"),
    [
        ("G", lambda layer, z: None, "G should return .* returned NoneType: is a return missing?"),
        (
            "G",
            lambda layer, z: layer(z)[0],
            r"G should return shape \(512, 1\), .* returned \(1,\)",
        ),
        ("G", lambda layer, z: layer(z.T), r"G raised RuntimeError on a batch of shape \(512, 1\)"),
        (
            "G",
            lambda layer, z: layer(z).long(),
            "G should return floating point numbers, but returned .*int64",
        ),
        ("G", lambda layer, z: layer(z).tolist(), "G should return a tensor .* returned list"),
        ("D", lambda layer, x: layer(x), r"D should .*\(512, 1\): one logit a sample; squeeze"),
        (
            "D",
            lambda layer, x: layer(x).mean(),
            r"D should return shape \(512,\), .* returned \(\)",
        ),
        ("D", lambda layer, x: 1 / 0, "D raised ZeroDivisionError on a batch of shape"),
    ],
)
def test_a_module_that_fails_is_named_at_once(who, forward, words):
    with pytest.raises(ModuleError, match=words):
        Engine("two gaussians", **{who: bad(forward)})


@pytest.mark.parametrize("loss", ["non-saturating", "hinge"])
@pytest.mark.parametrize(
    ("who", "forward", "words"),
    [
        ("G", lambda layer, z: layer(z).detach(), "update of G failed: no gradient reaches G"),
        ("G", lambda layer, z: torch.as_tensor(layer(z).detach().numpy()), "no gradient reaches G"),
        ("D", lambda layer, x: layer(x).squeeze(-1).detach(), "no gradient reaches D"),
        ("D", lambda layer, x: layer(x).squeeze(-1).exp_().exp_(), "update of D failed: one of"),
    ],
)
def test_a_gradient_that_is_lost_is_said(who, forward, words, loss):
    engine = Engine("two gaussians", loss=loss, m=8, **{who: bad(forward)})
    with pytest.raises(ModuleError, match=words):
        engine.step()


def test_a_module_that_fails_now_and_then_can_be_stepped_again():
    calls = []

    def forward(layer, x):
        calls.append(len(x))
        if len(calls) == 8:
            raise ValueError("a bad day")
        return layer(x).squeeze(-1)

    engine = Engine("two gaussians", D=bad(forward), m=8, measure_every=0)
    with pytest.raises(ModuleError, match=r"D raised ValueError .*\(8, 1\): a bad day"):
        engine.step(9)
    reached = engine.iteration
    assert 0 < reached < 9
    engine.step(3)
    assert engine.iteration == reached + 3
    assert len(engine.history) == reached + 3


def test_the_noise_fits_the_students_g():
    engine = Engine("ring", G=Generator(5, 2, (8,)), m=8)
    assert engine.noise.dim == 5
    assert "mesh" not in engine.view()
    engine.step(2)
    engine = Engine("ring", G=nn.Linear(3, 2), noise=Noise(3, "uniform"), m=8)
    engine.step(2)


@pytest.mark.parametrize("loss", ["non-saturating", "wasserstein"])
def test_modules_in_float64(loss):
    engine = Engine("ring", G=nn.Linear(2, 2).double(), D=Discriminator(2).double(), loss=loss, m=8)
    for _ in range(5):
        engine.advance()
    engine.view()
    assert engine.G.weight.dtype == torch.float64


def test_a_run_that_diverges_says_so_and_is_back_at_its_last_good_state():
    engine = small(opt_g="sgd", opt_d="sgd")
    engine.step(10)
    good = run(engine)
    engine.set(lr_g=1e20, lr_d=1e20)
    with pytest.raises(
        Diverged, match=r"diverged: iteration \d+ gave .* after iteration 10\b"
    ) as e:
        engine.step(50)
    assert len(e.value.history) == 10
    assert same(run(engine), good)  # settings included
    engine.step(5)


def test_looking_at_a_g_that_is_about_to_overflow():
    for problem in ("two gaussians", "ring", "faces"):
        engine = small(problem)
        with torch.no_grad():
            for p in engine.G.parameters():
                p.fill_(1e38)
        engine.measure()
        engine.view()


class Repeated(nn.Module):
    """A student's G or D that says the same to every input, as a bare view of its parameter."""

    def __init__(self, *shape):
        super().__init__()
        self.answer = nn.Parameter(torch.zeros(shape))

    def forward(self, batch):
        return self.answer.expand(len(batch), *self.answer.shape)


@pytest.mark.parametrize("problem", ["gaussian", "ring", "faces"])
def test_players_that_take_no_notice_of_their_input(problem):
    features = Engine(problem, measure_every=0).problem.features
    engine = Engine(problem, G=Repeated(features), D=Repeated())
    engine.step_d()
    view = engine.view()
    assert (view["fake"] == view["fake"][0]).all()
    assert not view["arrows"].any()
    assert engine.measure()["w1"] > 0


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("loss", LOSSES)
def test_every_problem_runs_with_every_loss(problem, loss):
    engine = small(problem, loss=loss, measure_every=2)
    engine.step(3)
    assert set(engine.measures.latest) == {"iteration", *engine.ruler.names}
    assert engine.view()["fake"].shape == (512, engine.problem.features)


@pytest.mark.parametrize("features", [1, 2, 6])
def test_data_whose_density_nobody_knows(features):
    torch.manual_seed(0)
    engine = Engine(from_samples(torch.rand(50, features)), m=8, measure_every=1)
    engine.step(2)
    assert engine.measures.latest["w1"] > 0
    view = engine.view()
    assert "p_data" not in view
    assert ("d" in view) == (features < 3)
