"""Errors in one line: for an instructor in a terminal, and for a cell's output."""

import sqlite3

from nbformat import NotebookNode
from nbformat.v4 import new_output
from sqlalchemy.exc import SQLAlchemyError

__all__ = ["ACROSS", "DATABASE", "STOPPED", "error_output", "one_line_error"]

# The exit status of a command is 0 where all is well, 1 where it is done and not all is as it
# should be, and this where it is not done, or not all of it.
STOPPED = 2
DATABASE = (SQLAlchemyError, sqlite3.Error)
# The last line of a traceback whose error the student's process sent.
ACROSS = "Your own code raised this, in another process."


def one_line_error(error: BaseException) -> str:
    """What an instructor is told of it."""
    text = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
    if "database is locked" in text:
        return "the gradebook was locked by another program all the time: run again when it is free"
    return text


def error_output(name: str, text: str) -> NotebookNode:
    """An error of the grader's own, as a cell's output."""
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])
