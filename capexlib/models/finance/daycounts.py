"""How many days and what part of a year lie between two dates, by the contract's convention."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

DayCount = Literal["act/365F", "act/360", "act/act ISDA", "30/360 US", "30/360 ISDA", "30E/360"]
Dates = ArrayLike | date | Sequence[date]
Days = NDArray[np.int64]


def days_between(start: Dates, end: Dates, convention: DayCount = "act/365F") -> Days:
    """Count the days from one date to another.

    Parameters
    ----------
    start, end : array_like of dates
        ISO texts, `datetime.date` or numpy dates. An end before its start counts
        negative.
    convention : str
        The ``act`` conventions count the calendar's days; the ``30`` ones months of 30.

    Returns
    -------
    ndarray of int

    Raises
    ------
    ValueError
        For an unknown convention, or text that is not a date.

    Notes
    -----
    30/360: ``360 Δy + 30 Δm + Δd`` after these changes. US (also called SIA): an end on
    February's last day becomes 30 if the start is one too; a start on February's last day
    or on a 31st becomes 30; an end on a 31st becomes 30 if the start is then 30. ISDA:
    the same without February. 30E: every 31st becomes 30.

    References
    ----------
    ISDA, *2006 Definitions*, section 4.16; SIFMA, *Standard Securities Calculation
    Methods*, for the rule on February.

    Examples
    --------
    >>> int(days_between("2007-01-31", "2007-02-28")), int(days_between("2007-02-28", "2007-03-31", "30/360 US"))
    (28, 30)
    """
    first, last = np.asarray(start, "datetime64[D]"), np.asarray(end, "datetime64[D]")
    if convention not in get_args(DayCount):
        msg = f"{convention!r} is not a day count; write one of {', '.join(get_args(DayCount))}"
        raise ValueError(msg)
    if convention.startswith("act"):
        return (last - first).astype(np.int64)
    (months_1, day_1), (months_2, day_2) = _months_and_day(first), _months_and_day(last)
    if convention == "30E/360":
        return 30 * (months_2 - months_1) + np.minimum(day_2, 30) - np.minimum(day_1, 30)
    if convention == "30/360 US":
        day_2 = np.where(_ends_february(first) & _ends_february(last), 30, day_2)
        day_1 = np.where(_ends_february(first), 30, day_1)
    day_1 = np.minimum(day_1, 30)
    day_2 = np.where(day_1 == 30, np.minimum(day_2, 30), day_2)
    return 30 * (months_2 - months_1) + day_2 - day_1


def year_fraction(start: Dates, end: Dates, convention: DayCount = "act/365F") -> NDArray[np.float64]:
    """Return the part of a year, or the years, from one date to another.

    Parameters
    ----------
    start, end : array_like of dates
        As for `days_between`.
    convention : str

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        For an unknown convention, or text that is not a date.

    Notes
    -----
    Days over 365 or 360, as the name says; act/act ISDA divides the days that fall into
    leap years by 366 and the others by 365.

    References
    ----------
    ISDA, *2006 Definitions*, section 4.16.

    Examples
    --------
    >>> float(year_fraction("2025-01-01", "2026-01-01"))
    1.0
    >>> round(float(year_fraction("2007-12-28", "2008-02-28", "act/act ISDA")), 6)
    0.169429
    """
    if convention == "act/act ISDA":
        return _isda_years(np.asarray(end, "datetime64[D]")) - _isda_years(np.asarray(start, "datetime64[D]"))
    return days_between(start, end, convention) / (365.0 if convention == "act/365F" else 360.0)


def _months_and_day(dates: NDArray[np.datetime64]) -> tuple[Days, Days]:
    months = dates.astype("datetime64[M]")
    return months.astype(np.int64), (dates - months).astype(np.int64) + 1


def _ends_february(dates: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    month = dates.astype("datetime64[M]")
    return (month.astype(np.int64) % 12 == 1) & ((dates + 1).astype("datetime64[M]") != month)


def _isda_years(dates: NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Years since 1970, a day being that year's 365th or 366th part."""
    year = dates.astype("datetime64[Y]")
    opening = year.astype("datetime64[D]")
    length = ((year + 1).astype("datetime64[D]") - opening).astype(np.int64)
    return year.astype(np.int64) + (dates - opening).astype(np.int64) / length
