"""Where a run has been: states of the engine, evenly spread, in bounded memory."""

from collections.abc import Iterator
from typing import Any

from torch import Tensor

__all__ = ["Timeline", "size_of"]


class Timeline:
    """States by iteration; when they are too many, every second one goes.

    Args:
        capacity: states to keep at most.
        megabytes: memory for their tensors; at least two states are kept.
    """

    def __init__(self, capacity: int = 120, megabytes: float = 64.0) -> None:
        self.capacity, self.bytes, self.every = capacity, megabytes * 2**20, 1
        self._states: dict[int, Any] = {}

    @property
    def iterations(self) -> list[int]:
        """Where one can go back to, in order."""
        return list(self._states)

    def wants(self, iteration: int) -> bool:
        """Whether the state after this iteration should be kept."""
        return iteration % self.every == 0 and iteration not in self._states

    def keep(self, iteration: int, state: Any) -> None:
        """Add the state after an iteration, the latest so far."""
        self._states[iteration] = state
        room = max(2, min(self.capacity, int(self.bytes / max(1, size_of(state)))))
        while len(self._states) > room:
            self.every *= 2
            self._states = {i: s for i, s in self._states.items() if i % self.every == 0}

    def nearest(self, iteration: int) -> Any:
        """The kept state closest to an iteration."""
        return self._states[min(self._states, key=lambda i: abs(i - iteration))]

    def cut(self, iteration: int) -> None:
        """Forget what came after an iteration: the run branches there."""
        self._states = {i: s for i, s in self._states.items() if i <= iteration}

    def copy(self) -> "Timeline":
        """One that goes on by itself; the states, which nobody changes, are shared."""
        twin = Timeline(self.capacity, self.bytes / 2**20)
        twin.every, twin._states = self.every, dict(self._states)
        return twin


def size_of(state: Any) -> int:
    """Bytes of all tensors in nested dictionaries, lists and tuples."""
    return sum(t.numel() * t.element_size() for t in _tensors(state))


def _tensors(state: Any) -> Iterator[Tensor]:
    if isinstance(state, Tensor):
        yield state
    elif isinstance(state, dict):
        for value in state.values():
            yield from _tensors(value)
    elif isinstance(state, list | tuple):
        for value in state:
            yield from _tensors(value)
