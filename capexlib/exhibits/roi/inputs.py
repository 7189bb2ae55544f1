"""Inputs and their values as this brief words them."""

from __future__ import annotations

from capexlib.exhibits.prose import NBSP, amount, currency, number
from capexlib.exhibits.roi.wording import BN, hour
from capexlib.exhibits.theme import percent
from capexlib.models.funding.inputs import model_unit
from capexlib.models.roi.sensitivity import DELIVERIES, PRICE_LUCK
from capexlib.params.schema import Case, assumptions_of

_INPUTS = {
    DELIVERIES: "Size of the plan and what arrives", PRICE_LUCK: "Luck with the price of an hour",
    "roi.committed": "Part of the sites built whatever arrives", "roi.build_time": "Time to build sites",
    "roi.load": "Electrical load", "roi.tariff": "Price of electricity", "roi.maintenance": "Upkeep",
    "roi.site_cost": "Cost of running sites", "roi.lease_term": "Term of leased compute",
    "roi.utilisation_start": "Use at the start", "roi.utilisation_mature": "Use after the ramp",
    "roi.utilisation_ramp": "Time to fill the compute", "roi.demand_lag": "Delay of demand",
    "roi.price_now": "Price of an hour today", "roi.price_level": "Price level of an hour",
    "roi.price_decline": "Yearly decline of the price", "roi.price_half_life": "How fast price swings fade",
    "roi.price_volatility": "Swings of the price", "roi.tax": "Tax rate", "roi.rent_premium": "Premium of rented hours",
    "funding.company.cash": "The company's cash", "funding.company.cash_floor": "Cash that it keeps",
    "funding.company.cash_flow": "The company's cash flow", "funding.company.growth": "Growth of its cash flow",
    "funding.company.debt": "The company's older debt", "funding.company.debt_service": "Service of its older debt",
    "funding.company.equity_value": "Worth of all shares", "funding.cost_of_equity": "Return that shareholders ask",
    "funding.cover": "Cover that lenders ask", "scale.power_overhead": "Power beside the chips",
    "scale.pue": "Power for cooling (PUE)",
}  # fmt: skip
_TERMS = {
    "life": "life", "residual": "residual value", "ratio": "ratio to chips",
    "per_mw": "cost a MW",
    "limit": "limit", "share": "largest share", "margin": "margin", "fee": "fee", "tenor": "tenor", "grace": "grace",
    "premium": "premium", "straight": "rate without conversion", "threshold": "threshold",
}  # fmt: skip


def input_name(case: Case, name: str) -> str:
    """Say an input's dotted name in words."""
    if name in _INPUTS:
        return _INPUTS[name]
    *_, key, term = name.split(".")
    parts = {
        **(case.roi.classes if case.roi else {}),
        **(case.funding.instruments if case.funding else {}),
        **(case.funding.covenants if case.funding else {}),
    }
    if key in parts:
        return f"{parts[key].title}: {_TERMS.get(term, term.replace('_', ' '))}"
    return f"{key.replace('_', ' ')}: {term.replace('_', ' ')}".removeprefix("benchmarks: ")


def input_value(case: Case, name: str, value: float) -> str:
    """Say an input's value in its unit; luck and deliveries by their place in their law."""
    if name == DELIVERIES:
        return f"percentile {value * 100:.0f}"
    if name == PRICE_LUCK:
        return "unlucky" if value < 0 else "lucky"
    item = dict(assumptions_of(case)).get(name)
    stated = item.unit if item else "fraction"
    unit = model_unit(stated)
    if unit.startswith("USD"):
        return _money(value, unit)
    rounded = float(f"{value:.3g}")
    if stated == "months":
        return f"{number(float(f'{value * 12:.3g}'))}{NBSP}months"
    if stated == "ratio":
        return number(rounded)
    return percent(value) if unit == "fraction" and abs(value) >= 0.1 else amount(rounded, unit)


def _money(value: float, unit: str) -> str:
    """Write dollars of the models, by what they are counted over."""
    if unit in ("USD/GPU-hour", "USD/kWh"):
        return hour(value) if unit == "USD/GPU-hour" else f"{currency('USD')}{value:.3f}"
    if unit in ("USD", "USD/year") and abs(value) >= BN / 10:
        return f"{currency('USD')}{float(f'{value / BN:.2g}'):g}bn"
    return amount(value / 1e6, "USD m")
