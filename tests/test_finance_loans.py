"""Loans, sculpted debt and covers: what must always hold, and QuantLib's schedules."""

import numpy as np
import pytest
import QuantLib as ql  # noqa: N813  the name its own manual gives it
from hypothesis import given
from hypothesis import strategies as st

from capexlib.models.finance import (
    annuity_payment,
    discount_factors,
    dscr,
    interest_cover,
    irr,
    llcr,
    loan_schedule,
    npv,
    plcr,
    sculpted_debt,
)

rates = st.floats(-0.05, 0.4)
sums = st.floats(1.0, 1e9)
FORMS = [
    {},
    {"due": True},
    {"balloon": 30.0},
    {"balloon": 30.0, "due": True},
    {"grace": 2},
    {"grace": 2, "due": True},
    {"grace": 2, "capitalised": True},
    {"grace": 2, "capitalised": True, "due": True, "balloon": 10.0},
]


def forms(repayment):
    return [{"repayment": repayment, **form} for form in FORMS]


EVERY = [*forms("level"), *forms("equal principal"), {"repayment": "bullet"}, {"repayment": "bullet", "grace": 3}]


# ---------------------------------------------------------------- discounting
def test_factors_of_one_rate_are_powers_and_of_many_a_product():
    assert discount_factors(0.1, 3) == pytest.approx(1.1 ** -np.arange(4.0))
    assert discount_factors([[0.1], [0.2]], 2)[1] == pytest.approx([1, 1 / 1.2, 1 / 1.44])
    assert np.isnan(discount_factors([0.1, -1.0, 0.1], 3)).tolist() == [False, False, True, True]


def test_rates_of_another_length_are_refused():
    with pytest.raises(ValueError, match="1 or 3 are wanted, not 2"):
        discount_factors([0.1, 0.2], 3)


# ---------------------------------------------------------------- loans
@pytest.mark.parametrize("form", EVERY, ids=str)
@given(rate=st.lists(rates, min_size=7, max_size=7), present=st.floats(100, 1e6))
def test_every_loan_ends_at_zero_and_its_payments_are_worth_what_was_drawn(form, rate, present):
    loan = loan_schedule(rate, 7, present, **form)
    scale = present * 10.0
    assert loan.balance[-1] == 0.0
    assert loan.payment @ discount_factors(rate, 7) == pytest.approx(present, rel=1e-9)
    assert loan.principal.sum() == pytest.approx(present, rel=1e-9)
    assert loan.payment == pytest.approx(loan.interest + loan.principal, abs=1e-9 * scale)
    assert -np.diff(loan.balance) == pytest.approx(loan.principal[1:], abs=1e-9 * scale)
    assert loan.interest[1:] == pytest.approx(loan.balance[:-1] * rate, abs=1e-9 * scale)


@given(rate=rates, count=st.integers(1, 40), present=sums, due=st.booleans())
def test_level_payment_is_the_annuity(rate, count, present, due):
    loan = loan_schedule(rate, count, present, balloon=present / 4, due=due)
    level = float(annuity_payment(rate, count, present, balloon=present / 4, due=due))
    paid = loan.payment[:-1] if due else np.append(loan.payment[1:-1], loan.payment[-1] - present / 4)
    assert paid == pytest.approx(np.full(count, level), rel=1e-7, abs=1e-7 * present)


def test_level_payment_is_the_same_under_known_changing_rates():
    loan = loan_schedule([0.02, 0.10, 0.05, 0.0], 4, 1_000.0)
    assert loan.payment[1:] == pytest.approx(np.full(4, loan.payment[1]))


def test_equal_principal_is_equal_and_interest_falls():
    loan = loan_schedule(0.08, 4, 1_000, repayment="equal principal")
    assert loan.principal.tolist() == pytest.approx([0, 250, 250, 250, 250])
    assert loan.interest.tolist() == pytest.approx([0, 80, 60, 40, 20])


def test_grace_pays_interest_or_adds_it():
    paid = loan_schedule(0.10, 4, 1_000, grace=2)
    added = loan_schedule(0.10, 4, 1_000, grace=2, capitalised=True)
    assert paid.payment[:3].tolist() == pytest.approx([0, 100, 100])
    assert added.payment[:3].tolist() == [0, 0, 0]
    assert added.balance[2] == pytest.approx(1_210)
    assert added.payment[3:] == pytest.approx(paid.payment[3:] * 1.21)


def test_payment_in_advance_starts_today_with_principal_alone():
    loan = loan_schedule(0.10, 3, 1_000, due=True)
    assert loan.interest[0] == 0
    assert loan.payment[:3] == pytest.approx(np.full(3, 1_000 / (1 + 1 / 1.1 + 1 / 1.21)))
    assert loan.payment[3] == 0


