"""What a grader is given, and what it gives back."""

from dataclasses import dataclass

from ganlib.grading.execution.assignment import Assignment
from ganlib.grading.execution.submission import Submission
from ganlib.grading.gradebook import Rows


@dataclass(frozen=True)
class Task:
    """``rows`` are the hand-in's in the gradebook, ``scratch`` an empty folder to work in."""

    assignment: Assignment
    handin: Submission
    rows: Rows
    scratch: str


@dataclass(frozen=True)
class GradingResult:
    """What came of a hand-in; ``error`` is empty where it was graded.

    ``files`` is the autograded folder, ``permissions`` that of each of its files.
    """

    student: str
    error: str = ""
    notes: tuple[str, ...] = ()
    rows: Rows | None = None
    files: dict[str, bytes] | None = None
    permissions: int = 0o444
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    sandboxed: bool | None = None
