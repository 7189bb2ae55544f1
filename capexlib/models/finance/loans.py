"""Loans from the day they are drawn to the day they are repaid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from capexlib.models.finance.discounting import discount_factors, rates_by_period, worth_of_the_rest

Floats = NDArray[np.float64]
Repayment = Literal["level", "equal principal", "bullet"]


@dataclass(frozen=True)
class LoanSchedule:
    """A debt at each moment: place 0 is the day it is drawn, place k is k periods later.

    All arrays are (..., periods + 1), in the lender's terms: what is owed and what is paid
    are positive.

    Attributes
    ----------
    balance : ndarray
        Owed just after the moment's payment; zero at the last.
    interest : ndarray
        Charged over the period that ends at the moment, paid or not.
    principal : ndarray
        Payment less interest; negative where unpaid interest is added to the debt.
    payment : ndarray
        Paid at the moment: debt service.
    """

    balance: Floats
    interest: Floats
    principal: Floats
    payment: Floats


def loan_schedule(
    rate: ArrayLike,
    periods: int,
    present: ArrayLike,
    *,
    repayment: Repayment = "level",
    balloon: ArrayLike = 0.0,
    grace: int = 0,
    capitalised: bool = False,
    due: bool = False,
) -> LoanSchedule:
    """Draw up a loan, many at a time.

    Parameters
    ----------
    rate : array_like
        Decimal a period: one number, or an array whose last axis is the periods (length 1
        where the rate does not change; give samples an axis of their own before it). At
        −100 % and below: nan.
    periods : int
        From drawing to the end, grace included.
    present : array_like, shape (...)
        Drawn at place 0, positive. A negative sum turns every sign.
    repayment : str
        ``level``: one payment, the same at every moment after grace, also where known
        rates change. ``equal principal``: the same principal, with the interest on top.
        ``bullet``: interest, and the whole debt at the end.
    balloon : array_like, shape (...)
        Paid at the end beside the last instalment; not for a bullet, which is all balloon.
    grace : int
        Moments at the start without instalment: interest alone is paid.
    capitalised : bool
        In grace nothing is paid, interest is added to the debt.
    due : bool
        Payments in advance: the first today, the last a period before the end, where
        only a balloon is paid, its last period's interest within it. Not for a bullet.

    Returns
    -------
    LoanSchedule
        The payments discounted at the rates are worth `present`, and the debt ends at
        zero exactly. There is always one answer.

    Raises
    ------
    ValueError
        For no period, a grace that leaves no instalment, an unknown repayment, a bullet
        with balloon or in advance, or a rate with another number of periods.

    Notes
    -----
    ``B_k = B_{k−1} (1 + r_k) − payment_k``; the level payment is what is owed less the
    balloon's worth, over the sum of the discount factors of the moments left. Its balances
    are the worth of the payments left, counted from the end: counting from the start would
    compound each rounding.

    References
    ----------
    Fabozzi, *Fixed Income Mathematics* (level and other repayments); Excel's
    PMT, IPMT, PPMT and ISPMT, whose signs are the borrower's.

    Examples
    --------
    >>> loan = loan_schedule(0.10, 2, 2_100)
    >>> loan.payment.round(6).tolist(), loan.balance.round(6).tolist()
    ([0.0, 1210.0, 1210.0], [2100.0, 1100.0, 0.0])
    >>> loan_schedule(0.10, 3, 1_000, repayment="bullet", grace=2, capitalised=True).payment.round(6).tolist()
    [0.0, 0.0, 0.0, 1331.0]
    """
    drawn, closing = np.asarray(present, float), np.asarray(balloon, float)
    _check(periods, repayment, grace, special=due or bool(closing.any()))
    rates, worth = rates_by_period(rate, periods), discount_factors(rate, periods)
    owed = np.broadcast_to(drawn, np.broadcast_shapes(rates.shape[:-1], drawn.shape, closing.shape))
    balance, interest, payment = (np.zeros((*owed.shape, periods + 1)) for _ in range(3))
    first, last = grace + (not due), periods - due
    for moment in range(first):
        accrued = owed * rates[..., moment - 1] if moment else np.zeros(owed.shape)
        paid = np.zeros(owed.shape) if capitalised else accrued
        owed = owed + accrued - paid
        balance[..., moment], interest[..., moment], payment[..., moment] = owed, accrued, paid
    if repayment == "level":
        now = owed * (1.0 + rates[..., first - 1]) if first else owed
        level = (now * worth[..., first] - closing * worth[..., -1]) / worth[..., first : last + 1].sum(axis=-1)
        payment[..., first : last + 1] = level[..., None]
        payment[..., -1] += closing
        balance[..., first:] = worth_of_the_rest(payment[..., first + 1 :], rates[..., first:])
    else:
        rest = owed if repayment == "bullet" else closing / (1.0 + rates[..., -1]) if due else closing
        payment[..., first : last + 1] = ((owed - rest) / (last - first + 1))[..., None]
        payment[..., -1] += rest
        balance[..., first:-1] = np.cumsum(payment[..., :first:-1], axis=-1)[..., ::-1]
    charged = max(first, 1)
    interest[..., charged:] = balance[..., charged - 1 : -1] * rates[..., charged - 1 :]
    if repayment != "level":
        payment[..., charged:] += interest[..., charged:]
    return LoanSchedule(balance, interest, payment - interest, payment)


def _check(periods: int, repayment: str, grace: int, *, special: bool) -> None:
    if repayment not in get_args(Repayment):
        msg = f"{repayment!r} is not a repayment; write one of {', '.join(get_args(Repayment))}"
        raise ValueError(msg)
    if not 0 <= grace < periods:
        msg = f"{periods} periods with a grace of {grace} leave no instalment"
        raise ValueError(msg)
    if repayment == "bullet" and special:
        msg = "a bullet is repaid at its end, in one sum: it has no balloon and no payment in advance"
        raise ValueError(msg)
