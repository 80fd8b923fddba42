"""Widgets for the notebooks. Imported only where used: they need ipywidgets."""
