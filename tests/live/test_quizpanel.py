"""The quiz panel, without a browser. What is asked and counted is in test_quiz.py."""

import pytest
import torch
from torch import Tensor, nn

from ganlib.live import still
from ganlib.live.quiz import Quiz, Rates, Verdict
from ganlib.live.quizpanel import (
    QuizPanel,
    sample_html,
    sample_words,
    score_html,
    verdict_words,
)


class AlwaysReal(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.ones(len(x))


class Broken(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        raise RuntimeError("no <b>D</b>")


@pytest.fixture
def panel() -> QuizPanel:
    """Real samples are positive, fakes negative, and D always says real."""
    real, fake = torch.rand(50, 1) + 1, -torch.rand(50, 1) - 1
    return QuizPanel(Quiz(real, fake, AlwaysReal()), low=-2, high=2)


def test_answers_are_counted_beside_those_of_d(panel: QuizPanel) -> None:
    for _ in range(20):
        (panel.real if panel.quiz.sample.item() > 0 else panel.fake).click()
    assert "20 judged" in panel.score.value
    assert panel.quiz.you().accuracy == 1
    assert '<th scope="row">specificity (right of the fake)</th><td>100%</td><td>0%</td>' in (
        panel.score.value
    )


def test_after_an_answer_the_next_sample_stands_there(panel: QuizPanel) -> None:
    before = panel.sample.value
    panel.fake.click()
    assert panel.sample.value != before
    assert 'role="status"' in panel.verdict.value


def test_an_error_of_d_is_shown_in_the_panel() -> None:
    panel = QuizPanel(Quiz(torch.zeros(9, 1), torch.zeros(9, 1), Broken()))
    panel.real.click()
    assert 'role="alert"' in panel.verdict.value
    assert "RuntimeError: no &lt;b&gt;D&lt;/b&gt;" in panel.verdict.value


def test_the_verdict_tells_who_was_right() -> None:
    words = verdict_words(Verdict(False, True, False, 0.25))
    assert words == "It was fake: you were wrong. D(x) = 0.250, so D said fake."
    assert verdict_words(Verdict(True, True, None, None)) == "It was real: you were right."


def test_the_score_has_no_column_for_a_d_that_is_not_there() -> None:
    nothing = Rates(0, float("nan"), float("nan"), float("nan"))
    table = score_html(Rates(2, 0.5, 1.0, 0.0), nothing)
    assert "<td>50%</td></tr>" in table
    assert ">D<" not in table
    assert "–" in score_html(nothing, nothing)


def test_every_kind_of_sample_is_said_in_words() -> None:
    assert 'aria-label="x = 1.000"' in sample_html(torch.tensor([1.0]), -2, 2)
    assert 'aria-label="x = (1.000, -1.000)"' in sample_html(torch.tensor([1.0, -1.0]), -2, 2)
    image = sample_html(torch.rand(28, 28), 0, 1)
    assert 'alt="An image of 28 by 28 grey pixels"' in image
    assert "data:image/png;base64," in image


@pytest.mark.parametrize("sample", [torch.ones(1), torch.ones(2), torch.rand(1, 28, 28)])
def test_the_still_picture_shows_the_sample_and_asks(
    sample: Tensor, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    monkeypatch.setattr(still, "show", lambda *what: shown.append(what))
    panel = QuizPanel(Quiz(sample[None], sample[None]), low=-2, high=2)
    panel._ipython_display_()
    ((widget, figure, words),) = shown
    (axes,) = figure.axes
    assert widget is panel
    assert axes.get_title() == "Real or fake?"
    assert words == f"You are the discriminator. {sample_words(sample)}. Real or fake?"
    if sample.numel() <= 2:
        assert axes.lines[0].get_xdata()[0] == 1
        assert axes.get_xlim() == (-2, 2)
    else:
        assert torch.equal(torch.tensor(axes.images[0].get_array()), sample[0].double())


def test_a_dot_stands_where_its_number_is_and_never_outside() -> None:
    left, middle, beyond = (
        float(sample_html(torch.tensor([x]), -2, 2).split('cx="')[1].split('"')[0])
        for x in (-2.0, 0.0, 50.0)
    )
    assert (left, middle, beyond) == (10, 160, 310)
