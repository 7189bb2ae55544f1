"""Ratios and products of printed figures, with the bounds that their rounding leaves."""

from __future__ import annotations

from decimal import Decimal

from capexlib.errors import EvidenceError, Problem
from capexlib.figures import Bound, Figure, Recipe, result
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


Ends = tuple[float | None, float | None]


def ends(figure: Figure) -> Ends:
    """Return what surely bounds a figure: its words, else its rounding; None where it is open."""
    if figure.bound == "at_least":
        return figure.best, None
    if figure.bound == "at_most":
        return None, figure.best
    if figure.low is not None and figure.high is not None:
        return figure.low, figure.high
    return rounding_bounds(figure.best) if figure.kind == "fact" else (figure.best, figure.best)


def _bound(low: float | None, high: float | None) -> Bound:
    if (low is None) == (high is None):
        return "point"
    return "at_most" if low is None else "at_least"


def _spread(low: float | None, high: float | None) -> tuple[float | None, float | None, str]:
    """Return the ends of a computed figure and what they cover; equal ends are no spread."""
    if low is None and high is None:
        return None, None, "a floor against a floor, or a ceiling against a ceiling, bounds nothing"
    if low == high:
        return None, None, "what it was computed from are points"
    return low, high, ROUNDING


def quotient(
    figure_id: str,
    title: str,
    part: Figure,
    whole: Figure,
    *,
    unit: str,
    scale: float,
    offset: float = 0.0,
    inputs: tuple[Figure, ...] = (),
    formula: str = "",
    recipe: Recipe = (),
    note: str = "",
) -> Figure:
    """Divide one positive figure by another, bounds included.

    Parameters
    ----------
    figure_id, title : str
    part, whole : Figure
    unit : str
        Unit of the result.
    scale : float
        What ``part / whole`` is multiplied by to be in `unit`.
    offset : float
        Subtracted at the end (1 for growth).
    inputs : tuple of Figure
        What else was used, for instance rates.
    formula : str
    recipe : tuple
        What `scale` holds of other figures, with them; without, it is a plain number.
    note : str

    Returns
    -------
    Figure
        Its `low` needs a floor of the part and a ceiling of the whole, its `high`
        the reverse; a side without them stays open.

    Raises
    ------
    EvidenceError
        If the whole is zero or negative: no share of it means anything.
    """
    if whole.best <= 0:
        what = f"{title} would divide by {whole.id}, which is {whole.best:g} {whole.unit}."
        raise EvidenceError([Problem(figure_id, what, "Name a positive whole, or drop the ratio.")])
    (part_low, part_high), (whole_low, whole_high) = ends(part), ends(whole)
    low = None if part_low is None or whole_high is None else part_low * scale / whole_high - offset
    high = None if part_high is None or not whole_low or whole_low < 0 else part_high * scale / whole_low - offset
    bound = _bound(low, high)
    low, high, interval = _spread(low, high)
    value = part.best * scale / whole.best - offset
    recipe = recipe or ("/", ("*", part.id, scale), whole.id)
    return result(
        figure_id, title, value, unit, [part, whole, *inputs],
        formula=formula or f"{part.id} / {whole.id}", low=low, high=high, period=part.period, bound=bound,
        note=note, interval=interval, recipe=("-", recipe, offset) if offset else recipe,
    )  # fmt: skip


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
    """
    formula = f"{part.id} / {whole.id}"
    recipe: Recipe = ()
    if rates:
        units = parse_unit(part.unit).factor / parse_unit(whole.unit).factor
        scale = units * rates[0].best / rates[1].best
        formula = f"{part.id} / ({whole.id} × {rates[1].id})"
        own = (rates[0].id,) if rates[0].unit != "ratio" else ()
        foreign = (rates[1].id,) if rates[1].unit != "ratio" else ()
        if own:
            formula = f"({part.id} × {rates[0].id}) / ({whole.id} × {rates[1].id})"
        recipe = ("/", ("*", part.id, units, *own), ("*", whole.id, 1.0, *foreign))
    else:
        scale = convert(1.0, part.unit, whole.unit)
    used = tuple(rate for rate in rates or () if rate.unit != "ratio")
    return quotient(
        figure_id, title, part, whole, unit="fraction", scale=scale, offset=1.0 if minus_one else 0.0,
        inputs=used, formula=formula + (" − 1" if minus_one else ""), recipe=recipe, note=note,
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
    (units_low, units_high), (price_low, price_high) = ends(units), ends(price)
    low = None if units_low is None or price_low is None else units_low * price_low * scale
    high = None if units_high is None or price_high is None else units_high * price_high * scale
    bound = _bound(low, high)
    low, high, interval = _spread(low, high)
    return result(
        figure_id, title, units.best * price.best * scale, unit, [units, price], formula=f"{units.id} × {price.id}",
        low=low, high=high, period=units.period, bound=bound, interval=interval,
        recipe=("*", units.id, price.id, scale),
    )  # fmt: skip
