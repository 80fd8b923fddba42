"""Honest hand-ins, every exercise solved, to each of which something has happened."""

import base64
import copy
import json
import random
from pathlib import Path

import nbformat
from nbformat import NotebookNode, v3
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from tests.grading.attacks.bank import (
    NAME,
    OWN_WORDS,
    Case,
    accident,
    check_cells,
    graded_cell,
    place_of,
    put_code,
)

# Cells that are there twice, not there, or elsewhere


@accident("a duplicated solution cell")
def duplicated_solution(notebook: NotebookNode, folder: Path) -> None:
    """A solution cell was copied and pasted, metadata and all."""
    place = place_of(notebook, "E1")
    notebook.cells.insert(place + 1, copy.deepcopy(notebook.cells[place]))


@accident("a duplicated check")
def duplicated_check(notebook: NotebookNode, folder: Path) -> None:
    """A check was copied and pasted, metadata and all."""
    place = place_of(notebook, "E1-constant")
    notebook.cells.insert(place + 1, copy.deepcopy(notebook.cells[place]))


@accident("a duplicated locked cell")
def duplicated_locked(notebook: NotebookNode, folder: Path) -> None:
    """The set-up was copied and pasted to the end, metadata and all."""
    notebook.cells.append(copy.deepcopy(graded_cell(notebook, "setup")))


@accident("a deleted check")
def deleted_check(notebook: NotebookNode, folder: Path) -> None:
    """One visible and one hidden check were deleted."""
    for name in ("E1-constant", "E3-hidden-once"):
        notebook.cells.remove(graded_cell(notebook, name))


@accident("a deleted solution cell", costs="E2-undecided E2-hidden-gradient")
def deleted_solution(notebook: NotebookNode, folder: Path) -> None:
    """The cell with the answer to E2 was deleted."""
    notebook.cells.remove(graded_cell(notebook, "E2"))


@accident("a deleted locked cell")
def deleted_locked(notebook: NotebookNode, folder: Path) -> None:
    """The set-up was deleted."""
    notebook.cells.remove(graded_cell(notebook, "setup"))


@accident("a deleted exercise", costs="E5-first E5-hidden-near")
def deleted_exercise(notebook: NotebookNode, folder: Path) -> None:
    """All cells of E5 were deleted, its checks among them."""
    for name in ("E5", "E5-first", "E5-hidden-near"):
        notebook.cells.remove(graded_cell(notebook, name))


@accident("a cell split in two")
def split_cell(notebook: NotebookNode, folder: Path) -> None:
    """The answer to E1 was split: a helper is now in a cell without metadata, below."""
    graded_cell(notebook, "E1").source = "def average(x):\n    return total(x) / len(x)\n"
    total = new_code_cell("def total(x):\n    return x.sum()\n")
    notebook.cells.insert(place_of(notebook, "E1") + 1, total)


@accident("two cells merged")
def merged_cells(notebook: NotebookNode, folder: Path) -> None:
    """The answer to E2 was merged into the cell of E1, and its own cell is gone."""
    graded_cell(notebook, "E1").source += "\n\n" + graded_cell(notebook, "E2").source
    notebook.cells.remove(graded_cell(notebook, "E2"))


@accident("an answer in a cell of its own")
def own_cell(notebook: NotebookNode, folder: Path) -> None:
    """The answer to E1 was written into a new cell, and the stub was left as it was."""
    cell = graded_cell(notebook, "E1")
    place = place_of(notebook, "E1")
    notebook.cells.insert(place + 1, new_code_cell(cell.source))
    cell.source = "def average(x):\n    raise NotImplementedError()\n"


@accident("cells run out of order")
def out_of_order(notebook: NotebookNode, folder: Path) -> None:
    """The numbers of the cells are not in order, as of a notebook worked on from the end."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(reversed(code), start=40):
        cell.execution_count = number


@accident("exercises moved")
def moved(notebook: NotebookNode, folder: Path) -> None:
    """The cells of E1, its checks among them, were moved to the end."""
    names = ("E1", "E1-constant", "E1-hidden-order", "E1-hidden-close")
    cells = [graded_cell(notebook, name) for name in names]
    notebook.cells = [cell for cell in notebook.cells if cell not in cells] + cells


@accident("a check edited")
def edited_check(notebook: NotebookNode, folder: Path) -> None:
    """A print was put into a check, and a syntax error with it."""
    graded_cell(notebook, "E1-constant").source = "print(average(\n"


@accident("an answer turned into text")
def answer_as_text(notebook: NotebookNode, folder: Path) -> None:
    """The key M made a markdown cell of the answer to E1."""
    place = place_of(notebook, "E1")
    cell = notebook.cells[place]
    notebook.cells[place] = new_markdown_cell(cell.source, metadata=cell.metadata)


@accident("a written answer turned into code")
def words_as_code(notebook: NotebookNode, folder: Path) -> None:
    """The key Y made a code cell of the written answer."""
    place = place_of(notebook, "E7-why")
    metadata = notebook.cells[place].metadata
    notebook.cells[place] = new_code_cell(OWN_WORDS, metadata=metadata)


@accident("empty cells")
def empty_cells(notebook: NotebookNode, folder: Path) -> None:
    """Empty cells, and cells of one comment, stand between all others."""
    notebook.cells = [
        piece
        for cell in notebook.cells
        for piece in (new_code_cell(""), new_code_cell("# ?"), new_markdown_cell(""), cell)
    ]


# What the code does besides


def code(title: str, happened: str, where: str, source: str, *, costs: str = "") -> Case:
    """An accident of one cell: a solution cell replaced, or a plain cell above or below."""

    def change(notebook: NotebookNode, folder: Path) -> None:
        put_code(notebook, where, source)

    change.__doc__ = happened
    return accident(title, costs=costs)(change)


warning = code(
    "a warning on stderr",
    "The answer to E1 warns, and writes to stderr and to the log.",
    "E1",
    """
