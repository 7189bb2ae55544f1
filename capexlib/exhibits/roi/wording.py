"""Names and numbers as the brief on funding and return words them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capexlib.exhibits.block import Span
from capexlib.exhibits.prose import NBSP, amount, currency, marked, number, part_of, ranged, span_of
from capexlib.exhibits.since_last import signed
from capexlib.exhibits.theme import MISSING, percent
from capexlib.figures import Figure

if TYPE_CHECKING:
    from capexlib.study import Study

Floats = NDArray[np.float64]
BN, VISIBLE = 1e9, 0.005


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
    """Write a cover with one digit behind the point, what is no more than rounding as zero.

    Examples
    --------
    >>> cover_number(0.6243), cover_number(-1e-15), cover_number(12.34)
    ('0.6', '0.0', '12.3')
    """
    text = f"{value:.1f}"
    return text.removeprefix("-") if not text.strip("-0.") else text.replace("-", "−")


def told(figure: Figure) -> list[Span]:
    """Return a figure's number as rich text that opens the figure."""
    if not is_known(figure):
        return [{"t": MISSING, "missing": True}]
    return marked(figure_text(figure), figure.id)


def spread(figure: Figure) -> list[Span]:
    """Return a figure's interval as rich text that opens the figure; one without an end is open there."""
    if figure.low is None or figure.high is None:
        if (end := figure.high if figure.low is None else figure.low) is None:
            return [{"t": MISSING, "missing": True}]
        return marked(f"{value_text(end, figure.unit)} or {'less' if figure.low is None else 'more'}", figure.id)
    if figure.unit in ("USD/GPU-hour", "USD bn", "USD m", "fraction", "years", "thousand H100e", "MW"):
        unit = "USD" if figure.unit == "USD/GPU-hour" else figure.unit
        return marked(span_of(figure.low, figure.high, unit), figure.id)
    if figure.unit in ("ratio", "percent"):
        write = cover_number if figure.unit == "ratio" else (lambda value: f"{value:.1f}".replace("-", "−"))
        joint = " to " if figure.low < 0 else "–"
        return marked(f"{write(figure.low)}{joint}{write(figure.high)}", figure.id)
    if figure.unit == "GPU-hour":
        return part_of(f"{number(figure.low / BN)}–{number(figure.high / BN)}{NBSP}billion", figure.id)
    return ranged(figure)


def with_spread(figure: Figure) -> list[Span]:
    """Return a figure's number with its interval behind it."""
    if figure.low is None and figure.high is None:
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


def share_text(value: float, figure_id: str) -> list[Span]:
    """Write a share; one too small to see is said to be less than one per cent."""
    return marked(percent(value) if value >= VISIBLE else f"less than {percent(0.01)}", figure_id)


def account_span(study: Study) -> str:
    """Say which years the account counts."""
    first = study.policy.setting.first_month
    return f"year 1 begins in {first:%B %Y}"
