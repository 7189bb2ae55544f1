"""Time value of money: rules for no answer and many answers, and what must always hold."""

import datetime as dt

import numpy as np
import pytest
import pyxirr
import QuantLib as ql  # noqa: N813  the name its own manual gives it
from hypothesis import given
from hypothesis import strategies as st

from capexlib.models.finance import (
    annuity_factor,
    annuity_payment,
    capital_recovery_factor,
    days_between,
    discounted_payback,
    irr,
    irr_roots,
    mirr,
    npv,
    payback,
    profitability_index,
    xirr,
    xirr_roots,
    xnpv,
    year_fraction,
)
from capexlib.models.finance.lone_roots import lone_root

amounts = st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda x: round(x, 2))
rows = st.lists(amounts, min_size=2, max_size=12)
rates = st.floats(-0.5, 2.0)
scales = st.floats(1e-3, 1e3)


def pair(draw_size):
    return st.tuples(*[st.lists(amounts, min_size=draw_size, max_size=draw_size)] * 2)


# ---------------------------------------------------------------- annuities
def test_annuity_in_advance_is_worth_one_period_more():
    assert annuity_factor(0.1, 5, due=True) == pytest.approx(float(annuity_factor(0.1, 5)) * 1.1)


def test_annuity_below_minus_one_has_no_answer():
    assert np.isnan(annuity_factor([-1.0, -1.5], 3)).all()
    assert np.isnan(annuity_payment(-1.0, 3, 100, balloon=5))


def test_tiny_rate_keeps_its_precision():
    assert annuity_factor(1e-12, 10) == pytest.approx(10 * (1 - 5.5e-12), rel=1e-15)


@given(rate=st.floats(0.0, 1.0), years=st.integers(1, 40), present=st.floats(1, 1e9), due=st.booleans())
def test_payments_repay_what_was_received(rate, years, present, due):
    balloon = present / 5
    flows = np.zeros(years + 1)
    payment = float(annuity_payment(rate, years, present, balloon=balloon, due=due))
    flows[: years + 1] += [payment] * years + [0] if due else [0] + [payment] * years
    flows[-1] += balloon
    assert npv(rate, flows) == pytest.approx(present, rel=1e-9)


def test_recovery_is_the_inverse_of_the_factor():
    rate = np.array([0.0, 0.05, 0.3])
    assert capital_recovery_factor(rate, 7) * annuity_factor(rate, 7) == pytest.approx(1.0)


# ---------------------------------------------------------------- net present value
def test_npv_takes_one_rate_or_one_a_row():
    flows = np.array([[-100.0, 110.0], [-100.0, 121.0]])
    assert npv(0.1, flows) == pytest.approx([0.0, 10.0], abs=1e-9)
    assert npv([0.1, 0.21], flows) == pytest.approx([0.0, 0.0], abs=1e-9)
    assert npv([0.1, 0.21], flows[1]) == pytest.approx([10.0, 0.0], abs=1e-9)


def test_npv_at_minus_one_has_no_answer():
    assert np.isnan(npv(-1.0, [0, 1, 2]))


@given(flows=pair(6), rate=rates, factor=st.floats(-10, 10))
def test_npv_is_linear(flows, rate, factor):
    one, other = np.array(flows)
    together = npv(rate, one + factor * other)
    gross = float(npv(rate, np.abs(one) + abs(factor) * np.abs(other)))
    assert together == pytest.approx(npv(rate, one) + factor * npv(rate, other), abs=1e-12 * gross + 1e-12)


