"""Compute hours: what is installed, what of it is used, and until when."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HOURS_PER_MONTH = 730.0
DUST = 1e-9  # of a month of all that was ever installed
SHORTEST_RAMP = 0.01  # months: a step, without dividing by nothing


class Integrals:
    """Installed compute, integrated once and twice over time, at any moment.

    Parameters
    ----------
    installed : ndarray, shape (n, T)
        At each month's end. It works from then on, and stays after the last month.
    """

    def __init__(self, installed: Floats) -> None:
        before = np.zeros((len(installed), 1))
        level = np.concatenate([before, installed], axis=1)
        once = np.concatenate([before, np.cumsum(level[:, :-1], axis=1)], axis=1)
        twice = np.concatenate([before, np.cumsum((once[:, :-1] + once[:, 1:]) / 2, axis=1)], axis=1)
        self._level, self._once, self._twice = level, once, twice
        self._last = installed.shape[1]
        self.most = level.max(axis=1, keepdims=True)

    def ever(self, years: int) -> Floats:
        """Months of work in each year if nothing were ever retired, (n, years)."""
        moment = 12 * np.arange(years + 1)
        whole = np.minimum(moment, self._last)
        return np.diff(self._once[:, whole] + (moment - whole) * self._level[:, whole], axis=1)

    def steps(self, shift: Floats, years: int, *, twice: bool) -> Floats:
        """Growth of an integral in each year, seen `shift` months late.

        Parameters
        ----------
        shift : ndarray, shape (n,)
            Months, not negative.
        years : int
        twice : bool
            The integral of the integral.

        Returns
        -------
        ndarray, shape (n, years)
        """
        moment = np.maximum(12.0 * np.arange(years + 1) - shift[:, None], 0.0)
        whole = np.minimum(moment.astype(np.intp), self._last)
        rest = moment - whole
        level, once = (np.take_along_axis(part, whole, axis=1) for part in (self._level, self._once))
        if not twice:
            return np.diff(once + rest * level, axis=1)
        base = np.take_along_axis(self._twice, whole, axis=1)
        return np.diff(base + rest * (once + rest / 2 * level), axis=1)


def capacity_hours(installed: Floats | Integrals, life_years: Floats, years: int) -> Floats:
    """Hours that installed compute could work in each year.

    Parameters
    ----------
    installed : ndarray, shape (n, T), or Integrals
        H100-equivalents at each month's end.
    life_years : ndarray, shape (n,)
        What is installed leaves service at this age.
    years : int

    Returns
    -------
    ndarray, shape (n, years)
        H100-equivalent hours.

    Examples
    --------
    >>> hours = capacity_hours(np.full((1, 12), 100.0), np.array([2.0]), 4)
    >>> (hours / 730).round(6).tolist()
    [[1100.0, 1200.0, 100.0, 0.0]]
    """
    integrals = installed if isinstance(installed, Integrals) else Integrals(installed)
    works = integrals.ever(years) - integrals.steps(12 * life_years, years, twice=False)
    return _without_dust(works, integrals) * HOURS_PER_MONTH


def served_hours(
    installed: Floats | Integrals, life_years: Floats, years: int, *, start: Floats, mature: Floats, ramp_years: Floats,
    lag_years: Floats,
) -> Floats:  # fmt: skip
    """Hours that are used in each year.

    Parameters
    ----------
    installed, life_years, years
        As for `capacity_hours`.
    start, mature : ndarray, shape (n,)
        Part of the hours used when demand begins, and after the ramp.
    ramp_years, lag_years : ndarray, shape (n,)
        From the first to the second; from delivery to the first.

    Returns
    -------
    ndarray, shape (n, years)
        H100-equivalent hours, never negative.

    Notes
    -----
    Whatever is installed at a month's end is used at age a (months, less the lag) at the rate
    ``start + (mature − start) min(a / ramp, 1)`` until it leaves service. Summed over the
    deliveries, that is exact in the running integrals A and B = ∫A of what is installed:
    ``start ΔA(t − lag) + (mature − start) / ramp [ΔB(t − lag) − ΔB(t − lag − ramp)]
    − mature ΔA(t − life)``.

    Examples
    --------
    >>> one = np.ones(1)
    >>> used = served_hours(np.full((1, 12), 100.0), 9 * one, 2, start=0.5 * one, mature=0.5 * one,
    ...                     ramp_years=one, lag_years=0 * one)
    >>> (used / 730).round(6).tolist()
    [[550.0, 600.0]]
    """
    integrals = installed if isinstance(installed, Integrals) else Integrals(installed)
    lag, ramp = 12 * lag_years, np.maximum(12 * ramp_years, SHORTEST_RAMP)
    rising = integrals.steps(lag, years, twice=True) - integrals.steps(lag + ramp, years, twice=True)
    used = start[:, None] * integrals.steps(lag, years, twice=False)
    used += ((mature - start) / ramp)[:, None] * rising
    used -= mature[:, None] * integrals.steps(12 * life_years, years, twice=False)
    return _without_dust(used, integrals) * HOURS_PER_MONTH


def _without_dust(months: Floats, integrals: Integrals) -> Floats:
    """Set to zero what the difference of large integrals leaves after everything is retired."""
    return np.where(months > DUST * integrals.most, months, 0.0)
