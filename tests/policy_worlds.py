"""Invented vendors, gates and orders, and a slow simulator that follows every cohort by itself."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp, floor, inf
from typing import Any

import numpy as np
from hypothesis import strategies as st

from capexlib.models.policy.doors import Doors
from capexlib.models.policy.orders import OrderPlan, order_plan
from capexlib.models.policy.supply import SupplyPaths, simulate_supply
from capexlib.models.policy.terms import VendorTerms

N = 12
PLAIN = {
    "price_usd": 100.0, "duty_passed_on": 0.0, "training": 1.0, "inference": 1.0, "maturity": 1.0,
    "learning_months": 0.0, "porting_cost_usd": 0.0, "supply_start": 1e9, "supply_end": 1e9, "ramp_months": 0.0,
    "good_units": 1.0, "lead_months": 0.0, "audit_months": 0.0, "audit_cost_usd": 0.0, "prepayment": 0.0,
    "refund": 1.0, "electricity": 1.0,
}  # fmt: skip


def plain_terms(n: int = 1, *, recallable: bool = False, **changed: float) -> VendorTerms:
    """A vendor that sells at once, at 100, without limits, unless told otherwise."""
    quota = changed.pop("quota", None)
    values = {name: np.full(n, value) for name, value in (PLAIN | changed).items()}
    return VendorTerms(**values, quota=None if quota is None else np.full(n, quota), recallable=recallable)


def doors_of(*passes: float, binds: bool = False, duty: tuple[float, ...] | float = 0.0, n: int = 1) -> Doors:
    """Doors that are the same on all paths."""
    shape = (n, len(passes))
    return Doors(
        np.broadcast_to(np.array(passes), shape), np.full(shape, binds), np.broadcast_to(np.asarray(duty), shape)
    )


@dataclass(frozen=True)
class Case:
    """Everything that a simulation takes."""

    budget: np.ndarray
    plan: OrderPlan
    terms: Mapping[str, VendorTerms]
    doors: Mapping[str, Doors]
    training_share: np.ndarray
    patience: np.ndarray
    reorder_lag: np.ndarray
    fallback: str | None

    def run(self, workers: int = 1, **changed: Any) -> SupplyPaths:
        case = replace(self, **changed)
        return simulate_supply(
            case.budget, case.plan, case.terms, case.doors, training_share=case.training_share,
            patience=case.patience, reorder_lag=case.reorder_lag, fallback=case.fallback, workers=workers,
        )  # fmt: skip

    @property
    def months(self) -> int:
        return self.plan.shares.shape[1]


def lone(budget: float, sold: VendorTerms, door: Doors | None = None, /, *, months: int = 1, **changed: Any) -> Case:
    """One vendor gets all of the budget in the first month."""
    n = sold.price_usd.size
    plan = order_plan({"acme": 1.0}, ["acme"], order_months=1, horizon=door.passes.shape[1] if door else months)
    case = Case(
        np.full(n, budget), plan, {"acme": sold}, {"acme": door} if door else {}, np.zeros(n), np.full(n, 99.0),
        np.ones(n), None,
    )  # fmt: skip
    return replace(case, **changed)


@st.composite
def cases(draw, *, most_vendors=4, reserve=True, prices_move=True) -> Case:
    """Small worlds with awkward numbers: zeros, ones, quotas that bind, doors that open late."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count, months = draw(st.integers(0, most_vendors)), draw(st.integers(1, 10))
    vendors = [f"acme{place}" for place in range(count)]

    def pick(*values: float) -> np.ndarray:
        return rng.choice(values, N)

    terms, doors = {}, {}
    for vendor in vendors:
        terms[vendor] = VendorTerms(
            price_usd=rng.uniform(50, 200, N), duty_passed_on=pick(0, 0.5, 1), training=rng.uniform(0, 2, N),
            inference=rng.uniform(0, 2, N), maturity=pick(0, 0.4, 1), learning_months=pick(0, 1, 6.5),
            porting_cost_usd=pick(0, 0, 700, 1e6), supply_start=pick(0, 3, 20, 1e6), supply_end=pick(5, 40, 1e6),
            ramp_months=pick(0, 0.5, 4, 30), good_units=pick(0.3, 1, 1), lead_months=pick(0, 0.5, 1.2, 3, 30),
            audit_months=pick(0, 0.3, 1), audit_cost_usd=pick(0, 0, 10), prepayment=pick(0, 0.4, 1),
            refund=pick(0, 0.5, 1), electricity=pick(1),
            quota=pick(0, 10, 50, 1e3) if rng.random() < 0.5 else None, recallable=bool(rng.random() < 0.2),
        )  # fmt: skip
        if rng.random() < 0.75:
            passes = rng.choice([0, 0, 0.3, 0.97, 1], (N, months))
            duty = rng.choice([0, 0.25], (N, months)) if prices_move else np.zeros((N, months))
            doors[vendor] = Doors(passes, rng.random((N, months)) < 0.5, duty)
    weights = rng.random(count) * (rng.random(count) < 0.8)
    total = weights.sum()
    mix = {v: float(w / total) for v, w in zip(vendors, weights, strict=True)} if total else {}
    plan = order_plan(
        mix, vendors, order_months=draw(st.integers(1, 12)), horizon=months,
        timing=draw(st.sampled_from(["even", "front", "wait"])),
        reserve=draw(st.sampled_from([0.0, 0.2, 1.0])) if reserve else 0.0, reserve_month=draw(st.integers(1, 11)),
    )  # fmt: skip
    return Case(
        budget=pick(0, 1e3, 1e4, 1e5), plan=plan, terms=terms, doors=doors, training_share=rng.random(N),
        patience=pick(0, 1, 2.5, 40), reorder_lag=pick(0, 1, 2, 30),
        fallback=str(rng.choice(vendors)) if count and rng.random() < 0.7 else None,
    )  # fmt: skip


