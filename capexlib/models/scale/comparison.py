"""Capex of companies by calendar year, each on one named definition, in its currency and in USD."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from capexlib.errors import EvidenceError, Problem
from capexlib.facts.adopt import Facts
from capexlib.figures import Figure, result
from capexlib.models.scale.calendarise import Calendarised, Method, calendarise
from capexlib.periods import parse_period
from capexlib.units import convert, parse_unit

_PREFERENCE: tuple[Method, ...] = (
    "as stated",
    "exact from parts",
    "weighted fiscal years",
    "part of the year",
    "nearest fiscal year",
)


@dataclass(frozen=True, slots=True)
class YearAmount:
    """One company's amount over one calendar year.

    Parameters
    ----------
    entity : str
    year : int
    quantity : str
        The definition; never mixed inside one amount.
    local : Figure
        In the currency of the source.
    usd : Figure
        In USD bn, at the dated `rate`.
    rate : Figure
    method : str
        How the calendar year came about.
    covered : float
        Share of the year that the amounts cover.
    """

    entity: str
    year: int
    quantity: str
    local: Figure
    usd: Figure
    rate: Figure
    method: Method
    covered: float

    @property
    def is_whole_year(self) -> bool:
        """Whether it is the calendar year itself, not a part or a neighbour of it."""
        return self.method in _PREFERENCE[:3]


def year_amount(facts: Facts, entity: str, quantities: Sequence[str], year: int) -> YearAmount | None:
    """Find a company's amount over a calendar year.

    Parameters
    ----------
    facts : Facts
    entity : str
    quantities : sequence of str
        Definitions in order of preference; one is used.
    year : int

    Returns
    -------
    YearAmount or None
        By the best method, then the preferred definition.

    Raises
    ------
    EvidenceError
        If claims that are needed are tied.
    """
    found: list[tuple[int, int, str, Calendarised]] = []
    problems: list[Problem] = []
    for preference, quantity in enumerate(quantities):
        try:
            amounts = adopted(facts, entity, quantity, year)
        except EvidenceError as error:
            problems += error.problems
            continue
        found += [
            (_PREFERENCE.index(done.method), preference, quantity, done)
            for group in _by_unit(amounts)
            if (done := calendarise(group, year))
        ]
    if problems:
        raise EvidenceError(problems)
    if not found:
        return None
    _, _, quantity, done = min(found, key=lambda item: item[:2])
    return _in_dollars(facts, entity, year, quantity, done)


def adopted(facts: Facts, entity: str, quantity: str, year: int) -> list[Figure]:
    """Facts of a company and quantity that touch a year or a neighbouring one."""
    near = [
        label for label in facts.periods(entity, quantity)
        if parse_period(label).end.year >= year - 1 and parse_period(label).start.year <= year + 1
    ]  # fmt: skip
    return [fact for label in near if (fact := facts.fact(entity, quantity, label))]


def to_usd_bn(figure: Figure, rate: Figure) -> Figure:
    """Convert an amount of money to USD bn, bounds included.

    Parameters
    ----------
    figure : Figure
        Money in any scale of one currency.
    rate : Figure
        USD per one of that currency.
    """
    currency = parse_unit(figure.unit).currency
    if currency == "USD":
        factor = scale = convert(1.0, figure.unit, "USD bn")
        operands = [figure]
    else:
        scale = convert(1.0, figure.unit, f"{currency} bn")
        factor = scale * rate.best
        operands = [figure, rate]
    value, low, high = (n * factor if n is not None else None for n in (figure.value, figure.low, figure.high))
    return result(
        f"{figure.id}.usd", f"{figure.title}, in US dollars", value, "USD bn", operands,
        formula=" × ".join(operand.id for operand in operands), low=low, high=high,
        period=figure.period, bound=figure.bound, note=figure.note, interval=figure.interval,
        recipe=("*", figure.id, scale, *(operand.id for operand in operands[1:])),
    )  # fmt: skip


def capex_table(
    facts: Facts, entities: Iterable[str], years: Iterable[int], preferred: dict[str, str] | None = None
) -> dict[tuple[str, int], YearAmount]:
    """Capex of every company and year that is known; ties of all of them reported at once."""
    table: dict[tuple[str, int], YearAmount] = {}
    problems: list[Problem] = []
    span = list(years)
    for entity in entities:
        bases = list(facts.ledger.entities[entity].capex_bases)
        first = (preferred or {}).get(entity)
        order = [first, *(basis for basis in bases if basis != first)] if first else bases
        for year in span:
            try:
                amount = year_amount(facts, entity, order, year)
            except EvidenceError as error:
                problems += [problem for problem in error.problems if problem not in problems]
                continue
            if amount:
                table[entity, year] = amount
    if problems:
        raise EvidenceError(problems)
    return table


def _by_unit(facts: Sequence[Figure]) -> list[list[Figure]]:
    """Group facts that add up, each group in the unit of its first: millions and billions of one currency do."""
    groups: dict[tuple[str, ...], list[Figure]] = {}
    for fact in facts:
        group = groups.setdefault(parse_unit(fact.unit).dimension, [])
        group.append(_rescaled(fact, group[0].unit) if group else fact)
    return list(groups.values())


def _rescaled(fact: Figure, unit: str) -> Figure:
    if fact.unit == unit:
        return fact
    value, low, high = (n if n is None else convert(n, fact.unit, unit) for n in (fact.value, fact.low, fact.high))
    name = f"{fact.id}.{unit.replace(' ', '_')}"
    return replace(
        fact, id=name, value=value, low=low, high=high, unit=unit, inputs=(fact,), formula=fact.id,
        recipe=("*", fact.id, convert(1.0, fact.unit, unit)),
    )  # fmt: skip


def _in_dollars(facts: Facts, entity: str, year: int, quantity: str, done: Calendarised) -> YearAmount:
    currency = parse_unit(done.figure.unit).currency
    if currency is None:
        problem = Problem(done.figure.id, f"{done.figure.unit!r} is not money.", "Compare amounts of money only.")
        raise EvidenceError([problem])
    known_on = max(facts.ledger.claims[claim].known_on for claim in done.figure.claims)
    rate = facts.exchange.rate_for(currency, "USD", parse_period(done.figure.period), known_on)
    return YearAmount(
        entity, year, quantity, done.figure, to_usd_bn(done.figure, rate), rate, done.method, done.covered
    )
