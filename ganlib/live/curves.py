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
        self._table = np.empty((capacity + 2, len(self.columns)))
        self._n = 0

    def append(self, iteration: int, **numbers: float) -> None:
        """Add a row; a column without a number gets nan."""
        if self._n and self._table[self._n - 1, 0] % self.every:
            self._n -= 1  # it was there only as the latest
        row = (iteration, *(numbers.get(name, math.nan) for name in self.columns[1:]))
        self._table[self._n] = row
        self._n += 1
        while self._n - (iteration % self.every > 0) > self.capacity:
            self.every *= 2
            self._keep((self._rows[:, 0] % self.every == 0) | (self._rows[:, 0] == iteration))

    def cut(self, iteration: int) -> None:
        """Forget what came after an iteration."""
        self._keep(self._rows[:, 0] <= iteration)

    def copy(self) -> "Curves":
        """One that goes on by itself."""
        twin = Curves(self.columns[1:], self.capacity)
        twin.every, twin._table, twin._n = self.every, self._table.copy(), self._n
        return twin

    def __len__(self) -> int:
        return self._n

    def __getitem__(self, column: str) -> NDArray[np.float64]:
        """One column, shape ``(len(self),)``."""
        return self._rows[:, self.columns.index(column)].copy()

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """Every column by name, "iteration" first."""
        return dict(zip(self.columns, self._rows.T.copy(), strict=True))

    @property
    def latest(self) -> dict[str, float]:
        """The last row by name; empty before the first."""
        return dict(zip(self.columns, self._rows[-1].tolist(), strict=True)) if self._n else {}

    @property
    def _rows(self) -> NDArray[np.float64]:
        return self._table[: self._n]

    def _keep(self, which: NDArray[np.bool_]) -> None:
        rows = self._rows[which]
        self._n = len(rows)
        self._table[: self._n] = rows
