"""From orders to compute: what is delivered, paid, stranded and lost, month by month on every path."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields

import numpy as np

from capexlib.models.policy.doors import Doors, open_doors
from capexlib.models.policy.orders import OrderPlan
from capexlib.models.policy.shipping import Lane, Shipping
from capexlib.models.policy.terms import VendorTerms, whole_months
from capexlib.models.uncertainty.families import Floats

_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class VendorFlows:
    """What happened with each vendor in each month; every array (vendors, n, months).

    Attributes
    ----------
    ordered, delivered, cancelled : ndarray
        Units in the month.
    in_transit : ndarray
        Units ordered and neither delivered nor cancelled at the month's end.
    paid, refunded : ndarray
        USD in the month, neither negative: porting, prepayments and what is due on delivery
        (price and testing); prepayments that come back.
    compute : ndarray
        H100-equivalents in service in the month.
    """

    ordered: Floats
    delivered: Floats
    cancelled: Floats
    in_transit: Floats
    paid: Floats
    refunded: Floats
    compute: Floats


@dataclass(frozen=True, slots=True)
class SupplyPaths:
    """What became of a budget.

    Attributes
    ----------
    vendors : tuple of str
    budget : ndarray, shape (n,)
        USD.
    installed : ndarray, shape (vendors, n)
        Units delivered by the end.
    compute : ndarray, shape (n, months)
        H100-equivalents in service in the month, all vendors.
    spent, stranded, lost, held : ndarray, shape (n, months)
        USD at the month's end; they sum to the budget. Spent: porting, and the price and testing
        of goods delivered. Stranded: prepaid for goods that have not arrived. Lost: prepaid, cancelled
        and not refunded. Held: the rest, whether never ordered, due on delivery, or come back.
    by_vendor : VendorFlows or None
        None where it was not asked for.
    """

    vendors: tuple[str, ...]
    budget: Floats
    installed: Floats
    compute: Floats
    spent: Floats
    stranded: Floats
    lost: Floats
    held: Floats
    by_vendor: VendorFlows | None

    @property
    def flows(self) -> VendorFlows:
        """The flows by vendor.

        Raises
        ------
        ValueError
            If they were not kept.
        """
        if self.by_vendor is None:
            msg = "flows by vendor were not kept; simulate with by_vendor=True"
            raise ValueError(msg)
        return self.by_vendor


def simulate_supply(
    budget_usd: Floats,
    plan: OrderPlan,
    terms: Mapping[str, VendorTerms],
    doors: Mapping[str, Doors],
    *,
    training_share: Floats,
    patience: Floats,
    reorder_lag: Floats,
    fallback: str | None = None,
    by_vendor: bool = True,
    workers: int = 1,
) -> SupplyPaths:
    """Follow a budget from orders to compute.

    Parameters
    ----------
    budget_usd : ndarray, shape (n,)
        Not negative.
    plan : OrderPlan
        Its vendors are those of `terms`, in order.
    terms, doors : mapping
        By vendor; a vendor without doors passes no gate.
    training_share : ndarray, shape (n,)
        Part of the work that is training.
    patience, reorder_lag : ndarray, shape (n,)
        Months, rounded half up: for which ready goods wait at a gate, and from a cancellation to the
        order with the fallback (at least one).
    fallback : str, optional
        Vendor that gets money from the others' cancelled orders, and a reserve that no vendor of the
        mix can take. Its own cancelled orders are not placed again.
    by_vendor : bool
        Whether to keep the flows by vendor and month.
    workers : int
        Threads; the numbers do not depend on how many.

    Returns
    -------
    SupplyPaths

    Raises
    ------
    ValueError
        If vendors, shapes or amounts do not fit together.

    Notes
    -----
    In each month, in this order:

    1. Orders: units = money / (price × (1 + duty × part passed on) + testing), after porting, which the
       vendor's first money pays. The prepaid part of the price is paid; the rest is committed.
    2. Goods are ready after lead and audit months, first ordered first, within the month's capacity
       (linear from start to end over the ramp, times the part that is good). Unused capacity is gone.
    3. The doors let through their part of all goods waiting, whatever their age. Where a quota binds,
       deliveries so far, whenever made, may not pass it.
    4. Goods still waiting `patience` months after the month in which they became ready are cancelled.
    5. Money follows goods at the average price of all that the vendor has not delivered.

    Compute of a vendor is installed units × performance × maturity, with maturity
    1 − (1 − m₀) exp(−months since the first delivery / learning); with learning 0 it is 1. Recallable
    units serve only the part that the doors let through in the month.

    A vendor's own deliveries never fall with more budget, a looser gate or a larger quota; with larger supply
    only if nothing is cancelled (goods ready sooner may meet a shut gate). All compute together never falls
    with more budget while no price moves. A looser gate may lower it: by drawing a reserve, or by keeping money
    from a fallback that gives more compute for it.
    """
    vendors = tuple(terms)
    budget = np.asarray(budget_usd, dtype=np.float64)
    n, months = budget.size, plan.shares.shape[1]
    _check(vendors, budget, plan, fallback)
    for name, drawn in (("training_share", training_share), ("patience", patience), ("reorder_lag", reorder_lag)):
        if drawn.shape != (n,):
            msg = f"{name} has shape {drawn.shape}, not one number for each of {n} paths"
            raise ValueError(msg)
    shut = {vendor: doors.get(vendor) or open_doors(n, months) for vendor in vendors}
    for vendor, found in shut.items():
        if found.passes.shape != (n, months):
            msg = f"doors of {vendor} have shape {found.passes.shape}, not {(n, months)}"
            raise ValueError(msg)
    active = [
        row for row, vendor in enumerate(vendors)
        if plan.shares[row].any() or (plan.reserve and plan.mix[row]) or vendor == fallback
    ]  # fmt: skip
    gated = [row for row in active if not shut[vendors[row]].is_open]
    rows = gated + [row for row in active if row not in gated]
    lanes = [
        Lane(terms[vendors[row]], shut[vendors[row]], plan.shares[row], plan.mix[row], vendors[row] == fallback)
        for row in rows
    ]
    totals = np.zeros((5, months, n))
    installed = np.zeros((len(vendors), n))
    kept = np.zeros((len(fields(VendorFlows)) if by_vendor else 0, months, len(vendors), n))
    if not lanes:
        totals[4] = budget

    def follow(begin: int) -> None:
        block = slice(begin, min(begin + _BLOCK, n))
        ship = Shipping(
            lanes, len(gated), block, budget=budget[block], training_share=training_share[block],
            patience=whole_months(patience[block]), lag=np.maximum(whole_months(reorder_lag[block]), 1),
            reserve=plan.reserve, reserve_month=plan.reserve_month,
        )  # fmt: skip
        for month in range(months):
            ship.month(month)
            ship.compute.sum(axis=0, out=totals[0, month, block])
            totals[1, month, block] = ship.spent
            ship.prepaid.sum(axis=0, out=totals[2, month, block])
            totals[3, month, block] = ship.lost
            np.add(ship.cash, ship.unpaid.sum(axis=0), out=totals[4, month, block])
            for place, row in enumerate(rows if by_vendor else ()):
                for number, flow in enumerate(ship.flows(month)):
                    kept[number, month, row, block] = flow[place]
        installed[rows, block] = ship.installed

    blocks = range(0, n if lanes else 0, _BLOCK)
    if workers == 1:
        for begin in blocks:
            follow(begin)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(follow, blocks))
    compute, spent, stranded, lost, held = (total.T for total in totals)
    flows = VendorFlows(*(flow.transpose(1, 2, 0) for flow in kept)) if by_vendor else None
    return SupplyPaths(vendors, budget, installed, compute, spent, stranded, lost, held, flows)


def _check(vendors: tuple[str, ...], budget: Floats, plan: OrderPlan, fallback: str | None) -> None:
    """Refuse what does not fit together."""
    if budget.ndim != 1 or not (np.isfinite(budget) & (budget >= 0.0)).all():
        msg = "the budget is one finite amount a path, not negative"
        raise ValueError(msg)
    if plan.vendors != vendors:
        msg = f"the plan is for {plan.vendors}, the terms are of {vendors}"
        raise ValueError(msg)
    if fallback is not None and fallback not in vendors:
        msg = f"the fallback {fallback!r} is not among the vendors: {', '.join(vendors) or 'none'}"
        raise ValueError(msg)