def average(x):
    import logging
    import sys
    import warnings

    warnings.warn("this will change in the next version")
    print("careful", file=sys.stderr)
    logging.warning("careful")
    return x.mean()
""",
)
printing = code(
    "a print in an answer",
    "The answer to E1 prints, shows and flushes.",
    "E1",
    """
def average(x):
    print("x is", x, flush=True)
    display(x)
    return x.mean()
""",
)
loud_library = code(
    "a library that writes to stderr",
    "The answer to E1 has C code write to file descriptor 2.",
    "E1",
    """
def average(x):
    import os

    os.write(2, b"OMP: Warning: this library talks\\n")
    return x.mean()
""",
)
leftover_input = code(
    "a leftover input()",
    "A plain cell still asks for a number.",
    "plain",
    "n = int(input('how many? '))",
)
input_in_answer = code(
    "an input() in an answer",
    "The answer to E1 asks for a number first.",
    "E1",
    """
def average(x):
    input("continue?")
    return x.mean()
""",
    costs="E1-constant E1-hidden-order E1-hidden-close",
)
breakpoint_left = code(
    "a leftover breakpoint()",
    "A plain cell still stops in the debugger.",
    "plain",
    "import pdb\npdb.set_trace()\nx = 1",
)
pip = code(
    "a !pip install",
    "A plain cell installs a package, another lists the folder.",
    "plain",
    "!pip install torchvision\n%pip install seaborn\n!ls",
)
magics = code(
    "magics",
    "Magics in plain cells.",
    "plain",
    "%matplotlib inline\n%load_ext autoreload\n%autoreload 2\n%time 1 + 1\n%who",
)
timed_answer = code(
    "a %%time above an answer",
    "The cell of the answer to E1 begins with %%time.",
    "E1",
    "%%time\ndef average(x):\n    return x.mean()\n",
)
unknown_magic = code(
    "a magic that is not there",
    "A plain cell uses a magic of another system.",
    "plain",
    "%%writefile_to_drive a.txt\nx",
)
tabs = code(
    "tabs",
    "The answer to E1 is indented by tabs.",
    "E1",
    "def average(x):\n\tif True:\n\t\treturn x.mean()\n",
)
syntax_error = code(
    "a syntax error in an answer",
    "The answer to E1 lacks a bracket.",
    "E1",
    "def average(x):\n    return (x.mean()\n",
    costs="E1-constant E1-hidden-order E1-hidden-close",
)
syntax_error_elsewhere = code(
    "a syntax error in a plain cell", "A plain cell is half a sentence.", "plain", "for x in"
)
plain_error = code("an error in a plain cell", "A plain cell raises an error.", "plain", "1 / 0")
endless_cell = code(
    "an endless loop in a plain cell", "A plain cell never ends.", "plain", "while True:\n    pass"
)
endless_answer = code(
    "an endless loop in an answer",
    "The answer to E5 never ends.",
    "E5",
    "def pi(n):\n    while n:\n        pass\n    return 4.0\n",
    costs="E5-first E5-hidden-near",
)
recursion = code(
    "a recursion without end in an answer",
    "The answer to E5 calls itself for ever.",
    "E5",
    "def pi(n):\n    return pi(n + 1)\n",
    costs="E5-first E5-hidden-near",
)
redefined = code(
    "a function redefined below its check",
    "Below the checks of E1, average is defined once more, and wrongly.",
    "last",
    "def average(x):\n    return x.sum()\n",
)
forgotten_return = code(
    "a forgotten return",
    "The answer to E1 has no return.",
    "E1",
    "def average(x):\n    x.mean()\n",
    costs="E1-constant E1-hidden-order E1-hidden-close",
)
exit_called = code("exit()", "A plain cell calls exit().", "plain", "exit()")
quit_called = code("quit()", "A plain cell calls quit().", "plain", "quit()")
sys_exit = code("sys.exit()", "A plain cell calls sys.exit().", "plain", "import sys\n\nsys.exit()")
exit_in_answer = code(
    "sys.exit() in an answer",
    "The answer to E5 calls sys.exit().",
    "E5",
    "def pi(n):\n    import sys\n\n    sys.exit(1)\n",
    costs="E5-first E5-hidden-near",
)
shown_plot = code(
    "plt.show()",
    "Plain cells and the answer to E1 draw.",
    "E1",
    """
