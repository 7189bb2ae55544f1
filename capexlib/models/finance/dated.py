"""What dated flows are worth, and what they return."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capexlib.models.finance.daycounts import Dates, DayCount, year_fraction
from capexlib.models.finance.roots import Roots, all_roots


def xnpv(rate: ArrayLike, flows: ArrayLike, dates: Dates, *, convention: DayCount = "act/365F") -> NDArray[np.float64]:
    """Net present value of dated flows, as of the earliest date.

    Parameters
    ----------
    rate : array_like
        Decimal a year: one for all rows, or one a row. At −100 % and below: nan.
    flows : array_like, shape (..., n_flows)
        Outflows negative.
    dates : array_like of dates, shape (n_flows,)
        In any order, repetition allowed. Excel discounts to the first date given, which
        is the same where that is the earliest.
    convention : str
        How dates become years.

    Returns
    -------
    ndarray, shape (...)

    Raises
    ------
    ValueError
        Where there are not as many dates as flows, or for an unknown convention.

    Notes
    -----
    ``Σ a_k (1 + r)^−t_k``, t in years from the earliest date.

    References
    ----------
    Excel's XNPV.

    Examples
    --------
    >>> round(float(xnpv(0.10, [-100, 110], ["2025-01-01", "2026-01-01"])), 9)
    0.0
    """
    r = np.asarray(rate, float)
    amounts, times = _timed(flows, dates, convention)
    growth = np.log1p(np.where(r > -1.0, r, np.nan))
    return np.asarray((amounts * np.exp(-growth[..., None] * times)).sum(axis=-1))


def xirr(flows: ArrayLike, dates: Dates, *, convention: DayCount = "act/365F") -> NDArray[np.float64]:
    """Find the internal rate of return of dated flows, each row on the same dates.

    Parameters
    ----------
    flows : array_like, shape (..., n_flows)
        Either sign may come first.
    dates : array_like of dates, shape (n_flows,)
        In any order, repetition allowed.
    convention : str

    Returns
    -------
    ndarray, shape (...)
        Decimal a year. No answer (one sign only, a single date, no real root): nan. Many
        answers: the least positive, else the largest that is not positive.

    Raises
    ------
    ValueError
        Where there are not as many dates as flows, or for an unknown convention.

    Notes
    -----
    The rate at which `xnpv` is zero, chosen among all of them.

    References
    ----------
    Excel's XIRR, which returns 2.98e-09 where it finds none.

    Examples
    --------
    >>> round(float(xirr([110, -100], ["2026-01-01", "2025-01-01"])), 9)
    0.1
    >>> float(xirr([-100, 110], ["2025-01-01", "2025-01-01"]))
    nan
    """
    amounts, times = _timed(flows, dates, convention)
    found = all_roots(amounts.reshape(-1, times.size), times)
    return np.array([roots.chosen for roots in found]).reshape(amounts.shape[:-1])


def xirr_roots(flows: ArrayLike, dates: Dates, *, convention: DayCount = "act/365F") -> Roots:
    """Find all internal rates of return of one row of dated flows, with a verdict.

    Parameters
    ----------
    flows : array_like, shape (n_flows,)
    dates : array_like of dates, shape (n_flows,)
    convention : str

    Returns
    -------
    Roots
        As for `irr_roots`, in decimals a year.

    Raises
    ------
    ValueError
        Where there are not as many dates as flows, or for an unknown convention.

    Examples
    --------
    >>> found = xirr_roots([-1_000, 2_300, -1_320], ["2021-01-01", "2022-01-01", "2023-01-01"])
    >>> found.verdict, [round(rate, 9) for rate in found.rates]
    ('many', [0.1, 0.2])
    """
    amounts, times = _timed(flows, dates, convention)
    return all_roots(amounts[None, :], times)[0]


def _timed(flows: ArrayLike, dates: Dates, convention: DayCount) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return flows summed by moment, and the moments in years from the first, ascending."""
    amounts, days = np.asarray(flows, float), np.asarray(dates, "datetime64[D]")
    if days.shape != amounts.shape[-1:] or not days.size:
        msg = f"give each flow a date: {amounts.shape[-1:]} flows a row, {days.shape} dates"
        raise ValueError(msg)
    times, place = np.unique(year_fraction(days.min(), days, convention), return_inverse=True)
    summed = np.zeros((times.size, *amounts.shape[:-1]))
    np.add.at(summed, place, np.moveaxis(amounts, -1, 0))
    return np.moveaxis(summed, 0, -1), times
