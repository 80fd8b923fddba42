"""Exceptions and warnings of one process as plain data, and as Python's own in another."""

import builtins
import itertools
import warnings
from typing import Any

from ganlib.grading.rpc.wire import Malformed

__all__ = [
    "TEXT_LIMIT",
    "WARNINGS",
    "CallAborted",
    "Raised",
    "came_across",
    "mark_as_across",
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


class CallAborted(BaseException):
    """The referee ends a call from within; a student's ``except Exception`` does not stop it."""


class Raised:
    """The exceptions of one side that have crossed, so that they come back as themselves."""

    KEPT = 100  # that the other side may let pass, or raise again

    def __init__(self, side: str) -> None:
        self.side, self.serials = side, itertools.count()
        self.errors: dict[str, BaseException] = {}

    def describe(self, error: BaseException) -> dict:
        """An exception as plain data; one that came from the other side goes back as itself."""
        own = getattr(error, "_bridge_error", None)
        if own is not None:
            return {"yours": own}
        key = f"{self.side[0]}e{next(self.serials)}"
        self.errors[key] = error
        if len(self.errors) > self.KEPT:
            del self.errors[next(iter(self.errors))]
        names = [kind.__name__ for kind in type(error).__mro__]
        return {"key": key, "names": names, "text": text_of(error)}

    def exception(self, item: Any) -> BaseException:
        """What was raised over there, as the nearest exception that Python has."""
        try:
            if "yours" in item:
                return self.errors[item["yours"]]
            names, text = item["names"], item["text"]
            error: BaseException
            if "Exception" not in names and self.side == "student":
                error = CallAborted(text)  # let it pass
            else:
                error = nearest(names)(text)
            vars(error)["_bridge_error"] = item["key"]
            return error
        except (KeyError, TypeError, ValueError):
            return Malformed("an exception that is none")


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
