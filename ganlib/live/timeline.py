"""Where a run has been: states of the engine, evenly spread, in bounded memory."""

from typing import Any

from torch import Tensor

__all__ = ["Timeline", "cloned", "size_of"]


class Timeline:
    """States by iteration; when they are too many, every second one goes.

    Args:
        capacity: states to keep at most.
        megabytes: memory for their tensors; at least two states are kept.
    """

    def __init__(self, capacity: int = 120, megabytes: float = 64.0) -> None:
        self.capacity, self.megabytes, self.every = capacity, megabytes, 1
        self._states: dict[int, Any] = {}
        self._room = 0

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
        if not self._room:  # all states of a run are of one size
            fit = self.megabytes * 2**20 / max(1, size_of(state))
            self._room = max(2, min(self.capacity, int(fit)))
        while len(self._states) > self._room:
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
        twin = Timeline(self.capacity, self.megabytes)
        twin.every, twin._room, twin._states = self.every, self._room, dict(self._states)
        return twin


def cloned(state: Any) -> Any:
    """Nested dictionaries and lists with a copy of each tensor; much quicker than a deepcopy."""
    if isinstance(state, Tensor):
        return state.detach().clone()
    if isinstance(state, dict):
        return {key: cloned(value) for key, value in state.items()}
    if isinstance(state, list):
        return [cloned(value) for value in state]
    return state


def size_of(state: Any) -> int:
    """Bytes of all tensors in nested dictionaries, lists and tuples."""
    if isinstance(state, Tensor):
        return state.nbytes
    inside = state.values() if isinstance(state, dict) else state
    return sum(map(size_of, inside)) if isinstance(state, dict | list | tuple) else 0
