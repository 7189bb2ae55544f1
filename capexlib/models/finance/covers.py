"""How well what comes in covers what is owed."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capexlib.models.finance.discounting import worth_of_the_rest

Floats = NDArray[np.float64]


def dscr(cfads: ArrayLike, service: ArrayLike) -> Floats:
    """Debt service cover: cash flow over interest and principal of the same moment.

    Parameters
    ----------
    cfads : array_like, shape (...)
        Cash flow available for debt service; negative cash flow gives a negative cover.
    service : array_like, shape (...)
        Interest and principal paid, positive, as ``LoanSchedule.payment``. Where nothing
        is paid there is nothing to cover, and no ratio: nan, never infinite, so that
        ``nanmin`` is the loan's lowest cover.

    Returns
    -------
    ndarray, shape (...)

    References
    ----------
    Yescombe, *Principles of Project Finance*, 2nd ed. (cover ratios).

    Examples
    --------
    >>> dscr([0, 130, 90, 50], [0, 100, 100, 0]).tolist()
    [nan, 1.3, 0.9, nan]
    """
    return _ratio(cfads, service)


def interest_cover(earnings: ArrayLike, interest: ArrayLike) -> Floats:
    """Earnings before interest over the interest of the same period.

    Parameters
    ----------
    earnings : array_like, shape (...)
        Before interest and tax, or before depreciation too: the covenant's wording decides.
    interest : array_like, shape (...)
        Charged, positive. Where there is none: nan.

    Returns
    -------
    ndarray, shape (...)

    References
    ----------
    Brealey, Myers and Allen, *Principles of Corporate Finance*, ch. 28 (times interest
    earned).

    Examples
    --------
    >>> interest_cover([300, -50, 10], [100, 100, 0]).tolist()
    [3.0, -0.5, nan]
    """
    return _ratio(earnings, interest)


def llcr(cfads: ArrayLike, rate: ArrayLike, balance: ArrayLike) -> Floats:
    """Loan life cover: worth of the cash flow until the loan ends, over what is owed.

    Parameters
    ----------
    cfads : array_like, shape (..., periods + 1)
        Cash flow available for debt service; place 0 is the day of drawing.
    rate : array_like
        The loan's, decimal a period: one number, or an array whose last axis is the
        periods (length 1 where the rate does not change). At −100 % and below: nan.
    balance : array_like, shape (..., periods + 1)
        Owed just after each moment's payment, as ``LoanSchedule.balance``.

    Returns
    -------
    ndarray, shape (..., periods + 1)
        At each moment, of the cash flow after it; the cover at signing is the first.
        Where nothing is owed: nan.

    Raises
    ------
    ValueError
        Where flows and balance are not equally long, or the rate has another number of
        periods.

    Notes
    -----
    ``PV_k(CFADS of the periods that begin with debt) / B_k``. For a debt sculpted to one
    cover it is that cover throughout.

    References
    ----------
    Yescombe, *Principles of Project Finance*, 2nd ed. (cover ratios).

    Examples
    --------
    >>> llcr([0, 143, 157.3, 500], 0.10, [200, 110, 0, 0]).round(6).tolist()
    [1.3, 1.3, nan, nan]
    """
    owed = np.asarray(balance, float)
    return _life_cover(cfads, rate, owed, counted=owed[..., :-1] > 0)


def plcr(cfads: ArrayLike, rate: ArrayLike, balance: ArrayLike) -> Floats:
    """Project life cover: worth of all the cash flow to come, over what is owed.

    Parameters
    ----------
    cfads, rate, balance : array_like
        As for `llcr`; the flows go on to the project's end, the balance is zero there.

    Returns
    -------
    ndarray, shape (..., periods + 1)
        As for `llcr`, and with positive flows never below it.

    Raises
    ------
    ValueError
        As for `llcr`.

    References
    ----------
    Yescombe, *Principles of Project Finance*, 2nd ed. (cover ratios).

    Examples
    --------
    >>> plcr([0, 110, 121], 0.10, [100, 0, 0]).round(6).tolist()
    [2.0, nan, nan]
    """
    owed = np.asarray(balance, float)
    return _life_cover(cfads, rate, owed, counted=np.ones(owed[..., :-1].shape, bool))


def _life_cover(cfads: ArrayLike, rate: ArrayLike, owed: Floats, *, counted: NDArray[np.bool_]) -> Floats:
    flows = np.asarray(cfads, float)
    if flows.shape[-1] != owed.shape[-1]:
        msg = f"{flows.shape[-1]} moments of cash flow do not match {owed.shape[-1]} of debt"
        raise ValueError(msg)
    return _ratio(worth_of_the_rest(np.where(counted, flows[..., 1:], 0.0), rate), owed)


def _ratio(what: ArrayLike, of: ArrayLike) -> Floats:
    """Divide, nan where there is nothing to divide by."""
    size = np.asarray(of, float)
    return np.asarray(what, float) / np.where(size > 0, size, np.nan)
