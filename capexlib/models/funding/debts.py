"""What each debt costs and when it is paid back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from capexlib.models.finance import LoanSchedule, loan_schedule, sculpted_debt
from capexlib.models.finance.loans import Repayment
from capexlib.models.funding.inputs import Inputs
from capexlib.params.funding import FundingParams, Instrument
from capexlib.units import convert

Floats = NDArray[np.float64]

_REPAYMENT: dict[str, Repayment] = dict(zip(("annuity", "straight", "bullet"), get_args(Repayment), strict=True))


@dataclass(frozen=True, slots=True)
class DebtSchedule:
    """One instrument's debt; arrays (n, years), USD, positive.

    Parameters
    ----------
    draws, interest, principal : ndarray
        In the year, all at its middle.
    balance : ndarray
        Owed after the year's payments; zero after the last year.
    settled : ndarray, shape (n,)
        Part of the last year's principal that the terms would have left for later years: it
        is repaid from what is then left of the assets.
    rate : ndarray, shape (n,)
    """

    draws: Floats
    interest: Floats
    principal: Floats
    balance: Floats
    settled: Floats
    rate: Floats

    @property
    def paid(self) -> Floats:
        """Interest and principal, all of it."""
        return self.interest + self.principal

    @property
    def service(self) -> Floats:
        """Interest and principal that the terms ask for: what cash flow must cover."""
        due = self.paid
        due[:, -1] -= self.settled
        return due


def whole_years(instrument: Instrument) -> tuple[int, int]:
    """Tenor and grace in whole years, at their central values: only prices are drawn.

    Examples
    --------
    A grace that would leave no instalment is cut.
    """
    if instrument.tenor is None or instrument.grace is None:
        return 0, 0
    tenor = max(1, round(convert(instrument.tenor.value, instrument.tenor.unit, "years")))
    grace = round(convert(instrument.grace.value, instrument.grace.unit, "years"))
    return tenor, min(grace, tenor - 1)


def debt_rate(params: FundingParams, name: str, inputs: Inputs) -> Floats:
    """Rate of one debt: its benchmark and its margin, or the fixed rate, (n,)."""
    benchmark = params.instruments[name].benchmark
    margin = inputs[f"funding.instruments.{name}.margin"]
    return margin if benchmark is None else margin + inputs[f"funding.benchmarks.{benchmark}"]


def debt_schedule(instrument: Instrument, draws: Floats, rate: Floats, cfads: Floats) -> DebtSchedule:
    """Serve what was drawn, each year's draw on the instrument's terms.

    Parameters
    ----------
    instrument : Instrument
        Of any kind but retained earnings.
    draws : ndarray, shape (n, years)
    rate : ndarray, shape (n,)
    cfads : ndarray, shape (years,)
        Cash flow that a sculpted repayment follows, the mean over the paths: terms are
        agreed before anybody knows the path.

    Returns
    -------
    DebtSchedule
        Whatever would be owed after the last year is repaid in it, from the value of what is
        left.
    """
    years = draws.shape[1]
    interest, principal, settled = np.zeros_like(draws), np.zeros_like(draws), np.zeros(len(draws))
    follows = instrument.amortisation == "sculpted"
    one = None if follows else _loan(instrument, rate, cfads)
    for year in np.flatnonzero(draws.any(axis=0)).tolist():
        left, drawn = years - 1 - year, draws[:, year]
        if left == 0:
            settled += drawn
            continue
        loan = one or _loan(instrument, rate, cfads[year:])
        ends = min(left, loan.interest.shape[1] - 1)
        interest[:, year + 1 : year + 1 + ends] += drawn[:, None] * loan.interest[:, 1 : ends + 1]
        principal[:, year + 1 : year + 1 + ends] += drawn[:, None] * loan.principal[:, 1 : ends + 1]
        settled += drawn * loan.balance[:, ends]
    principal[:, -1] += settled
    balance = np.cumsum(draws - principal, axis=1)
    balance[:, -1] = 0.0
    return DebtSchedule(draws, interest, principal, balance, settled, rate)


def _loan(instrument: Instrument, rate: Floats, cfads: Floats) -> LoanSchedule:
    """Schedule one dollar, drawn in the first year of `cfads`, at each path's rate."""
    tenor, grace = whole_years(instrument)
    by_row, drawn = rate[:, None], np.ones(len(rate))
    if instrument.amortisation == "sculpted":
        shape = np.zeros(tenor + 1)
        known = np.maximum(cfads[: tenor + 1], 0.0)
        shape[: len(known)] = known
        shape[: grace + 1] = 0.0
        if shape.any():
            return _sculpted(shape / shape.max(), by_row, drawn, grace)
        return loan_schedule(by_row, tenor, drawn, repayment="level", grace=grace)
    return loan_schedule(by_row, tenor, drawn, repayment=_REPAYMENT[instrument.amortisation], grace=grace)


def _sculpted(shape: Floats, rate: Floats, drawn: Floats, grace: int) -> LoanSchedule:
    """Interest alone in grace, then payments in proportion to `shape`."""
    after = np.concatenate([[0.0], shape[grace + 1 :]])
    smallest = np.finfo(float).tiny ** 0.25
    loan = sculpted_debt(after[None, :], rate, smallest, limit=drawn)
    if not grace:
        return loan
    waiting = np.broadcast_to(drawn[:, None], (len(drawn), grace))
    before = {
        "balance": waiting, "interest": np.concatenate([np.zeros_like(rate), waiting[:, 1:] * rate], axis=1),
        "principal": np.zeros_like(waiting),
    }  # fmt: skip
    interest = np.concatenate([before["interest"], (drawn * rate[:, 0])[:, None], loan.interest[:, 1:]], axis=1)
    balance = np.concatenate([before["balance"], loan.balance], axis=1)
    principal = np.concatenate([before["principal"], np.zeros_like(rate), loan.principal[:, 1:]], axis=1)
    return LoanSchedule(balance, interest, principal, interest + principal)


def schedules(
    params: FundingParams, draws: Mapping[str, Floats], inputs: Inputs, cfads: Floats
) -> dict[str, DebtSchedule]:
    """Schedule every debt of the mix.

    Parameters
    ----------
    params : FundingParams
    draws : mapping of str to ndarray, shape (n, years)
    inputs : mapping of str to ndarray, shape (n,)
    cfads : ndarray, shape (n, years)

    Returns
    -------
    dict of str to DebtSchedule
    """
    typical = cfads.mean(axis=0)
    return {
        name: debt_schedule(terms, draws[name], debt_rate(params, name, inputs), typical)
        for name, terms in params.instruments.items()
        if terms.kind != "retained"
    }
