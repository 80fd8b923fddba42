"""What is drawn over time: rows of numbers, of which a long run keeps fewer a stretch."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["Curves"]


class Curves:
    """Numbers by iteration, in bounded memory.

    When ``capacity`` rows are full, only iterations divisible by 2 stay, then by 4, and so on;
    which ones stay depends on nothing but their number. The latest row is always there.

    Args:
        columns: names of the numbers; "iteration" comes first by itself.
        capacity: rows to keep at most, besides the latest.
    """

    def __init__(self, columns: Sequence[str], capacity: int = 2000) -> None:
        self.columns = ("iteration", *columns)
        self.capacity, self.every = capacity, 1
        self._rows: list[tuple[float, ...]] = []
        self._latest: tuple[float, ...] | None = None

    def append(self, iteration: int, **numbers: float) -> None:
        """Add a row; a column without a number gets nan."""
        row = (float(iteration), *(numbers.get(name, math.nan) for name in self.columns[1:]))
        self._latest = row
        if iteration % self.every:
            return
        self._rows.append(row)
        while len(self._rows) > self.capacity:
            self.every *= 2
            self._rows = [r for r in self._rows if r[0] % self.every == 0]

    def cut(self, iteration: int) -> None:
        """Forget what came after an iteration."""
        kept = [row for row in self._all() if row[0] <= iteration]
        self._latest = kept[-1] if kept else None
        self._rows = [row for row in kept if row[0] % self.every == 0]

    def copy(self) -> "Curves":
        """One that goes on by itself."""
        twin = Curves(self.columns[1:], self.capacity)
        twin.every, twin._rows, twin._latest = self.every, list(self._rows), self._latest
        return twin

    def __len__(self) -> int:
        return len(self._all())

    def __getitem__(self, column: str) -> NDArray[np.float64]:
        """One column, shape ``(len(self),)``."""
        i = self.columns.index(column)
        return np.array([row[i] for row in self._all()])

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Every column by name, "iteration" first."""
        table = np.array(self._all()).reshape(-1, len(self.columns))
        return dict(zip(self.columns, table.T, strict=True))

    @property
    def latest(self) -> dict[str, float]:
        """The last row by name; empty before the first."""
        return dict(zip(self.columns, self._latest, strict=True)) if self._latest else {}

    def _all(self) -> list[tuple[float, ...]]:
        if self._latest is None or (self._rows and self._rows[-1] is self._latest):
            return self._rows
        return [*self._rows, self._latest]
