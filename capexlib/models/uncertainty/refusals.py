"""What a distribution cannot be made from, refused with the cure."""

from __future__ import annotations

import math
from typing import NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray


def refuse(message: str) -> NoReturn:
    """Raise ValueError."""
    raise ValueError(message)


def check_ascending(**numbers: float) -> None:
    """Refuse numbers that are not finite or not ascending."""
    values = list(numbers.values())
    if not all(map(math.isfinite, values)):
        refuse(f"{', '.join(numbers)} must be finite numbers, not {values}")
    if values != sorted(values):
        refuse(f"write {' <= '.join(numbers)}; {values} is not ascending")


def check_probabilities(p_low: float, p_high: float) -> None:
    """Refuse anything but two ascending probabilities."""
    if not 0.0 < p_low < p_high < 1.0:
        refuse(f"write 0 < p_low < p_high < 1, not {p_low} and {p_high}")


def shares_of(weights: ArrayLike, count: int) -> NDArray[np.float64]:
    """Return checked weights, scaled to sum to one."""
    shares = np.asarray(weights, dtype=np.float64)
    total = float(shares.sum())
    if shares.shape != (count,) or not 0 < total < math.inf or (shares < 0).any():
        refuse(f"give {count} weights, none negative, not all zero; got {np.asarray(weights).tolist()}")
    return shares / total
