"""Ratios and products of printed figures, with the bounds that their rounding leaves."""

from __future__ import annotations

from decimal import Decimal

from capexlib.errors import EvidenceError, Problem
from capexlib.figures import Bound, Figure, result
from capexlib.units import convert, parse_unit

ROUNDING = "rounding of the printed figures"


def rounding_bounds(value: float) -> tuple[float, float]:
    """Where a number may lie that was printed rounded.

    Parameters
    ----------
    value : float
        As printed; read as rounded to its last non-zero digit, but to no fewer than
        two significant digits.

    Returns
    -------
    tuple of float
        Half a unit of that digit below and above.

    Examples
    --------
    >>> rounding_bounds(160), rounding_bounds(20000)
    ((155.0, 165.0), (19500.0, 20500.0))
    >>> rounding_bounds(22.7)
    (22.65, 22.75)
    """
    if value == 0:
        return 0.0, 0.0
    number = Decimal(repr(value)).normalize()
    last_digit = min(int(number.as_tuple().exponent), number.adjusted() - 1)
    half = Decimal(5).scaleb(last_digit - 1)
    return float(number - half), float(number + half)


def _bounds(figure: Figure) -> tuple[float, float]:
    """Bounds of a figure: those of its words, else those of its rounding."""
    if figure.low is not None and figure.high is not None:
        return figure.low, figure.high
    if figure.kind == "fact" and figure.bound == "point":
        return rounding_bounds(figure.best)
    return figure.best, figure.best


def _opposite(bound: Bound) -> Bound:
    return {"at_least": "at_most", "at_most": "at_least"}.get(bound, bound)  # type: ignore[return-value]


def _joint(one: Bound, other: Bound) -> Bound:
    """Say what is bounded when two figures multiply."""
    open_ended: set[Bound] = {bound for bound in (one, other) if bound in ("at_least", "at_most")}
    return open_ended.pop() if len(open_ended) == 1 else "point"


def ratio(
    figure_id: str,
    title: str,
    part: Figure,
    whole: Figure,
    *,
    rates: tuple[Figure, Figure] | None = None,
    minus_one: bool = False,
    note: str = "",
) -> Figure:
    """Divide one positive figure by another of the same dimension.

    Parameters
    ----------
    figure_id, title : str
    part, whole : Figure
        Money, or two counts.
    rates : tuple of Figure, optional
        What one of each currency is worth in a third, when the currencies differ.
    minus_one : bool
        Whether to return growth, ``part / whole − 1``.
    note : str

    Returns
    -------
    Figure
        A fraction; low and high from the rounding (or bounds) of both.

    Raises
    ------
    EvidenceError
        If the whole is zero or negative: no share of it means anything.
    """
    if whole.best <= 0:
        what = f"{title} would divide by {whole.id}, which is {whole.best:g} {whole.unit}."
        raise EvidenceError([Problem(figure_id, what, "Name a positive whole, or drop the ratio.")])
    offset = 1.0 if minus_one else 0.0
    operands = [part, whole]
    formula = f"{part.id} / {whole.id}"
    if rates:
        scale = parse_unit(part.unit).factor / parse_unit(whole.unit).factor * rates[0].best / rates[1].best
        operands += rates
        formula = f"({part.id} × {rates[0].id}) / ({whole.id} × {rates[1].id})"
    else:
        scale = convert(1.0, part.unit, whole.unit)
    (part_low, part_high), (whole_low, whole_high) = _bounds(part), _bounds(whole)
    is_open = {part.bound, _opposite(whole.bound)} == {"at_least", "at_most"}
    return result(
        figure_id, title, part.best * scale / whole.best - offset, "fraction", operands,
        formula=formula + (" − 1" if minus_one else ""),
        low=None if is_open else part_low * scale / whole_high - offset,
        high=None if is_open or whole_low <= 0 else part_high * scale / whole_low - offset,
        period=part.period, bound=_joint(part.bound, _opposite(whole.bound)), note=note,
        interval="a floor against a floor, or a ceiling against a ceiling, bounds nothing" if is_open else ROUNDING,
    )  # fmt: skip


def product(figure_id: str, title: str, units: Figure, price: Figure, unit: str) -> Figure:
    """Multiply a count by a price.

    Parameters
    ----------
    figure_id, title : str
    units : Figure
        A count.
    price : Figure
        Money per one.
    unit : str
        Money unit of the result, in the price's currency.

    Raises
    ------
    ValueError
        If the price is not money per what is counted.
    """
    scale = parse_unit(units.unit).factor * parse_unit(price.unit).factor / parse_unit(unit).factor
    made = (*parse_unit(unit).dimension, *parse_unit(units.unit).dimension)
    if parse_unit(price.unit).dimension != made:
        msg = f"{units.unit!r} times {price.unit!r} is not {unit!r}"
        raise ValueError(msg)
    (units_low, units_high), (price_low, price_high) = _bounds(units), _bounds(price)
    return result(
        figure_id, title, units.best * price.best * scale, unit, [units, price], formula=f"{units.id} × {price.id}",
        low=units_low * price_low * scale, high=units_high * price_high * scale, period=units.period,
        bound=_joint(units.bound, price.bound), interval=ROUNDING,
    )  # fmt: skip
