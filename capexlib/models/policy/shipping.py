"""A month in the life of the orders of many paths: placed, made ready, let through, cancelled, paid.

Arrays are (vendors, paths). Lanes behind a gate come first, so that what only they need is done
to a leading slice. Numbers are changed in place: a block of paths stays in the processor's cache.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capexlib.models.policy.delays import Delayed
from capexlib.models.policy.doors import Doors
from capexlib.models.policy.terms import VendorTerms
from capexlib.models.uncertainty.families import Floats

Wholes = NDArray[np.intp]

_NO_GOODS = 1e-9
_TOO_SMALL = 1e-100


@dataclass(frozen=True, slots=True)
class Lane:
    """A vendor that gets orders: its terms and doors, and its part of the plan.

    Attributes
    ----------
    terms : VendorTerms
    doors : Doors
    shares : ndarray, shape (months,)
        Of the budget.
    mix : float
        Weight when a reserve is split.
    is_fallback : bool
    """

    terms: VendorTerms
    doors: Doors
    shares: Floats
    mix: float
    is_fallback: bool


class Shipping:
    """State of all orders of a block of paths; call `month` for each month in turn.

    Parameters
    ----------
    lanes : list of Lane
        Those whose doors are ever shut first.
    n_gated : int
        How many those are.
    paths : slice
        The block.
    budget, training_share, patience, lag : ndarray, shape (paths,)
        USD; part of the work; whole months, the last at least 1.
    reserve, reserve_month : float, int
    """

    def __init__(
        self, lanes: list[Lane], n_gated: int, paths: slice, *,
        budget: Floats, training_share: Floats, patience: Wholes, lag: Wholes, reserve: float, reserve_month: int,
    ) -> None:  # fmt: skip
        def rows(name: str) -> Floats:
            return np.stack([getattr(lane.terms, name)[paths] for lane in lanes])

        self.lanes, self.n_gated, self.paths = lanes, n_gated, paths
        self.months = lanes[0].doors.passes.shape[1]
        self.budget, self.reserve, self.reserve_month = budget, reserve, reserve_month
        self.fallback = next((row for row, lane in enumerate(lanes) if lane.is_fallback), None)
        shape = (len(lanes), budget.size)
        gated = (n_gated, budget.size)

        self.price, self.passed_on, self.audit = rows("price_usd"), rows("duty_passed_on"), rows("audit_cost_usd")
        self.prepayment, self.refund = rows("prepayment"), rows("refund")
        self.porting = rows("porting_cost_usd")
        self.start = rows("supply_start") * rows("good_units")
        self.rise = rows("supply_end") * rows("good_units") - self.start
        ramp = rows("ramp_months")
        self.pace = np.divide(1.0, ramp, out=np.full(shape, np.inf), where=ramp > 0.0)
        self.performance = training_share * rows("training") + (1.0 - training_share) * rows("inference")
        learning = rows("learning_months")
        self.immature = np.where(learning > 0.0, 1.0 - rows("maturity"), 0.0)
        self.keeps = np.exp(-np.divide(1.0, learning, out=np.zeros(shape), where=learning > 0.0))

        delays = np.stack([lane.terms.delay[paths] for lane in lanes])
        self.orders, self.due = Delayed(self.months, delays), np.zeros(shape)
        self.patience = patience
        self.cohorts = Delayed(self.months, np.broadcast_to(patience, gated).copy())
        self.survival, self.cleared = np.ones(gated), np.full(gated, -1, dtype=np.int32)
        self.returns = Delayed(self.months, lag)
        self.cash, self.again = budget.copy(), np.zeros(budget.size)
        self.spent, self.lost = np.zeros(budget.size), np.zeros(budget.size)
        self.backlog, self.waiting, self.undelivered = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self.prepaid, self.unpaid, self.installed = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self.ready, self.delivered, self.compute = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self.paid, self.refunded, self.cancelled = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        self.passes, self.room = np.ones(gated), np.empty(shape)

    def month(self, month: int) -> None:
        """Advance to the month's end."""
        for row, lane in enumerate(self.lanes[: self.n_gated]):
            self.passes[row] = lane.doors.passes[self.paths, month]
        self.paid[:] = 0.0
        self._order(month)
        self._make_ready(month)
        self._let_through(month)
        self._measure()
        self._settle(month)

    def flows(self, month: int) -> tuple[Floats, ...]:
        """Return the month's flows, in the order of `VendorFlows`."""
        return (
            self.orders.row(month), self.delivered, self.cancelled, self.undelivered,
            self.paid, self.refunded, self.compute,
        )  # fmt: skip

    def _order(self, month: int) -> None:
        """Place the month's orders: planned ones, the reserve, and money that comes back."""
        shares = np.array([lane.shares[month] for lane in self.lanes])
        has_reserve = self.reserve > 0.0 and month == self.reserve_month
        back = self.fallback
        if has_reserve or shares.any():
            rows = slice(None)
        elif back is not None:
            rows = slice(back, back + 1)
        else:
            return
        money = shares[rows, None] * self.budget
        if has_reserve:
            money += self._reserved() * (self.reserve * self.budget)
        if back is not None:
            money[0 if rows.start == back else back] += self.returns.read(month, self.again)
        self.cash -= money.sum(axis=0)
        porting = np.minimum(self.porting[rows], money)
        self.porting[rows] -= porting
        self.spent += porting.sum(axis=0)
        money -= porting
        price = np.stack([lane.doors.duty[self.paths, month] for lane in self.lanes[rows]])
        price *= self.passed_on[rows]
        price += 1.0
        price *= self.price[rows]
        units = np.divide(money, price + self.audit[rows], out=self.orders.row(month)[rows])
        self.undelivered[rows] += units
        price *= units
        price *= self.prepayment[rows]
        self.prepaid[rows] += price
        money -= price
        self.unpaid[rows] += money
        self.paid[rows] = np.add(porting, price, out=porting)

    def _reserved(self) -> Floats:
        """Return how each path splits the reserve."""
        weights = np.stack([np.full(self.budget.size, lane.mix) for lane in self.lanes])
        weights[: self.n_gated] *= self.passes > 0.0
        total = weights.sum(axis=0)
        weights /= np.where(total > 0.0, total, 1.0)
        if self.fallback is not None:
            weights[self.fallback] += total <= 0.0
        return weights

    def _make_ready(self, month: int) -> None:
        """Finish what is due, within the month's capacity."""
        if month:
            capacity = np.multiply(self.pace, month, out=self.room)
            np.minimum(capacity, 1.0, out=capacity)
            capacity *= self.rise
            capacity += self.start
        else:
            capacity = np.where(np.isinf(self.pace), self.start + self.rise, self.start)
        self.backlog += self.orders.read(month, self.due)
        np.minimum(self.backlog, capacity, out=self.ready)
        self.backlog -= self.ready

    def _let_through(self, month: int) -> None:
        """Deliver what the doors and quotas allow, then cancel what has waited too long."""
        g = self.n_gated
        self.immature *= np.where(self.installed > 0.0, self.keeps, 1.0)
        self.delivered[g:] = self.ready[g:]
        waiting, ready = self.waiting[:g], self.ready[:g]
        waiting += ready
        delivered = np.multiply(waiting, self.passes, out=self.delivered[:g])
        stays = 1.0 - self.passes
        for row, lane in enumerate(self.lanes[:g]):
            self._hold_to_quota(row, lane, month, stays[row])
        np.divide(ready, self.survival, out=self.cohorts.row(month))
        waiting -= delivered
        self._cancel(month, stays)
        self.installed += self.delivered

    def _hold_to_quota(self, row: int, lane: Lane, month: int, stays: Floats) -> None:
        """Cut a lane's deliveries to what is left of its quota, where that binds."""
        if lane.terms.quota is None:
            return
        binds = lane.doors.quota_binds[self.paths, month]
        if not binds.any():
            return
        left = np.maximum(lane.terms.quota[self.paths] - self.installed[row], 0.0)
        cut = binds & (self.delivered[row] >= left)
        self.delivered[row][cut] = left[cut]
        stays[cut] = 1.0 - left[cut] / np.maximum(self.waiting[row][cut], _NO_GOODS)

    def _cancel(self, month: int, stays: Floats) -> None:
        """Cancel what became ready `patience` months ago and is still there."""
        emptied = stays <= 0.0
        np.copyto(self.cleared, month, where=emptied)
        np.copyto(stays, 1.0, where=emptied)
        self.survival *= stays
        if self.survival.min(initial=1.0) < _TOO_SMALL:
            small = self.survival < _TOO_SMALL
            self.cohorts.rescale(small, self.survival)
            self.survival[small] = 1.0
        left = self.cohorts.read(month, self.cancelled[: self.n_gated])
        left *= self.survival
        np.copyto(left, 0.0, where=self.cleared >= month - self.patience)
        np.minimum(left, self.waiting[: self.n_gated], out=left)
        self.waiting[: self.n_gated] -= left

    def _settle(self, month: int) -> None:
        """Move money with the goods, at the average price of what is undelivered."""
        g = self.n_gated
        cancelled = self.cancelled[:g]
        each = np.reciprocal(np.maximum(self.undelivered, _NO_GOODS, out=self.room), out=self.room)
        gone = cancelled * each[:g]
        unpaid, prepaid = self.unpaid[:g] * gone, np.multiply(self.prepaid[:g], gone, out=gone)
        part = np.multiply(each, self.delivered, out=each)
        due = np.multiply(self.unpaid, part, out=self.due)
        settled = np.multiply(self.prepaid, part, out=part)
        self.undelivered -= self.delivered
        self.unpaid -= due
        self.prepaid -= settled
        self.paid += due
        settled += due
        self.spent += settled.sum(axis=0)
        self.undelivered[:g] -= cancelled
        self.unpaid[:g] -= unpaid
        self.prepaid[:g] -= prepaid
        refunded = np.multiply(prepaid, self.refund[:g], out=self.refunded[:g])
        prepaid -= refunded
        self.lost += prepaid.sum(axis=0)
        unpaid += refunded
        back = unpaid.sum(axis=0)
        self.cash += back
        if self.fallback is not None:
            self.returns.row(month)[:] = back - unpaid[self.fallback] if self.fallback < g else back

    def _measure(self) -> None:
        """Compute in service, in H100-equivalents."""
        np.multiply(self.installed, self.performance, out=self.compute)
        self.compute *= np.subtract(1.0, self.immature, out=self.room)
        for row, lane in enumerate(self.lanes[: self.n_gated]):
            if lane.terms.recallable:
                self.compute[row] *= self.passes[row]