@pytest.mark.parametrize("repayment", ["level", "equal principal"])
@pytest.mark.parametrize("due", [False, True])
def test_a_balloon_is_what_is_paid_beside_the_last_instalment(repayment, due):
    loan = loan_schedule(0.10, 3, 1_000, repayment=repayment, balloon=400.0, due=due)
    beside = 0.0 if due else loan.payment[2] - (0.1 * (loan.principal[2]) if repayment == "equal principal" else 0.0)
    assert loan.payment[3] - beside == pytest.approx(400.0)


def test_a_lease_of_thirty_six_equal_payments():
    """A published vendor loan: 36 monthly payments of US$5,539,138 come to US$199.4m."""
    drawn = 5_539_138 * (1 - 1.01**-36) / 0.01
    loan = loan_schedule(0.01, 36, drawn)
    assert loan.payment[1:] == pytest.approx(np.full(36, 5_539_138))
    assert loan.payment.sum() == pytest.approx(199.4e6, abs=0.05e6)


def test_samples_and_rates_broadcast():
    loan = loan_schedule([[0.05], [0.10]], 3, [100.0, 200.0])
    assert loan.balance.shape == (2, 4)
    assert loan.payment[1] == pytest.approx(loan_schedule(0.10, 3, 200.0).payment)


@pytest.mark.parametrize(
    ("given_", "message"),
    [
        ({"periods": 0}, "leave no instalment"),
        ({"grace": 5}, "leave no instalment"),
        ({"grace": -1}, "leave no instalment"),
        ({"repayment": "bulet"}, "write one of level, equal principal, bullet"),
        ({"repayment": "bullet", "balloon": 5}, "no balloon"),
        ({"repayment": "bullet", "due": True}, "no payment in advance"),
    ],
)
def test_loans_that_cannot_be_are_refused(given_, message):
    with pytest.raises(ValueError, match=message):
        loan_schedule(**{"rate": 0.1, "periods": 5, "present": 100, **given_})


def test_a_rate_at_minus_one_has_no_schedule():
    assert np.isnan(loan_schedule(-1.0, 3, 100).payment[1:]).all()


# ---------------------------------------------------------------- sculpted debt
positive = st.lists(st.floats(0.0, 1e6).map(lambda x: round(x, 2)), min_size=1, max_size=15)


@given(flows=positive, rate=st.floats(0.0, 0.3), cover=st.floats(1.0, 3.0))
def test_sculpted_debt_is_the_worth_of_the_cash_flow_over_its_cover(flows, rate, cover):
    cfads = np.array([0.0, *flows])
    debt = sculpted_debt(cfads, rate, cover)
    assert debt.balance[0] == pytest.approx(float(npv(rate, cfads / cover)), rel=1e-9)
    assert debt.balance[-1] == 0.0
    assert debt.principal.sum() == pytest.approx(debt.balance[0], rel=1e-9, abs=1e-6)
    assert dscr(cfads, debt.payment)[debt.payment > 0] == pytest.approx(cover)
    assert llcr(cfads, rate, debt.balance)[debt.balance > 1e-6] == pytest.approx(cover)


def test_sculpted_debt_stops_at_its_tenor_and_its_limit():
    cfads = np.array([0.0, 130, 130, 130, 130])
    short = sculpted_debt(cfads, 0.05, 1.3, tenor=2)
    assert short.payment.tolist() == pytest.approx([0, 100, 100, 0, 0])
    assert short.balance[2:].tolist() == [0, 0, 0]
    limited = sculpted_debt(cfads, 0.05, 1.3, limit=[100.0, 1e9])
    assert limited.balance[:, 0] == pytest.approx([100.0, sculpted_debt(cfads, 0.05, 1.3).balance[0]])
    covers = dscr(cfads, limited.payment)[0, 1:]
    assert covers == pytest.approx(np.full(4, covers[0]))
    assert covers[0] > 1.3


def test_no_cash_flow_carries_no_debt_and_a_loss_adds_interest():
    assert not sculpted_debt([0, -5, -5], 0.05, 1.3).balance.any()
    debt = sculpted_debt([0, -50, 130], 0.05, 1.3)
    assert debt.payment.tolist() == pytest.approx([0, 0, 100])
    assert debt.principal[1] == pytest.approx(-debt.interest[1])


def test_rate_and_cover_may_change_by_period():
    debt = sculpted_debt([0, 120, 150], [0.10, 0.20], [1.2, 1.5])
    assert debt.balance[0] == pytest.approx(100 / 1.1 + 100 / 1.32)


