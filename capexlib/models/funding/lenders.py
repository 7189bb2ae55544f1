"""The lender's view: covers, what repays the debt, and which tests are failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capexlib.models.finance import dscr, interest_cover, llcr
from capexlib.models.funding.debts import DebtSchedule
from capexlib.models.funding.inputs import Inputs
from capexlib.models.funding.needs import ProjectFlows, together
from capexlib.models.funding.sources import company_cash_flow
from capexlib.params.funding import Covenant

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Covers:
    """Debt and how well it is covered; arrays (n, years), nan where nothing is due.

    Parameters
    ----------
    debt, interest, service : ndarray
        Of the plan, USD, positive: owed at the year's end, and due in the year.
    dscr, interest_cover, leverage : ndarray
        From the plan's cash flow alone.
    company_dscr, company_interest_cover, company_leverage : ndarray
        From all of the company's cash flow, its older debt counted.
    llcr, dscr_average, by_plan : ndarray, shape (n,)
        Of the plan, when most is owed; over the life of its debt; and the part of all debt
        service that its own cash flow pays.
    """

    debt: Floats
    interest: Floats
    service: Floats
    dscr: Floats
    interest_cover: Floats
    leverage: Floats
    company_dscr: Floats
    company_interest_cover: Floats
    company_leverage: Floats
    llcr: Floats
    dscr_average: Floats
    by_plan: Floats

    def measured(self, measure: str, level: str) -> Floats:
        """Return one measure, of the plan or of the company."""
        return getattr(self, measure if level == "plan" else f"company_{measure}")


def covers(flows: ProjectFlows, debts: Mapping[str, DebtSchedule], inputs: Inputs) -> Covers:
    """Set the debt service beside the cash that serves it.

    Parameters
    ----------
    flows : ProjectFlows
    debts : mapping of str to DebtSchedule
    inputs : mapping of str to ndarray, shape (n,)
        The company's cash flow, debt and debt service.

    Returns
    -------
    Covers

    Notes
    -----
    What is settled after the last year, from the value of what is left, is no debt service
    here. The company's interest on older debt is taken as its whole
    service, which understates its interest cover.
    """
    zeros = np.zeros_like(flows.cfads)
    owed, interest, service = zeros.copy(), zeros.copy(), zeros.copy()
    rate_weight = np.zeros(len(zeros))
    for debt in debts.values():
        owed += debt.balance
        interest += debt.interest
        service += debt.service
        rate_weight += debt.rate * debt.draws.sum(axis=1)
    drawn = together([debt.draws for debt in debts.values()]) if debts else zeros
    rate = rate_weight / np.maximum(drawn.sum(axis=1), 1e-9)
    outside = company_cash_flow(inputs, flows.years)
    old_debt = inputs["funding.company.debt"][:, None]
    old_service = inputs["funding.company.debt_service"][:, None]
    earned = flows.ebitda + outside
    with np.errstate(divide="ignore", invalid="ignore"):
        leverage = np.where(owed > 0, owed / np.where(flows.ebitda > 0, flows.ebitda, np.nan), np.nan)
        leverage = np.where((owed > 0) & (flows.ebitda <= 0), np.inf, leverage)
        whole = np.where(earned > 0, (owed + old_debt) / np.where(earned > 0, earned, 1.0), np.inf)
    return Covers(
        debt=owed, interest=interest, service=service, dscr=dscr(flows.cfads, service),
        interest_cover=interest_cover(flows.ebitda, interest), leverage=leverage,
        company_dscr=dscr(flows.cfads + outside, service + old_service),
        company_interest_cover=interest_cover(earned, interest + old_service), company_leverage=whole,
        llcr=_life_cover(flows.cfads, rate, owed), dscr_average=average(flows.cfads, service),
        by_plan=paid_by_plan(flows.cfads, service),
    )  # fmt: skip


def _life_cover(cfads: Floats, rate: Floats, owed: Floats) -> Floats:
    """Loan life cover at the end of the year in which most is owed on average; nan without debt."""
    peak = int(np.argmax(owed.mean(axis=0)))
    found = llcr(cfads[:, peak:], rate[:, None], owed[:, peak:])
    return found[:, 0]


def lowest(cover: Floats) -> Floats:
    """Lowest cover of each path; infinite where nothing is ever due, (n,)."""
    return np.where(np.isnan(cover), np.inf, cover).min(axis=1)


def average(cfads: Floats, service: Floats) -> Floats:
    """Cover over the life of the debt: all cash flow of the years with service over all service.

    Returns
    -------
    ndarray, shape (n,)
        Nan without any service. Unlike the lowest cover it does not hang on a small last instalment.

    Examples
    --------
    >>> average(np.array([[50.0, 120.0, 30.0]]), np.array([[0.0, 100.0, 20.0]])).tolist()
    [1.25]
    """
    owed = service.sum(axis=1)
    return np.where(service > 0, cfads, 0.0).sum(axis=1) / np.where(owed > 0, owed, np.nan)


def paid_by_plan(cfads: Floats, service: Floats) -> Floats:
    """Part of the debt service that the plan's own cash flow pays; the company pays the rest.

    Returns
    -------
    ndarray, shape (n,)
        From 0 to 1, cash of one year not kept for the next; nan without any service.

    Examples
    --------
    >>> paid_by_plan(np.array([[50.0, 120.0, -5.0]]), np.array([[0.0, 100.0, 100.0]])).tolist()
    [0.5]
    """
    owed = service.sum(axis=1)
    paid = np.clip(cfads, 0.0, service).sum(axis=1)
    return paid / np.where(owed > 0, owed, np.nan)


def breaches(covenant: Covenant, threshold: Floats, covered: Covers) -> NDArray[np.bool_]:
    """Tell on which paths and in which years a test fails.

    Parameters
    ----------
    covenant : Covenant
    threshold : ndarray, shape (n,)
    covered : Covers

    Returns
    -------
    ndarray of bool, shape (n, years)
        False where nothing is due.
    """
    measured = covered.measured(covenant.measure, covenant.level)
    with np.errstate(invalid="ignore"):
        if covenant.measure == "leverage":
            return measured > threshold[:, None]
        return measured < threshold[:, None]


def cushion(cover: Floats) -> Floats:
    """Part of the cash flow that may go missing before debt service is not met.

    Returns
    -------
    ndarray
        ``1 − 1 / cover``; negative where it is not met as it is, never below −100 %.

    Examples
    --------
    >>> cushion(np.array([2.0, 0.8, 0.0])).round(6).tolist()
    [0.5, -0.25, -1.0]
    """
    return np.clip(1.0 - 1.0 / np.maximum(cover, 1e-12), -1.0, None)
