"""Rows by month that are read some months later, each element after a delay of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from capexlib.models.uncertainty.families import Floats


class Delayed:
    """What was written months ago.

    Parameters
    ----------
    months : int
        Rows that can be written.
    delay : ndarray of int
        Months between writing and reading, by element; the shape of a row.

    Examples
    --------
    >>> orders = Delayed(3, np.array([0, 1]))
    >>> orders.row(0)[:] = 5.0, 7.0
    >>> orders.read(0, np.empty(2)).tolist(), orders.read(1, np.empty(2)).tolist()
    ([5.0, 0.0], [0.0, 7.0])
    """

    def __init__(self, months: int, delay: NDArray[np.intp]) -> None:
        delay = np.minimum(delay, months)
        self._before = int(delay.max(initial=0))
        self._rows = np.zeros((self._before + months, *delay.shape))
        self._flat = self._rows.reshape(-1)
        self._first = (self._before - delay) * delay.size + np.arange(delay.size).reshape(delay.shape)
        self._places = np.empty_like(self._first)

    def row(self, month: int) -> Floats:
        """Return the month's row, to be written."""
        return self._rows[self._before + month]

    def read(self, month: int, out: Floats) -> Floats:
        """Write to `out` what falls due in the month, and return it."""
        np.add(self._first, month * self._first.size, out=self._places)
        return self._flat.take(self._places, out=out, mode="clip")

    def rescale(self, where: NDArray[np.bool_], factor: Floats) -> None:
        """Multiply all that was written for the marked elements."""
        self._rows[:, where] *= factor[where]