@given(flows=positive, rate=st.floats(0.0, 0.3), cover=st.floats(1.0, 3.0), factor=st.floats(0.01, 100))
def test_debt_scales_with_cash_flow_and_falls_with_cover_and_rate(flows, rate, cover, factor):
    cfads = np.array([0.0, *flows])
    size = sculpted_debt(cfads, rate, cover).balance[0]
    assert sculpted_debt(cfads * factor, rate, cover).balance[0] == pytest.approx(size * factor, rel=1e-9)
    assert sculpted_debt(cfads, rate, cover + 0.5).balance[0] <= size
    assert sculpted_debt(cfads, rate + 0.1, cover).balance[0] <= size


@given(cost=st.floats(10, 1e6), flows=positive, rate=st.floats(0.0, 0.3))
def test_equity_and_debt_flows_are_the_project_s(cost, flows, rate):
    project = np.array([-cost, *flows])
    debt = sculpted_debt(project * (np.arange(project.size) > 0), rate, 1.3)
    lender = debt.payment.copy()
    lender[0] = -debt.balance[0]
    equity = project - lender
    assert equity + lender == pytest.approx(project)
    assert float(npv(rate, lender)) == pytest.approx(0.0, abs=1e-9 * cost + 1e-9 * sum(flows))
    assert float(npv(rate, equity)) == pytest.approx(float(npv(rate, project)), abs=1e-6)


def test_a_lender_earns_the_loan_s_rate():
    debt = sculpted_debt([[0, 50.0, 60, 70], [0, 9.0, 5, 40]], 0.07, 1.25)
    flows = debt.payment.copy()
    flows[:, 0] = -debt.balance[:, 0]
    assert irr(flows) == pytest.approx([0.07, 0.07])


def test_impossible_sculptures_are_refused():
    with pytest.raises(ValueError, match="above zero"):
        sculpted_debt([0, 1], 0.1, 0.0)
    with pytest.raises(ValueError, match="does not fit"):
        sculpted_debt([0, 1], 0.1, 1.2, tenor=2)


# ---------------------------------------------------------------- covers
def test_nothing_owed_has_no_cover():
    assert np.isnan(dscr([5.0, -5.0], [0.0, 0.0])).all()
    assert np.isnan(interest_cover(5.0, 0.0))
    assert np.isnan(llcr([0, 5.0], 0.1, [0.0, 0.0])).all()


@given(flows=positive, rate=st.floats(0.0, 0.3), tail=positive)
def test_the_project_s_cover_is_never_below_the_loan_s(flows, rate, tail):
    cfads = np.array([0.0, *flows, *tail])
    loan = loan_schedule(rate, len(flows), 100.0)
    balance = np.append(loan.balance, np.zeros(len(tail)))
    short, long = llcr(cfads, rate, balance), plcr(cfads, rate, balance)
    owed = balance > 0
    assert (long[owed] >= short[owed] * (1 - 1e-12)).all()
    assert np.isnan(long[~owed]).all()


def test_loan_life_cover_counts_to_the_loan_s_end_with_its_own_rates():
    cover = llcr([0, 110, 144, 999], [0.1, 0.2, 0.3], [100, 50, 0, 0])
    assert cover[:2].tolist() == pytest.approx([(110 + 144 / 1.2) / 1.1 / 100, 144 / 1.2 / 50])
    with pytest.raises(ValueError, match="do not match"):
        llcr([0, 1, 2], 0.1, [1, 0])


# ---------------------------------------------------------------- another library
def test_schedules_agree_with_quantlib():
    ql.Settings.instance().evaluationDate = ql.Date(1, 1, 2025)
    issued, end = ql.Date(1, 1, 2025), ql.Date(1, 1, 2030)
    schedule = ql.Schedule(
        issued, end, ql.Period(ql.Annual), ql.NullCalendar(), ql.Unadjusted, ql.Unadjusted,
        ql.DateGeneration.Backward, False,
    )  # fmt: skip
    counted = ql.Thirty360(ql.Thirty360.European)
    loan = loan_schedule(0.06, 5, 1_000.0)
    bond = ql.AmortizingFixedRateBond(0, loan.balance[:-1].tolist(), schedule, [0.06], counted)
    flows = {}
    for flow in bond.cashflows():
        flows[flow.date().year()] = flows.get(flow.date().year(), 0.0) + flow.amount()
    assert [flows[year] for year in range(2026, 2031)] == pytest.approx(loan.payment[1:].tolist(), rel=1e-12)
    curve = ql.FlatForward(issued, 0.06, counted, ql.Compounded, ql.Annual)
    assert ql.CashFlows.npv(bond.cashflows(), ql.YieldTermStructureHandle(curve), False) == pytest.approx(1_000.0)
