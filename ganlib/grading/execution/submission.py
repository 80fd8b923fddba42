"""One hand-in: the files that lie in a student's folder, read once, as data."""

import fnmatch
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc

from ganlib.grading.execution.assignment import Assignment, fingerprint
from ganlib.grading.execution.notebook_file import Ungradable

MIB = 2**20
LARGEST_NOTEBOOK = 64 * MIB  # twenty megabytes of leftover output is an accident that happens
LARGEST_BESIDE = 64 * MIB  # all other files together
MOST_FILES = 1000


@dataclass(frozen=True)
class Submission:
    """``files`` by their path in the folder; ``notes`` says what was left out."""

    student: str
    files: dict[str, bytes]
    notes: tuple[str, ...] = ()

    def fingerprint(self, assignment: Assignment) -> str:
        """Changes when the hand-in does, or anything else that its mark depends on."""
        content = [part for path, raw in self.files.items() for part in (path.encode(), raw)]
        return fingerprint(assignment.fingerprint.encode(), *content)


def students(coursedir: CourseDirectory, assignment: str, pattern: str = "*") -> list[str]:
    """Who has a folder for ``assignment``, be it empty, and a name that fits ``pattern``."""
    where = coursedir.format_path(coursedir.submitted_directory, "*", assignment)
    shape = coursedir.format_path(
        coursedir.submitted_directory, "(?P<student>[^/]+)", re.escape(assignment), escape=True
    )
    folders = (path for path in Path("/").glob(where.lstrip("/")) if path.is_dir())
    found = (re.fullmatch(shape, str(path)) for path in folders)
    names = (match["student"] for match in found if match)
    return sorted(name for name in names if fnmatch.fnmatchcase(name, pattern))


def read(coursedir: CourseDirectory, assignment: str, student: str) -> Submission:
    """Reads a hand-in. Ungradable where a notebook is too large, OSError where it can't be read.

    Links and devices are passed over: what they point to is not what the student handed in.
    """
    folder = Path(coursedir.format_path(coursedir.submitted_directory, student, assignment))
    files: dict[str, bytes] = {}
    notes: list[str] = []
    room = LARGEST_BESIDE
    for path in sorted(_regular(folder, coursedir.ignore)):
        name, size = path.relative_to(folder).as_posix(), path.stat().st_size
        is_notebook = path.parent == folder and path.suffix == ".ipynb"
        if is_notebook and size > LARGEST_NOTEBOOK:
            raise Ungradable(f"{name} has {size / MIB:.0f} MiB, {LARGEST_NOTEBOOK // MIB} at most")
        if not is_notebook and (size > room or len(files) >= MOST_FILES):
            notes.append(f"left out {name} ({size / MIB:.0f} MiB)")
            continue
        files[name] = path.read_bytes()
        if name == "timestamp.txt" and not _is_a_time(files[name]):
            del files[name]  # nbgrader would stop at it
            notes.append("timestamp.txt holds no time: when it was handed in is not known")
        room -= 0 if is_notebook else size
    return Submission(student, files, tuple(notes[:3]))


def _is_a_time(text: bytes) -> bool:
    try:
        parse_utc(text.decode().strip())
    except ValueError:
        return False
    return True


def _regular(folder: Path, ignored: list[str]) -> Iterator[Path]:
    def kept(names: list[str]) -> list[str]:
        return [n for n in names if not any(fnmatch.fnmatch(n, each) for each in ignored)]

    for where, inner, names in os.walk(folder):
        inner[:] = kept(inner)
        for name in kept(names):
            path = Path(where) / name
            if path.is_file() and not path.is_symlink():
                yield path


def notebook_files(handin: Submission, wanted: tuple[str, ...]) -> tuple[dict[str, str], list[str]]:
    """By name of the assignment's notebook, the file that is it; and what was odd, in words.

    A notebook under another name is taken for the one that was asked for when there is no other.
    """
    there = [path for path in handin.files if path.endswith(".ipynb") and "/" not in path]
    found = {name: f"{name}.ipynb" for name in wanted if f"{name}.ipynb" in there}
    if found:
        return found, []
    if not there:
        raise Ungradable("no notebook in the folder")
    if len(there) == len(wanted) == 1:
        return {wanted[0]: there[0]}, [f"{there[0]} was taken for {wanted[0]}.ipynb"]
    raise Ungradable(f"{len(there)} notebooks, none of them called {wanted[0]}.ipynb")
