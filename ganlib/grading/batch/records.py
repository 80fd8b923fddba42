"""What is kept about each graded hand-in: grading/records/ASSIGNMENT/STUDENT.json.

By its fingerprint a hand-in that has been graded is known again. The record is written last, after
the marks: without it a hand-in is graded once more, which changes nothing.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

FOLDER = "grading/records"


@dataclass(frozen=True)
class Record:
    """``outcome`` is "graded" or "failed"; ``error`` says why in one line."""

    fingerprint: str
    outcome: str
    error: str = ""
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    sandboxed: bool | None = None


def folder(root: Path, assignment: str) -> Path:
    return root / FOLDER / assignment


def read(where: Path, student: str) -> Record | None:
    """None where there is none, or none that can be read."""
    try:
        return Record(**json.loads((where / f"{student}.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write(where: Path, student: str, record: Record) -> None:
    """The whole record or the one before, whenever the process is stopped."""
    where.mkdir(parents=True, exist_ok=True)
    new = where / f".{student}.new"
    new.write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")
    new.replace(where / f"{student}.json")
