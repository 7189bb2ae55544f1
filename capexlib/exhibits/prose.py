"""Numbers and likelihoods in words, by the house rules of the briefs."""

from __future__ import annotations

import math
import re

from capexlib.exhibits.block import Rich, Span
from capexlib.exhibits.theme import MISSING, percent
from capexlib.exhibits.theme import number as three_digits
from capexlib.figures import Bound, Figure, Status
from capexlib.units import parse_unit

NBSP = "\u00a0"
MINUS = "\u2212"
_SYMBOLS = {"CNY": f"RMB{NBSP}", "USD": "US$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_BOUND_WORDS: dict[Bound, str] = {"at_least": "at least ", "at_most": "up to ", "point": "", "range": ""}
_NAMED_UNIT = re.compile(rf"[ {NBSP}](per [A-Za-z0-9-]+|H100-equivalents)(?= |{NBSP}|$)")

_ICD_203 = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.01, "almost certain"),
)


def likelihood(probability: float) -> str:
    """Return the ICD 203 phrase of a probability.

    Parameters
    ----------
    probability : float
        From 0 to 1.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        Outside 0 to 1.

    References
    ----------
    ODNI, Intelligence Community Directive 203 (2015), section D.6.e.(2).(a), first row.

    Examples
    --------
    >>> likelihood(0.03), likelihood(0.5), likelihood(0.8), likelihood(0.97)
    ('almost no chance', 'roughly even chance', 'very likely', 'almost certain')
    """
    if not 0 <= probability <= 1:
        msg = f"{probability} is not a probability"
        raise ValueError(msg)
    return next(phrase for limit, phrase in _ICD_203 if probability < limit)


def judged(probability: float, draws: int) -> tuple[str, str]:
    """Return the phrase of a probability as printed, and a warning where luck could change it.

    Parameters
    ----------
    probability : float
        A share of `draws`.
    draws : int

    Returns
    -------
    tuple of str
        The phrase of the whole percent that is printed; a sentence, or "".

    Examples
    --------
    >>> judged(0.4497, 4096)[0], judged(0.30, 4096)[1]
    ('roughly even chance', '')
    """
    error = 2 * (max(probability * (1 - probability), 0.25 / draws) / draws) ** 0.5
    around = {likelihood(min(max(probability + shift, 0.0), 1.0)) for shift in (-error, 0.0, error)}
    warning = "" if len(around) == 1 else " The word would change within the error of the draws."
    return likelihood(round(probability, 2)), warning


def chance(probability: float) -> str:
    r"""Return a probability as a percentage that never claims certainty.

    Examples
    --------
    >>> chance(0.9997), chance(0.0), chance(0.314)
    ('more than 99\xa0%', 'less than 1\xa0%', '31\xa0%')
    """
    if probability > 0.99:
        return f"more than 99{NBSP}%"
    if probability < 0.01:
        return f"less than 1{NBSP}%"
    return percent(probability)


def bare(text: str) -> str:
    """Drop the unit of an amount where a label beside it names it.

    Examples
    --------
    >>> bare("US$42,000 per H100e"), bare("322 thousand H100-equivalents"), bare("58 %")
    ('US$42,000', '322 thousand', '58 %')
    """
    return _NAMED_UNIT.sub("", text)


def named_unit(text: str) -> str:
    """Return the unit that `bare` drops; empty where there is none.

    Examples
    --------
    >>> named_unit("US$42,000 per H100e"), named_unit("58 %")
    ('per H100e', '')
    """
    found = _NAMED_UNIT.search(text)
    return found.group(1) if found else ""


def number(value: float) -> str:
    """Return a number to three significant digits; zeros that say nothing are dropped.

    Examples
    --------
    >>> number(70.0), number(22.97), number(0.9), number(779_331.0)
    ('70', '23.0', '0.9', '779,000')
    """
    if not math.isfinite(value):
        return MISSING
    text = three_digits(float(f"{value:.2e}") if abs(value) < 1000 else value)  # 9.996 is 10.0, not 10.00
    short = text.rstrip("0").rstrip(".") if "." in text else text
    return short if float(short.replace(",", "").replace(MINUS, "-")) == value else text


def currency(code: str) -> str:
    """How money of a currency begins: a symbol, or the code and a space."""
    return _SYMBOLS.get(code, f"{code}{NBSP}")


def money(value: float | None, unit: str) -> str:
    r"""Money to three significant figures, symbol first, scale behind.

    Parameters
    ----------
    value : float or None
    unit : str
        A money unit such as ``"CNY bn"``, ``"USD/user"``.

    Examples
    --------
    >>> money(160, "CNY bn"), money(22.7657, "USD bn"), money(-5.9, "USD bn")
    ('RMB\xa0160bn', 'US$22.8bn', '−US$5.9bn')
    """
    if value is None:
        return MISSING
    head, _, per = unit.partition("/")
    code, _, scale = head.partition(" ")
    sign = MINUS if value < 0 else ""
    return f"{sign}{currency(code)}{number(abs(value))}{scale}" + _per(per)


def _per(thing: str) -> str:
    """Say what money is counted for: a chip, an hour of one; an abbreviation reads better with "per"."""
    return "" if not thing else f" per {thing}" if thing[0].isupper() else f" a {thing}"


