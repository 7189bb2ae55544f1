"""Cost of capital, convertibles, depreciation, levelised cost and ownership: published cases and what must hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capexlib.models.finance import (
    breakeven_periods,
    breakeven_utilisation,
    convertible_split,
    cost_of_equity,
    cost_per_used_hour,
    declining_balance,
    if_converted_dilution,
    irr,
    levelised_cost,
    macrs,
    npv,
    own_cost,
    owning_flows,
    payback,
    rent_cost,
    straight_line,
    wacc,
)

shares = st.floats(0.0, 1e6)
rates = st.floats(0.0, 0.4)


# ---------------------------------------------------------------- cost of capital
@given(equity=st.floats(1, 1e6), debt=shares, k_e=rates, k_d=rates, tax=st.floats(0, 0.5), scale=st.floats(0.01, 100))
def test_the_average_lies_between_its_parts_whatever_the_scale(equity, debt, k_e, k_d, tax, scale):
    after = k_d * (1 - tax)
    average = float(wacc(equity, debt, k_e, k_d, tax))
    assert min(k_e, after) - 1e-12 <= average <= max(k_e, after) + 1e-12
    assert wacc(equity * scale, debt * scale, k_e, k_d, tax) == pytest.approx(average)


def test_no_capital_has_no_cost():
    assert np.isnan(wacc(0, 0, 0.1, 0.05))


def test_a_share_as_risky_as_the_market_earns_the_market():
    assert cost_of_equity(0.03, [0.0, 1.0], 0.08) == pytest.approx([0.03, 0.08])


# ---------------------------------------------------------------- levelised cost
@given(costs=st.lists(st.floats(1, 1e6), min_size=2, max_size=12), rate=rates)
def test_sold_at_its_levelised_cost_the_output_is_worth_its_costs(costs, rate):
    flows, output = -np.array(costs), np.arange(len(costs)) * 3.0
    price = float(levelised_cost(rate, flows, output))
    gross = float(npv(rate, -flows))
    assert float(npv(rate, flows + price * output)) == pytest.approx(0.0, abs=1e-9 * gross)


def test_no_output_has_no_levelised_cost():
    assert np.isnan(levelised_cost(0.1, [-100, -5], [0, 0]))


def test_a_real_rate_on_output_gives_the_price_in_today_s_money():
    """A price that rises with inflation from today's level pays for the same costs."""
    flows, output, years = np.array([-100.0, -5, -5]), np.array([0.0, 50, 50]), np.arange(3)
    price = float(levelised_cost(1.04 * 1.02 - 1, flows, output, output_rate=0.04))
    assert npv(1.04 * 1.02 - 1, flows + price * 1.02**years * output) == pytest.approx(0.0, abs=1e-9)


# ---------------------------------------------------------------- convertibles
def test_the_accounting_standard_s_own_note():
    """IAS 32, illustrative example 9: 2,000 notes of CU1,000, 6 %, three years, 9 % without the option."""
    note = convertible_split(2_000_000, 0.06, 3, 0.09)
    assert float(note.liability) == pytest.approx(1_848_122, abs=1)
    assert float(note.equity) == pytest.approx(151_878, abs=1)
    assert note.schedule.balance[-2:] == pytest.approx([2_120_000 / 1.09, 0.0])


notes = {
    "face": st.floats(100, 1e6), "coupon": st.floats(0, 0.1), "periods": st.integers(1, 15),
    "market_rate": st.floats(0, 0.3), "redemption": st.floats(100, 1e6),
}  # fmt: skip


@given(**notes, costs=st.floats(0, 0.1))
def test_a_note_unwinds_at_its_effective_rate(face, coupon, periods, market_rate, redemption, costs):
    charge = costs * face
    note = convertible_split(face, coupon, periods, market_rate, redemption=redemption, costs=charge)
    schedule = note.schedule
    scale = face + redemption
    assert note.liability + note.equity == pytest.approx(face - charge, abs=1e-9 * scale)
    assert schedule.principal[1:].sum() == pytest.approx(float(note.liability), rel=1e-7, abs=1e-7 * scale)
    assert npv(note.rate, schedule.payment) == pytest.approx(float(note.liability), rel=1e-7)
    assert schedule.balance[-1] == 0
    assert note.rate >= market_rate - 1e-12


def test_notes_come_in_samples():
    note = convertible_split([100.0, 200.0], 0.02, 4, [0.05, 0.06], redemption=[[110.0], [120.0]], costs=[0.0, 2.0])
    assert note.schedule.balance.shape == (2, 2, 5)
    alone = convertible_split(200.0, 0.02, 4, 0.06, redemption=110.0, costs=2.0)
    assert note.rate[0, 1] == pytest.approx(float(alone.rate))
    assert note.equity[0, 1] == pytest.approx(float(alone.equity))


def test_a_note_that_pays_the_market_has_no_equity():
    note = convertible_split(100, [0.05, 0.09], 5, 0.05)
    assert note.equity[0] == pytest.approx(0.0, abs=1e-9)
    assert note.equity[1] < 0


def test_a_note_of_no_period_is_refused():
    with pytest.raises(ValueError, match="0 periods"):
        convertible_split(100, 0.05, 0, 0.09)


def test_the_accounting_standard_s_own_dilution():
    """IAS 33, illustrative example 6: 1,004 and 1,000 shares; 10 of interest, 4 of tax, 30 new shares."""
    result = if_converted_dilution(1_004, 1_000, 10, 0.4, 30)
    assert float(result.basic) == pytest.approx(1.004)
    assert float(result.diluted) == pytest.approx(1_010 / 1_030)
    assert float(result.ownership) == pytest.approx(30 / 1_030)


