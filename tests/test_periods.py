"""Periods as claims name them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capexlib.periods import day_name, first_day, last_day, parse_period


@pytest.mark.parametrize(
    ("label", "start", "end", "shown"),
    [
        ("2026", "2026-01-01", "2026-12-31", "2026"),
        ("2026H1", "2026-01-01", "2026-06-30", "2026H1"),
        ("2026H2", "2026-07-01", "2026-12-31", "2026H2"),
        ("2024Q1", "2024-01-01", "2024-03-31", "2024Q1"),
        ("2026-9M", "2026-01-01", "2026-09-30", "2026 nine months"),
        ("FY2026/06", "2025-07-01", "2026-06-30", "FY2026 (Jul 2025–Jun 2026)"),
        ("FY2026/12", "2026-01-01", "2026-12-31", "FY2026 (Jan 2026–Dec 2026)"),
        ("FY2026Q3/06", "2026-01-01", "2026-03-31", "FY2026Q3 (Jan 2026–Mar 2026)"),
        ("FY2026H2/06", "2026-01-01", "2026-06-30", "FY2026H2 (Jan 2026–Jun 2026)"),
        ("FY20269M/06", "2025-07-01", "2026-03-31", "FY20269M (Jul 2025–Mar 2026)"),
        ("FY2025/02", "2024-03-01", "2025-02-28", "FY2025 (Mar 2024–Feb 2025)"),
        ("FY2024/02", "2023-03-01", "2024-02-29", "FY2024 (Mar 2023–Feb 2024)"),
        ("2026-02", "2026-02-01", "2026-02-28", "Feb 2026"),
        ("2024-02-29", "2024-02-29", "2024-02-29", "29 Feb 2024"),
        ("2025-07..2026-06", "2025-07-01", "2026-06-30", "Jul 2025–Jun 2026"),
        ("2025-07-15..2026-06", "2025-07-15", "2026-06-30", "Jul 2025–Jun 2026"),
    ],
)
def test_forms(label: str, start: str, end: str, shown: str) -> None:
    period = parse_period(label)
    assert (period.start.isoformat(), period.end.isoformat(), str(period)) == (start, end, shown)
    assert period.label == label


@pytest.mark.parametrize(
    "label",
    [
        "", "26", "2026Q5", "2026H3", "2026-13", "2026-00", "2026-02-30", "2025-02-29", "FY2026", "FY2026/13",
        "FY2026Q5/06", "2026..2025", "2026-06..2026-01", "..2026", "2026..", "2026..2027..2028", "2026Q1 ", " 2026",
        "next year", "10000", "0000", "9999", "1899", "2201", "2025..9999-12-31", "２０２６", "2026/06/30", "20260630",
        "2026-6-3", "2026\n", "fy2026/06", "2026" + "..2026" * 5000,
    ],
)  # fmt: skip
def test_anything_else_is_refused(label: str) -> None:
    with pytest.raises(ValueError, match=r"period|year|day|date|month"):
        parse_period(label)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-05", "2026-05-01", "2026-05-31"),
        ("2026-05-27", "2026-05-27", "2026-05-27"),
    ],
)
def test_partial_dates(text: str, first: str, last: str) -> None:
    assert first_day(text).isoformat() == first
    assert last_day(text).isoformat() == last


@pytest.mark.parametrize(
    "text", ["2026Q1", "FY2026/06", "2026-05-27T10:00", "27.5.2026", "2026-5", "", "2026-05..2026-06"]
)
def test_dates_are_not_periods(text: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        last_day(text)


@given(year=st.integers(1901, 2199), month=st.integers(1, 12))
def test_parts_of_a_fiscal_year_fill_it(year: int, month: int) -> None:
    stem, ending = f"FY{year}", f"/{month:02d}"
    whole = parse_period(stem + ending)
    quarters = [parse_period(f"{stem}Q{number}{ending}") for number in range(1, 5)]
    halves = [parse_period(f"{stem}H{number}{ending}") for number in (1, 2)]
    nine = parse_period(f"{stem}9M{ending}")
    assert whole.end.month == month
    for parts in (quarters, halves, [nine, quarters[3]]):
        assert (parts[0].start, parts[-1].end) == (whole.start, whole.end)
        assert sum(part.days for part in parts) == whole.days
        assert all(one.end + timedelta(days=1) == other.start for one, other in pairwise(parts))


@given(st.dates(date(1900, 1, 1), date(2200, 12, 31)))
def test_days(day: date) -> None:
    period = parse_period(day.isoformat())
    assert period.is_day
    assert period.days == 1
    assert not period.is_calendar_year
    assert str(period) == day_name(day)
    assert parse_period(f"{day.year}").is_calendar_year
