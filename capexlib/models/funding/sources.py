"""Sources and uses: which instrument pays how much of each year's need, path by path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capexlib.models.funding.inputs import Inputs
from capexlib.models.funding.needs import ProjectFlows, together
from capexlib.params.funding import Company, FundingParams

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SourcesAndUses:
    """Where the money comes from and where it goes; arrays (n, years), USD, positive.

    Parameters
    ----------
    needs : ndarray
        Capital expenditure; years with net refunds need nothing.
    fees : dict of str to ndarray
        Paid on drawing, by instrument; part of the uses.
    draws : dict of str to ndarray
        By instrument, fees included.
    gap : ndarray
        What no instrument pays.
    """

    needs: Floats
    fees: dict[str, Floats]
    draws: dict[str, Floats]
    gap: Floats

    @property
    def uses(self) -> Floats:
        """Needs and fees."""
        return self.needs + together(self.fees.values())

    @property
    def sources(self) -> Floats:
        """Draws, and the gap that closes the account."""
        return together(self.draws.values()) + self.gap

    def total(self, name: str) -> Floats:
        """All draws of an instrument, (n,)."""
        return self.draws[name].sum(axis=1)


def own_cash(company: Company | None, inputs: Inputs, years: int) -> Floats:
    """Cash of the company's own that the plan may use, running total by year.

    Parameters
    ----------
    company : Company or None
        Without one there is none.
    inputs : mapping of str to ndarray, shape (n,)
    years : int

    Returns
    -------
    ndarray, shape (n, years)
        Cash above the floor, and what each year's cash flow leaves after the service of the
        debt that is there already; what is not used in a year can be used in the next.
    """
    if company is None:
        return np.zeros((len(next(iter(inputs.values()))), years))
    part = "funding.company"
    start = np.maximum(inputs[f"{part}.cash"] - inputs[f"{part}.cash_floor"], 0.0)
    return start[:, None] + np.cumsum(company_cash_flow(inputs, years) - _old_service(inputs)[:, None], axis=1)


def company_cash_flow(inputs: Inputs, years: int) -> Floats:
    """Cash flow of the company before this plan, (n, years)."""
    growth = (1.0 + inputs["funding.company.growth"])[:, None] ** np.arange(years)
    return inputs["funding.company.cash_flow"][:, None] * growth


def _old_service(inputs: Inputs) -> Floats:
    return inputs["funding.company.debt_service"]


def sources_and_uses(
    params: FundingParams, flows: ProjectFlows, inputs: Inputs, shares: Mapping[str, float] | None = None
) -> SourcesAndUses:
    """Draw on the instruments in their order until the need is met.

    Parameters
    ----------
    params : FundingParams
        The order, and what each instrument may be drawn against.
    flows : ProjectFlows
    inputs : mapping of str to ndarray, shape (n,)
        Limits, shares, fees, and the company's cash.
    shares : mapping of str to float, optional
        Parts of the mean need that a chosen mix pays, in place of each instrument's own.

    Returns
    -------
    SourcesAndUses
        Sources equal uses on every path and in every year, to rounding.

    Notes
    -----
    In its turn an instrument pays at most its share of the year's need (or of the year's
    deliveries), at most what is left of its limit, and at most what is still unpaid. The fee
    is drawn with it: to pay x, ``x / (1 − fee)`` is drawn, and that counts against the limit.

    A mix pays as much of every year's need as its parts sum to. What follows deliveries brings
    its part of the mean need as these come, not as the need arises; what it leaves unpaid in a
    year, the mix's other instruments pay in their order, as far as their limits and cash go.
    """
    needs = np.maximum(flows.needs, 0.0)
    own = own_cash(params.company, inputs, flows.years)
    names = params.order
    taken = {name: np.zeros_like(needs) for name in names}
    fees = {name: np.zeros_like(needs) for name in names}
    used = {name: np.zeros(len(needs)) for name in names}
    gap = np.zeros_like(needs)
    turns = [(name, False) for name in names]
    if shares is not None:
        turns += [(name, True) for name in names if shares.get(name, 0.0) > 0 and not _follows(params, name)]
    payable = 1.0 if shares is None else min(1.0, sum(shares.values()))
    parts = {name: _part(params, flows, inputs, name, shares) for name in names}
    for year in range(flows.years):
        unpaid = needs[:, year] * payable
        for name, rest in turns:
            terms = params.instruments[name]
            base = flows.deliveries if _follows(params, name) else needs
            if terms.kind == "retained":
                room = own[:, year] - used[name]
            else:
                room = inputs[f"funding.instruments.{name}.limit"] - used[name]
            kept = 1.0 - inputs[f"funding.instruments.{name}.fee"]
            pays = unpaid if rest else np.minimum(unpaid, base[:, year] * parts[name])
            drawn = np.clip(np.minimum(pays / kept, room), 0.0, None)
            fees[name][:, year] += drawn * (1.0 - kept)
            taken[name][:, year] += drawn
            used[name] += drawn
            unpaid = unpaid - drawn * kept
        gap[:, year] = np.maximum(unpaid + needs[:, year] * (1.0 - payable), 0.0)
    return SourcesAndUses(needs, fees, taken, gap)


def _follows(params: FundingParams, name: str) -> bool:
    return params.instruments[name].draws == "deliveries"


def _part(
    params: FundingParams, flows: ProjectFlows, inputs: Inputs, name: str, shares: Mapping[str, float] | None
) -> Floats | float:
    """Part of what an instrument is drawn against that it pays: its own, or what a mix makes of it."""
    if shares is None:
        return inputs[f"funding.instruments.{name}.share"]
    part = shares.get(name, 0.0)
    if not _follows(params, name):
        return part
    delivered = float(flows.deliveries.mean(axis=0).sum())
    return part * float(np.maximum(flows.needs, 0.0).mean(axis=0).sum()) / delivered if delivered > 0 else 0.0