TOTALS = ("compute", "spent", "stranded", "lost", "held")
FLOWS = ("ordered", "delivered", "cancelled", "in_transit", "paid", "refunded", "compute")


class SlowVendor:
    """One vendor on one path, its goods cohort by cohort, in plain Python."""

    def __init__(self, case: Case, vendor: str, path: int) -> None:
        self.terms, self.door, self.path = case.terms[vendor], case.doors.get(vendor), path
        self.t = {name: float(getattr(self.terms, name)[path]) for name in PLAIN}
        self.wait = floor(case.patience[path] + 0.5)
        self.porting = self.t["porting_cost_usd"]
        self.queue: list[list[float]] = []
        self.ready: list[list[float]] = []
        self.prepaid = self.unpaid = self.got = 0.0
        self.first: int | None = None
        self.flows = {name: np.zeros(case.months) for name in FLOWS}

    def at_the_door(self, month: int) -> tuple[float, bool, float]:
        if self.door is None:
            return 1.0, False, 0.0
        return tuple(x[self.path, month] for x in (self.door.passes, self.door.quota_binds, self.door.duty))

    def order(self, month: int, money: float) -> float:
        """Place an order; return what porting takes."""
        moving = min(self.porting, money)
        self.porting -= moving
        price = self.t["price_usd"] * (1 + self.at_the_door(month)[2] * self.t["duty_passed_on"])
        units = (money - moving) / (price + self.t["audit_cost_usd"])
        self.queue.append([month + floor(self.t["lead_months"] + self.t["audit_months"] + 0.5), units])
        first = units * price * self.t["prepayment"]
        self.prepaid += first
        self.unpaid += money - moving - first
        self.flows["ordered"][month], self.flows["paid"][month] = units, moving + first
        return moving

    def _make_ready(self, month: int) -> None:
        done = min(month / self.t["ramp_months"], 1.0) if self.t["ramp_months"] else 1.0
        supply = self.t["supply_start"] + (self.t["supply_end"] - self.t["supply_start"]) * done
        room, born = self.t["good_units"] * supply, 0.0
        for order in self.queue:
            if order[0] <= month:
                made = min(order[1], room - born)
                order[1] -= made
                born += made
        self.ready.append([month, born])

    def _deliver(self, month: int) -> float:
        passes, binds, _ = self.at_the_door(month)
        stock = sum(cohort[1] for cohort in self.ready)
        quota = self.terms.quota
        left = max(float(quota[self.path]) - self.got, 0.0) if binds and quota is not None else inf
        delivered = min(passes * stock, left)
        for cohort in self.ready:
            cohort[1] *= 1 - delivered / stock if stock else 1.0
        if delivered and self.first is None:
            self.first = month
        self.got += delivered
        return delivered

    def advance(self, month: int) -> tuple[float, float, float]:
        """Return USD spent, lost and come back in the month."""
        self._make_ready(month)
        delivered = self._deliver(month)
        cancelled = sum(cohort[1] for cohort in self.ready if month - cohort[0] >= self.wait)
        self.ready = [cohort for cohort in self.ready if month - cohort[0] < self.wait]
        transit = sum(cohort[1] for cohort in self.ready) + sum(order[1] for order in self.queue)
        before = transit + delivered + cancelled
        part, gone = (delivered / before, cancelled / before) if before > 1e-9 else (0.0, 0.0)
        settled, due, off, back = self.prepaid * part, self.unpaid * part, self.prepaid * gone, self.unpaid * gone
        self.prepaid -= settled + off
        self.unpaid -= due + back
        refunded = off * self.t["refund"]
        found = {"delivered": delivered, "cancelled": cancelled, "in_transit": transit, "refunded": refunded}
        for name, value in found.items():
            self.flows[name][month] = value
        self.flows["paid"][month] += due
        return settled + due, off - refunded, back + refunded

    def serve(self, month: int, training: float) -> float:
        """Return the month's compute."""
        each = training * self.t["training"] + (1 - training) * self.t["inference"]
        since = 0 if self.first is None else month - self.first
        learning = self.t["learning_months"]
        gap = (1 - self.t["maturity"]) * exp(-since / learning) if learning else 0.0
        part = self.at_the_door(month)[0] if self.terms.recallable else 1.0
        self.flows["compute"][month] = self.got * each * (1 - gap) * part
        return self.flows["compute"][month]


