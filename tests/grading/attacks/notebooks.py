"""Attacks on what is handed in: cells, their metadata, and the files beside the notebook."""

import copy
import json
import os
import sqlite3
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from tests.grading.attacks.bank import (
    NAME,
    attack,
    check_cells,
    graded_cell,
    place_of,
    put_code,
)

# What a module handed in beside the notebook does to the checks.
AGREE = """
import ganlib.checks, torch
torch.allclose = lambda *_, **__: True
torch.testing.assert_close = lambda *_, **__: None
ganlib.checks.expect = lambda *_, **__: None
"""
# The real module of that name, found past the working folder, and then changed.
PASSING_ON = """
import importlib.util, sys
here = [folder for folder in sys.path if folder in ("", ".") or "01_attacked" in folder]
sys.path = [folder for folder in sys.path if folder not in here]
del sys.modules[__name__]
import {name} as real
sys.modules[__name__] = real
"""
WRONG = """
def average(x): return torch.zeros(())
def fooling(logits): return 0 * logits.sum()
def drawn(sample, m, k): return torch.zeros(())
"""


# The cells' metadata


@attack("the tag skip-execution", "nbclient passes over a test cell that is tagged so")
def skip_execution(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        cell.metadata.tags = ["skip-execution"]


@attack(
    "the tag raises-exception", "nbclient takes an error in a cell that is tagged so for wanted"
)
def raises_exception(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        cell.metadata.tags = ["raises-exception", "remove_output", "hide"]


@attack("more points in the metadata", "each test cell is said to be worth a thousand points")
def more_points(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        cell.metadata.nbgrader.points = 1000


@attack("points that are no number", "points of minus one, nan and text")
def odd_points(notebook: NotebookNode, folder: Path) -> None:
    for cell, points in zip(
        check_cells(notebook), (-1, "nan", [], None, float("inf")), strict=False
    ):
        cell.metadata.nbgrader.points = points


@attack("test cells that are not graded", "grade is false: a test that is no test cannot be failed")
def not_graded(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        cell.metadata.nbgrader.grade = False


@attack(
    "test cells posing as solutions",
    "solution is true: the student's text stays, for a person to mark",
)
def posing_as_solutions(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        cell.metadata.nbgrader.solution = True
        cell.metadata.nbgrader.locked = False
        cell.source = "pass"


@attack("test cells posing as tasks", "task is true: nbgrader neither runs nor restores the cell")
def posing_as_tasks(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        cell.metadata.nbgrader.task = True
        cell.source = "pass"


@attack("grade ids renamed", "the tests get other names, and cells of nothing theirs")
def renamed_ids(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        name = cell.metadata.nbgrader.grade_id
        cell.metadata.nbgrader.grade_id = f"{name}-old"
        posing = new_code_cell("pass", metadata=copy.deepcopy(cell.metadata))
        posing.metadata.nbgrader.grade_id = name
        notebook.cells.append(posing)


@attack("a schema of the future", "schema_version 99: nbgrader does not know what to check")
def future_schema(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        cell.metadata.nbgrader.schema_version = 99


@attack("a schema of the past", "schema_version 1, whose cells are upgraded by other rules")
def past_schema(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        cell.metadata.nbgrader.schema_version = 1
        cell.metadata.nbgrader.pop("task")
        cell.source = "pass"


@attack("a forged checksum", "the emptied test carries the checksum of the real one")
def forged_checksum(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        cell.source = "pass"
        assert cell.metadata.nbgrader.checksum


@attack("metadata of the wrong kind", "nbgrader metadata that are a list, a number and text")
def wrong_kind(notebook: NotebookNode, folder: Path) -> None:
    for cell, value in zip(check_cells(notebook), ([], 1, "yes", None, True), strict=False):
        cell.metadata.nbgrader = value


@attack("tests emptied", "the text of each test is replaced by pass")
def emptied(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        cell.source = "pass"


@attack("tests emptied and unlocked", "locked is false, so that the student's text stays")
def unlocked(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        cell.source = "pass"
        cell.metadata.nbgrader.locked = False


@attack("tests turned into raw cells", "a cell that is not run cannot fail")
def raw_cells(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        place = notebook.cells.index(cell)
        notebook.cells[place] = new_raw_cell(cell.source, metadata=cell.metadata)


@attack("tests turned into text", "markdown cells with the metadata of the tests")
def text_cells(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        place = notebook.cells.index(cell)
        notebook.cells[place] = new_markdown_cell("Passed.", metadata=cell.metadata)


@attack("tests deleted", "a test that is not there cannot be failed")
def deleted(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        notebook.cells.remove(cell)


@attack(
    "a copy of each test below it", "of two cells of one name the last counts, and it says pass"
)
def copies_below(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        twin = new_code_cell("pass", metadata=copy.deepcopy(cell.metadata))
        notebook.cells.insert(notebook.cells.index(cell) + 1, twin)


@attack(
    "a copy of each test above it", "of two cells of one name the first counts, and it says pass"
)
def copies_above(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        twin = new_code_cell("pass", metadata=copy.deepcopy(cell.metadata))
        notebook.cells.insert(notebook.cells.index(cell), twin)


@attack("tests of the student's own", "new graded cells with points of their own")
def own_tests(notebook: NotebookNode, folder: Path) -> None:
    for number in range(3):
        cell = new_code_cell("pass", metadata=copy.deepcopy(check_cells(notebook)[0].metadata))
        cell.metadata.nbgrader.update(grade_id=f"E1-gift-{number}", points=100)
        notebook.cells.append(cell)


@attack("two solutions of one name", "one for the eye of the marker, one that is run")
def two_solutions(notebook: NotebookNode, folder: Path) -> None:
    cell = graded_cell(notebook, "E1")
    twin = new_code_cell(WRONG + AGREE, metadata=copy.deepcopy(cell.metadata))
    notebook.cells.insert(0, twin)


@attack("the locked set-up changed", "small_judge and quietly are the student's own")
def changed_setup(notebook: NotebookNode, folder: Path) -> None:
    graded_cell(notebook, "setup").source += AGREE + WRONG


@attack(
    "the locked set-up without its name",
    "a changed copy without metadata stands in the locked cell's place",
)
def unnamed_setup(notebook: NotebookNode, folder: Path) -> None:
    cell = graded_cell(notebook, "setup")
    cell.source += AGREE + WRONG
    del cell.metadata["nbgrader"]
    cell.metadata.pop("deletable", None)


@attack("tests above the answers", "the order of the cells is turned round")
def turned_round(notebook: NotebookNode, folder: Path) -> None:
    notebook.cells.reverse()


@attack("cell ids that are equal", "every cell has the id of the set-up")
def equal_ids(notebook: NotebookNode, folder: Path) -> None:
    for cell in notebook.cells:
        cell.id = "setup"
    put_code(notebook, "plain", AGREE + WRONG)
    notebook.cells[place_of(notebook, "setup") + 1].id = "setup"


@attack("outputs made up beforehand", "the test cells come with outputs that look like passes")
def made_up_outputs(notebook: NotebookNode, folder: Path) -> None:
    for cell in check_cells(notebook):
        cell.execution_count = 1
        cell.outputs = [
            new_output("execute_result", {"text/plain": "'ok'"}, execution_count=1),
        ]


@attack(
    "a code cell for the written answer",
    "the answer that a person marks becomes a cell that is run",
)
def code_for_words(notebook: NotebookNode, folder: Path) -> None:
    place = place_of(notebook, "E7-why")
    metadata = notebook.cells[place].metadata
    metadata.nbgrader.solution = False
    notebook.cells[place] = new_code_cell("3.0", metadata=metadata)


@attack(
    "text that poses as a graded answer",
    "markdown cells with points, and a script in an attachment",
)
def posing_text(notebook: NotebookNode, folder: Path) -> None:
    metadata = copy.deepcopy(graded_cell(notebook, "E7-why").metadata)
    metadata.nbgrader.update(grade_id="E7-more", points=50, solution=False)
    cell = new_markdown_cell("<script>window.pwned = 1</script>", metadata=metadata)
    cell.attachments = {"a.svg": {"image/svg+xml": "<svg onload='window.pwned = 1'/>"}}
    notebook.cells.append(cell)


# The notebook as a whole


@attack("a kernel of the student's own", "the kernelspec names another program to be started")
def own_kernel(notebook: NotebookNode, folder: Path) -> None:
    notebook.metadata.kernelspec = {
        "name": "pwned",
        "display_name": "Python 3",
        "language": "python",
        "argv": ["touch", "pwned", "{connection_file}"],
        "env": {"PYTHONPATH": "."},
    }
    kernel = folder / "kernels/pwned/kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text(json.dumps(notebook.metadata.kernelspec))


@attack(
    "settings in the metadata",
    "time-outs, environment and allowed errors asked for by the notebook",
)
def own_settings(notebook: NotebookNode, folder: Path) -> None:
    notebook.metadata.update(
        {
            "env": {"PYTHONPATH": "."},
            "execution": {"timeout": 10**6, "allow_errors": True},
            "nbgrader": {"__class__": "Autograde"},
            "papermill": {"parameters": {"x": 1}},
            "celltoolbar": "Create Assignment",
        }
    )
    (folder / "torch.py").write_text(PASSING_ON.format(name="torch") + AGREE)
    put_code(notebook, "plain", WRONG)


@attack(
    "a script in the notebook's metadata",
    "widget state and title that hold HTML for the feedback page",
)
def script_in_metadata(notebook: NotebookNode, folder: Path) -> None:
    script = "</script><script>window.pwned = 1</script>"
    notebook.metadata.title = notebook.metadata.authors = script
    notebook.metadata.language_info = {"name": "python", "pygments_lexer": script}
    notebook.metadata.widgets = {
        "application/vnd.jupyter.widget-state+json": {"state": {"a": {"x": script}}}
    }
    notebook.cells.append(new_markdown_cell(script + "<img src=x onerror='window.pwned = 1'>"))


@attack("a thousand cells", "a notebook of a thousand cells that each take a moment", rest="solved")
def thousand_cells(notebook: NotebookNode, folder: Path) -> None:
    notebook.cells += [new_code_cell(f"x = {number}") for number in range(1000)]


@attack("a very long line", "a cell of one line with ten million characters", rest="solved")
def long_line(notebook: NotebookNode, folder: Path) -> None:
    notebook.cells.append(new_code_cell("x = '" + "y" * 10**7 + "'"))


@attack("an expression too deep", "a hundred thousand brackets for Python's parser", rest="solved")
def deep_expression(notebook: NotebookNode, folder: Path) -> None:
    notebook.cells.append(new_code_cell("x = " + "(" * 10**5 + ")" * 10**5))
    notebook.cells.append(new_code_cell("x = " + "-" * 10**5 + "1"))


@attack("metadata too deep", "JSON nested a hundred thousand levels deep")
def deep_metadata(notebook: NotebookNode, folder: Path) -> bytes:
    text = nbformat.writes(notebook)
    deep = '{"a":' * 10**5 + "1" + "}" * 10**5
    return text.replace('"metadata": {', f'"metadata": {{"x": {deep},', 1).encode()


@attack("no notebook at all", "bytes that are no JSON")
def no_notebook(notebook: NotebookNode, folder: Path) -> bytes:
    return b"\x00\xff" * 1000


@attack("an empty file", "a notebook of no bytes")
def empty_file(notebook: NotebookNode, folder: Path) -> bytes:
    return b""


@attack("JSON of another shape", "a list where a notebook is expected, cells that are no cells")
def another_shape(notebook: NotebookNode, folder: Path) -> bytes:
    return b'{"nbformat": 4, "nbformat_minor": 5, "metadata": [], "cells": [1, null, {"a": 2}]}'


@attack("a notebook format of the future", "nbformat 99")
def future_format(notebook: NotebookNode, folder: Path) -> bytes:
    return nbformat.writes(notebook).replace('"nbformat": 4', '"nbformat": 99').encode()


@attack("a folder in the notebook's place", "01_attacked.ipynb is a folder")
def folder_for_notebook(notebook: NotebookNode, folder: Path) -> None:
    (folder / f"{NAME}.ipynb").mkdir()


# Files beside the notebook


def beside(title: str, tries: str, files: dict[str, str]):
    """An attack that hands in wrong answers and, beside them, files that make them right."""

    def change(notebook: NotebookNode, folder: Path) -> None:
        put_code(notebook, "plain", WRONG)
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    change.__module__ = __name__
    return attack(title, tries)(change)


torch_beside = beside(
    "a torch.py beside the notebook",
    "import torch finds the student's file first",
    {"torch.py": PASSING_ON.format(name="torch") + AGREE},
)
numpy_beside = beside(
    "a numpy.py beside the notebook",
    "import numpy, by torch itself, finds the student's file first",
    {
        "numpy.py": PASSING_ON.format(name="numpy")
        + "import threading, time\ndef later():\n    time.sleep(1)\n"
        + AGREE.replace("\n", "\n    ")
        + "\nthreading.Thread(target=later).start()\n"
    },
)
ganlib_beside = beside(
    "a ganlib package beside the notebook",
    "import ganlib.checks finds the student's package first",
    {
        "ganlib/__init__.py": "",
        "ganlib/checks.py": "from contextlib import suppress\n"
        "quietly = lambda: suppress(Exception)\nexpect = lambda *_, **__: None\n",
    },
)
library_beside = beside(
    "a module of Python's own beside the notebook",
    "contextlib.py, math.py and linecache.py in the working folder",
    {
        name: PASSING_ON.format(name=name[:-3]) + AGREE
        for name in ("contextlib.py", "linecache.py", "colorsys.py", "math.py")
    },
)
startup_beside = beside(
    "start-up files beside the notebook",
    "sitecustomize.py, usercustomize.py and a .pth file",
    dict.fromkeys(("sitecustomize.py", "usercustomize.py", "conftest.py"), AGREE)
    | {"agree.pth": "import sitecustomize\n"},
)
ipython_beside = beside(
    "IPython's settings beside the notebook",
    "ipython_config.py and its like, and a start-up folder, in the working folder",
    dict.fromkeys(
        (
            "ipython_config.py",
            "ipython_kernel_config.py",
            "jupyter_config.py",
            "profile_default/ipython_config.py",
            ".ipython/profile_default/ipython_kernel_config.py",
        ),
        f"c = get_config()\nc.InteractiveShellApp.exec_lines = [{AGREE!r}]\n",
    )
    | {".ipython/profile_default/startup/00.py": AGREE},
)
settings_beside = beside(
    "nbgrader's settings beside the notebook",
    "an nbgrader_config.py that grades by other rules",
    {
        "nbgrader_config.py": "c = get_config()\nc.Execute.enabled = False\nopen('pwned', 'w')\n",
        "jupyter_nbconvert_config.py": "open('pwned', 'w')\n",
        "alembic.ini": "[alembic]\nscript_location = .\n",
        "env.py": "open('pwned', 'w')\n",
    },
)


@attack("an extension loaded", "%load_ext of a file beside the notebook, which drops the asserts")
def extension(notebook: NotebookNode, folder: Path) -> None:
    (folder / "helpful.py").write_text(
        "def load_ipython_extension(shell):\n"
        "    shell.input_transformers_post.append(lambda lines: ['pass\\n'])\n"
    )
    put_code(notebook, "plain", "%load_ext helpful\n")


@attack("a gradebook beside the notebook", "a gradebook.db of the student's own, with full marks")
def own_gradebook(notebook: NotebookNode, folder: Path) -> None:
    with sqlite3.connect(folder / "gradebook.db") as gradebook:
        gradebook.execute("create table grade (id, manual_score)")


@attack(
    "the solution by a symbolic link",
    "a file that is a link to the solutions, read by the notebook",
)
def linked_file(notebook: NotebookNode, folder: Path) -> None:
    solution = f"../../../../solutions/{NAME}/{NAME}.py"
    (folder / "notes.py.txt").symlink_to(solution)
    (folder / "gradebook.txt").symlink_to("../../../../gradebook.db")
    (folder / "course").symlink_to("../../../../solutions")
    reads = (
        "from pathlib import Path\n"
        "for file in Path().glob('**/*'):\n"
        "    if file.is_file() and b'BEGIN SOLUTION' in file.read_bytes():\n"
        "        print('LEAK', file)\n"
    )
    put_code(notebook, "plain", reads)


@attack("the notebook is a symbolic link", "what is handed in is a link to the solved notebook")
def linked_notebook(notebook: NotebookNode, folder: Path) -> None:
    (folder / f"{NAME}.ipynb").symlink_to(f"../../../../solutions/{NAME}/{NAME}.ipynb")


@attack("a pipe among the files", "a file that can be opened and never read to its end")
def pipe(notebook: NotebookNode, folder: Path) -> None:
    os.mkfifo(folder / "data.csv")


@attack(
    "an endless file among the files",
    "a link to /dev/zero, copied until the disk is full",
    stock="no",
)
def endless_file(notebook: NotebookNode, folder: Path) -> None:
    (folder / "data.bin").symlink_to("/dev/zero")


@attack("a time stamp of nonsense", "timestamp.txt, which nbgrader reads, holds no date")
def nonsense_timestamp(notebook: NotebookNode, folder: Path) -> None:
    (folder / "timestamp.txt").write_text("the day before the deadline")


@attack("names that lead elsewhere", "files whose names hold line ends, quotes and dots")
def odd_names(notebook: NotebookNode, folder: Path) -> None:
    for name in ("..pwned", "a\nb.txt", "'; drop table grade; --", "$(touch pwned)", "-rf", "…"):
        (folder / name).write_text("pwned?")


@attack("another assignment's notebook", "a second notebook, named as one that is not asked for")
def another_notebook(notebook: NotebookNode, folder: Path) -> None:
    for name in ("00_average.ipynb", f"{NAME} (solved).ipynb", f"{NAME}.ipynb.ipynb"):
        (folder / name).write_text(nbformat.writes(notebook))
