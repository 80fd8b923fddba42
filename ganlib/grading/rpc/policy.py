"""What a student's process may ask of the checker's, and of which objects. All else is refused.

Which requests it may make stands with each of them (``handlers``).
"""

import contextlib
import types
from typing import Any

__all__ = ["SPECIAL", "is_open"]

# The methods with two underscores that cross.
SPECIAL = ("__enter__", "__exit__", "__iter__", "__next__", "__len__", "__getitem__", "__call__")
# Packages of whose objects a student's process may read the public attributes.
OPEN_PACKAGES = (
    "ganlib.data",
    "ganlib.ensemble",
    "ganlib.evaluation",
    "ganlib.live",
    "ganlib.networks",
    "ganlib.sampling",
    "ganlib.training",
    "torch.distributions",
)
LOOPS: tuple[type, ...] = (
    types.GeneratorType, type(iter([])), type(iter(())), type(iter({})), enumerate, map, zip,
)  # fmt: skip


def is_open(thing: Any, name: str) -> bool:
    """Whether a student's process may reach this attribute of one of the checker's objects.

    Loops may be gone through, and the public attributes of objects of ``OPEN_PACKAGES`` may be
    read, such as those of a live engine. All else would lead, by way of attributes of attributes,
    to everything.
    """
    if isinstance(thing, LOOPS):
        return name in ("__iter__", "__next__")
    if isinstance(thing, contextlib.AbstractContextManager) and name in ("__enter__", "__exit__"):
        return True
    home = f"{type(thing).__module__}."
    is_of_the_course = any(home.startswith(f"{package}.") for package in OPEN_PACKAGES)
    return is_of_the_course and (not name.startswith("_") or name in SPECIAL)
