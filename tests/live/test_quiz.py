"""You are the discriminator: the coin is fair, the scores are right, and nothing else moves."""

import math

import pytest
import torch
from torch import nn

from ganlib.live.engine import Engine
from ganlib.live.quiz import Quiz, Rates
from ganlib.networks import Discriminator, Generator


class Above(nn.Module):
    """Says real where the first number is positive."""

    def forward(self, x):
        return x.flatten(1)[:, 0]


def separate(n, D=None, seed=0):
    """Real samples are about 1, fakes about -1."""
    return Quiz(torch.full((n, 2), 1.0), torch.full((n, 2), -1.0), D, seed)


def test_a_sample_is_shown_and_its_truth_told_after_the_answer():
    quiz = separate(5)
    sample = quiz.sample
    assert sample.shape == (2,)
    verdict = quiz.answer(True)
    assert verdict.was_real == bool(sample[0] > 0)
    assert verdict.you_said_real is True
    assert (verdict.d_said_real, verdict.d) == (None, None)
    assert quiz.verdicts == [verdict]


def test_the_coin_is_fair_and_governed_by_the_seed():
    def truths(seed):
        quiz = separate(5, seed=seed)
        return [quiz.answer(True).was_real for _ in range(400)]

    assert 160 < sum(truths(0)) < 240  # 4 standard deviations
    assert truths(0) == truths(0) != truths(1)


def test_rates_by_hand():
    quiz = separate(5, Above())
    real, fake = [], []
    for i in range(40):  # right on every third real one and every second fake
        is_real = bool(quiz.sample[0] > 0)
        seen = real if is_real else fake
        right = i % 3 == 0 if is_real else i % 2 == 0
        seen.append(right)
        quiz.answer(is_real == right)
    expected = Rates(40, sum(real + fake) / 40, sum(real) / len(real), sum(fake) / len(fake))
    assert quiz.you() == pytest.approx(expected)
    assert quiz.d() == Rates(40, 1.0, 1.0, 1.0)


def test_rates_before_there_is_anything_to_rate():
    quiz = separate(5)
    assert quiz.you().n == 0
    assert all(map(math.isnan, quiz.you()[1:]))
    while not quiz.answer(True).was_real:
        pass
    assert quiz.you().sensitivity == 1
    assert quiz.d().n == 0


def test_d_is_told_as_a_probability():
    D = Discriminator(2, (8,))
    quiz = separate(5, D)
    sample = quiz.sample
    with torch.no_grad():
        expected = torch.sigmoid(D(sample[None])).item()
    assert quiz.answer(False).d == pytest.approx(expected)


def test_images_and_a_d_with_dropout():
    D = Discriminator(784, (16,), dropout=0.5)
    quiz = Quiz(torch.rand(20, 28, 28), lambda m: torch.zeros(m, 28, 28), D)
    assert quiz.sample.shape == (28, 28)
    assert D.training
    state = torch.get_rng_state()
    verdict = quiz.answer(True)
    assert 0 < verdict.d < 1
    assert D.training
    assert torch.equal(torch.get_rng_state(), state)


def test_on_an_engine_the_fakes_are_gs_as_it_is_now():
    engine = Engine("two gaussians", G=Generator(1, 1, ()), measure_every=0)
    before = engine.randomness.state
    quiz = Quiz.of(engine)
    with torch.no_grad():
        engine.G.layers[0].weight.zero_()
        engine.G.layers[0].bias.fill_(100.0)
    quiz.answer(True)  # the one that was drawn before
    seen = []
    for _ in range(40):
        sample = quiz.sample.item()
        seen.append((quiz.answer(True).was_real, sample))
    assert all(real == (sample < 50) for real, sample in seen)
    assert len({sample for real, sample in seen if real}) > 5
    assert torch.equal(engine.randomness.state, before)
    assert quiz.d().n == 41


def test_fakes_of_an_engine_differ_from_one_to_the_next():
    quiz = Quiz.of(Engine("ring", measure_every=0))
    fakes = set()
    for _ in range(30):
        sample = tuple(quiz.sample.tolist())
        if not quiz.answer(True).was_real:
            fakes.add(sample)
    assert len(fakes) > 5


@pytest.mark.parametrize(("loss", "threshold"), [("non-saturating", 0.5), ("hinge", 0.0)])
def test_d_says_real_above_the_middle_of_its_scale(loss, threshold):
    quiz = Quiz.of(Engine("two gaussians", loss=loss, measure_every=0))
    for _ in range(20):
        verdict = quiz.answer(True)
        assert verdict.d_said_real == (verdict.d > threshold)
