"""Exceptions and warnings of one process as plain data, and as Python's own in another."""

import builtins
import warnings
from typing import Any

from ganlib.grading.rpc.wire import Malformed

__all__ = [
    "TEXT_LIMIT",
    "WARNINGS",
    "came_across",
    "mark_as_across",
    "nearest",
    "text_of",
    "warn_again",
]

WARNINGS = 20  # that cross after a call
TEXT_LIMIT = 4000  # characters of a message


def mark_as_across(error: BaseException) -> None:
    """Note on an exception that it ended a call to the other side."""
    vars(error)["_came_across"] = True


def came_across(error: BaseException) -> bool:
    """Whether it ended a call to the other side: its words may hold what the call was given."""
    return "_came_across" in vars(error)


def text_of(error: BaseException) -> str:
    """What it says; and what it is, where it is no ordinary exception."""
    try:
        said = str(error) if isinstance(error, Exception) else f"{type(error).__name__} {error}"
    except Exception:
        said = type(error).__name__
    return said[:TEXT_LIMIT]


def nearest(names: list[str]) -> type[Exception]:
    """Of the names of an exception's classes, the first that is one of Python's own."""
    for name in names:
        kind = getattr(builtins, name, None) if isinstance(name, str) else None
        if isinstance(kind, type) and issubclass(kind, Exception):
            try:
                kind("")
            except TypeError:  # a UnicodeDecodeError, say, wants five arguments
                continue
            return kind
    return RuntimeError


def warn_again(found: Any) -> None:
    """Warn here of what the other side was warned of: pairs of a category's name and a text."""
    try:
        pairs = [(getattr(builtins, name, None), str(text)) for name, text in found[:WARNINGS]]
    except (TypeError, ValueError):
        raise Malformed("warnings that are none") from None
    for kind, text in pairs:
        known = isinstance(kind, type) and issubclass(kind, Warning)
        warnings.warn(text[:TEXT_LIMIT], kind if known else UserWarning, stacklevel=4)
