"""The funding model whole: whether the plan can be paid for, by what, and whether its debt is served."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from capexlib.errors import ParamsError, Problem
from capexlib.figures import Figure
from capexlib.models.funding.capital import dilution, weighted_cost
from capexlib.models.funding.debts import DebtSchedule, schedules
from capexlib.models.funding.inputs import Inputs
from capexlib.models.funding.lenders import Covers, breaches, covers
from capexlib.models.funding.mix import Mix, MixProgramme, frontier
from capexlib.models.funding.needs import ProjectFlows, together
from capexlib.models.funding.reporting import funding_results
from capexlib.models.funding.sources import SourcesAndUses, sources_and_uses
from capexlib.params.funding import FundingParams
from capexlib.params.schema import Case

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FundedPlan:
    """How the plan is paid for on every path: the part of the model that returns rest on.

    Parameters
    ----------
    account : SourcesAndUses
    debts : dict of str to DebtSchedule
    wacc : ndarray, shape (n,)
        After tax, decimal a year.
    """

    account: SourcesAndUses
    debts: dict[str, DebtSchedule]
    wacc: Floats

    @property
    def charges(self) -> Floats:
        """Interest and fees of each year: what tax deducts, (n, years)."""
        return self._sum("interest") + together(self.account.fees.values())

    @property
    def debt_flows(self) -> Floats:
        """The lenders' cash flow seen by the shareholders, draws less fees and service, (n, years)."""
        fees = [self.account.fees[name] for name in self.debts]
        return self._sum("draws") - self._sum("paid") - (together(fees) if fees else 0.0)

    def _sum(self, name: str) -> Floats:
        parts = [getattr(debt, name) for debt in self.debts.values()]
        return together(parts) if parts else np.zeros_like(self.account.needs)


@dataclass(frozen=True, slots=True)
class Funding:
    """Everything the brief shows about funding.

    Parameters
    ----------
    plan : FundedPlan
    covered : Covers
    dilution : ndarray, shape (n,)
    breached : dict of str to ndarray of bool, shape (n, years)
        By covenant.
    cheapest : Mix or None
    chosen : Mix or None
        What the case's own order comes to, on average.
    curves : dict of str to tuple of Mix
        What flexibility and disclosure cost.
    results : tuple of Figure
    """

    plan: FundedPlan
    covered: Covers
    dilution: Floats
    breached: dict[str, NDArray[np.bool_]]
    cheapest: Mix | None
    chosen: Mix | None
    curves: dict[str, tuple[Mix, ...]]
    results: tuple[Figure, ...]


def fund(params: FundingParams, flows: ProjectFlows, inputs: Inputs) -> FundedPlan:
    """Pay for the plan in the case's order, on every path.

    Parameters
    ----------
    params : FundingParams
    flows : ProjectFlows
    inputs : mapping of str to ndarray, shape (n,)

    Returns
    -------
    FundedPlan
    """
    account = sources_and_uses(params, flows, inputs)
    debts = schedules(params, account.draws, inputs, flows.cfads)
    drawn = {name: account.total(name) for name in account.draws}
    wacc = weighted_cost(params, drawn, account.gap.sum(axis=1), inputs, flows.tax_rate)
    return FundedPlan(account, debts, wacc)


def funding_params(case: Case) -> FundingParams:
    """Return the case's section, the company's part included.

    Raises
    ------
    ParamsError
        If the case lacks either, or the company may be worth nothing.
    """
    missing = case.funding is None or case.funding.company is None
    if case.funding is None or missing:
        where = "funding" if case.funding is None else "funding.company"
        what = "The funding model needs it: cash, cash flow, debt and worth of the company, each with a range."
        raise ParamsError([Problem(where, what, f"Add {where} to the case; params/bytedance.yml shows how.")])
    worth = case.funding.company.equity_value if case.funding.company else None
    if worth and not worth.low > 0:
        what = "The worth of all shares may be nothing, so that no note could be converted into shares."
        raise ParamsError([Problem("funding.company.equity_value", what, "Give it a low end above zero.")])
    return case.funding


def assess(case: Case, flows: ProjectFlows, inputs: Inputs, operands: tuple[Figure, ...] = ()) -> Funding:
    """Run the funding model.

    Parameters
    ----------
    case : Case
    flows : ProjectFlows
        From the return model's operations.
    inputs : mapping of str to ndarray, shape (n,)
        Of the same operations: one draw of everything.
    operands : tuple of Figure
        What the flows rest on.

    Returns
    -------
    Funding

    Raises
    ------
    ParamsError
        If the case says nothing about its company.
    """
    params = funding_params(case)
    plan = fund(params, flows, inputs)
    covered = covers(flows, plan.debts, inputs)
    drawn = {name: plan.account.total(name) for name in plan.account.draws}
    needs = plan.account.needs.mean(axis=0).sum()
    cheapest = chosen = None
    curves: dict[str, tuple[Mix, ...]] = {"flexibility": (), "disclosure": ()}
    if needs > 0:
        programme = MixProgramme(params, flows, inputs)
        cheapest, curves = programme.solve_for_paths(), frontier(programme)
        net = [(plan.account.draws[name] - plan.account.fees[name]).mean(axis=0).sum() / needs for name in params.order]
        chosen = programme.mix(np.array(net))
        chosen = replace(chosen, held=programme.held_by(covered.service))
    funding = Funding(
        plan=plan, covered=covered, dilution=dilution(params, drawn, inputs),
        breached={
            name: breaches(covenant, inputs[f"funding.covenants.{name}.threshold"], covered)
            for name, covenant in params.covenants.items()
        },
        cheapest=cheapest, chosen=chosen, curves=curves, results=(),
    )  # fmt: skip
    return replace(funding, results=funding_results(params, funding, operands))