# ---------------------------------------------------------------- internal rate of return
@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        ([-100, 110], [0.1]),
        ([100, -110], [0.1]),
        ([0, 0, -100, 110, 0], [0.1]),
        ([-100, 100], [0.0]),
        ([-1_000, 2_300, -1_320], [0.1, 0.2]),
        ([-1_000, 3_600, -4_310, 1_716], [0.1, 0.2, 0.3]),
        ([-1_000_000, 5_000, -3], [-0.999302775637732, -0.995697224362268]),
        ([-100, *[0] * 479, 100 * 1.01**480], [0.01]),
        ([-3_000, 3e-7], [-0.9999999999]),
        ([-1, 1e6], [999_999]),
        ([1_000, -3_000, 2_500], []),
        ([1, 2, 3], []),
        ([-1, -2], []),
        ([0, 0], []),
        ([5], []),
        ([-100, np.nan, 120], []),
        ([-100, np.inf], []),
    ],
)
def test_every_root_is_found(flows, expected):
    found = irr_roots(flows)
    assert found.rates == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert found.verdict == ("none", "unique", "many")[min(len(expected), 2)]
    assert irr(flows) == pytest.approx(found.chosen, rel=1e-9, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize(("rate", "times"), [(0.1, 2), (-0.5, 2), (0.2, 3), (0.05, 4)])
def test_a_root_met_several_times_counts_once(rate, times):
    found = irr_roots(np.poly([1 + rate] * times))
    assert found.rates == pytest.approx([rate], abs=1e-3)


def test_the_rule_takes_the_least_positive_then_the_largest_other():
    assert irr_roots([-5, 10.5, 1, -8, 1]).chosen == pytest.approx(0.0885983385)
    assert irr_roots([-100, 100, 0, -7]).chosen == pytest.approx(-0.0832996662)


def test_a_root_at_zero_is_not_positive_whatever_rounding_says():
    flows = np.array([-np.pi, 3 * np.pi, -np.pi - 1, 1 - np.pi])
    assert irr_roots(flows).rates[0] == pytest.approx(0.0, abs=1e-12)
    assert irr_roots(flows).chosen == max(irr_roots(flows).rates)
    assert irr_roots([-100.0, 100.0]).chosen == pytest.approx(0.0, abs=1e-12)


def test_irr_keeps_the_shape_of_its_rows():
    flows = np.broadcast_to([-100.0, 60.0, 60.0], (2, 3, 3))
    assert irr(flows).shape == (2, 3)
    assert irr(flows[0, 0]).shape == ()


def test_batch_agrees_with_one_by_one():
    flows = np.random.default_rng(3).normal(size=(400, 11))
    alone = [irr_roots(row).chosen for row in flows]
    assert irr(flows) == pytest.approx(np.array(alone), rel=1e-9, abs=1e-9, nan_ok=True)


def ill_behaved():
    draw = np.random.default_rng(11)
    projects = np.c_[-draw.uniform(50, 150, 300), draw.normal(15, 10, (300, 10))]
    return {
        "projects": projects,
        "gaps": draw.normal(size=(300, 9)) * (draw.uniform(size=(300, 9)) < 0.5),
        "whole numbers": draw.integers(-3, 4, (300, 6)).astype(float),
        "months": np.c_[-draw.uniform(50, 150, 50), draw.normal(3, 3, (50, 60))],
        "sizes": draw.normal(size=(200, 8)) * 10.0 ** draw.integers(-40, 40, (200, 8)),
        "losses": projects * np.where(np.arange(11) > 0, 0.2, 1.0),
        "sums of zero": np.c_[projects, -projects.sum(axis=1)],
    }


@pytest.mark.parametrize("kind", list(ill_behaved()))
def test_ill_behaved_batches_agree_with_the_verdict_row_by_row(kind):
    flows = ill_behaved()[kind]
    alone = np.array([irr_roots(row).chosen for row in flows])
    assert irr(flows) == pytest.approx(alone, rel=1e-9, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        ([-100, 60, 60], 0.1306623863),
        ([-100, 30, -20, 70], -0.0707),
        ([-100, 150, -20, 30, -5], 0.5),
        ([100, -10, 50], np.nan),
    ],
)
def test_a_proof_spares_the_search_for_all_roots(flows, rate):
    """One change on the side of the positive rates, or one on the other, or none at all."""
    root, sure = lone_root(np.array(flows, float)[:, None])
    assert sure.all()
    assert np.expm1(root[0]) == pytest.approx(irr_roots(flows).chosen, rel=1e-9, nan_ok=True)
    assert np.isnan(root[0]) == np.isnan(rate)
    assert np.isnan(rate) or np.sign(root[0]) == np.sign(rate)


