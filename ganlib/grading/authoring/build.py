"""Builds the course from its solutions: ``python -m ganlib.grading build``, or ``make notebooks``.

For each ``solutions/NN_name/NN_name.py`` (jupytext's percent format):

1. the paired notebook is written beside it, executed, with its outputs;
2. the pictures that the text shows are saved from those outputs into ``images/``;
3. nbgrader makes the student's version, ``course/NN_name/``.

A notebook whose cells have not changed keeps its outputs, so a second run changes nothing.
``course/NN_name/`` is deleted and made anew each time: what was written there by hand is lost.
"""

import argparse
import base64
import logging
import tempfile
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config, PyFileConfigLoader

WIDGET = "application/vnd.jupyter.widget-view+json"
TIMEOUT = 1200  # seconds a cell
LARGE = 1_500_000  # bytes
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def read_source(path: Path) -> NotebookNode:
    """The notebook that ``path`` (jupytext) describes, without outputs, the same on every call."""
    notebook = jupytext.read(path)
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)
    for number, cell in enumerate(notebook.cells, start=1):
        cell.metadata.pop("lines_to_next_cell", None)  # jupytext's note on blank lines in the file
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id", f"cell-{number}")
        if _is_folded(cell):
            cell.metadata.jupyter = {"source_hidden": True}
    nbformat.validate(notebook)
    return notebook


def _is_folded(cell: NotebookNode) -> bool:
    """Visible checks are: a click opens them, and the notebook reads as a book. So is "fold"."""
    is_check = cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code"
    is_hidden = "### BEGIN HIDDEN TESTS" in cell.source
    return (is_check and not is_hidden) or "fold" in cell.metadata.get("tags", [])


def is_executed(stored: NotebookNode, source: NotebookNode) -> bool:
    """Whether ``stored`` has the cells of ``source``, and every one of them has been executed."""
    bare = deepcopy(stored)
    code = [cell for cell in bare.cells if cell.cell_type == "code"]
    executed = all(cell.execution_count for cell in code)
    for cell in code:
        cell.update(outputs=[], execution_count=None)
    return executed and bare == source


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Runs ``notebook`` in ``folder``, in place; an error in a cell is an error here."""
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
    )
    client.execute()
    notebook.metadata = nbformat.from_dict(NOTEBOOK_METADATA)  # no widget state, no versions
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if _is_worth_keeping(output)]


def _is_worth_keeping(output: NotebookNode) -> bool:
    """False for a progress bar, and for a widget that comes without a still picture."""
    if output.output_type == "stream":
        return not (output.name == "stderr" and "\r" in output.text)
    if WIDGET in output.get("data", {}):
        del output.data[WIDGET]
        return set(output.data) > {"text/plain"}
    return True


def pictures(notebook: NotebookNode) -> Iterator[tuple[str, bytes]]:
    """The name and the bytes of each PNG that a cell's ``picture`` metadata asks for."""
    for cell in notebook.cells:
        if name := cell.metadata.get("picture"):
            pngs = [o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})]
            if not pngs:
                raise ValueError(f"cell {cell.id} is to give the picture {name}, and shows none")
            yield name, base64.b64decode(pngs[0])


def write_solution(folder: Path, *, anew: bool = False) -> None:
    """Brings ``folder``'s notebook and pictures up to date with its jupytext source."""
    path = folder / f"{folder.name}.ipynb"
    notebook = read_source(path.with_suffix(".py"))
    stored = nbformat.read(path, as_version=4) if path.exists() else None
    if stored and not anew and is_executed(stored, notebook):
        notebook = stored
    else:
        print(f"executing {path}", flush=True)
        execute(notebook, folder)
        nbformat.write(notebook, path)
    for name, png in pictures(notebook):
        (folder / "images").mkdir(exist_ok=True)
        (folder / "images" / name).write_bytes(png)
    if path.stat().st_size > LARGE:
        print(f"warning: {path} has {path.stat().st_size / 1e6:.1f} MB: make its pictures smaller")


def release(root: Path, name: str, course: Path) -> None:
    """Has nbgrader make ``course/name``, the student's version, without touching a gradebook."""
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    config.merge(
        Config(
            CourseDirectory={"assignment_id": name, "release_directory": str(course)},
            GenerateAssignment={"no_database": True, "force": True},
            SaveCells={"enabled": False},
        )
    )
    log = logging.getLogger("ganlib.grading.authoring.build")
    log.setLevel(logging.ERROR)  # each step of a conversion is logged, and each overwritten folder
    coursedir = CourseDirectory(config=config, log=log)
    GenerateAssignment(coursedir=coursedir, config=config, log=log).start()


def differences(root: Path, names: list[str]) -> Iterator[str]:
    """Each file that is not what the sources give, in words."""
    for name in names:
        folder = root / "solutions" / name
        path = folder / f"{name}.ipynb"
        if not path.exists():
            yield f"solutions/{name}/{name}.ipynb is missing"
            continue
        stored = nbformat.read(path, as_version=4)
        if not is_executed(stored, read_source(path.with_suffix(".py"))):
            yield f"solutions/{name}/{name}.ipynb is not {name}.py, executed"
            continue
        for picture, png in pictures(stored):
            image = folder / "images" / picture
            if not image.exists() or image.read_bytes() != png:
                yield f"solutions/{name}/images/{picture} is not the notebook's picture"
        with tempfile.TemporaryDirectory() as course:
            release(root, name, Path(course))
            built, kept = _contents(Path(course) / name), _contents(root / "course" / name)
        for file in sorted(built.keys() | kept.keys()):
            if built.get(file) != kept.get(file):
                yield f"course/{name}/{file} is not what solutions/{name} gives"


def orphans(root: Path) -> Iterator[str]:
    """Each folder of course/ that no source gives, in words."""
    for folder in sorted(path for path in root.glob("course/*") if path.is_dir()):
        if folder.name not in {*notebook_names(root), ".ipynb_checkpoints"}:
            yield f"course/{folder.name} has no source"


def _contents(folder: Path) -> dict[str, bytes]:
    files = (file for file in folder.rglob("*") if file.is_file())
    return {
        file.relative_to(folder).as_posix(): file.read_bytes()
        for file in files
        if ".ipynb_checkpoints" not in file.parts
    }


def notebook_names(root: Path) -> list[str]:
    """The notebooks that have a source, in the order of the course."""
    return sorted(
        path.stem for path in root.glob("solutions/*/*.py") if path.stem == path.parent.name
    )


def build(root: Path, names: list[str], *, anew: bool = False) -> int:
    """Brings solutions/ and course/ up to date; returns the exit code."""
    for name in names:
        write_solution(root / "solutions" / name, anew=anew)
        release(root, name, root / "course")
    return 0


def check(root: Path, names: list[str]) -> int:
    """Prints what differs, and what to do about it; returns the exit code."""
    found = [*differences(root, names), *orphans(root)]
    for line in found:
        print(line)
    print(
        "run `make notebooks`"
        if found
        else f"course/ is what solutions/ builds: {', '.join(names)}"
    )
    return 1 if found else 0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("names", nargs="*", help="notebooks to build (all)")
    parser.add_argument("--check", action="store_true", help="build nothing; say what would change")
    parser.add_argument("--execute", action="store_true", help="execute even what has not changed")


def run(options: argparse.Namespace) -> int:
    root = options.course
    known = notebook_names(root)
    if unknown := set(options.names) - set(known):
        raise LookupError(
            f"no such notebook: {', '.join(sorted(unknown))}; there are {', '.join(known)}"
        )
    names = options.names or known
    return check(root, names) if options.check else build(root, names, anew=options.execute)
