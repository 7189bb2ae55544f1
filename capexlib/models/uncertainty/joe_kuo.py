"""Direction numbers of the Sobol' sequence, from the published table beside this file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MAX_DIMENSIONS = 256


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[int, ...], ...]:
    """Read polynomial and initial numbers of every dimension."""
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines() if not line.startswith("#"))
    return tuple(tuple(map(int, row)) for row in rows)


def direction_numbers(dimensions: int, bits: int) -> NDArray[np.uint64]:
    """Expand the table's recurrence to the first numbers of each dimension.

    Parameters
    ----------
    dimensions : int
        At most 256.
    bits : int
        How many numbers each, and their precision.

    Returns
    -------
    ndarray, shape (dimensions, bits)
        Whole multiples of ``2**-bits``.

    Raises
    ------
    ValueError
        If more dimensions are asked for than the table has.

    References
    ----------
    Bratley and Fox (1988), ACM Algorithm 659; Joe and Kuo (2008).

    Examples
    --------
    >>> direction_numbers(2, 3).tolist()
    [[4, 2, 1], [4, 6, 5]]
    """
    if dimensions > MAX_DIMENSIONS:
        msg = f"the table of direction numbers has {MAX_DIMENSIONS} dimensions, not {dimensions}"
        raise ValueError(msg)
    rows = [_expanded(polynomial, initial, bits) for polynomial, *initial in _table()[:dimensions]]
    return np.array(rows, dtype=np.uint64).reshape(dimensions, bits)


def _expanded(polynomial: int, initial: list[int], bits: int) -> list[int]:
    """Run the recurrence ``m_k = ⊕ 2^i a_i m_{k−i} ⊕ m_{k−s}`` and align to `bits`."""
    degree = polynomial.bit_length() - 1
    numbers = [1] * bits if degree == 0 else initial[:bits]
    for _ in range(len(numbers), bits):
        following = numbers[-degree] ^ (numbers[-degree] << degree)
        for place in range(1, degree):
            if polynomial >> (degree - place) & 1:
                following ^= numbers[-place] << place
        numbers.append(following)
    return [number << (bits - 1 - place) for place, number in enumerate(numbers)]
