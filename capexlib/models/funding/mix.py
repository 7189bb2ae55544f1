"""The cheapest way to pay under limits, and what more freedom or less disclosure would cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from capexlib.models.finance import dscr
from capexlib.models.funding.capital import cost_of
from capexlib.models.funding.debts import debt_rate, debt_schedule, schedules
from capexlib.models.funding.inputs import Inputs
from capexlib.models.funding.lenders import lowest
from capexlib.models.funding.needs import ProjectFlows, together
from capexlib.models.funding.sources import company_cash_flow, own_cash, sources_and_uses
from capexlib.params.funding import FundingParams

Floats = NDArray[np.float64]
HALVINGS = 7
UNPAID = 10.0  # times the dearest instrument: a gap is chosen only where nothing else is left


@dataclass(frozen=True, slots=True)
class Mix:
    """One way to pay.

    Parameters
    ----------
    shares : dict of str to float
        Part of the need by instrument.
    gap : float
        Part of the need that nothing pays.
    cost : float
        After tax, decimal a year, of what is paid.
    flexibility, disclosure : float
        Scores of the instruments, weighted by what they pay.
    dilution : float
        Share of the company that conversion would take.
    held : float
        Share of paths on which the debt service cover is kept in every year; nan where
        that was not asked.
    """

    shares: dict[str, float]
    gap: float
    cost: float
    flexibility: float
    disclosure: float
    dilution: float
    held: float = float("nan")


class MixProgramme:
    """The linear programme of the cheapest mix; one column an instrument, and the gap.

    Parameters
    ----------
    params : FundingParams
    flows : ProjectFlows
    inputs : mapping of str to ndarray, shape (n,)

    Notes
    -----
    Minimise the cost after tax of paying the mean need, at the median of every price, with
    each instrument within its limit and its share; average disclosure and dilution within
    their caps; and in each year debt service times the asked cover within a quantile of the
    cash flow that serves it, debt being drawn as the mean needs, or deliveries, come. All
    years at once must then hold on enough paths, in an account that pays for as much of the
    plan as the mix does: the quantile is lowered by halving until they do (`solve_for_paths`),
    which keeps a programme of a few rows where a joint chance constraint would need a binary
    variable a path.
    """

    def __init__(self, params: FundingParams, flows: ProjectFlows, inputs: Inputs) -> None:
        self.params, self.flows, self.inputs = params, flows, inputs
        self.names = params.order
        needs = np.maximum(flows.needs, 0.0).mean(axis=0)
        self.need = float(needs.sum())
        if not self.need > 0:
            msg = "the plan needs no money on average, so there is no mix to choose"
            raise ValueError(msg)
        middle = {name: np.median(values, keepdims=True) for name, values in inputs.items()}
        tax = float(np.median(flows.tax_rate))
        came = flows.deliveries.mean(axis=0)
        timing = {"needs": needs[None] / self.need, "deliveries": came[None] / max(float(came.sum()), 1.0)}
        terms = [params.instruments[name] for name in self.names]
        kept = np.array([1.0 - float(middle[f"funding.instruments.{name}.fee"][0]) for name in self.names])
        self.cost = np.array([float(cost_of(params, name, middle, tax)[0]) for name in self.names])
        self.flexibility = np.array([one.flexibility.value for one in terms])
        self.disclosure = np.array([one.disclosure.value for one in terms])
        self.dilution = np.array([self._dilution(name, middle) for name in self.names])
        self.limit = np.array([self._limit(name, middle, float(k)) for name, k in zip(self.names, kept, strict=True)])
        typical = flows.cfads.mean(axis=0)
        service = [np.zeros(flows.years) if one.kind == "retained" else
                   debt_schedule(one, timing[one.draws] / k, debt_rate(params, name, middle), typical).service[0]
                   for name, one, k in zip(self.names, terms, kept, strict=True)]  # fmt: skip
        self.service = np.array(service)
        self.cover = float(middle["funding.cover"][0])
        cash = flows.cfads
        if params.cover_level == "company":
            cash = cash + company_cash_flow(inputs, flows.years) - inputs["funding.company.debt_service"][:, None]
        self.cash = cash

    def _dilution(self, name: str, middle: Mapping[str, Floats]) -> float:
        if self.params.instruments[name].kind != "convertible":
            return 0.0
        premium = float(middle[f"funding.instruments.{name}.premium"][0])
        return 1.0 / (1.0 + premium) / float(middle["funding.company.equity_value"][0])

    def _limit(self, name: str, middle: Mapping[str, Floats], kept: float) -> float:
        """Return the most of the need that an instrument pays, net of fees."""
        terms, flows = self.params.instruments[name], self.flows
        base = flows.deliveries if terms.draws == "deliveries" else np.maximum(flows.needs, 0.0)
        shared = float(base.mean(axis=0).sum()) * float(middle[f"funding.instruments.{name}.share"][0])
        if terms.kind == "retained":
            last = int(np.flatnonzero(flows.needs.any(axis=0)).max(initial=0))
            return min(shared, max(0.0, float(np.median(own_cash(self.params.company, self.inputs, last + 1)[:, -1]))))
        return min(shared, float(middle[f"funding.instruments.{name}.limit"][0]) * kept)

    def solve(
        self, *, tail: float | None = None, flexibility: float | None = None, disclosure: float | None = None
    ) -> Mix | None:
        """Find the cheapest mix.

        Parameters
        ----------
        tail : float, optional
            Quantile of each year's cash flow that debt service may count on; without one
            no cover is asked.
        flexibility : float, optional
            Least average flexibility.
        disclosure : float, optional
            Highest average disclosure; the params' cap where it is not given.

        Returns
        -------
        Mix or None
            None where no mix keeps the limits.
        """
        from scipy.optimize import linprog

        count = len(self.names)
        cap = self.params.disclosure_cap if disclosure is None else disclosure
        share = self.params.dilution_cap
        diluted = share / (1.0 - share) / self.need if share < 1.0 else np.inf
        rows, bounds = [self.disclosure - cap, self.dilution], [0.0, min(diluted, 1e12)]
        if flexibility is not None:
            rows.append(flexibility - self.flexibility)
            bounds.append(0.0)
        if tail is not None:
            due = np.flatnonzero(self.service.any(axis=0))
            available = np.maximum(np.quantile(self.cash[:, due], tail, axis=0), 0.0) / self.need
            rows += list(self.cover * self.service[:, due].T)
            bounds += available.tolist()
        matrix = np.hstack([np.array(rows), np.zeros((len(rows), 1))])
        found = linprog(
            [*self.cost, UNPAID * self.cost.max()], A_ub=matrix, b_ub=bounds, A_eq=np.ones((1, count + 1)), b_eq=[1.0],
            bounds=[*((0.0, limit / self.need) for limit in self.limit), (0.0, 1.0)], method="highs",
        )  # fmt: skip
        return self.mix(found.x[:count]) if found.status == 0 else None

    def mix(self, shares: Floats) -> Mix:
        """Say what a mix is like, given the parts of the need."""
        paid = float(shares.sum())
        weights = shares / paid if paid > 0 else shares
        fresh = float(self.dilution @ shares) * self.need
        return Mix(
            shares=dict(zip(self.names, shares.tolist(), strict=True)), gap=max(0.0, 1.0 - paid),
            cost=float(self.cost @ weights), flexibility=float(self.flexibility @ weights),
            disclosure=float(self.disclosure @ weights), dilution=fresh / (1.0 + fresh),
        )  # fmt: skip

    def held(self, mix: Mix) -> float:
        """Share of paths on which a mix keeps the cover in every year."""
        account = sources_and_uses(self.params, self.flows, self.inputs, mix.shares)
        debts = schedules(self.params, account.draws, self.inputs, self.flows.cfads)
        service = together([debt.service for debt in debts.values()]) if debts else np.zeros_like(self.cash)
        return self.held_by(service)

    def held_by(self, service: Floats) -> float:
        """Share of paths on which a debt service, (n, years), is covered in every year."""
        kept = lowest(dscr(self.cash, service)) >= self.inputs["funding.cover"] * (1 - 1e-9)
        return float(kept.mean())

    def solve_for_paths(self) -> Mix | None:
        """Find the cheapest mix that keeps the cover in the asked share of paths, all years at once."""
        asked = self.params.confidence
        safe, bold = 0.0, 1.0 - asked
        best: Mix | None = None
        for tail in (bold, safe):
            mix = self.solve(tail=tail)
            if mix is None:
                return None
            best = replace(mix, held=self.held(mix))
            if best.held >= asked:
                break
        if best is None or best.held < asked or tail == bold:
            return best
        for _ in range(HALVINGS):
            middle = (safe + bold) / 2
            mix = self.solve(tail=middle)
            share = self.held(mix) if mix else 0.0
            if mix and share >= asked:
                safe, best = middle, replace(mix, held=share)
            else:
                bold = middle
        return best


def frontier(programme: MixProgramme, *, steps: int = 9) -> dict[str, tuple[Mix, ...]]:
    """Trace what more flexibility, and less disclosure, would cost.

    Parameters
    ----------
    programme : MixProgramme
    steps : int
        Points on each curve.

    Returns
    -------
    dict of str to tuple of Mix
        ``flexibility``: cheapest mixes with rising least flexibility. ``disclosure``: with
        rising highest disclosure. No cover is asked; points that leave more unpaid than the
        freest mix does are left out.
    """
    free = programme.solve(disclosure=1.0)
    if free is None:
        return {"flexibility": (), "disclosure": ()}
    curves: dict[str, list[Mix]] = {"flexibility": [], "disclosure": []}
    for level in np.linspace(0.0, 1.0, 4 * steps).tolist():
        for name, mix in (
            ("flexibility", programme.solve(flexibility=level, disclosure=1.0)),
            ("disclosure", programme.solve(disclosure=level)),
        ):
            if mix and mix.gap <= free.gap + 1e-9:
                known = curves[name][-1] if curves[name] else None
                if known is None or abs(known.cost - mix.cost) + abs(known.flexibility - mix.flexibility) > 1e-9:
                    curves[name].append(mix)
    return {name: tuple(_thinned(points, steps)) for name, points in curves.items()}


def _thinned(points: list[Mix], steps: int) -> list[Mix]:
    if len(points) <= steps:
        return points
    return [points[round(place)] for place in np.linspace(0, len(points) - 1, steps).tolist()]
