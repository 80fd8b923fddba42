"""What the notebooks' check cells share.

A check accepts every right answer, whatever it is made of: a Python float, a NumPy
number or a tensor, with or without a warning on the way.
"""

import contextlib
import io
import math
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

__all__ = ["Answers", "as_number", "as_tensor", "expect", "quietly"]


class Answers(dict[str, Any]):
    """A dictionary to be filled in; reading an answer that is not there yet says so."""

    def __missing__(self, key: str) -> Any:
        raise NotImplementedError(f"no answer yet for {key!r}")


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """Run a student's code with its warnings, progress bars and printing out of the way.

    nbgrader takes anything on stderr in a check cell for a failure, and a warning or a
    progress bar is none.
    """
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stderr(io.StringIO()),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


def as_number(value: Any, what: str) -> float:
    """The one number that an answer stands for.

    Args:
        value: a Python or NumPy number, or a tensor or array of one element.
        what: the answer's name, for the message.

    Raises:
        AssertionError: nothing was returned, or more than one number was.
    """
    numbers = as_tensor(value, what)
    assert numbers.numel() == 1, (
        f"{what} should be one number, but has shape {tuple(numbers.shape)}: "
        "is the mean over the minibatch missing?"
    )
    number = float(numbers)
    assert not math.isnan(number), (
        f"{what} is nan (not a number): was 0 multiplied by log(0), or inf subtracted from inf?"
    )
    return number


def as_tensor(value: Any, what: str) -> Tensor:
    """An answer as a detached float64 tensor on the CPU, from whatever holds numbers.

    Raises:
        AssertionError: nothing was returned, or no numbers.
    """
    assert value is not None, f"{what} is None: is a return missing?"
    if isinstance(value, Tensor):
        return value.detach().to("cpu", torch.float64)
    try:
        return torch.as_tensor(value, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError):
        raise AssertionError(
            f"{what} should be made of numbers, but is a {type(value).__name__}"
        ) from None


def expect(
    value: Any,
    right: float,
    what: str,
    slips: Sequence[tuple[float, str]] = (),
    tolerance: float = 1e-4,
) -> None:
    """Compare a number with the right one, and recognise the known ways to miss it.

    Args:
        value: the answer, anything that :func:`as_number` reads.
        right: the right number.
        what: the answer's name, for the message.
        slips: (number, message) pairs: what a known slip would give, and what it is.
        tolerance: largest difference, relative to the larger of 1 and the other number.

    Raises:
        AssertionError: the number is wrong; the message names the slip if it is known.
    """
    number = as_number(value, what)
    if _close(number, right, tolerance):
        return
    for wrong, message in slips:
        if _close(number, wrong, tolerance):
            raise AssertionError(f"{what} is {number:.4g} and should be {right:.4g}: {message}")
    raise AssertionError(f"{what} is {number:.4g} and should be {right:.4g}")


def _close(number: float, other: float, tolerance: float) -> bool:
    return number == other or abs(number - other) <= tolerance * max(1.0, abs(other)) < math.inf
