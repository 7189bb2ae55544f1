"""Owning against renting, what an idle point costs, and the value at other prices and uses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capexlib.models.funding.model import FundedPlan
from capexlib.models.roi.operations import Operations
from capexlib.models.roi.returns import worth

Floats = NDArray[np.float64]
POINT = 0.01


@dataclass(frozen=True, slots=True)
class OwnOrRent:
    """What the used hours cost, owned and rented, USD on the as-of date, before tax, (n,).

    Parameters
    ----------
    own, rent : ndarray
        Worth of all costs less what is left; worth of the rent for the same hours.
    """

    own: Floats
    rent: Floats

    @property
    def saving(self) -> Floats:
        """What owning saves; negative where renting is cheaper."""
        return self.rent - self.own


def own_or_rent(operations: Operations, wacc: Floats) -> OwnOrRent:
    """Set owning beside renting just the hours that are used.

    Parameters
    ----------
    operations : Operations
        Its ``roi.rent_premium`` says how much dearer a rented hour is than the price.
    wacc : ndarray, shape (n,)
    """
    costs = operations.spending + operations.running - operations.proceeds
    rent = operations.revenue * (1.0 + operations.inputs["roi.rent_premium"])[:, None]
    return OwnOrRent(worth(wacc, costs), worth(wacc, rent))


def use(operations: Operations) -> Floats:
    """Part of the hours that is used over the whole life; nan without any compute, (n,)."""
    capacity = operations.capacity.sum(axis=1)
    return operations.served.sum(axis=1) / np.where(capacity > 0, capacity, np.nan)


def margin_per_idle_point(operations: Operations) -> Floats:
    """Operating margin lost when one more hour in a hundred stands idle.

    Returns
    -------
    ndarray, shape (n,)
        In percentage points of revenue, over the whole life; nan where nothing is sold.

    Notes
    -----
    With costs C, revenue R and use u the margin is ``1 − C/R``; at ``u − 0.01`` revenue is
    ``R (u − 0.01) / u`` and costs are as they were, so ``(C/R) × 0.01 / (u − 0.01)`` is lost.
    """
    revenue = operations.revenue.sum(axis=1)
    costs = (operations.running + operations.charges).sum(axis=1)
    used = use(operations)
    known = (revenue > 0) & (used > POINT)
    with np.errstate(divide="ignore", invalid="ignore"):
        lost = costs / revenue * POINT / (used - POINT)
    return np.where(known, 100.0 * lost, np.nan)


def cash_per_idle_point(operations: Operations) -> Floats:
    """Revenue lost in an average year when one more hour in a hundred stands idle, USD, (n,)."""
    return (operations.capacity * POINT * operations.price).mean(axis=1)


@dataclass(frozen=True, slots=True)
class ValueGrid:
    """Value over the use of the hours and their price, for a slider.

    Parameters
    ----------
    utilisation : ndarray, shape (k,)
        Part of the hours used after the ramp.
    price : ndarray, shape (m,)
        USD of an hour: the level today.
    median : ndarray, shape (k, m)
        Of the project's NPV over all that stays uncertain, USD.
    chance : ndarray, shape (k, m)
        That it is positive.
    """

    utilisation: Floats
    price: Floats
    median: Floats
    chance: Floats


def value_grid(operations: Operations, plan: FundedPlan, utilisation: Floats, price: Floats) -> ValueGrid:
    """Compute the value at every pair of use and price.

    Parameters
    ----------
    operations : Operations
    plan : FundedPlan
        Cost of capital; the debt is left as it is.
    utilisation, price : ndarray, shape (k,) and (m,)
        The ramp's start, and each path's way around the level, keep their proportion.

    Notes
    -----
    Revenue of a path is scaled by ``u / its mature use × p / its price level``.
    """
    inputs = operations.inputs
    per_unit = 1.0 / (inputs["roi.utilisation_mature"] * inputs["roi.price_level"])
    median, chance = np.empty((len(utilisation), len(price))), np.empty((len(utilisation), len(price)))
    for row, used in enumerate(utilisation.tolist()):
        for column, level in enumerate(price.tolist()):
            value = worth(plan.wacc, operations.flows((used * level * per_unit)[:, None]))
            median[row, column], chance[row, column] = np.median(value), np.mean(value > 0)
    return ValueGrid(utilisation, price, median, chance)
