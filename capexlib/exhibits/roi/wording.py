"""Names and numbers as the brief on funding and return words them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capexlib.exhibits.block import Rich, Span
from capexlib.exhibits.prose import NBSP, amount, currency, marked, number, ranged, span_of
from capexlib.exhibits.since_last import signed
from capexlib.exhibits.theme import MISSING, percent
from capexlib.figures import Figure
from capexlib.models.funding.inputs import model_unit
from capexlib.models.roi.sensitivity import DELIVERIES, PRICE_LUCK
from capexlib.params.schema import Case, assumptions_of

if TYPE_CHECKING:
    from capexlib.exhibits.charts import FanPoint
    from capexlib.study import Study

Floats = NDArray[np.float64]
BN = 1e9
WIDE, NARROW = (0.05, 0.95), (0.25, 0.75)
KNOWN_PATHS = 0.5
"""Share of paths that must have a number for a year to be drawn."""

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
    "life": "life", "residual": "residual value", "ratio": "cost beside the processors'",
    "per_mw": "cost of a megawatt",
    "limit": "limit", "share": "largest share", "margin": "margin", "fee": "fee", "tenor": "tenor", "grace": "grace",
    "premium": "premium", "straight": "rate without conversion", "threshold": "threshold",
}  # fmt: skip


def figures_of(study: Study) -> dict[str, Figure]:
    """Return the results of this brief's models by id."""
    models = (study.funding, study.roi, study.courses)
    return {figure.id: figure for model in models for figure in model.results}


def is_known(figure: Figure) -> bool:
    """Whether a figure has a number."""
    return any(value is not None for value in (figure.value, figure.low, figure.high))


def figure_text(figure: Figure) -> str:
    """Write a figure's number as this brief does; n/a where it has none.

    An hour of compute is worth dollars, not dollars "a GPU-hour": the tables say so once.
    """
    if not is_known(figure):
        return MISSING
    return value_text(figure.best, figure.unit)


def value_text(value: float, unit: str) -> str:
    r"""Write a number of a unit; what is an hour's worth is written as plain money.

    Examples
    --------
    >>> value_text(5.148, "USD/GPU-hour"), value_text(8.0e9, "GPU-hour"), value_text(2.76, "percent")
    ('US$5.15', '8\xa0billion hours', '2.8\xa0points')
    """
    if unit == "USD/GPU-hour":
        return amount(value, "USD")
    if unit == "GPU-hour":
        return f"{number(value / BN)}{NBSP}billion hours"
    if unit == "percent":
        return f"{value:.1f}{NBSP}points".replace("-", "−")
    if unit == "ratio":
        return f"{cover_number(value)}{NBSP}times"
    return amount(value, unit)


def cover_number(value: float) -> str:
    """Write a cover with two digits behind the point, what is no more than rounding as zero.

    Examples
    --------
    >>> cover_number(0.6243), cover_number(-1e-15), cover_number(12.34)
    ('0.62', '0.00', '12.3')
    """
    text = f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
    return text.removeprefix("-") if not text.strip("-0.") else text.replace("-", "−")


def told(figure: Figure) -> list[Span]:
    """Return a figure's number as rich text that opens the figure."""
    if not is_known(figure):
        return [{"t": MISSING, "missing": True}]
    return marked(figure_text(figure), figure.id)


def spread(figure: Figure) -> list[Span]:
    """Return a figure's interval as rich text that opens the figure."""
    if figure.low is None or figure.high is None:
        return [{"t": MISSING, "missing": True}]
    if figure.unit in ("USD/GPU-hour", "USD bn", "USD m", "fraction", "years", "thousand H100e", "MW"):
        unit = "USD" if figure.unit == "USD/GPU-hour" else figure.unit
        return marked(span_of(figure.low, figure.high, unit), figure.id)
    if figure.unit in ("ratio", "percent"):
        write = cover_number if figure.unit == "ratio" else (lambda value: f"{value:.1f}".replace("-", "−"))
        joint = " to " if figure.low < 0 else "–"
        return marked(f"{write(figure.low)}{joint}{write(figure.high)}", figure.id)
    if figure.unit == "GPU-hour":
        return marked(f"{number(figure.low / BN)}–{number(figure.high / BN)}{NBSP}billion", figure.id)
    return ranged(figure)


