"""Pictures are compared by the data in them, not pixel by pixel."""

import math

import numpy as np
import pytest
import torch
from matplotlib.figure import Figure

from ganlib.plotting import (
    plot_game,
    plot_images,
    plot_losses,
    plot_nearest,
    plot_value,
    show,
)
from ganlib.training import History

X = torch.linspace(-1, 1, 5)
P = torch.tensor([0.0, 0.5, 1.0, 0.5, 0.0])


def labels(figure: Figure) -> list[str]:
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def axis_labels(figure: Figure) -> set[str]:
    return {text for axes in figure.axes for text in (axes.get_xlabel(), axes.get_ylabel())}


def test_the_game_shows_the_curves_that_it_is_given():
    figure = plot_game(X, P, P.flip(0), d=P, d_star=P / 2, title="now")
    left, right = figure.axes
    assert [list(line.get_ydata()) for line in left.lines] == [P.tolist(), P.flip(0).tolist()]
    assert [list(line.get_ydata()) for line in right.lines] == [(P / 2).tolist(), P.tolist()]
    assert labels(figure) == ["$p_{data}$", "$p_g$", "$D^*$", "$D$"]
    assert axis_labels(figure) >= {"x", "density", "probability that x is data"}
    assert left.get_title() == "now"


def test_the_game_without_a_discriminator_has_one_axis():
    figure = plot_game(X, P, P)
    assert len(figure.axes) == 1
    assert labels(figure) == ["$p_{data}$", "$p_g$"]


def test_the_curves_differ_in_more_than_colour():
    figure = plot_game(X, P, P, P, P)
    lines = [line for axes in figure.axes for line in axes.lines]
    assert len({line.get_linestyle() for line in lines}) == len(lines) == 4


def test_the_game_wants_curves_on_one_grid():
    with pytest.raises(ValueError, match=r"p_g: expected shape \(5,\), got \(4,\)"):
        plot_game(X, P, P[1:])


def test_the_bars_of_v_are_as_long_as_its_terms():
    figure = plot_value(X, P, P, P, P, [("your D", -0.5, -1.0), ("D*", -0.25, -0.5)])
    bars = next(axes for axes in figure.axes if axes.get_xlabel() == "nats")
    assert [bar.get_width() for bar in bars.patches] == [-0.5, -1.0, -0.25, -0.5]
    assert [bar.get_x() for bar in bars.patches] == [0, -0.5, 0, -0.25]
    assert [text.get_text() for text in bars.get_yticklabels()] == ["your D", "D*"]
    assert {"V = -1.500", "V = -0.750"} <= {text.get_text() for text in bars.texts}


def test_losses_are_drawn_with_their_running_mean_and_levels():
    history = History(d_loss=[1.0, 2.0, 3.0, 4.0], g_loss=[4.0, 3.0, 2.0, 1.0])
    figure = plot_losses(history, window=2)
    (axes,) = figure.axes
    curves = [list(line.get_ydata()) for line in axes.lines]
    assert curves[0] == [1, 2, 3, 4]
    assert curves[1] == [1.5, 2.5, 3.5]
    assert list(axes.lines[1].get_xdata()) == [2, 3, 4]
    assert {math.log(4), math.log(2)} <= {curve[0] for curve in curves}
    assert labels(figure) == ["loss of D, mean of 2", "loss of G, mean of 2"]


def test_a_spike_does_not_squeeze_the_losses():
    figure = plot_losses(History(d_loss=[900.0] + 999 * [1.4], g_loss=1000 * [0.7]))
    low, high = figure.axes[0].get_ylim()
    assert low < math.log(2) < math.log(4) < 1.4 < high < 2


def test_a_history_shorter_than_the_window_is_still_drawn():
    figure = plot_losses(History(d_loss=[1.0], g_loss=[2.0]), window=50)
    assert labels(figure) == ["loss of D", "loss of G"]


@pytest.mark.parametrize(("losses", "window"), [([], 1), ([1.0], 0)])
def test_an_empty_history_or_window_is_refused(losses, window):
    with pytest.raises(ValueError, match="expected at least one loss and window >= 1"):
        plot_losses(History(losses, losses), window=window)


def test_images_stand_in_rows_with_a_line_between_them():
    images = torch.stack([torch.full((4,), value) for value in (0.0, 1.0, 0.25)])
    figure = plot_images(images, columns=2)
    sheet = np.asarray(figure.axes[0].images[0].get_array())
    assert sheet.shape == (2 * 3 + 1, 2 * 3 + 1)
    assert (sheet[1:3, 1:3] == 0).all()
    assert (sheet[1:3, 4:6] == 1).all()
    assert (sheet[4:6, 1:3] == 0.25).all()
    assert (sheet[3] == 0.5).all()


def test_images_may_be_flat_or_not():
    flat = plot_images(torch.rand(3, 784), columns=3)
    square = plot_images(torch.rand(3, 28, 28), columns=3)
    shapes = [f.axes[0].images[0].get_array().shape for f in (flat, square)]
    assert shapes[0] == shapes[1] == (30, 88)


@pytest.mark.parametrize("shape", [(0, 784), (3, 785), (784,), (2, 1, 28, 28)])
def test_what_is_no_image_is_refused(shape):
    with pytest.raises(ValueError, match=r"images: expected shape"):
        plot_images(torch.zeros(shape))


def test_each_sample_stands_above_its_neighbour():
    samples, neighbours = torch.zeros(2, 4), torch.ones(2, 4)
    figure = plot_nearest(samples, neighbours)
    sheet = np.asarray(figure.axes[0].images[0].get_array())
    assert (sheet[1:3, 1:3] == 0).all()
    assert (sheet[4:6, 1:3] == 1).all()
    with pytest.raises(ValueError, match="as many neighbours as samples"):
        plot_nearest(samples, neighbours[:1])


def test_a_shown_figure_carries_its_words(capsys):
    from IPython.core.formatters import DisplayFormatter

    from ganlib.plotting import _Picture

    picture = _Picture(plot_game(X, P, P), "Two equal humps.")
    data, metadata = DisplayFormatter().format(picture)
    assert data["image/png"].startswith(b"\x89PNG")
    assert data["text/plain"] == "Two equal humps."
    assert metadata["image/png"] == {"alt": "Two equal humps."}
    show(plot_game(X, P, P), alt="Two equal humps.")
    assert "Two equal humps." in capsys.readouterr().out