def test_what_may_have_several_roots_is_not_sure():
    assert not lone_root(np.array([-1_000.0, 2_300, -1_320])[:, None])[1].any()


def test_a_row_does_not_depend_on_the_rows_beside_it():
    flows = ill_behaved()["projects"]
    beside = np.concatenate([flows, np.full((3, 11), np.nan), 1e30 * flows, np.zeros((2, 11))])
    assert irr(beside)[:300] == pytest.approx(irr(flows), rel=1e-13, abs=1e-13, nan_ok=True)


def test_returns_agree_with_pyxirr():
    draw = np.random.default_rng(2)
    flows = np.c_[-draw.uniform(50, 150, 2_000), draw.uniform(5, 40, (2_000, 10))]
    theirs = [pyxirr.irr(row) for row in flows]
    assert irr(flows) == pytest.approx(np.array(theirs, float), rel=1e-9, abs=1e-9)


def test_roots_agree_with_the_companion_matrix():
    for row in np.random.default_rng(5).normal(size=(100, 9)):
        growth = np.roots(row)
        real = np.sort(growth.real[(np.abs(growth.imag) < 1e-9) & (growth.real > 0)]) - 1
        assert irr_roots(row).rates == pytest.approx(real.tolist(), rel=1e-7, abs=1e-9)


@given(flows=rows)
def test_npv_at_every_root_is_zero(flows):
    for rate in irr_roots(flows).rates:
        if rate > -0.999:
            gross = float(npv(rate, np.abs(flows)))
            assert abs(float(npv(rate, flows))) <= 1e-10 * gross


@given(flows=rows, scale=scales)
def test_scale_does_not_move_a_rate(flows, scale):
    before, after = irr_roots(flows), irr_roots(np.array(flows) * scale)
    if len(before.rates) == len(after.rates):
        assert after.rates == pytest.approx(before.rates, rel=1e-4, abs=1e-4)
    factors = np.array(flows) * 2.0
    assert irr(factors) == pytest.approx(float(irr(flows)), rel=1e-9, abs=1e-9, nan_ok=True)


@given(cost=st.floats(1, 1e6), inflows=st.lists(st.floats(1, 1e6), min_size=1, max_size=30))
def test_one_change_of_sign_has_one_root(cost, inflows):
    flows = [-cost, *inflows]
    assert irr_roots(flows).verdict == "unique"
    assert irr(flows) == pytest.approx(irr_roots(flows).chosen, rel=1e-9, abs=1e-9)


# ---------------------------------------------------------------- modified return, index, payback
@pytest.mark.parametrize("flows", [[1, 2, 3], [-1, -2], [0, 0], [-5]])
def test_mirr_needs_both_signs(flows):
    assert np.isnan(mirr(flows, 0.1, 0.1))


@given(cost=st.floats(1, 1e6), inflows=st.lists(st.floats(1, 1e6), min_size=1, max_size=10))
def test_mirr_at_the_irr_is_the_irr(cost, inflows):
    rate = float(irr([-cost, *inflows]))
    assert mirr([-cost, *inflows], 0.1, rate) == pytest.approx(rate, rel=1e-8, abs=1e-8)


def test_index_is_above_one_with_a_positive_value():
    flows = [[-100.0, 120.0], [-100.0, 100.0], [100.0, 5.0]]
    assert profitability_index(0.1, flows) == pytest.approx([1.0909090909, 0.9090909091, np.nan], nan_ok=True)


@pytest.mark.parametrize(
    ("flows", "expected"),
    [
        ([-100, 40, 40, 40], 2.5),
        ([-100, 50, 50], 2.0),
        ([-100, -100, 100, 200], 2.5),
        ([0, -100, 200], 1.5),
        ([-100, 150, -100, 100], 2 / 3),
        ([-100, 10], np.nan),
        ([10, 5], 0.0),
        ([0], 0.0),
        ([-5], np.nan),
        ([-100, np.nan, 200], np.nan),
    ],
)
def test_payback(flows, expected):
    assert payback(flows) == pytest.approx(expected, nan_ok=True)
    assert discounted_payback(0.0, flows) == pytest.approx(expected, nan_ok=True)


