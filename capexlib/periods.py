"""Periods as claims name them: calendar and fiscal years, parts of them, months, days, ranges.

=====================  ==========================================================
written                means
=====================  ==========================================================
``2026``               calendar year 2026
``2026H1 2026Q3``      half or quarter of the calendar year
``2026-9M``            the first nine months of the calendar year
``FY2026/06``          fiscal year that ends in June 2026
``FY2026Q3/06``        its third quarter (January to March 2026); ``H1``, ``9M`` likewise
``2026-05``            a month
``2026-05-27``         a day (also the date of a stock)
``2025-07..2026-06``   from a month (or day) through another
=====================  ==========================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

_PARTS = {"Q1": (0, 3), "Q2": (3, 3), "Q3": (6, 3), "Q4": (9, 3), "H1": (0, 6), "H2": (6, 6), "9M": (0, 9)}
_CALENDAR = re.compile(r"(?P<year>[0-9]{4})(?:(?P<part>Q[1-4]|H[12])|-(?P<nine>9M))?")
_FISCAL = re.compile(r"FY(?P<year>[0-9]{4})(?P<part>Q[1-4]|H[12]|9M)?/(?P<month>0[1-9]|1[0-2])")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PARTIAL_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?|\d{4}-\d{2}-\d{2}\.\.\d{4}-\d{2}-\d{2}")
_YEARS = range(1900, 2201)
_MONTH_NAMES = "– Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@dataclass(frozen=True, slots=True)
class Period:
    """A span of whole days.

    Parameters
    ----------
    label : str
        As written, see the module's table.
    start, end : datetime.date
        First and last day, both inside.
    """

    label: str
    start: date
    end: date

    @property
    def days(self) -> int:
        """Number of days inside."""
        return (self.end - self.start).days + 1

    @property
    def is_calendar_year(self) -> bool:
        """Whether it is 1 January to 31 December of one year."""
        return self.start == date(self.end.year, 1, 1) and self.end == date(self.start.year, 12, 31)

    @property
    def is_day(self) -> bool:
        """Whether it is a single day, as for a stock."""
        return self.start == self.end

    def __str__(self) -> str:
        """Name the period for a reader, fiscal years with their months.

        Examples
        --------
        >>> str(parse_period("FY2026/06"))
        'FY2026 (Jul 2025–Jun 2026)'
        >>> str(parse_period("2026"))
        '2026'
        """
        if self.label.startswith("FY"):
            months = f"{_month(self.start)}–{_month(self.end)}"
            return f"{self.label.split('/')[0]} ({months})"
        if ".." in self.label:
            return f"{_month(self.start)}–{_month(self.end)}"
        if _DAY.fullmatch(self.label):
            return day_name(self.start)
        if _MONTH.fullmatch(self.label):
            return _month(self.start)
        return self.label.replace("-9M", " nine months")


def _month(day: date) -> str:
    return f"{_MONTH_NAMES[day.month]} {day.year}"


def day_name(day: date) -> str:
    """Write a date as briefs do.

    Examples
    --------
    >>> day_name(date(2025, 12, 23))
    '23 Dec 2025'
    """
    return f"{day.day} {_month(day)}"


def _month_start(year: int, month_index: int) -> date:
    """First day of the month `month_index` months after January of `year`."""
    return date(year + month_index // 12, month_index % 12 + 1, 1)


def _span(year: int, first_index: int, months: int, label: str) -> Period:
    start = _month_start(year, first_index)
    return Period(label, start, _month_start(year, first_index + months) - timedelta(days=1))


def last_day(text: str) -> date:
    """Latest day that a full or partial date can mean.

    Parameters
    ----------
    text : str
        ``2026``, ``2026-05``, ``2026-05-27``, or the days between which it fell,
        ``2026-05-01..2026-05-18``.

    Returns
    -------
    datetime.date

    Raises
    ------
    ValueError
        If it is none of these, or no such day exists.

    Examples
    --------
    >>> last_day("2026-05")
    datetime.date(2026, 5, 31)
    """
    if not _PARTIAL_DATE.fullmatch(text):
        msg = f"not a date: {text!r}. Write YYYY-MM-DD, YYYY-MM, YYYY or two days with '..' between."
        raise ValueError(msg)
    return parse_period(text).end


def first_day(text: str) -> date:
    """Earliest day that a full or partial date can mean."""
    last_day(text)
    return parse_period(text).start


@lru_cache(maxsize=4096)
def parse_period(label: str) -> Period:
    """Read a period.

    Parameters
    ----------
    label : str
        See the module's table.

    Returns
    -------
    Period

    Raises
    ------
    ValueError
        If the label has none of the forms, runs backwards, or leaves 1900 to 2200.

    Examples
    --------
    >>> parse_period("FY2026Q3/06").start
    datetime.date(2026, 1, 1)
    """
    period = _read(label)
    if period.start.year not in _YEARS or period.end.year not in _YEARS:
        msg = f"period {label!r} is not between {_YEARS[0]} and {_YEARS[-1]}"
        raise ValueError(msg)
    return period


def _read(label: str) -> Period:
    if label.count("..") == 1:
        first, last = (parse_period(part) for part in label.split("..", 1))
        if last.end < first.start:
            msg = f"period {label!r} runs backwards"
            raise ValueError(msg)
        return Period(label, first.start, last.end)
    if match := _CALENDAR.fullmatch(label):
        first, months = _PARTS.get(match["part"] or match["nine"] or "", (0, 12))
        return _span(int(match["year"]), first, months, label)
    if match := _FISCAL.fullmatch(label):
        first, months = _PARTS.get(match["part"] or "", (0, 12))
        return _span(int(match["year"]) - 1, int(match["month"]) + first, months, label)
    if match := _MONTH.fullmatch(label):
        return _span(int(match[1]), int(match[2]) - 1, 1, label)
    if _DAY.fullmatch(label):
        try:
            day = date.fromisoformat(label)
        except ValueError as error:
            msg = f"no such day: {label} ({error})"
            raise ValueError(msg) from error
        return Period(label, day, day)
    msg = (
        f"unknown period {label[:40]!r}. Write for instance 2026, 2026Q2, 2026H1, FY2026/06 (fiscal year"
        " ending June), FY2026Q3/06, 2026-05, 2026-05-27 or 2025-07..2026-06."
    )
    raise ValueError(msg)
