"""What stands for a widget where it does not live. Which of both is seen is in test_lab.py."""

import base64

import pytest
from ipywidgets import VBox
from matplotlib.figure import Figure

from ganlib.live import still


class Handle:
    """The handle of an output, which keeps what it is updated with."""

    def update(self, data: dict, **more: object) -> None:
        self.data, self.more = data, more


def figure() -> Figure:
    figure = Figure(figsize=(2, 1))
    figure.subplots()
    return figure


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[dict, dict]]:
    """The bundles that are displayed, with their metadata."""
    bundles: list[tuple[dict, dict]] = []

    def display(data: dict, metadata: dict | None = None, **_: object) -> None:
        bundles.append((data, metadata or {}))

    monkeypatch.setattr(still, "display", display)
    return bundles


def test_the_widget_a_line_and_the_picture_are_outputs_of_their_own(shown: list) -> None:
    still.show(VBox(), figure(), "A box.")
    (widget, _), (line, _), (picture, metadata) = shown
    assert "application/vnd.jupyter.widget-view+json" in widget
    assert widget["text/plain"] == picture["text/plain"] == metadata["image/png"]["alt"] == "A box."
    assert still.LINE == line["text/plain"]
    assert still.LINE in line["text/html"]
    assert base64.b64decode(picture["image/png"]).startswith(b"\x89PNG")
    assert "image/png" not in widget  # or JupyterLab would have to choose


def test_another_picture_takes_its_place_with_its_own_words() -> None:
    handle = Handle()
    still.replace(handle, figure(), "Later.")
    assert handle.data["text/plain"] == "Later."
    assert handle.more["metadata"]["image/png"]["alt"] == "Later."
