"""Feedback that keeps hidden checks hidden.

Stock nbgrader prints each check cell as it was run. That shows a hidden check's source, and the
lines of it that a traceback or a warning quotes, to every student who was graded.
"""

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from traitlets import Bool


class HideHiddenTests(Preprocessor):
    """Leaves of a hidden check only what went wrong, in one line for each error."""

    enabled = Bool(True).tag(config=True)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict, cell_index: int
    ) -> tuple[NotebookNode, dict]:
        if cell.cell_type == "code" and "BEGIN HIDDEN TESTS" in cell.source:
            cell.source = "# A hidden check"
            cell.outputs = [_brief(output) for output in cell.outputs if _tells(output)]
        return cell, resources


def _tells(output: NotebookNode) -> bool:
    return output.output_type == "error" or output.get("name") == "stderr"


def _brief(output: NotebookNode) -> NotebookNode:
    if output.output_type == "error":
        output.traceback = [f"{output.ename}: {output.evalue}"]
    else:
        output.text = "Your code printed a warning or an error message, which fails a check.\n"
    return output
