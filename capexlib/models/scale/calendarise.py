"""Amounts over a calendar year from whatever spans companies report.

Known amounts are edges between dates: an amount over a span leads from the span's
first day to the day after its last, forwards with plus, backwards with minus. A
path from 1 January to the next 1 January is an exact sum: quarters, halves,
year-to-date differences and missing quarters need no rules of their own. Where no
path exists, fiscal years are weighted by days, or the part that is known stands as
a floor; the method is always named.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from capexlib.figures import Figure, Status, result
from capexlib.periods import Period, day_name, parse_period

Method = Literal["as stated", "exact from parts", "weighted fiscal years", "part of the year", "nearest fiscal year"]
YEARLIKE_DAYS = range(350, 381)


@dataclass(frozen=True, slots=True)
class Calendarised:
    """An amount over a calendar year and how it came about.

    Parameters
    ----------
    figure : Figure
    method : str
        See :data:`Method`.
    covered : float
        Share of the year's days that the amounts cover (1.0 unless partial).
    """

    figure: Figure
    method: Method
    covered: float = 1.0


def calendarise(facts: Sequence[Figure], year: int) -> Calendarised | None:
    """Find the amount over a calendar year.

    Parameters
    ----------
    facts : sequence of Figure
        Flows of one entity and one quantity in one unit, any periods.
    year : int

    Returns
    -------
    Calendarised or None
        The first that succeeds: stated for the year, unless its parts are all known
        more firmly; exact from parts; fiscal years weighted by days; the part filed
        since 1 January, as a floor; the fiscal year nearest to the year, as it is.
    """
    target = parse_period(str(year))
    ordered = sorted(facts, key=lambda fact: (fact.status.rank, parse_period(fact.period).start, fact.id))
    usable = [fact for fact in ordered if fact.bound in ("point", "range")]
    stated = next((fact for fact in ordered if _covers(fact, target)), None)
    after = target.end + timedelta(days=1)
    exact = _firmest_path([fact for fact in usable if not _covers(fact, target)], target.start)
    if after in exact:
        total = _sum(exact[after], target, "exact sum of reported spans")
        if stated is None or total.status.rank < stated.status.rank:
            return Calendarised(total, "exact from parts")
    if stated:
        return Calendarised(stated, "as stated")
    return (
        _weighted(usable, target)
        or _partial([fact for fact in usable if fact.status.rank <= Status.OFFICIAL.rank], target)
        or _nearest(usable, target)
    )  # fmt: skip


def _covers(fact: Figure, target: Period) -> bool:
    span = parse_period(fact.period)
    return (span.start, span.end) == (target.start, target.end)


def _firmest_path(facts: Sequence[Figure], start: date) -> dict[date, list[tuple[int, Figure]]]:
    """Signed path from a day to every day that can be reached: the firmest, then the shortest."""
    edges: dict[date, list[tuple[date, int, Figure]]] = {}
    for fact in facts:
        span = parse_period(fact.period)
        after = span.end + timedelta(days=1)
        edges.setdefault(span.start, []).append((after, 1, fact))
        edges.setdefault(after, []).append((span.start, -1, fact))
    paths: dict[date, list[tuple[int, Figure]]] = {}
    queue: list[tuple[int, int, str, date, list[tuple[int, Figure]]]] = [(0, 0, "", start, [])]
    while queue:
        weakest, steps, trail, day, path = heapq.heappop(queue)
        if day in paths:
            continue
        paths[day] = path
        for to, sign, fact in edges.get(day, []):
            if to not in paths:
                item = (max(weakest, fact.status.rank), steps + 1, f"{trail}>{fact.id}", to, [*path, (sign, fact)])
                heapq.heappush(queue, item)
    return paths


def _sum(path: list[tuple[int, Figure]], target: Period, note: str, *, floor: bool = False) -> Figure:
    """Signed sum; bounds add in the direction that widens."""
    value = sum(sign * fact.best for sign, fact in path)
    ranged = any(fact.low is not None or fact.high is not None for _, fact in path)
    low = sum(sign * _end(fact, "low" if sign > 0 else "high") for sign, fact in path)
    high = sum(sign * _end(fact, "high" if sign > 0 else "low") for sign, fact in path)
    first = path[0][1]
    stem = first.id.rsplit(".", 1)[0]
    formula = " ".join(f"{'+' if sign > 0 else '−'} {fact.id}" for sign, fact in path).removeprefix("+ ")
    return result(
        f"{stem}.{target.label}", f"{first.title.split(',')[0]}, {target}",
        None if floor else value, first.unit, [fact for _, fact in path], formula=formula,
        low=low if floor or ranged else None,
        high=None if floor else high if ranged else None,
        period=target.label, bound="at_least" if floor else "range" if ranged else "point", note=note,
        interval="a part of the year is a floor" if floor else "the bounds of its parts" if ranged
        else "a sum of points",
    )  # fmt: skip


def _end(fact: Figure, which: Literal["low", "high"]) -> float:
    bound = fact.low if which == "low" else fact.high
    return fact.best if bound is None else bound


def _weighted(facts: Sequence[Figure], target: Period) -> Calendarised | None:
    """Weight fiscal years by the days they share with the target; they must cover it."""
    shares: list[tuple[Figure, float]] = []
    covered = 0
    for fact in facts:
        span = parse_period(fact.period)
        common = (min(span.end, target.end) - max(span.start, target.start)).days + 1
        if span.days in YEARLIKE_DAYS and span.label.startswith("FY") and common > 0:
            shares.append((fact, common / span.days))
            covered += common
    if covered != target.days:
        return None
    value, low, high = (
        sum(share * amount(fact) for fact, share in shares)
        for amount in (lambda f: f.best, lambda f: _end(f, "low"), lambda f: _end(f, "high"))
    )
    ranged = low < high
    formula = " + ".join(f"{share:.4f} × {fact.id}" for fact, share in shares)
    first = shares[0][0]
    figure = result(
        f"{first.id.rsplit('.', 1)[0]}.{target.label}", f"{first.title.split(',')[0]}, {target}", value, first.unit,
        [fact for fact, _ in shares], formula=formula, period=target.label,
        note="fiscal years weighted by days: assumes even spending inside each",
        low=low if ranged else None, high=high if ranged else None, bound="range" if ranged else "point",
        interval="the bounds of its fiscal years" if ranged else "fiscal years are weighted as points",
    )  # fmt: skip
    return Calendarised(figure, "weighted fiscal years")


def _nearest(facts: Sequence[Figure], target: Period) -> Calendarised | None:
    """Take the fiscal year that shares most days with the target, if it ends in it or shares half."""
    fiscal: list[tuple[int, Figure]] = []
    for fact in facts:
        span = parse_period(fact.period)
        common = (min(span.end, target.end) - max(span.start, target.start)).days + 1
        near = common > 0 and (span.end.year == target.end.year or 2 * common >= target.days)
        if near and span.label.startswith("FY") and span.days in YEARLIKE_DAYS:
            fiscal.append((common, fact))
    if not fiscal:
        return None
    common, fact = max(fiscal, key=lambda item: item[0])
    return Calendarised(fact, "nearest fiscal year", common / target.days)


def _partial(facts: Sequence[Figure], target: Period) -> Calendarised | None:
    """Return the longest part of the year, from its first day, whose filed parts add up."""
    paths = _firmest_path(facts, target.start)
    reached = [day for day in paths if target.start < day <= target.end]
    if not reached:
        return None
    day = max(reached)
    covered = (day - target.start).days / target.days
    note = f"only 1 Jan to {day_name(day - timedelta(days=1)).rsplit(' ', 1)[0]} is known: a floor for the year"
    return Calendarised(_sum(paths[day], target, note, floor=True), "part of the year", covered)