import matplotlib.pyplot as plt


def average(x):
    plt.plot(x)
    plt.show()
    return x.mean()


average(torch.arange(3.0))
""",
)
many_plots = code(
    "too many figures",
    "A plain cell opens thirty figures.",
    "plain",
    "import matplotlib.pyplot as plt\n\nfor _ in range(30):\n    plt.figure()",
)
progress = code(
    "a progress bar",
    "The answer to E5 shows a progress bar.",
    "E5",
    """
from tqdm.auto import tqdm


def pi(n):
    return 4 * sum((-1) ** i / (2 * i + 1) for i in tqdm(range(n)))
""",
)
seeds = code(
    "random seeds set",
    "A plain cell and the answer to E1 set every seed.",
    "E1",
    """
import random

import numpy as np


def average(x):
    torch.manual_seed(1)
    random.seed(1)
    np.random.seed(1)
    return x.mean()
""",
)
deleted_name = code(
    "a del of a name", "The last cell deletes names.", "last", "del average, torch, small_judge"
)
shadowed = code(
    "builtins shadowed",
    "A plain cell calls its variables abs, list, len, tuple and round.",
    "plain",
    "list = [1, 2]\nabs = len = tuple = round = isinstance = 3\nmath = found = sample = None",
)
shadowed_by_need = code(
    "sum shadowed",
    "A plain cell calls its variable sum, which the answer to E5 needs.",
    "plain",
    "sum = 0",
    costs="E5-first E5-hidden-near",
)
no_gradients = code(
    "torch's settings changed",
    "A plain cell switches gradients off and computes in double precision from there on.",
    "plain",
    "import torch\n\ntorch.set_grad_enabled(False)\ntorch.manual_seed(5)",
)
other_folder = code(
    "a %cd", "A plain cell goes to another folder.", "plain", "import os\n\nos.chdir('/')\n%cd /tmp"
)
strict_warnings = code(
    "warnings as errors",
    "A plain cell turns warnings into errors and the log on.",
    "plain",
    "import logging, warnings\n\nwarnings.simplefilter('error')\nlogging.basicConfig(level=10)",
)
printed_much = code(
    "20 MB of output",
    "A plain cell prints 20 MB.",
    "plain",
    "for _ in range(200_000):\n    print('y' * 99)",
)
printed_much_in_answer = code(
    "2 MB of output in each call",
    "Each call of the answer to E1 prints 2 MB.",
    "E1",
    "def average(x):\n    print('y' * 2_000_000)\n    return x.mean()\n",
)
huge_picture = code(
    "a huge picture",
    "A plain cell shows a picture of 4000 by 4000 points.",
    "plain",
    """
import matplotlib.pyplot as plt
import torch

plt.figure(figsize=(40, 40))
plt.imshow(torch.rand(1000, 1000))
plt.show()
""",
)
asynchronous = code(
    "asyncio in a notebook",
    "A plain cell calls asyncio.run, which a notebook does not allow, and another awaits.",
    "plain",
    "import asyncio\n\nawait asyncio.sleep(0)\nasyncio.run(asyncio.sleep(0))",
)
thread_left = code(
    "a thread left running",
    "A plain cell starts a thread that goes on printing.",
    "plain",
    """
import threading
import time


def talk():
    while True:
        print("still here")
        time.sleep(0.05)


threading.Thread(target=talk, daemon=True).start()
""",
)
early_use = code(
    "a name used before it is defined",
    "A plain cell above the exercises calls what is defined below.",
    "plain",
    "average(torch.ones(3))",
)
saved_file = code(
    "a file saved",
    "A plain cell saves and loads a file.",
    "plain",
    "import torch\n\ntorch.save(torch.ones(10**6), 'model.pt')\ntorch.load('model.pt').sum()",
)


# How it was saved


@accident("saved by a Notebook of 2013")
def format_3(notebook: NotebookNode, folder: Path) -> bytes:
    """Saved in notebook format 3: worksheets, and no ids of cells."""
    return v3.writes_json(nbformat.convert(notebook, 3)).encode()


@accident("saved by a Notebook of 2015")
def format_4_0(notebook: NotebookNode, folder: Path) -> bytes:
    """Saved in notebook format 4.0: no ids of cells."""
    notebook.nbformat_minor = 0
    for cell in notebook.cells:
        cell.pop("id", None)
    return json.dumps(notebook).encode()


@accident("cells without ids")
def without_ids(notebook: NotebookNode, folder: Path) -> bytes:
    """A tool has left the cells' ids out, and says format 4.5 all the same."""
    for cell in notebook.cells:
        cell.pop("id", None)
    return json.dumps(notebook).encode()


