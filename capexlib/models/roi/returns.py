"""What the plan returns: to the project, and to shareholders after its debt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capexlib.models.finance import discounted_payback, irr, levelised_cost, mirr, npv, payback
from capexlib.models.finance.roots import all_roots
from capexlib.models.funding.inputs import Inputs
from capexlib.models.funding.model import FundedPlan
from capexlib.models.roi.operations import Operations

Floats = NDArray[np.float64]
MID_YEAR = 0.5
DOUBLINGS, STEPS, SETTLED = 14, 60, 1e-11


@dataclass(frozen=True, slots=True)
class ReturnSamples:
    """Samples of every measure; flows (n, years) stand at the middle of their year.

    Parameters
    ----------
    project_flows, equity_flows : ndarray, shape (n, years)
        After tax, outflows negative: before and after what the lenders bring and take.
    npv, equity_npv : ndarray, shape (n,)
        On the as-of date, at the cost of capital and at the cost of equity, USD.
    irr, equity_irr, mirr : ndarray, shape (n,)
        Decimal a year; nan where there is none.
    profitability : ndarray, shape (n,)
        One more than NPV over the worth of the capital expenditure.
    payback, discounted_payback : ndarray, shape (n,)
        Years from the as-of date; nan where it never comes back.
    roic, economic_profit : ndarray, shape (n, years)
        After tax, on the average capital; and beyond the cost of the capital that the year
        began with, whose worth sums to the NPV. Without capital no ROIC: nan.
    levelised : ndarray, shape (n,)
        USD of a used hour of one H100-equivalent, before tax.
    break_even : ndarray, shape (n,)
        Factor on revenue at which shareholders earn just their cost, after tax and debt;
        infinite where none is enough, 0 where even no revenue is.
    """

    project_flows: Floats
    equity_flows: Floats
    npv: Floats
    equity_npv: Floats
    irr: Floats
    equity_irr: Floats
    mirr: Floats
    profitability: Floats
    payback: Floats
    discounted_payback: Floats
    roic: Floats
    economic_profit: Floats
    levelised: Floats
    break_even: Floats


def worth(rate: Floats, flows: Floats) -> Floats:
    """Net present value on the as-of date of flows at the middle of each year.

    Examples
    --------
    >>> worth(np.array([0.21]), np.array([[110.0]])).round(6).tolist()
    [100.0]
    """
    return npv(rate, flows) * (1.0 + rate) ** -MID_YEAR


def equity_flows(operations: Operations, plan: FundedPlan, scale: Floats | float = 1.0) -> Floats:
    """Cash flow to shareholders, outflows negative, (n, years).

    Parameters
    ----------
    operations : Operations
    plan : FundedPlan
    scale : ndarray, shape (n, 1), or 1
        Factor on revenue; the debt stays as it was drawn.

    Notes
    -----
    Project flows, with interest and fees deducted from the taxable profit, plus what lenders
    bring less what they take. Fees on retained earnings do not exist.
    """
    return operations.flows(scale, plan.charges) + plan.debt_flows


def returns(operations: Operations, plan: FundedPlan, cost_of_equity: Floats) -> ReturnSamples:
    """Measure the return on every path.

    Parameters
    ----------
    operations : Operations
    plan : FundedPlan
    cost_of_equity : ndarray, shape (n,)

    Returns
    -------
    ReturnSamples
    """
    project, equity = operations.flows(), equity_flows(operations, plan)
    value = worth(plan.wacc, project)
    spent = worth(plan.wacc, operations.spending)
    roic, extra = _on_capital(operations, plan.wacc)
    costs = operations.proceeds - operations.spending - operations.running
    return ReturnSamples(
        project_flows=project, equity_flows=equity, npv=value, equity_npv=worth(cost_of_equity, equity),
        irr=irr(project), equity_irr=irr(equity), mirr=mirr(project, plan.wacc, plan.wacc),
        profitability=1.0 + value / np.where(spent > 0, spent, np.nan), payback=payback(project) + MID_YEAR,
        discounted_payback=discounted_payback(plan.wacc, project) + MID_YEAR, roic=roic, economic_profit=extra,
        levelised=levelised_cost(plan.wacc, costs, operations.served),
        break_even=zero_of(
            lambda scale: worth(cost_of_equity, equity_flows(operations, plan, scale[:, None])), len(value)
        ),
    )  # fmt: skip


def _on_capital(operations: Operations, wacc: Floats) -> tuple[Floats, Floats]:
    """Return ROIC on average capital, and profit beyond the cost of opening capital."""
    closing = operations.book.copy()
    closing[:, -1] = 0.0
    opening = np.concatenate([np.zeros((len(wacc), 1)), closing[:, :-1]], axis=1)
    profit = operations.revenue - operations.running - operations.charges - operations.tax()
    held = (opening + operations.book) / 2
    roic = profit / np.where(held > 1.0, held, np.nan)
    return roic, profit - wacc[:, None] * opening


def zero_of(value: Callable[[Floats], Floats], paths: int) -> Floats:
    """Solve a rising function for zero, all paths at once.

    Parameters
    ----------
    value : callable
        From (n,) to (n,), not falling, each path by itself.
    paths : int

    Returns
    -------
    ndarray, shape (n,)
        Zero where it is not negative at 0; infinite where it stays negative up to 2¹⁴.

    Notes
    -----
    The Illinois variant of false position inside a bracket found by doubling; it is exact on
    each straight piece of a function that tax bends.

    References
    ----------
    Dowell and Jarratt, "A modified regula falsi method", *BIT* 11 (1971), 168–174.

    Examples
    --------
    >>> zero_of(lambda x: np.array([2.0, 1.0, -1.0]) * x - np.array([3.0, -1.0, 1.0]), 3).round(9).tolist()
    [1.5, 0.0, inf]
    """
    low, high = np.zeros(paths), np.ones(paths)
    at_low, at_high = value(low), value(high)
    free = at_low >= 0
    for _ in range(DOUBLINGS):
        short = (at_high < 0) & ~free
        if not short.any():
            break
        low, at_low = np.where(short, high, low), np.where(short, at_high, at_low)
        high = np.where(short, 2 * high, high)
        at_high = value(high)
    lost = (at_high < 0) & ~free
    done, point = free | lost, high.copy()
    side = np.zeros(paths, np.int8)
    for _ in range(STEPS):
        if done.all():
            break
        with np.errstate(divide="ignore", invalid="ignore"):
            guess = high - at_high * (high - low) / (at_high - at_low)
        guess = np.where(np.isfinite(guess), guess, high)
        there = value(guess)
        done |= (there == 0) | (np.abs(guess - point) <= SETTLED * (1.0 + guess)) & (side != 0)
        point = guess
        left = there < 0
        at_high = np.where(left, np.where(side < 0, at_high / 2, at_high), there)
        at_low = np.where(left, there, np.where(side > 0, at_low / 2, at_low))
        low, high, side = np.where(left, guess, low), np.where(left, high, guess), np.where(left, -1, 1).astype(np.int8)
    return np.where(free, 0.0, np.where(lost, np.inf, point))


def break_evens(factor: Floats, inputs: Inputs) -> tuple[Floats, Floats]:
    """Return use after the ramp, and price level today, at which a factor on revenue puts them.

    Parameters
    ----------
    factor : ndarray, shape (n,)
        From `zero_of`: infinite where no revenue is enough.
    inputs : mapping of str to ndarray, shape (n,)

    Returns
    -------
    use, price : ndarray, shape (n,)
        Infinite where the factor is, whatever it multiplies.

    Examples
    --------
    >>> given = {"roi.utilisation_mature": np.array([0.5, 0.0]), "roi.price_level": np.array([2.0, 2.0])}
    >>> [found.tolist() for found in break_evens(np.array([1.5, np.inf]), given)]
    [[0.75, inf], [3.0, inf]]
    """
    reached = np.where(np.isfinite(factor), factor, 0.0)
    use, price = (
        np.where(np.isfinite(factor), reached * inputs[name], np.inf)
        for name in ("roi.utilisation_mature", "roi.price_level")
    )
    return use, price


def multiple_roots(flows: Floats, most: int = 256) -> float:
    """Share of paths whose rate of return is not the only one.

    Parameters
    ----------
    flows : ndarray, shape (n, years)
    most : int
        Paths with several changes of sign that are looked at; the share found among them
        stands for all of them.
    """
    signs = np.sign(flows)
    several = np.flatnonzero(_changes(signs) > 1)
    if not several.size:
        return 0.0
    looked = several[:: max(1, several.size // most)]
    found = all_roots(flows[looked], np.arange(flows.shape[1], dtype=float))
    many = np.mean([roots.verdict == "many" for roots in found])
    return float(many) * several.size / len(flows)


def _changes(signs: Floats) -> NDArray[np.intp]:
    before, changes = signs[:, 0].copy(), np.zeros(len(signs), np.intp)
    for sign in signs.T[1:]:
        changes += sign * before < 0
        before = np.where(sign != 0, sign, before)
    return changes