def amount(value: float | None, unit: str) -> str:
    r"""Any number of the vocabulary with its unit, for running text and tables.

    Examples
    --------
    >>> amount(0.5313, "fraction"), amount(20000, "units"), amount(0.0667, "fraction")
    ('53\xa0%', '20,000', '6.7\xa0%')
    """
    if value is None:
        return MISSING
    if parse_unit(unit).currency:
        return money(value, unit)
    if unit == "percent":
        value, unit = value / 100, "fraction"
    if unit == "fraction":
        return percent(value, digits=0 if abs(value) >= 0.1 or value == 0 else 1)
    if unit == "ratio":
        return f"{number(value)}×"
    if unit in ("units", "unit"):
        return number(value)
    return f"{number(value)}{NBSP}{unit.replace('H100e', 'H100-equivalents')}"


def span_of(low: float, high: float, unit: str) -> str:
    r"""Return a range with an en dash and the unit once.

    Examples
    --------
    >>> span_of(22.56, 22.97, "USD bn")
    'US$22.6–23.0bn'
    >>> span_of(0.5, 0.56, "fraction")
    '50–56\xa0%'
    """
    first, last = amount(low, unit), amount(high, unit)
    if first == last:
        return first
    if unit in ("fraction", "percent") and (low < 0 or abs(low) < 0.1 or abs(high) < 0.1):
        return f"{first.removesuffix(NBSP + '%')} to {last}"
    if unit in ("fraction", "percent"):
        return f"{first.removesuffix(NBSP + '%')}–{last}"
    money_unit = parse_unit(unit).currency
    if low < 0:
        return f"{first} to {last}"
    if money_unit:
        head, _, per = unit.partition("/")
        scale = head.partition(" ")[2]
        first = first.removesuffix(_per(per)).removesuffix(scale)
        return f"{first}–{last.removeprefix(currency(money_unit))}"
    tail = last.removeprefix(number(high))
    return f"{first.removesuffix(tail) if tail else first}–{last}"


def bounded(figure: Figure) -> str:
    """Return a figure as its source bounds it: "at least RMB 200bn", "US$195–205bn"."""
    if figure.bound == "range" and figure.low is not None and figure.high is not None:
        return span_of(figure.low, figure.high, figure.unit)
    if figure.value is None and figure.low is None and figure.high is None:
        return MISSING
    if figure.interval == "a count":
        return f"{figure.best:,.0f}"
    return _BOUND_WORDS[figure.bound] + amount(figure.best, figure.unit)


def interval_words(figure: Figure) -> str:
    """Return the interval of a figure with what it covers, or why it has none."""
    if figure.bound == "at_least" and figure.high is None:
        exact = figure.low is None or figure.low == figure.best
        return "a floor: no upper end was named" if exact else f"{amount(figure.low, figure.unit)} or more by rounding"
    if figure.bound == "at_most" and figure.low is None:
        exact = figure.high is None or figure.high == figure.best
        less = f"{amount(figure.high, figure.unit)} or less by rounding"
        return "a ceiling: no lower end was named" if exact else less
    if figure.kind == "result" and (figure.low is None) != (figure.high is None):
        end, side = (figure.low, "more") if figure.high is None else (figure.high, "less")
        return f"{amount(end, figure.unit)} or {side} ({figure.interval})"
    if figure.low is None or figure.high is None:
        return f"no interval: {figure.interval or 'the source gives none'}"
    return f"{span_of(figure.low, figure.high, figure.unit)} ({figure.interval or 'as stated'})"


def badge(status: Status, *, modelled: bool = False) -> Span:
    """Return the badge of a status as a span."""
    return {"t": status.badge + (", modelled" if modelled else ""), "badge": status.value}


def shown(figure: Figure, *, with_badge: bool = False, bound: bool = True) -> list[Span]:
    """Return a figure as rich text: the number traces to the figure, the badge follows when asked.

    An unverified number always carries its badge somewhere near; tables have a
    column for it, sentences ask for it here.
    """
    text = bounded(figure) if bound else amount(figure.best, figure.unit)
    spans: list[Span] = [{"t": text, "figure": figure.id}]
    if with_badge:
        spans += [NBSP, badge(figure.status, modelled=figure.is_modelled)]
    return spans


def marked(text: str, figure_id: str) -> list[Span]:
    """Return words that stand for a figure, or a claim, so that a reader can open it by its id."""
    return [{"t": text, "figure": figure_id}]


def part_of(text: str, figure_id: str) -> list[Span]:
    """Return one of the values that a figure sums up: a month, a quantile, a cell of a grid."""
    return [{"t": text, "figure": figure_id, "part": True}]


def ranged(figure: Figure) -> list[Span]:
    """Return a figure's own interval as rich text that opens the figure; n/a where it has none."""
    if figure.low is None or figure.high is None:
        return [{"t": MISSING, "missing": True}]
    return marked(span_of(figure.low, figure.high, figure.unit), figure.id)


def interval_shown(figure: Figure) -> list[Span]:
    """Return :func:`interval_words` as rich text that opens the figure."""
    return marked(interval_words(figure), figure.id)


def sentence(*parts: Rich) -> list[Span]:
    """Join strings and spans into one rich text."""
    joined: list[Span] = []
    for part in parts:
        joined += [part] if isinstance(part, str) else list(part)
    return joined


def times(ratio: float | None) -> str:
    """Return a multiple in words.

    Examples
    --------
    >>> times(7.0953), times(2.0)
    ('7.1 times', '2 times')
    """
    if ratio is None:
        return MISSING
    return f"{round(ratio, 1):.10g} times"


def listed(names: list[str]) -> str:
    """Names as English lists them.

    Examples
    --------
    >>> listed(["Amazon", "Meta", "Oracle"])
    'Amazon, Meta and Oracle'
    """
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