@accident("twin ids")
def twin_ids(notebook: NotebookNode, folder: Path) -> bytes:
    """An editor has given several cells the same id."""
    for cell in notebook.cells[:6]:
        cell.id = "the-same"
    return json.dumps(notebook).encode()


@accident("a renamed file")
def renamed_file(notebook: NotebookNode, folder: Path) -> str:
    """The browser has called the file "01_attacked (1).ipynb"."""
    return f"{NAME} (1).ipynb"


@accident("a second copy of the file")
def second_copy(notebook: NotebookNode, folder: Path) -> None:
    """An empty copy, a check point and a cache lie beside the notebook."""
    text = nbformat.writes(notebook)
    for name in (f"{NAME} (1).ipynb", f".ipynb_checkpoints/{NAME}-checkpoint.ipynb"):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace("x.mean()", "x.sum()"), encoding="utf-8")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__/average.pyc").write_bytes(b"\x00")


@accident("a kernel renamed")
def renamed_kernel(notebook: NotebookNode, folder: Path) -> None:
    """The student's kernel is called after an environment of theirs."""
    notebook.metadata.kernelspec = {"name": "gan-2026", "display_name": "GAN (conda)"}
    notebook.metadata.language_info = {"name": "python", "version": "3.7.1"}


@accident("no kernel named")
def no_kernel(notebook: NotebookNode, folder: Path) -> None:
    """The notebook's metadata are empty."""
    notebook.metadata = nbformat.from_dict({})


@accident("20 MB of output handed in")
def large_output(notebook: NotebookNode, folder: Path) -> None:
    """The notebook was handed in with 20 MB of output."""
    cell = check_cells(notebook)[0]
    cell.outputs = [new_output("stream", text="y" * 99 + "\n") for _ in range(2)]
    cell.outputs[0].text *= 200_000


@accident("large pictures handed in")
def large_pictures(notebook: NotebookNode, folder: Path) -> None:
    """The notebook was handed in with pictures of 8 MB, and widgets."""
    random.seed(0)
    png = base64.b64encode(random.randbytes(8_000_000)).decode()
    cell = check_cells(notebook)[0]
    view = {"application/vnd.jupyter.widget-view+json": {"model_id": "a", "version_major": 2}}
    cell.outputs = [new_output("display_data", {"image/png": png} | view)]
    notebook.metadata.widgets = {
        "application/vnd.jupyter.widget-state+json": {
            "state": {"a": {"model_module": "anywidget", "state": {"x": "y" * 10**6}}},
            "version_major": 2,
            "version_minor": 0,
        }
    }


@accident("saved by Colab")
def colab(notebook: NotebookNode, folder: Path) -> None:
    """The notebook was worked on in Colab, which writes metadata of its own."""
    notebook.metadata.update(
        colab={"provenance": [], "gpuType": "T4"}, accelerator="GPU", widgets={"a": {"b": 1}}
    )
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    notebook.nbformat_minor = 0
    for number, cell in enumerate(notebook.cells):
        cell.pop("id", None)
        cell.metadata.update(id=f"cell{number}", colab={"base_uri": "https://localhost:8080/"})
        if cell.cell_type == "code":
            cell.metadata.outputId = "a"


@accident("a byte order mark")
def byte_order_mark(notebook: NotebookNode, folder: Path) -> bytes:
    """An editor has put a byte order mark before the first bracket."""
    return nbformat.writes(notebook).encode("utf-8-sig")


@accident("saved as Latin-1")
def latin_1(notebook: NotebookNode, folder: Path) -> bytes:
    """An editor has saved the file as Latin-1."""
    put_code(notebook, "plain", "# café, naïve, µ")
    return nbformat.writes(notebook).replace("·", "\u00b7").encode("latin-1", errors="replace")


@accident("saved as UTF-16")
def utf_16(notebook: NotebookNode, folder: Path) -> bytes:
    """An editor has saved the file as UTF-16."""
    return nbformat.writes(notebook).encode("utf-16")


@accident("Windows line ends")
def windows_line_ends(notebook: NotebookNode, folder: Path) -> bytes:
    """Line ends of Windows in the file, and in its cells."""
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    return nbformat.writes(notebook).replace("\n", "\r\n").encode()
