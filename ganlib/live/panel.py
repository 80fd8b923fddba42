"""A panel: sliders above a picture that a pure function draws.

The drawing function knows nothing of widgets and the panel nothing of the picture. A
notebook that is read without a kernel shows the picture as it was, with its description.
"""

import html
from collections.abc import Callable

from ipywidgets import HTML, FloatSlider, Layout, VBox
from matplotlib.figure import Figure

from ganlib.live import still

__all__ = ["Panel"]


class Panel(VBox):
    """Sliders, the picture that they govern, and its description in words.

    Args:
        draw: ``draw(**values)`` returns a matplotlib figure.
        describe: ``describe(**values)`` says in one sentence what the figure shows; it
            is the picture's text alternative and stands below it.
        sliders: (label, value, low, high) for each argument of ``draw`` and ``describe``.
    """

    def __init__(
        self,
        draw: Callable[..., Figure],
        describe: Callable[..., str],
        **sliders: tuple[str, float, float, float],
    ) -> None:
        self._draw, self._describe = draw, describe
        self.sliders = {name: _slider(*slider) for name, slider in sliders.items()}
        self.picture = HTML()
        super().__init__([*self.sliders.values(), self.picture])
        for slider in self.sliders.values():
            slider.observe(lambda _: self._redraw(), names="value")
        self._redraw()

    @property
    def values(self) -> dict[str, float]:
        """Where the sliders stand."""
        return {name: slider.value for name, slider in self.sliders.items()}

    def _redraw(self) -> None:
        png = still.encoded(self._draw(**self.values))
        words = html.escape(self._describe(**self.values), quote=True)
        # An <img>, because the Image widget has no text alternative.
        self.picture.value = (
            f'<img src="data:image/png;base64,{png}" alt="{words}"><p role="status">{words}</p>'
        )

    def _ipython_display_(self) -> None:
        still.show(self, self._draw(**self.values), self._describe(**self.values))


def _slider(label: str, value: float, low: float, high: float) -> FloatSlider:
    return FloatSlider(
        description=label,
        value=value,
        min=low,
        max=high,
        step=(high - low) / 160,
        style={"description_width": "9em"},
        layout=Layout(width="32em"),
    )
