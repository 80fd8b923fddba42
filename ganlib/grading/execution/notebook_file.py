"""Reads a notebook however it was saved: another encoding, an old format, cells without names.

None of these says anything about what the student knows, so none of them costs a mark.
"""

import json
import warnings

import nbformat
from nbformat import NotebookNode
from nbformat.validator import normalize


class Ungradable(ValueError):
    """A hand-in that no one could mark, in one line that says why."""


def read_notebook(raw: bytes) -> tuple[NotebookNode, list[str]]:
    """The notebook in today's format, without outputs, and what was odd about it, in words."""
    text, notes = _decode(raw)
    notebook, more = _parse(text)
    for cell in notebook.cells:
        if cell.cell_type == "code":  # outputs are made anew, and may be what is wrong or huge
            cell.outputs, cell.execution_count = [], None
    try:
        with warnings.catch_warnings(action="ignore"):  # cells without an id, or with a twin's
            notebook = normalize(notebook)[1]
            nbformat.validate(notebook)
    except Exception as error:
        raise Ungradable(f"no valid notebook: {_first_line(error)}") from error
    return notebook, notes + more


def _decode(raw: bytes) -> tuple[str, list[str]]:
    encoding: str = json.detect_encoding(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        encoding = "latin-1"  # any bytes are latin-1; whether they are a notebook comes next
        text = raw.decode(encoding)
    if not text.strip():
        raise Ungradable("the notebook is an empty file")
    return text, [] if encoding == "utf-8" else [f"saved as {encoding}"]


def _parse(text: str) -> tuple[NotebookNode, list[str]]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Ungradable(f"no notebook: {_first_line(error)}") from error
    version = content.get("nbformat") if isinstance(content, dict) else None
    if not isinstance(version, int):
        raise Ungradable("no notebook: it does not say which notebook format it is in")
    try:
        with warnings.catch_warnings(action="ignore"):
            notebook = nbformat.reads(text, as_version=4)
    except Exception as error:  # nbformat trusts the shape of what it reads, and trips over it
        raise Ungradable(f"no notebook of format {version}: {_first_line(error)}") from error
    return notebook, [] if version == 4 else [f"saved in notebook format {version}"]


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
