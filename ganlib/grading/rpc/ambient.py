"""What surrounds a call on the side where it runs: random numbers, warnings, names lent to it."""

import contextlib
import random
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from ganlib.grading.rpc.exceptions import TEXT_LIMIT, WARNINGS

__all__ = ["lent_names", "passed_on_warnings", "random_numbers_of_caller"]


@contextlib.contextmanager
def random_numbers_of_caller(side: str, header: dict, fields: dict) -> Iterator[None]:
    """Random numbers that begin at the caller's seed; whether any are drawn goes back.

    On the referee's side they go on afterwards from where they were: a student's process may
    choose the numbers that its own calls to a check's functions draw, and no others.
    """
    seed = header.get("seed")
    if type(seed) is not int:
        yield
        return
    state = torch.get_rng_state
    old, other = state(), header["ask"] == "call" and side == "student"
    torch.default_generator.manual_seed(seed % 2**32)
    if other:
        np.random.seed(seed % 2**32)
        random.seed(seed)
    began, others = state(), other and _other_random_state()
    try:
        yield
    finally:
        now = other and _other_random_state()
        fields["drew"] = not began.equal(state()) or now != others
        if side == "referee":
            torch.set_rng_state(old)


def _other_random_state() -> tuple:
    """Where numpy's and Python's random numbers are."""
    _, numbers, *place = np.random.get_state()
    return np.asarray(numbers).tobytes(), place, random.getstate()


@contextlib.contextmanager
def passed_on_warnings(side: str, fields: dict) -> Iterator[None]:
    """A warning in the student's process becomes one in the referee's."""
    if side == "referee":
        yield
        return
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("default")
        try:
            yield
        finally:
            found = [[w.category.__name__, str(w.message)[:TEXT_LIMIT]] for w in caught]
            fields["warnings"] = found[:WARNINGS]


@contextlib.contextmanager
def lent_names(space: dict | None, names: dict[str, Any]) -> Iterator[None]:
    """For as long as a call lasts, names in ``space`` mean what the other side says."""
    if not names or space is None:
        yield
        return
    missing = object()
    before = {name: space.get(name, missing) for name in names}
    space.update(names)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is missing:
                space.pop(name, None)
            else:
                space[name] = value
