"""Calendar years from whatever spans companies report."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from acme_evidence import amount
from hypothesis import given
from hypothesis import strategies as st

from capexlib.figures import Figure, Status
from capexlib.models.scale import Calendarised, calendarise

GUIDED, PRESS = Status.GUIDANCE, Status.MEDIA_REPORT_UNVERIFIED


def made(facts: list[Figure], year: int = 2025) -> Calendarised:
    found = calendarise(facts, year)
    assert found is not None
    return found


def span(first: date, after: date, value: float, **more: object) -> Figure:
    return amount(f"{first.isoformat()}..{(after - timedelta(days=1)).isoformat()}", value, **more)


# ---------------------------------------------------------------- one rule after the other


def test_stated_for_the_year() -> None:
    found = made([amount("2025", 9.0), amount("2024", 5.0), amount("2025Q1", 2.0)])
    assert (found.figure.best, found.method, found.covered) == (9.0, "as stated", 1.0)
    assert made([amount("FY2025/12", 7.0)]).method == "as stated"


def test_four_fiscal_quarters() -> None:
    quarters = [
        amount("FY2025Q3/06", 2.4),
        amount("FY2025Q4/06", 2.6),
        amount("FY2026Q1/06", 3.0),
        amount("FY2026Q2/06", 3.5),
    ]
    found = made(quarters)
    assert found.method == "exact from parts"
    assert found.figure.best == pytest.approx(11.5)
    assert (found.figure.period, found.figure.bound, found.figure.status) == ("2025", "point", Status.REPORTED_FILING)
    assert "−" not in found.figure.formula


def test_a_missing_quarter_follows_from_the_year() -> None:
    facts = [amount("FY2024/06", 6.0), amount("FY2024Q1/06", 1.2), amount("FY2024Q2/06", 1.3),
             amount("FY2025Q1/06", 1.9), amount("FY2025Q2/06", 2.1)]  # fmt: skip
    found = made(facts, 2024)
    assert found.method == "exact from parts"
    assert found.figure.best == pytest.approx(6.0 - 1.2 - 1.3 + 1.9 + 2.1)
    assert "− acme.capex.FY2024Q1/06" in found.figure.formula


def test_year_to_date_differences() -> None:
    facts = [amount("FY2025/06", 9.0), amount("FY2025H1/06", 4.0), amount("FY2026H1/06", 6.5)]
    assert made(facts).figure.best == pytest.approx(11.5)
    nine = [amount("2025-9M", 7.5), amount("2025Q4", 3.0), amount("2025H1", 5.0)]
    assert made(nine).figure.best == pytest.approx(10.5)


def test_trailing_twelve_months_are_no_fiscal_year() -> None:
    trap = [amount("2024-10..2025-09", 13.0), amount("2023-10..2024-09", 9.0)]
    assert calendarise(trap, 2025) is None
    bridged = [*trap, amount("2024Q4", 2.5), amount("2025Q4", 4.0)]
    assert made(bridged).figure.best == pytest.approx(13.0 - 2.5 + 4.0)


def test_fiscal_years_weighted_by_days() -> None:
    found = made([amount("FY2025/03", 3.0), amount("FY2026/03", 4.0), amount("FY2024/03", 99.0)])
    assert found.method == "weighted fiscal years"
    assert found.figure.best == pytest.approx(3.0 * 90 / 365 + 4.0 * 275 / 365)
    assert "even spending" in found.figure.note
    assert made([amount("FY2025/03", 3.0)], 2024).method == "nearest fiscal year", "a part of the year is not the year"


def test_a_part_of_the_year_is_a_floor() -> None:
    found = made([amount("2025Q1", 2.0), amount("2025H1", 4.5), amount("2024", 6.0)])
    assert (found.method, found.figure.bound) == ("part of the year", "at_least")
    assert (found.figure.value, found.figure.low, found.figure.high) == (None, 4.5, None)
    assert found.covered == pytest.approx(181 / 365)
    assert "1 Jan to 30 Jun" in found.figure.note
    assert calendarise([amount("2025Q2", 4.5)], 2025) is None, "it must begin with the year"


def test_a_part_of_a_range_is_a_floor_at_its_low_end() -> None:
    found = made([amount("2025H1", 5.0, bound="range", low=4.0, high=6.0)])
    assert found.figure.low == 4.0


def test_the_fiscal_year_that_ends_in_the_year_comes_last() -> None:
    found = made([amount("FY2025/09", 8.0)])
    assert (found.method, found.figure.best) == ("nearest fiscal year", 8.0)
    assert calendarise([amount("FY2025/09", 8.0)], 2024) is None


def test_open_bounds_stand_for_themselves_and_enter_no_sum() -> None:
    floor = amount("2025", None, low=9.0, bound="at_least", status=PRESS)
    assert made([floor]).figure.bound == "at_least"
    quarters = [amount(f"2025Q{n}", 2.0) for n in range(1, 4)]
    open_quarter = amount("2025Q4", None, low=2.0, bound="at_least")
    assert made([*quarters, open_quarter]).method == "part of the year"


def test_ranges_add_up_to_a_range() -> None:
    found = made([amount("2025H1", 5.0, low=4.0, high=6.0, bound="range"), amount("2025H2", 7.0)])
    assert (found.figure.bound, found.figure.low, found.figure.best, found.figure.high) == ("range", 11.0, 12.0, 13.0)
    minus = made(
        [
            amount("FY2025/06", 9.0),
            amount("FY2025H1/06", 4.0, low=3.5, high=4.5, bound="range"),
            amount("FY2026H1/06", 6.0),
        ]
    )
    assert (minus.figure.low, minus.figure.high) == (10.5, 11.5)


# ---------------------------------------------------------------- the firmest first


def test_filed_quarters_outrank_guidance_for_the_year() -> None:
    quarters = [amount(f"2025Q{n}", 2.0) for n in range(1, 5)]
    guided = amount("2025", 9.0, status=GUIDED)
    assert made([guided, *quarters]).figure.best == pytest.approx(8.0)
    assert made([guided, *quarters[:3]]).figure.best == 9.0, "three quarters do not"
    pressed = [amount(f"2025Q{n}", 2.0, status=PRESS) for n in range(1, 5)]
    assert made([guided, *pressed]).figure.best == 9.0, "rumours do not"


def test_filed_quarters_outrank_guidance_for_the_half() -> None:
    facts = [amount("2025H1", 5.0, status=GUIDED), amount("2025Q1", 2.0), amount("2025Q2", 2.0), amount("2025H2", 6.0)]
    found = made(facts)
    assert found.figure.best == pytest.approx(10.0)
    assert found.figure.status is Status.REPORTED_FILING


def test_the_weakest_part_names_the_sum() -> None:
    assert made([amount("2025H1", 5.0), amount("2025H2", 5.0, status=PRESS)]).figure.status is PRESS


# ---------------------------------------------------------------- properties

YEAR = date(2025, 1, 1), date(2026, 1, 1)
INSIDE = st.dates(date(2025, 1, 2), date(2025, 12, 31))
WHOLE = st.integers(0, 1000)


@st.composite
def partitions(draw: st.DrawFn) -> tuple[list[Figure], float]:
    """Cut the year at random days and give each part a whole number."""
    days = [YEAR[0], *sorted(draw(st.sets(INSIDE, min_size=1, max_size=6))), YEAR[1]]
    values = [float(draw(WHOLE)) for _ in days[1:]]
    facts = [span(one, other, value) for one, other, value in zip(days, days[1:], values, strict=False)]
    return facts, sum(values)


@given(partitions(), st.randoms())
def test_any_partition_sums_exactly_in_any_order(case: tuple[list[Figure], float], chance: object) -> None:
    facts, total = case
    found = made(facts)
    chance.shuffle(facts)  # pyright: ignore[reportAttributeAccessIssue]
    assert found == made(facts)
    assert (found.figure.best, found.method) == (total, "exact from parts")
    assert len(found.figure.operands) == len(facts)


@given(partitions(), st.data())
def test_a_redundant_span_that_agrees_changes_no_value(case: tuple[list[Figure], float], data: st.DataObject) -> None:
    facts, total = case
    first = data.draw(st.integers(0, len(facts) - 1))
    last = data.draw(st.integers(first, len(facts) - 1))
    begins, ends = facts[first].period.split("..")[0], facts[last].period.split("..")[1]
    known = sum(fact.best for fact in facts[first : last + 1])
    overlapping = amount(f"{begins}..{ends}", known)
    assert made([*facts, overlapping]).figure.best == total
    before = span(date(2024, 7, 1), YEAR[0], 40.0)
    across = span(date(2024, 7, 1), YEAR[1], 40.0 + total)
    assert made([*facts, before, across, overlapping]).figure.best == total


@given(partitions(), st.data())
def test_a_missing_part_follows_from_a_longer_span(case: tuple[list[Figure], float], data: st.DataObject) -> None:
    facts, total = case
    missing = data.draw(st.integers(0, len(facts) - 1))
    rest = [fact for index, fact in enumerate(facts) if index != missing]
    before = span(date(2024, 7, 1), YEAR[0], 7.0)
    across = span(date(2024, 7, 1), date(2026, 4, 1), 7.0 + total + 5.0)
    after = span(YEAR[1], date(2026, 4, 1), 5.0)
    found = made([*rest, before, across, after])
    assert (found.figure.best, found.method) == (total, "exact from parts")


@given(partitions(), st.integers(1, 5))
def test_a_part_from_the_first_day_is_a_floor_below_the_year(case: tuple[list[Figure], float], known: int) -> None:
    facts, total = case
    part = facts[: min(known, len(facts) - 1)]
    found = made(part)
    assert found.method == "part of the year"
    assert found.figure.low == sum(fact.best for fact in part) <= total
    assert 0 < found.covered < 1


@given(st.integers(1, 12), st.floats(0, 100), st.floats(0, 100))
def test_weighting_stays_between_the_two_years(month: int, one: float, other: float) -> None:
    facts = [amount(f"FY2025/{month:02d}", one), amount(f"FY2026/{month:02d}", other)]
    found = made(facts)
    leap = 366 / 365
    assert min(one, other) / leap - 1e-9 <= found.figure.best <= max(one, other) * leap + 1e-9
