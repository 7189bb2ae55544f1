"""Level payments: what they are worth today, and what repays a sum."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def annuity_factor(rate: ArrayLike, years: ArrayLike, *, due: bool = False) -> NDArray[np.float64]:
    """Present value of 1 a year for some years, paid at each year's end.

    Parameters
    ----------
    rate : array_like
        Decimal a year; at zero the factor is the number of years. At −100 % or below
        there is no factor: nan.
    years : array_like
        Or any other period, when the rate is for that period.
    due : bool
        Payments in advance, at each year's start, as leases ask.

    Returns
    -------
    ndarray

    Notes
    -----
    ``(1 − (1 + r)^−n) / r``, by ``expm1``/``log1p`` so that small rates keep precision;
    in advance, times ``1 + r``.

    References
    ----------
    Brealey, Myers and Allen, *Principles of Corporate Finance*, ch. 2: 5 years at
    10 % give 3.791.

    Examples
    --------
    >>> round(float(annuity_factor(0.10, 5)), 3)
    3.791
    >>> float(annuity_factor(0.0, 5))
    5.0
    """
    r, n = np.broadcast_arrays(np.asarray(rate, float), np.asarray(years, float))
    tiny = np.abs(r) < 1e-15
    safe = np.where(tiny, 1.0, np.where(r > -1.0, r, np.nan))
    factor = np.where(tiny, n, -np.expm1(-n * np.log1p(safe)) / safe)
    return factor * (1.0 + r) if due else factor


def annuity_payment(
    rate: ArrayLike, years: ArrayLike, present: ArrayLike, *, balloon: ArrayLike = 0.0, due: bool = False
) -> NDArray[np.float64]:
    """Level payment that repays a sum received today.

    Parameters
    ----------
    rate : array_like
        Decimal a period. At zero the payments are equal shares of what is repaid.
    years : array_like
        Number of payments. At zero payments there is no answer: nan or infinite.
    present : array_like
        The sum received, positive; the payment comes out positive too.
    balloon : array_like
        What is still owed after the last payment, due at the same moment.
    due : bool
        The first payment is made today.

    Returns
    -------
    ndarray

    Notes
    -----
    ``(present − balloon (1 + r)^−n) / annuity_factor(r, n)``. Excel's PMT is its
    negative, with ``fv = −balloon``.

    References
    ----------
    Brealey, Myers and Allen, *Principles of Corporate Finance*, ch. 2 (mortgages).

    Examples
    --------
    >>> round(float(annuity_payment(0.05, 10, 100_000)), 2)
    12950.46
    >>> float(annuity_payment(0.0, 4, 1_000, balloon=200))
    200.0
    """
    repaid = np.asarray(present, float) - np.asarray(balloon, float) * _discount(rate, years)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(repaid / annuity_factor(rate, years, due=due))


def capital_recovery_factor(rate: ArrayLike, years: ArrayLike) -> NDArray[np.float64]:
    """Share of an investment to be earned at each year's end to recover it with its return.

    Parameters
    ----------
    rate : array_like
        Decimal a year; at zero the factor is one over the years.
    years : array_like

    Returns
    -------
    ndarray

    Notes
    -----
    ``r (1 + r)^n / ((1 + r)^n − 1)``: one over `annuity_factor`.

    References
    ----------
    Short, Packey and Holt, *A Manual for the Economic Evaluation of Energy Efficiency
    and Renewable Energy Technologies*, NREL/TP-462-5173 (1995), section 2.

    Examples
    --------
    >>> round(float(capital_recovery_factor(0.10, 5)), 4)
    0.2638
    """
    return annuity_payment(rate, years, 1.0)


def _discount(rate: ArrayLike, years: ArrayLike) -> NDArray[np.float64]:
    """Return today's worth of 1 paid after some years; nan at −100 % and below."""
    r = np.asarray(rate, float)
    return np.exp(-np.asarray(years, float) * np.log1p(np.where(r > -1.0, r, np.nan)))