def with_spread(figure: Figure) -> list[Span]:
    """Return a figure's number with its interval behind it."""
    if figure.low is None or figure.high is None:
        return told(figure)
    return [*told(figure), " (", *spread(figure), ")"]


def hour(value: float) -> str:
    """Write the price of an hour.

    Examples
    --------
    >>> hour(2.0)
    'US$2.00'
    """
    return f"{currency('USD')}{value:.2f}"


def changed(figure: Figure) -> list[Span]:
    """Write a difference with its sign; n/a where there is none."""
    if not is_known(figure):
        return [{"t": MISSING, "missing": True}]
    return marked(signed_text(figure.best, figure.unit), figure.id)


def signed_text(value: float, unit: str) -> str:
    r"""Write a difference of any of this brief's units.

    Examples
    --------
    >>> signed_text(-0.109, "ratio"), signed_text(0.2318, "fraction"), signed_text(0.75, "USD/GPU-hour")
    ('−0.11', '+23\xa0points', '+US$0.75')
    """
    sign = "−" if value < 0 else "+"
    if unit == "ratio":
        text = f"{abs(value):.2f}"
        return f"{sign}{text}" if text.strip("0.") else "0.00"
    if unit == "fraction":
        return f"{sign}{abs(value) * 100:.0f}{NBSP}points"
    if unit == "USD/GPU-hour":
        return f"{sign}{hour(abs(value))}"
    return signed(value, unit)


def error_text(figure: Figure) -> str:
    """Write half of a sampling interval, in the figure's own unit without naming it."""
    if figure.low is None or figure.high is None:
        return ""
    half = (figure.high - figure.low) / 2
    if figure.unit == "fraction":
        return f" ±{half * 100:.1f}"
    return f" ±{half:.2f}" if half >= 0.005 else " ±0.01"


def fan_points(samples: Floats, labels: Sequence[str], unit: str) -> list[FanPoint]:
    """Summarise samples by period for a fan; periods that few paths know are left out.

    Parameters
    ----------
    samples : ndarray, shape (n, periods)
        Nan where a path has no such number; infinite ones count as the largest finite one.
    labels : sequence of str
    unit : str
        For the tooltips.

    Returns
    -------
    list of FanPoint
    """
    from capexlib.exhibits.charts import FanPoint

    points = []
    for label, column in zip(labels, samples.T, strict=True):
        known = column[np.isfinite(column)]
        if known.size < KNOWN_PATHS * column.size:
            continue
        low, lower, median, upper, high = np.quantile(known, (WIDE[0], NARROW[0], 0.5, NARROW[1], WIDE[1])).tolist()
        tip = f"{value_text(median, unit)} ({value_text(low, unit)} to {value_text(high, unit)})"
        points.append(FanPoint(label=label, low=low, lower=lower, median=median, upper=upper, high=high, tip=tip))
    return points


def fan_rows(points: Sequence[FanPoint], unit: str, ids: Sequence[str]) -> list[list[Rich]]:
    """Return a fan's points as rows of a table: label and five quantiles."""
    return [
        [point.label, *(marked(value_text(value, unit), figure)
                        for value in (point.low, point.lower, point.median, point.upper, point.high))]
        for point, figure in zip(points, ids, strict=True)
    ]  # fmt: skip


def year_names(years: int) -> list[str]:
    """Name the years of the account."""
    return [f"Year {year}" for year in range(1, years + 1)]


def year_of(label: str) -> str:
    """Return the number in a year's name."""
    return label.removeprefix("Year ")


def account_span(study: Study) -> str:
    """Say which years the account counts."""
    first = study.policy.setting.first_month
    return f"year 1 begins in {first:%B %Y}"


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
    big = unit in ("USD", "USD/year") and abs(value) >= BN / 10
    return amount(value / BN, "USD bn") if big else amount(value / 1e6, "USD m")
