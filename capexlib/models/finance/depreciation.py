"""How the cost of an asset is spread over its years."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# IRS, Publication 946, appendix A, table A-1: 3-, 5-, 7- and 15-year property, half-year convention, per cent.
HALF_YEAR: dict[int, tuple[float, ...]] = {
    3: (33.33, 44.45, 14.81, 7.41),
    5: (20.00, 32.00, 19.20, 11.52, 11.52, 5.76),
    7: (14.29, 24.49, 17.49, 12.49, 8.93, 8.92, 8.93, 4.46),
    15: (5.00, 9.50, 8.55, 7.70, 6.93, 6.23, 5.90, 5.90, 5.91, 5.90, 5.91, 5.90, 5.91, 5.90, 5.91, 2.95),
}  # fmt: skip


def straight_line(cost: ArrayLike, life: int, *, salvage: ArrayLike = 0.0) -> Floats:
    """Spread a cost evenly.

    Parameters
    ----------
    cost : array_like, shape (...)
        Positive.
    life : int
        Years, or any other period.
    salvage : array_like, shape (...)
        Left at the end. Above the cost, the asset is written up: the charge is negative.

    Returns
    -------
    ndarray, shape (..., life)
        Charge of each year, positive; place 0 is the first year of use.

    Raises
    ------
    ValueError
        For a life below one year.

    Notes
    -----
    ``(cost − salvage) / life``, Excel's SLN.

    References
    ----------
    IAS 16, paragraph 62.

    Examples
    --------
    >>> straight_line(10_000, 4, salvage=2_000).tolist()
    [2000.0, 2000.0, 2000.0, 2000.0]
    """
    _check_life(life)
    charge = (np.asarray(cost, float) - np.asarray(salvage, float)) / life
    return np.repeat(charge[..., None], life, axis=-1)


def declining_balance(
    cost: ArrayLike,
    life: int,
    *,
    salvage: ArrayLike = 0.0,
    rate: ArrayLike | None = None,
    first: float = 1.0,
    switch: bool = False,
) -> Floats:
    """Charge each year a share of what the asset is still worth in the books.

    Parameters
    ----------
    cost, salvage : array_like, shape (...)
        Not negative. The books never fall below the salvage value; where that is above
        the cost, nothing is charged.
    life : int
        Years, or any other period.
    rate : array_like, optional
        Share charged a year: ``2 / life`` (double declining) where it is not given. Above 1
        it counts as 1.
    first : float
        Part of the first year in use, above 0 and at most 1; what is missing comes as one
        more year at the end.
    switch : bool
        Go over to equal charges over the life left once they are higher, so that the books
        end at the salvage value. Otherwise something may be left at the end.

    Returns
    -------
    ndarray, shape (..., life) or (..., life + 1)
        Charge of each year, not negative; the longer where the first year is not a full one.

    Raises
    ------
    ValueError
        For a life below one year, a negative cost or salvage value, a rate at or below
        zero, or a first year out of its bounds.

    Notes
    -----
    ``min(book · rate, book − salvage)``, Excel's DDB. Excel's DB is the same with the
    rate ``1 − (salvage / cost)^(1 / life)`` rounded to three digits and no floor.

    References
    ----------
    IAS 16, paragraph 62; Excel's DDB, DB and VDB.

    Examples
    --------
    >>> declining_balance(10_000, 5, salvage=1_000).round(6).tolist()
    [4000.0, 2400.0, 1440.0, 864.0, 296.0]
    >>> declining_balance(100, 5, first=0.5, switch=True).round(6).tolist()
    [20.0, 32.0, 19.2, 11.52, 11.52, 5.76]
    """
    _check_life(life)
    left, floor = np.asarray(cost, float), np.asarray(salvage, float)
    share = np.asarray(2.0 / life if rate is None else rate, float)
    if (left < 0).any() or (floor < 0).any() or not (share > 0).all() or not 0 < first <= 1:
        msg = "costs and salvage values are not negative, rates above zero, a first year above 0 and at most 1"
        raise ValueError(msg)
    years = life + (first < 1)
    charges = np.zeros((*np.broadcast_shapes(left.shape, floor.shape, share.shape), years))
    for year in range(years):
        ahead = life - (year - 1 + first if year else 0.0)
        used = first if year == 0 else min(1.0, ahead)
        wanted = left * np.minimum(share, 1.0) * used
        if switch:
            wanted = np.maximum(wanted, (left - floor) * (used / ahead if ahead > used else 1.0))
        charge = np.minimum(wanted, np.maximum(left - floor, 0.0))
        charges[..., year] = charge
        left = left - charge
    return charges


def macrs(cost: ArrayLike, years: Literal[3, 5, 7, 15]) -> Floats:
    """Charge a cost by the United States' accelerated schedule, half a year in the first.

    Parameters
    ----------
    cost : array_like, shape (...)
        Depreciable basis, positive; salvage value does not count.
    years : int
        Class of the property: 3, 5, 7 or 15. Computers are 5-year property.

    Returns
    -------
    ndarray, shape (..., years + 1)
        Charge of each tax year; together the whole cost.

    Raises
    ------
    ValueError
        For another class.

    Notes
    -----
    The printed percentages: `declining_balance` at 200 % (150 % for 15 years) with a half
    first year and a switch, rounded so that they add to 100.

    References
    ----------
    Internal Revenue Service, Publication 946, *How To Depreciate Property*, appendix A,
    table A-1.

    Examples
    --------
    >>> macrs(1_000, 5).round(6).tolist()
    [200.0, 320.0, 192.0, 115.2, 115.2, 57.6]
    """
    if years not in HALF_YEAR:
        msg = f"no table for {years}-year property; the classes are {', '.join(map(str, HALF_YEAR))}"
        raise ValueError(msg)
    return np.asarray(cost, float)[..., None] * (np.array(HALF_YEAR[years]) / 100.0)


def _check_life(life: int) -> None:
    if life < 1:
        msg = f"a life of {life} years leaves nothing to depreciate over"
        raise ValueError(msg)
