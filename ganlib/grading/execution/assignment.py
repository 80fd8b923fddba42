"""What a worker has to know about an assignment, as data.

A worker may be a process on another machine, with ganlib installed and no course folder. It is told
nothing about other students: the copy of the gradebook that it gets holds one assignment alone.
"""

import hashlib
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files
from sqlalchemy.engine import make_url
from traitlets.config import Config, PyFileConfigLoader

import ganlib

SETTINGS = "nbgrader_config.py"
STUDENTS = ("comment", "grade", "submitted_notebook", "submitted_assignment", "student")


@dataclass(frozen=True)
class Assignment:
    """One assignment of a course.

    ``gradebook`` is a sqlite file with the assignment's own rows, ``files`` what is to lie beside
    the notebook, ``fingerprint`` changes when anything does that a mark could depend on.
    """

    name: str
    config: Config
    gradebook: bytes
    files: dict[str, bytes]
    notebooks: tuple[str, ...]
    fingerprint: str
    version: str = ganlib.__version__


def read_course(root: Path) -> tuple[Config, CourseDirectory]:
    """The settings in ``root``'s nbgrader_config.py, and nbgrader's own reading of them."""
    if not (root / SETTINGS).is_file():
        raise FileNotFoundError(f"{root} is no course: it has no {SETTINGS}")
    config = PyFileConfigLoader(SETTINGS, path=str(root)).load_config()
    if "root" not in config.CourseDirectory:
        config.CourseDirectory.root = str(root)
    return config, CourseDirectory(config=config)


def read_assignment(name: str, config: Config, coursedir: CourseDirectory) -> Assignment:
    """The assignment as it stands in the gradebook; LookupError where it does not."""
    gradebook = _only(name, coursedir.db_url)
    folder = Path(coursedir.format_path(coursedir.source_directory, ".", name))
    ignored = [*coursedir.ignore, "*.ipynb"]
    files = {
        Path(file).relative_to(folder).as_posix(): Path(file).read_bytes()
        for file in sorted(find_all_files(str(folder), ignored))
    }
    cells, notebooks = _cells(gradebook)
    settings = (Path(coursedir.root) / SETTINGS).read_bytes()
    parts = [ganlib.__version__.encode(), settings, cells.encode()]
    for path, content in files.items():
        parts += [path.encode(), content]
    return Assignment(name, config, gradebook, files, notebooks, fingerprint(*parts))


def fingerprint(*parts: bytes) -> str:
    """A digest that tells where each part ends, too."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _only(name: str, db_url: str) -> bytes:
    """A copy of the gradebook without students, and without other assignments."""
    url = make_url(db_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise ValueError(f"the gradebook has to be a sqlite file, and is {db_url}")
    if not Path(url.database).is_file():
        raise LookupError(_missing(name))
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "gradebook.db"
        timeout = float(str(url.query.get("timeout", 5)))
        with (
            closing(sqlite3.connect(url.database, timeout=timeout)) as whole,
            closing(sqlite3.connect(path)) as copy,
        ):
            # Holds a reader's lock, and fails where none is to be had: backup would wait for ever.
            whole.execute("BEGIN")
            whole.execute("SELECT 1 FROM assignment").fetchone()
            whole.backup(copy)
            _keep_only(name, copy)
        return path.read_bytes()


def _keep_only(name: str, copy: sqlite3.Connection) -> None:
    for table in STUDENTS:
        copy.execute(f"DELETE FROM {table}")
    copy.execute("DELETE FROM assignment WHERE name != ?", [name])
    copy.execute("DELETE FROM notebook WHERE assignment_id NOT IN (SELECT id FROM assignment)")
    copy.execute("DELETE FROM base_cell WHERE notebook_id NOT IN (SELECT id FROM notebook)")
    copy.execute("DELETE FROM source_cell WHERE notebook_id NOT IN (SELECT id FROM notebook)")
    for table in ("grade_cells", "solution_cells", "task_cells"):
        copy.execute(f"DELETE FROM {table} WHERE id NOT IN (SELECT id FROM base_cell)")
    if not copy.execute("SELECT 1 FROM notebook").fetchone():
        raise LookupError(_missing(name))
    copy.commit()
    copy.execute("VACUUM")


def _missing(name: str) -> str:
    return f"the gradebook has no {name}: run `nbgrader generate_assignment {name}` first"


def _cells(gradebook: bytes) -> tuple[str, tuple[str, ...]]:
    """The cells in words that change when they do, and the names of the notebooks."""
    queries = (
        "SELECT name, kernelspec FROM notebook ORDER BY name",
        "SELECT n.name, s.name, s.cell_type, s.locked, s.source, s.checksum"
        " FROM source_cell s JOIN notebook n ON s.notebook_id = n.id ORDER BY n.name, s.name",
        *(
            f"SELECT n.name, b.name, b.type, {points} FROM {table} t JOIN base_cell b USING (id)"
            " JOIN notebook n ON b.notebook_id = n.id ORDER BY n.name, b.name"
            for table, points in (
                ("grade_cells", "t.max_score"),
                ("task_cells", "t.max_score"),
                ("solution_cells", "0"),
            )
        ),
    )
    with tempfile.NamedTemporaryFile(suffix=".db") as file:
        file.write(gradebook)
        file.flush()
        with closing(sqlite3.connect(file.name)) as copy:
            rows = [copy.execute(query).fetchall() for query in queries]
    return repr(rows), tuple(name for name, _ in rows[0])
