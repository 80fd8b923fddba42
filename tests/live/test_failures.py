"""Each failure of the gallery does fail, on several seeds, and the remedy that it names helps."""

import pytest

from ganlib.live.engine import Engine
from ganlib.live.failures import FAILURES


def after(name, seed, **other):
    failure = FAILURES[name]
    engine = Engine(seed=seed, **{**failure.settings, **other})
    assert not failure.shows(engine)  # not yet
    engine.step(failure.iterations)
    return engine


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_shows(name, seed):
    assert FAILURES[name].shows(after(name, seed))


def test_the_vanishing_gradient_is_that_of_the_loss():
    engine = after("vanishing gradient", seed=0)
    vanished = engine.history.latest["g_grad"]
    engine.set(loss="non-saturating")
    engine.step_g()
    assert engine.history.latest["g_grad"] > 100 * vanished
    engine.step(100)
    assert engine.measures.latest["mean"] > 4


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("collapse", {"lr_g": 2e-3, "lr_d": 2e-3}),
        ("oscillation", {"D": None, "momentum_g": 0.5, "momentum_d": 0.5, "lr_g": 1e-2}),
        ("vanishing gradient", {"loss": "non-saturating"}),
        ("D too strong", {"k": 1, "lr_d": 2e-3, "opt_g": "adam", "lr_g": 2e-3}),
        ("D too weak", {"D": None}),
    ],
)
def test_without_its_cause_it_does_not_show(name, remedy):
    assert not FAILURES[name].shows(after(name, 0, **remedy))


def test_each_says_what_to_look_at():
    for failure in FAILURES.values():
        assert failure.cause.endswith(".")
        assert failure.look.endswith(".")
