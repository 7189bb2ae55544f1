"""The return model's published numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from capexlib.figures import Figure, lineage, result
from capexlib.models.assumptions import assumption_figure
from capexlib.models.funding.model import Funding
from capexlib.models.funding.sampled import assumed, chance, drawn_paths, sampled, yearly
from capexlib.params.roi import RoiParams
from capexlib.params.schema import Case

if TYPE_CHECKING:
    from capexlib.models.roi.model import Roi

BN, M = 1e9, 1e6
_SPREADS = {"npv": "the plan's value", "company_dscr_min": "the group's debt burden"}
Operands = tuple[Figure, ...]


def roi_results(
    case: Case, params: RoiParams, roi: Roi, funding: Funding, operands: Operands, months: int
) -> tuple[Figure, ...]:
    """Publish value, returns, break-evens, build-up, alternatives and sensitivities; ids are unique.

    Deliveries are counted for so many months.
    """
    scale = tuple(assumption_figure(f"scale.{name}", getattr(case.scale, name)) for name in ("power_overhead", "pue"))
    count = roi.returns.npv.size
    inputs = (*operands, *assumed(params, "roi"), *scale)
    plan = (drawn_paths("roi.paths", "Simulated paths of the plan", count, inputs),)
    owed = assumed(case.funding, "funding") if case.funding else ()
    paid = (drawn_paths("roi.paid_paths", "Simulated paths of the plan and its funding", count, (*plan, *owed)),)
    figures = (
        *_value(roi, paid),
        *_break_even(roi, paid),
        *_build_up(params, roi, plan, months),
        *_compute(roi, paid),
        *_idle(roi, funding, paid),
        *_secrets(roi, paid),
        *_years(roi, paid),
    )
    lineage(figures)
    return figures


def _value(roi: Roi, used: Operands) -> Iterator[Figure]:
    made = roi.returns
    many = f"{roi.many_roots:.1%} of paths have more than one rate; the rule of the least positive one holds"
    yield sampled(
        "roi.npv",
        "Net present value of the plan",
        made.npv / BN,
        "USD bn",
        used,
        "Σ flow after tax × (1 + funding.wacc)^−(year − 0.5)",
    )
    yield chance(
        "roi.npv_positive",
        "Chance that the plan earns its cost of capital",
        made.npv > 0,
        used,
        "share of paths with roi.npv above zero",
    )
    yield sampled(
        "roi.equity_npv",
        "Net present value to shareholders",
        made.equity_npv / BN,
        "USD bn",
        used,
        "Σ flow after tax and debt × (1 + cost of equity)^−(year − 0.5)",
    )
    yield sampled(
        "roi.irr",
        "Internal rate of return",
        made.irr,
        "fraction",
        used,
        "rate at which the flows after tax are worth nothing",
        note=many,
    )
    yield sampled(
        "roi.equity_irr",
        "Internal rate of return to shareholders",
        made.equity_irr,
        "fraction",
        used,
        "rate at which the flows after tax and debt are worth nothing",
    )
    yield sampled(
        "roi.mirr",
        "Modified internal rate of return",
        made.mirr,
        "fraction",
        used,
        "(FV of inflows / PV of outflows)^(1 / (years − 1)) − 1, at funding.wacc",
    )
    yield sampled(
        "roi.profitability",
        "Profitability index",
        made.profitability,
        "ratio",
        used,
        "1 + roi.npv / worth of capital expenditure",
    )
    yield sampled("roi.payback", "Payback", made.payback, "years", used, "first time the flows add up to zero")
    yield sampled(
        "roi.discounted_payback",
        "Discounted payback",
        made.discounted_payback,
        "years",
        used,
        "first time the discounted flows add up to zero",
    )


def _break_even(roi: Roi, used: Operands) -> Iterator[Figure]:
    words = "revenue factor at which roi.equity_npv is zero, after tax and debt"
    yield sampled(
        "roi.breakeven_utilisation",
        "Break-even use of the hours",
        roi.break_even_use,
        "fraction",
        used,
        f"{words} × mature utilisation",
        note="above 100 % no use is enough at the expected price",
        beyond="never break even",
    )
    yield sampled(
        "roi.breakeven_price",
        "Break-even price level today",
        roi.break_even_price,
        "USD/GPU-hour",
        used,
        f"{words} × price level",
        beyond="never break even",
    )
    yield chance(
        "roi.breakeven_none",
        "Chance that no price of an hour breaks even",
        np.isinf(roi.break_even_price),
        used,
        "share of paths on which no revenue is enough",
    )
    yield chance(
        "roi.breakeven_out_of_reach",
        "Chance that even full use does not break even",
        roi.break_even_use > 1.0,
        used,
        "share of paths with roi.breakeven_utilisation above 1",
    )


def _build_up(params: RoiParams, roi: Roi, used: Operands, months: int) -> Iterator[Figure]:
    for name, asset in params.classes.items():
        spent = roi.operations.classes[name].spending.sum(axis=1)
        yield sampled(f"roi.capex.{name}", asset.title, spent / BN, "USD bn", used, "sum over the years, path by path")
    yield sampled(
        "roi.capex",
        "Capital expenditure in all",
        roi.operations.spending.sum(axis=1) / BN,
        "USD bn",
        used,
        "sum of the asset classes, path by path",
    )
    lost = np.sum([assets.write_off.sum(axis=1) for assets in roi.operations.classes.values()], axis=0)
    yield sampled(
        "roi.written_off",
        f"Paid for goods lost, or not arrived by the end of month {months}",
        lost / BN,
        "USD bn",
        used,
        "payments − cost of what enters service",
    )
    for name, cost in roi.operations.costs.items():
        yield sampled(
            f"roi.cost.{name}",
            f"Running cost: {name.replace('_', '-')}",
            cost.sum(axis=1) / BN,
            "USD bn",
            used,
            "sum over the years, path by path",
        )


def _compute(roi: Roi, used: Operands) -> Iterator[Figure]:
    operations = roi.operations
    yield sampled(
        "roi.served",
        "Compute used over the life",
        operations.served.sum(axis=1),
        "GPU-hour",
        used,
        "H100-equivalent hours: installed × use after lag and ramp, until retired",
    )
    yield sampled("roi.use", "Part of the hours used over the life", roi.use, "fraction", used, "used / possible hours")
    yield sampled(
        "roi.levelised",
        "Levelised cost of a used H100-equivalent hour",
        roi.returns.levelised,
        "USD/GPU-hour",
        used,
        "worth of costs less what is left / worth of used hours, before tax",
    )
    yield sampled(
        "roi.load",
        "IT load at the end of deliveries",
        operations.load_mw[:, -1],
        "MW",
        used,
        "compute × electricity × power of one H100 × overhead",
    )
    saving = roi.choice.saving
    yield sampled(
        "roi.own_cost",
        "Owning: worth of all costs",
        roi.choice.own / BN,
        "USD bn",
        used,
        "PV of capital and running costs less what is left, before tax",
    )
    yield sampled(
        "roi.rent_cost",
        "Renting the used hours",
        roi.choice.rent / BN,
        "USD bn",
        used,
        "PV of used hours × price × (1 + premium), before tax",
    )
    yield sampled("roi.owning_saves", "What owning saves", saving / BN, "USD bn", used, "roi.rent_cost − roi.own_cost")
    yield chance(
        "roi.owning_cheaper",
        "Chance that owning is cheaper than renting",
        saving > 0,
        used,
        "share of paths with roi.owning_saves above zero",
    )


def _idle(roi: Roi, funding: Funding, used: Operands) -> Iterator[Figure]:
    idle = roi.operations.idle_usd
    years = int(idle.any(axis=0).sum())
    charge = (idle * funding.plan.wacc[:, None]).sum(axis=1)
    yield sampled(
        "roi.idle_money",
        "Budget that waits at the gates, on average of the order years",
        idle.sum(axis=1) / max(years, 1) / BN,
        "USD bn",
        used,
        "(prepaid, lost or held − the same through open gates), mean over the months",
    )
    yield sampled(
        "roi.idle_cost", "Cost of the capital that waits", charge / BN, "USD bn", used, "Σ idle money × funding.wacc"
    )
    yield sampled(
        "roi.idle_margin",
        "Margin lost for each point of idle time",
        roi.idle_margin,
        "percent",
        used,
        "costs / revenue × 0.01 / (use − 0.01), in percentage points",
    )
    yield sampled(
        "roi.idle_cash",
        "Revenue lost in a year for each point of idle time",
        roi.idle_cash / M,
        "USD m",
        used,
        "0.01 × possible hours × price",
    )


def _secrets(roi: Roi, used: Operands) -> Iterator[Figure]:
    for outcome, found in roi.sensitivities.items():
        alone, together = found.unknowns_share
        if found.unknowns and not np.isnan(alone):
            yield result(
                f"roi.unknowns.{outcome}",
                f"Share of the spread of {_SPREADS[outcome]} from what the company keeps secret",
                min(max(alone, 0.0), 1.0),
                "fraction",
                used,
                low=min(max(alone, 0.0), 1.0),
                high=min(max(together, alone, 0.0), 1.0),
                formula="sum of first-order Sobol' indices; upper end: of total ones",
                interval="alone, and with interactions",
                note=", ".join(found.unknowns),
            )


def _years(roi: Roi, used: Operands) -> Iterator[Figure]:
    made = roi.returns
    least = 1e-3 * roi.operations.capacity.max(axis=1, keepdims=True)
    for figure_id, title, samples, unit, formula in (
        (
            "roi.flow",
            "Free cash flow after tax",
            made.project_flows / BN,
            "USD bn",
            "revenue − running costs − tax − capital expenditure + what is left",
        ),
        (
            "roi.equity_flow",
            "Cash flow to shareholders",
            made.equity_flows / BN,
            "USD bn",
            "roi.flow with interest deducted from tax, + draws − fees − interest − principal",
        ),
        ("roi.roic", "Return on invested capital", made.roic, "fraction", "profit after tax / average capital"),
        (
            "roi.economic_profit",
            "Economic profit",
            made.economic_profit / BN,
            "USD bn",
            "profit after tax − funding.wacc × opening capital",
        ),
        (
            "roi.price",
            "Price of an H100-equivalent hour",
            roi.operations.price,
            "USD/GPU-hour",
            "level × e^deviation, mid-year",
        ),
        (
            "roi.hours",
            "Part of the possible hours that is used",
            roi.operations.served / np.where(roi.operations.capacity > least, roi.operations.capacity, np.nan),
            "fraction",
            "used / possible hours",
        ),
    ):
        yield from yearly(figure_id, title, samples, unit, used, formula, 1)
