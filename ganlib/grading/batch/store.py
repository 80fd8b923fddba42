"""Merging: one graded hand-in comes into the class, its autograded folder and its rows.

At whatever point the process is killed, nbgrader shows the hand-in as it now is or as "needs
autograding" (it does so where there is no autograded folder), and never an older mark.
"""

import shutil
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from sqlalchemy.orm import Session

from ganlib.grading import gradebook
from ganlib.grading.execution.task import GradingResult


@dataclass(frozen=True)
class AssignmentStore:
    """Everyone's hand-ins of one assignment, and the one gradebook."""

    coursedir: CourseDirectory
    assignment: str

    def autograded(self, student: str) -> Path:
        directory = self.coursedir.autograded_directory
        return Path(self.coursedir.format_path(directory, student, self.assignment))

    def transaction(self) -> AbstractContextManager[Session]:
        return gradebook.transaction(self.coursedir.db_url, self.coursedir.course_id)

    def begin(self, students: list[str], changed: list[str]) -> None:
        """Gives each of ``students`` rows, and takes back what no longer holds: ``changed``.

        This is also how a hand-in stays that cannot be graded: no score, every cell waiting for a
        person, no autograded folder. nbgrader says "needs autograding" of it where it would show a
        mark; a zero would look like one.
        """
        for student in changed:
            _remove(self.autograded(student))
        with self.transaction() as db:
            gradebook.register(db, self.assignment, students)
            gradebook.retract(db, self.assignment, changed)

    def merge(self, graded: GradingResult) -> None:
        """Puts a result in place, all of it; merging it again changes nothing."""
        assert graded.rows is not None
        assert graded.files is not None
        folder = self.autograded(graded.student)
        new, old = (folder.with_name(f".{folder.name}.{which}") for which in ("new", "old"))
        _remove(new)
        try:
            _fill(new, graded.files, graded.permissions)
        except OSError:
            _remove(new)
            raise
        _remove(old)
        with suppress(FileNotFoundError):
            folder.rename(old)
        try:
            with self.transaction() as db:
                gradebook.write(db, graded.rows)
        except BaseException:
            with suppress(FileNotFoundError):
                old.rename(folder)
            _remove(new)
            raise
        new.rename(folder)
        _remove(old)


def _fill(folder: Path, files: dict[str, bytes], permissions: int) -> None:
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(permissions)


def _remove(folder: Path) -> None:
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)
