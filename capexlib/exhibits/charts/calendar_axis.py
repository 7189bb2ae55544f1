"""A date axis: which months or years to mark over a span of days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Calendar:
    """A span of days with its marks.

    Parameters
    ----------
    first, last : int
        Day counts (proleptic Gregorian ordinals).
    ticks : list of dict
        Each with its day ``x``, its ``text`` and the shorter ``narrow`` one.
    """

    first: int
    last: int
    ticks: list[dict[str, Any]]


def over(days: Sequence[int]) -> Calendar:
    """Choose marks every 1, 3, 6 or 12 months, six or so over the whole span.

    Parameters
    ----------
    days : sequence of int
        Day counts to hold; an empty one gives a year.

    Returns
    -------
    Calendar
        A little wider than the days on both sides.

    Examples
    --------
    >>> axis = over([date(2025, 1, 10).toordinal(), date(2026, 6, 30).toordinal()])
    >>> [tick["text"] for tick in axis.ticks]
    ['Jan 2025', 'Apr', 'Jul', 'Oct', 'Jan 2026', 'Apr', 'Jul']
    """
    low, high = (min(days), max(days)) if days else (date(2000, 1, 1).toordinal(), date(2000, 12, 31).toordinal())
    pad = max((high - low) * 0.03, 12)
    first, last = round(low - pad), round(high + pad)
    months = max(1, (last - first) / 30.4)
    every = next((step for step in (1, 3, 6, 12) if months / step <= 8), 12 * max(1, round(months / 96)))
    return Calendar(first, last, _marks(first, last, every))


def _marks(first: int, last: int, every: int) -> list[dict[str, Any]]:
    start = date.fromordinal(first)
    index = -(-(start.year * 12 + start.month - 1) // every) * every
    marks: list[dict[str, Any]] = []
    while (day := date(index // 12, index % 12 + 1, 1).toordinal()) <= last:
        year, month = index // 12, index % 12
        index += every
        if day < first:
            continue
        named = not marks or month == 0
        whole = str(year) if every >= 12 else f"{MONTHS[month]} {year}"
        narrow = str(year) if month == 0 or every >= 12 else ""
        marks.append({"x": day, "text": whole if named or every >= 12 else MONTHS[month], "narrow": narrow})
    if marks and not any(mark["narrow"] for mark in marks):
        marks[0]["narrow"] = marks[0]["text"]
    return marks
