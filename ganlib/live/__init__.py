"""Widgets for the notebooks. Imported only where used: they need ipywidgets and anywidget."""

from ganlib.live.widget import GANLab

__all__ = ["GANLab"]