@given(earnings=st.floats(-1e6, 1e6), interest=shares, tax=st.floats(0, 0.5), new=shares)
def test_conversion_never_raises_earnings_a_share(earnings, interest, tax, new):
    result = if_converted_dilution(earnings, 1_000.0, interest, tax, new)
    assert result.diluted <= result.basic
    assert bool(result.dilutive) == bool(result.diluted < result.basic)


def test_without_shares_there_are_no_earnings_a_share():
    assert np.isnan(if_converted_dilution(10, 0, 1, 0.2, 5).diluted)


# ---------------------------------------------------------------- depreciation
@pytest.mark.parametrize("years", [3, 5, 7, 15])
def test_the_printed_table_is_the_rule_rounded(years):
    """IRS, Publication 946: 200 % (150 % for 15 years), half a year first, then straight line."""
    ruled = declining_balance(100.0, years, rate=(1.5 if years == 15 else 2.0) / years, first=0.5, switch=True)
    printed = macrs(100.0, years)
    assert printed.sum() == pytest.approx(100.0)
    assert printed == pytest.approx(ruled, abs=0.0101)


depreciated = {
    "cost": st.floats(0, 1e9), "life": st.integers(1, 40), "share": st.floats(0, 1.5), "first": st.floats(0.05, 1)
}  # fmt: skip


@given(**depreciated, switch=st.booleans(), rate=st.floats(0.01, 2))
def test_books_never_fall_below_the_salvage_value(cost, life, share, first, switch, rate):
    charges = declining_balance(cost, life, salvage=share * cost, rate=rate, first=first, switch=switch)
    assert len(charges) == life + (first < 1)
    assert (charges >= 0).all()
    depth = max(cost - share * cost, 0.0)
    assert charges.sum() <= depth * (1 + 1e-12)
    if switch:
        assert charges.sum() == pytest.approx(depth, rel=1e-9)


def test_a_share_above_the_whole_counts_as_the_whole():
    assert declining_balance(100, 1, rate=1.6, first=0.5).tolist() == [50.0, 25.0]


def test_straight_line_comes_to_the_cost_less_salvage_for_each_sample():
    charges = straight_line([100.0, 50.0], 4, salvage=[20.0, 60.0])
    assert charges.tolist() == [[20.0] * 4, [-2.5] * 4]


@pytest.mark.parametrize("wrong", [{"life": 0}, {"cost": -1}, {"salvage": -1}, {"rate": 0.0}, {"first": 0.0}])
def test_impossible_depreciation_is_refused(wrong):
    with pytest.raises(ValueError, match=r"nothing to depreciate|not negative"):
        declining_balance(**{"cost": 100, "life": 5, **wrong})


def test_an_unknown_class_is_refused():
    with pytest.raises(ValueError, match="classes are 3, 5, 7, 15"):
        macrs(100, 6)  # pyright: ignore[reportArgumentType]


# ---------------------------------------------------------------- own or rent
HOURS = 4 * 8_760


def test_a_published_cluster_of_sixty_four():
    """64 processors, 4 years, 70 % used, US$1.92m, US$728,681 to run, 10 %, rent at US$2.00 an hour."""
    owned, rented = own_cost(1_920_000, 728_681), rent_cost(64, HOURS, 2.00, utilisation=0.70)
    assert float(owned) == pytest.approx(2_648_681)
    assert float(rented) == pytest.approx(3_139_584)
    assert float(breakeven_periods(1_920_000, 728_681 / 4, rented / 4)) == pytest.approx(3.2, abs=0.05)
    assert float(breakeven_utilisation(owned, 64, HOURS, 2.00)) == pytest.approx(0.59, abs=0.005)
    flows = owning_flows(1_920_000, 728_681 / 4, rented / 4, 4)
    assert float(npv(0.10, flows)) == pytest.approx(-9_400, abs=50)
    assert float(payback(flows)) == pytest.approx(float(breakeven_periods(1_920_000, 728_681 / 4, rented / 4)))
    assert 0.09 < float(irr(flows)) < 0.10


@given(cost=st.floats(1, 1e9), units=st.floats(1, 1e5), price=st.floats(0.01, 100), use=st.floats(0.01, 1))
def test_at_break_even_owning_and_renting_cost_the_same(cost, units, price, use):
    share = float(breakeven_utilisation(cost, units, HOURS, price))
    assert float(rent_cost(units, HOURS, price, utilisation=share)) == pytest.approx(cost)
    hourly = float(cost_per_used_hour(cost, units, HOURS, use))
    assert float(rent_cost(units, HOURS, hourly, utilisation=use)) == pytest.approx(cost)
    assert float(breakeven_utilisation(cost, units, HOURS, price * 2)) < share


def test_where_nothing_is_saved_there_is_no_break_even():
    assert np.isnan(breakeven_periods(100, 50, [50, 40])).all()
    assert np.isnan(breakeven_utilisation(100, 5, HOURS, 0.0))
    assert np.isnan(cost_per_used_hour(100, 5, HOURS, 0.0))


def test_flows_of_owning_come_in_samples():
    flows = owning_flows([100.0, 200.0], [[10.0], [20.0]], [50.0, 60.0, 70.0], 3, residual=5.0)
    assert flows.tolist() == [[-100, 40, 50, 65], [-200, 30, 40, 55]]