def test_discounted_payback_is_later_and_takes_a_rate_a_row():
    flows = [-100, 60, 60, 60]
    late = discounted_payback([0.0, 0.1, 0.3, 0.9], flows)
    assert (np.diff(late[:3]) > 0).all()
    assert np.isnan(late[3])


# ---------------------------------------------------------------- dates
YEARS = ["2021-01-01", "2022-01-01", "2023-01-01"]


def test_dated_flows_on_whole_years_are_periodic():
    flows = [-1_000, 2_300, -1_320]
    assert xirr_roots(flows, YEARS).rates == pytest.approx(irr_roots(flows).rates, abs=1e-9)
    assert xnpv([0.1, 0.3], flows, YEARS) == pytest.approx(npv([0.1, 0.3], flows), abs=1e-9)


def test_order_and_repetition_of_dates_change_nothing():
    flows, dates = [-100.0, 70.0, 60.0], YEARS
    shuffled = [60.0, -100.0, 30.0, 40.0], [dates[2], dates[0], dates[1], dates[1]]
    assert xirr(*shuffled) == pytest.approx(float(xirr(flows, dates)), abs=1e-12)
    assert xnpv(0.2, *shuffled) == pytest.approx(float(xnpv(0.2, flows, dates)))


def test_a_single_date_has_no_rate():
    assert np.isnan(xirr([-100, 110], [dt.date(2025, 1, 1)] * 2))
    assert xirr_roots([-100, 110], ["2025-01-01"] * 2).verdict == "none"


def test_xirr_takes_rows():
    flows = np.array([[-100.0, 0.0, 121.0], [-100.0, 0.0, 144.0], [1.0, 1.0, 1.0]])
    assert xirr(flows, YEARS) == pytest.approx([0.1, 0.2, np.nan], nan_ok=True)


def test_flows_without_their_dates_are_refused():
    with pytest.raises(ValueError, match="give each flow a date"):
        xirr([-100, 50, 60], YEARS[:2])


def test_unknown_day_count_is_refused():
    with pytest.raises(ValueError, match="write one of act/365F"):
        days_between("2025-01-01", "2025-02-01", "act/364")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("convention", "end", "expected"),
    [
        ("act/365F", "2009-03-01", 366 / 365),
        ("act/360", "2009-03-01", 366 / 360),
        ("act/act ISDA", "2009-03-01", 307 / 366 + 59 / 365),
        ("30/360 US", "2009-02-28", 1.0),
        ("30/360 ISDA", "2009-02-28", 359 / 360),
        ("30E/360", "2009-02-28", 359 / 360),
    ],
)
def test_from_a_leap_day(convention, end, expected):
    assert year_fraction("2008-02-29", end, convention) == pytest.approx(expected)


@given(start=st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)), days=st.integers(0, 5000))
def test_counting_back_is_the_negative(start, days):
    end = start + dt.timedelta(days)
    assert days_between(end, start) == -days
    assert year_fraction(end, start, "act/act ISDA") == pytest.approx(-year_fraction(start, end, "act/act ISDA"))


CONVENTIONS = {
    "act/365F": ql.Actual365Fixed(),
    "act/360": ql.Actual360(),
    "act/act ISDA": ql.ActualActual(ql.ActualActual.ISDA),
    "30/360 ISDA": ql.Thirty360(ql.Thirty360.BondBasis),
    "30E/360": ql.Thirty360(ql.Thirty360.European),
}


@pytest.mark.parametrize("name", CONVENTIONS)
@given(start=st.dates(dt.date(1950, 1, 1), dt.date(2100, 1, 1)), days=st.integers(0, 5000))
def test_years_are_quantlib_s(name, start, days):
    end = start + dt.timedelta(days)
    theirs = CONVENTIONS[name].yearFraction(
        ql.Date(start.isoformat(), "%Y-%m-%d"), ql.Date(end.isoformat(), "%Y-%m-%d")
    )
    assert year_fraction(start, end, name) == pytest.approx(theirs, rel=1e-12, abs=1e-13)
