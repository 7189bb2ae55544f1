"""Dated exchange rates: the only way from one currency to another.

A plan is converted at the latest central-bank rate on or before the day the claim
was made; a finished calendar year at the average of that year when it is known.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from capexlib.errors import EvidenceError, Problem
from capexlib.facts.ledger import Ledger
from capexlib.facts.records import Claim, as_fact
from capexlib.figures import Figure, Status, result
from capexlib.periods import Period, day_name
from capexlib.units import parse_unit

DAILY, AVERAGE = "fx_daily_rate", "fx_annual_average"
_PIVOT = "USD"
_SHORTEST_FLOW_DAYS = 28

Pair = tuple[str, str]


@dataclass(slots=True)
class Exchange:
    """Exchange rates known on a date.

    Parameters
    ----------
    ledger : Ledger
    as_of : datetime.date
    """

    ledger: Ledger
    as_of: date
    _daily: dict[tuple[str, str], list[Claim]] = field(default_factory=dict, init=False, repr=False)
    _yearly: dict[tuple[str, str, int], Claim] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        """Sort the known rates by pair."""
        known = [
            claim
            for claim in self.ledger.claims.values()
            if claim.quantity in (DAILY, AVERAGE) and claim.is_adoptable and claim.known_on <= self.as_of
        ]
        superseded = {old for claim in known for old in claim.supersedes}
        for claim in known:
            if claim.id in superseded:
                continue
            price, per = parse_unit(claim.unit).dimension
            if claim.quantity == DAILY:
                self._daily.setdefault((price, per), []).append(claim)
            else:
                self._yearly[price, per, claim.span.start.year] = claim
        for claims in self._daily.values():
            claims.sort(key=lambda claim: claim.span.start)

    def rate(self, currency: str, to: str, on: date) -> Figure:
        """Latest daily rate on or before a day.

        Parameters
        ----------
        currency, to : str
            ISO codes; the result is in ``to`` per one ``currency``.
        on : datetime.date
            Not later than the as-of date counts.

        Returns
        -------
        Figure
            Its `period` is the day of the rate.

        Raises
        ------
        EvidenceError
            If no rate on or before the day is in the ledger.
        """
        day = min(on, self.as_of)
        return self._through(currency, to, f"on or before {day}", lambda pair: self._latest(pair, day))

    def average(self, currency: str, to: str, year: int) -> Figure | None:
        """Average rate of a calendar year, None when it is not (yet) known."""
        try:
            return self._through(currency, to, f"for {year}", lambda pair: self._yearly.get((*pair, year)))
        except EvidenceError:
            return None

    def rate_for(self, currency: str, to: str, period: Period, known_on: date) -> Figure:
        """Rate for an amount over a period that was stated on a day.

        A flow over a finished period is converted at the average rates of the
        calendar years it touches, weighted by days, once all are known. Anything
        else (a plan, a stock, the running year) at the daily rate of its day.
        """
        if currency != to and period.days >= _SHORTEST_FLOW_DAYS and period.end <= self.as_of:
            years = range(period.start.year, period.end.year + 1)
            averages = [self.average(currency, to, year) for year in years]
            if all(averages):
                return _blend([a for a in averages if a], period, currency, to)
        return self.rate(currency, to, known_on)

    def _latest(self, pair: tuple[str, str], day: date) -> Claim | None:
        claims = self._daily.get(pair, [])
        position = bisect_right(claims, day, key=lambda claim: claim.span.start)
        return claims[position - 1] if position else None

    def _through(self, currency: str, to: str, asked: str, find: Callable[[Pair], Claim | None]) -> Figure:
        if currency == to:
            return Figure(f"fx.{to}/{currency}", "same currency", 1.0, "ratio", "fact", Status.OFFICIAL)
        legs: list[tuple[Claim, bool]] = []
        for one, other in _legs(currency, to):
            claim, inverse = find((other, one)), False
            if claim is None:
                claim, inverse = find((one, other)), True
            if claim is None:
                problem = Problem(
                    f"fx {one}/{other}",
                    f"No exchange rate {asked} is in the ledger.",
                    f"Add a claim of quantity {DAILY}, unit {other}/{one}.",
                )
                raise EvidenceError([problem])
            legs.append((claim, inverse))
        return _combine(currency, to, legs)


def _legs(currency: str, to: str) -> list[tuple[str, str]]:
    if _PIVOT in (currency, to):
        return [(currency, to)]
    return [(currency, _PIVOT), (_PIVOT, to)]


def _combine(currency: str, to: str, legs: list[tuple[Claim, bool]]) -> Figure:
    facts = []
    value, formula, terms = 1.0, [], []
    for claim, inverse in legs:
        factor = parse_unit(claim.unit).factor
        value *= 1 / (claim.best * factor) if inverse else claim.best * factor
        formula.append(("1/" if inverse else "") + claim.id)
        fact = replace(as_fact(claim), id=claim.id, title=f"{claim.unit}, {claim.span}")
        terms.append(("/", 1.0, ("*", fact.id, factor)) if inverse else ("*", fact.id, factor))
        facts.append(fact)
    period = legs[0][0].period
    span = legs[0][0].span
    when = day_name(span.start) if span.is_day else f"average of {span}"
    return result(
        f"fx.{to}_per_{currency}.{period}", f"{to} per {currency}, {when}", value, f"{to}/{currency}", facts,
        formula=" × ".join(formula), period=period, interval="a published rate is a point",
        recipe=("*", 1.0, *terms),
    )  # fmt: skip


def _blend(averages: list[Figure], period: Period, currency: str, to: str) -> Figure:
    """Weight yearly averages by the days of the period in each year."""
    if len(averages) == 1:
        return averages[0]
    shares = []
    for offset, _ in enumerate(averages):
        year = period.start.year + offset
        first, last = max(period.start, date(year, 1, 1)), min(period.end, date(year, 12, 31))
        shares.append(((last - first).days + 1) / period.days)
    value = sum(average.best * share for average, share in zip(averages, shares, strict=True))
    terms = " + ".join(f"{share:.4f} × {average.id}" for average, share in zip(averages, shares, strict=True))
    return result(
        f"fx.{to}_per_{currency}.{period.label}", f"{to} per {currency}, average of {period}", value,
        f"{to}/{currency}", averages, formula=terms, period=period.label, interval="a published rate is a point",
        recipe=("+", 0.0, *(("*", average.id, share) for average, share in zip(averages, shares, strict=True))),
    )  # fmt: skip
