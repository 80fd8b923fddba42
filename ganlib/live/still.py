"""A widget in a notebook, and the picture that stands there where no kernel keeps it alive.

JupyterLab prefers a widget to any picture in the same output, and has no way back: once the kernel
is gone it says "Error displaying widget". So the picture is an output of its own, and a style of
the page decides which of the two is seen.
"""

import base64
from io import BytesIO
from typing import Any

from IPython.display import DisplayHandle, display
from ipywidgets import Widget
from matplotlib.figure import Figure

__all__ = ["encoded", "replace", "show"]

LINE = "This is a still picture. Run the cell to play."

# A widget of ours that is alive is a box; one that is not is bare words of JupyterLab's.
NOTE = f"""<style>
.jp-OutputArea-child:has(.widget-box) + :has(.ganlib-still),
.jp-OutputArea-child:has(.widget-box) + :has(.ganlib-still) + *,
.jp-OutputArea-child:not(:has(.jp-OutputArea-output > *)):has(+ * .ganlib-still) {{
  display: none;
}}
</style>
<p class="ganlib-still">{LINE}</p>"""


def show(widget: Widget, figure: Figure, words: str) -> DisplayHandle:
    """Three outputs: the widget, and, seen only without it, a line that says so and a picture.

    Args:
        widget: a box.
        figure: what it looks like.
        words: the figure's text alternative.

    Returns:
        The picture's handle, for :func:`replace`.
    """
    display({**widget._repr_mimebundle_(), "text/plain": words}, raw=True)
    display({"text/html": NOTE, "text/plain": LINE}, raw=True)
    data, metadata = _bundle(figure, words)
    return display(data, metadata=metadata, raw=True, display_id=True)


def replace(still: DisplayHandle, figure: Figure, words: str) -> None:
    """Put another picture in the place of one that was shown."""
    data, metadata = _bundle(figure, words)
    still.update(data, metadata=metadata, raw=True)


def encoded(figure: Figure) -> str:
    """A figure as PNG in base64."""
    png = BytesIO()
    figure.savefig(png, format="png", dpi=100)
    return base64.b64encode(png.getvalue()).decode()


def _bundle(figure: Figure, words: str) -> tuple[dict[str, Any], dict[str, Any]]:
    data = {"image/png": encoded(figure), "text/plain": words}
    return data, {"image/png": {"alt": words}}
