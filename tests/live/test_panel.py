"""The slider panel, without a browser."""

import pytest
from matplotlib.figure import Figure

from ganlib.live import still
from ganlib.live.panel import Panel


def draw(height: float) -> Figure:
    figure = Figure(figsize=(2, 1))
    figure.subplots().axhline(height)
    return figure


@pytest.fixture
def panel() -> Panel:
    return Panel(
        draw, lambda height: f'A "line" at {height:.1f}.', height=("the height", 1.0, 0.0, 2.0)
    )


def test_a_slider_redraws_the_picture_and_its_description(panel: Panel) -> None:
    before = panel.picture.value
    panel.sliders["height"].value = 2.0
    assert panel.values == {"height": 2.0}
    assert panel.picture.value != before
    assert "A &quot;line&quot; at 2.0." in panel.picture.value


def test_without_a_kernel_the_picture_and_its_words_remain(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    monkeypatch.setattr(still, "show", lambda *what: shown.append(what))
    panel._ipython_display_()
    ((widget, figure, words),) = shown
    assert widget is panel
    assert figure.axes[0].lines[0].get_ydata()[0] == 1.0
    assert words == 'A "line" at 1.0.'


def test_every_slider_is_shown_above_the_picture_with_its_label(panel: Panel) -> None:
    assert panel.sliders["height"].description == "the height"
    assert panel.children == (panel.sliders["height"], panel.picture)