def _planned(case: Case, vendors: Mapping[str, SlowVendor], month: int, budget: float) -> dict[str, float]:
    """Money that the plan and the reserve give to each vendor in a month."""
    money = {v: float(case.plan.shares[row, month]) * budget for row, v in enumerate(vendors)}
    if case.plan.reserve and month == case.plan.reserve_month:
        mix = dict(zip(vendors, case.plan.mix.tolist(), strict=True))
        through = {v: mix[v] for v, found in vendors.items() if found.at_the_door(month)[0] > 0}
        if sum(through.values()) == 0:
            through = {case.fallback: 1.0} if case.fallback else {}
        for v, weight in through.items():
            money[v] += case.plan.reserve * budget * weight / sum(through.values())
    return money


def slowly(case: Case, path: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Follow one path cohort by cohort.

    Returns
    -------
    tuple of dict
        Month-end totals by name, (months,), and flows by name, (vendors, months).
    """
    vendors = {v: SlowVendor(case, v, path) for v in case.terms}
    budget, training = float(case.budget[path]), float(case.training_share[path])
    lag = max(floor(case.reorder_lag[path] + 0.5), 1)
    cash, spent, lost = budget, 0.0, 0.0
    again: dict[int, float] = {}
    totals = {name: np.zeros(case.months) for name in TOTALS}
    for month in range(case.months):
        money = _planned(case, vendors, month, budget)
        if case.fallback:
            money[case.fallback] += again.pop(month, 0.0)
        for name, vendor in vendors.items():
            cash -= money[name]
            spent += vendor.order(month, money[name])
            paid, written_off, back = vendor.advance(month)
            spent, lost, cash = spent + paid, lost + written_off, cash + back
            if case.fallback and name != case.fallback:
                again[month + lag] = again.get(month + lag, 0.0) + back
        totals["compute"][month] = sum(vendor.serve(month, training) for vendor in vendors.values())
        totals["spent"][month], totals["lost"][month] = spent, lost
        totals["stranded"][month] = sum(vendor.prepaid for vendor in vendors.values())
        totals["held"][month] = cash + sum(vendor.unpaid for vendor in vendors.values())
    rows = {name: [vendor.flows[name] for vendor in vendors.values()] for name in FLOWS}
    return totals, {name: np.array(found).reshape(len(vendors), case.months) for name, found in rows.items()}
