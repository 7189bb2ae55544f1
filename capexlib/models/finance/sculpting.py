"""Debt cut to the cash flow that serves it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from capexlib.models.finance.discounting import rates_by_period, worth_of_the_rest
from capexlib.models.finance.loans import LoanSchedule


def sculpted_debt(
    cfads: ArrayLike, rate: ArrayLike, dscr: ArrayLike, *, tenor: int | None = None, limit: ArrayLike | None = None
) -> LoanSchedule:
    """Size a debt by its cover, and let the cash flow shape the repayments.

    Parameters
    ----------
    cfads : array_like, shape (..., periods + 1)
        Cash flow available for debt service at each moment. Place 0 is the day of drawing
        and serves nothing. Where it is negative nothing is paid, and interest is added to
        the debt; so it is where the service does not cover the interest.
    rate : array_like
        Decimal a period: one number, or an array whose last axis is the periods (length 1
        where the rate does not change). At −100 % and below: nan.
    dscr : array_like
        Cash flow over debt service to be kept, above zero: one, or by period as `rate`.
    tenor : int, optional
        Periods the loan lasts; all, where it is not given.
    limit : array_like, shape (...), optional
        The most that may be drawn. Where it binds, all payments shrink alike and the cover
        is above `dscr`, the same in every period.

    Returns
    -------
    LoanSchedule
        The debt is ``balance[..., 0]``; the service is ``payment``. As long as the cash
        flow, zero after the tenor.

    Raises
    ------
    ValueError
        For a cover at or below zero, a tenor longer than the flows, or a rate or cover
        with another number of periods.

    Notes
    -----
    Debt = PV at the loan's rate of ``CFADS / DSCR``; principal = ``CFADS / DSCR`` less
    interest. Each balance is the worth of the payments left.

    References
    ----------
    Yescombe, *Principles of Project Finance*, 2nd ed. (cover ratios); NREL, *System Advisor
    Model*, single-owner model (debt sized by DSCR).

    Examples
    --------
    >>> debt = sculpted_debt([0, 143, 157.3], 0.10, 1.3)
    >>> debt.balance.round(6).tolist(), debt.payment.round(6).tolist()
    ([200.0, 110.0, 0.0], [0.0, 110.0, 121.0])
    """
    flows, cover = np.asarray(cfads, float), np.asarray(dscr, float)
    periods = flows.shape[-1] - 1
    life = periods if tenor is None else tenor
    if not 0 <= life <= periods:
        msg = f"a tenor of {life} does not fit into {periods} periods of cash flow"
        raise ValueError(msg)
    if not (cover > 0).all():
        msg = "a debt service cover to keep is above zero"
        raise ValueError(msg)
    rates, covers = rates_by_period(rate, periods), rates_by_period(cover, periods)
    service = np.maximum(flows[..., 1:], 0.0) / covers
    service[..., life:] = 0.0
    debt = worth_of_the_rest(service, rates)
    if limit is not None:
        size = debt[..., 0]
        share = np.minimum(1.0, np.asarray(limit, float) / np.where(size > 0, size, 1.0))
        service, debt = service * share[..., None], debt * share[..., None]
    payment, interest = np.zeros_like(debt), np.zeros_like(debt)
    payment[..., 1:], interest[..., 1:] = service, debt[..., :-1] * rates
    return LoanSchedule(debt, interest, payment - interest, payment)
