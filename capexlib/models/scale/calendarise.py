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

Path = list[tuple[int, Figure]]
"""Signed edges from a day to another."""


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
        more firmly; exact from parts; spans across the year's ends shared by days;
        what is filed since 1 January, as a floor; the nearest fiscal year, as it is.
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
    filed = [fact for fact in usable if fact.status.rank <= Status.OFFICIAL.rank]
    return _by_days(usable, target, whole=True) or _by_days(filed, target, whole=False) or _nearest(usable, target)


def _covers(fact: Figure, target: Period) -> bool:
    span = parse_period(fact.period)
    return (span.start, span.end) == (target.start, target.end)


def _firmest_path(facts: Sequence[Figure], start: date) -> dict[date, Path]:
    """Signed path from a day to every day that can be reached: the firmest, then the shortest."""
    edges: dict[date, list[tuple[date, int, Figure]]] = {}
    for fact in facts:
        span = parse_period(fact.period)
        after = span.end + timedelta(days=1)
        edges.setdefault(span.start, []).append((after, 1, fact))
        edges.setdefault(after, []).append((span.start, -1, fact))
    paths: dict[date, Path] = {}
    queue: list[tuple[int, int, str, date, Path]] = [(0, 0, "", start, [])]
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


def _sum(path: Path, target: Period, note: str) -> Figure:
    """Signed sum; bounds add in the direction that widens."""
    value = sum(sign * fact.best for sign, fact in path)
    ranged = any(fact.low is not None or fact.high is not None for _, fact in path)
    low = sum(sign * _end(fact, "low" if sign > 0 else "high") for sign, fact in path)
    high = sum(sign * _end(fact, "high" if sign > 0 else "low") for sign, fact in path)
    first = path[0][1]
    stem = first.id.rsplit(".", 1)[0]
    formula = " ".join(f"{'+' if sign > 0 else '−'} {fact.id}" for sign, fact in path).removeprefix("+ ")
    return result(
        f"{stem}.{target.label}", f"{first.title.split(',')[0]}, {target}", value, first.unit,
        [fact for _, fact in path], formula=formula, low=low if ranged else None, high=high if ranged else None,
        period=target.label, bound="range" if ranged else "point", note=note,
        interval="the bounds of its parts" if ranged else "a sum of points",
        recipe=("+", 0.0, *(fact.id if sign > 0 else ("*", fact.id, -1.0) for sign, fact in path)),
    )  # fmt: skip


def _end(fact: Figure, which: Literal["low", "high"]) -> float:
    bound = fact.low if which == "low" else fact.high
    return fact.best if bound is None else bound


def _by_days(facts: Sequence[Figure], target: Period, *, whole: bool) -> Calendarised | None:
    """Sum exact spans inside the year; spans across its ends share by days.

    With `whole`, the sum must reach the year's end. Without, it is what is known from
    1 January on, a floor, and needs at least one exact span inside the year.
    """
    after = target.end + timedelta(days=1)
    days = sorted({day for fact in facts for day in _ends(fact)})
    pieces: list[tuple[float, Path]] = []
    start = next((day for day in days if day == target.start), None)
    if start is None:
        start = _across(facts, days, target.start, pieces)
    if start is None or start >= after:
        return None
    paths = _firmest_path(facts, start)
    last = max(day for day in paths if day <= after)
    if last > start:
        pieces.append((1.0, paths[last]))
    if last < after and whole:
        beyond = _across(facts, days, after, pieces, first=last)
        if beyond is None:
            return None
        last = after
    if not pieces or (not whole and last == start):
        return None
    covered = (last - target.start).days / target.days
    return Calendarised(
        _shared(pieces, target, last, whole=whole), "weighted fiscal years" if whole else "part of the year", covered
    )


def _across(
    facts: Sequence[Figure], days: list[date], edge: date, pieces: list[tuple[float, Path]], first: date | None = None
) -> date | None:
    """Find the shortest span across a day; add its share, return the day from which to go on.

    Without `first` the share is what lies after `edge` (the year's start), else what
    lies before it (the year's end). Trailing spans are exact or nothing: they are not shared.
    """
    facts = [fact for fact in facts if ".." not in fact.period]
    spans = [
        ((to - day).days, day, to, path)
        for day in ([first] if first else [day for day in days if day < edge])
        for to, path in _firmest_path(facts, day).items()
        if to > edge and (to - day).days in range(1, YEARLIKE_DAYS.stop)
    ]
    if not spans:
        return None
    length, day, to, path = min(spans, key=lambda span: span[:3])
    share = ((edge - day) if first else (to - edge)).days / length
    pieces.append((share, path))
    return to


def _ends(fact: Figure) -> tuple[date, date]:
    span = parse_period(fact.period)
    return span.start, span.end + timedelta(days=1)


def _shared(pieces: list[tuple[float, Path]], target: Period, last: date, *, whole: bool) -> Figure:
    """Add up spans and shares of spans, bounds included."""
    terms = [(share * sign, fact) for share, path in pieces for sign, fact in path]
    value, low, high = (
        sum(factor * (_end(fact, "low" if (factor > 0) == widen else "high") if widen is not None else fact.best)
            for factor, fact in terms)
        for widen in (None, True, False)
    )  # fmt: skip
    first = terms[0][1]
    ranged = low < high
    recipe = ("+", 0.0, *(("*", fact.id, factor) for factor, fact in terms)) if whole or not ranged else ()
    until = day_name(last - timedelta(days=1)).rsplit(" ", 1)[0]
    by_days = any(share != 1.0 for share, _ in pieces)
    note = "fiscal years weighted by days: assumes even spending inside each"
    if not whole:
        note = f"only 1 Jan to {until} is known: a floor for the year" + ("; its first part by days" if by_days else "")
    formula = " + ".join(fact.id if factor == 1 else f"{factor:.4g} × {fact.id}" for factor, fact in terms)
    return result(
        f"{first.id.rsplit('.', 1)[0]}.{target.label}", f"{first.title.split(',')[0]}, {target}",
        value if whole else None, first.unit, list(dict.fromkeys(fact for _, fact in terms)),
        formula=formula.replace("+ -", "− ").replace("+ −", "− "),
        low=(low if ranged else None) if whole else low, high=high if whole and ranged else None,
        period=target.label, bound=("range" if ranged else "point") if whole else "at_least", note=note,
        interval="a part of the year is a floor" if not whole else "the bounds of its fiscal years" if ranged
        else "fiscal years are weighted as points", recipe=recipe,
    )  # fmt: skip


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
