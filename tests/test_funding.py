"""The funding model: accounts that balance, debts that end, covers and mixes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from acme_evidence import params_of
from hypothesis import given, settings
from hypothesis import strategies as st
from money_specimen import acme, assumed, deployment, run

from capexlib.errors import ParamsError
from capexlib.models import funding as funding_model
from capexlib.models.finance import npv
from capexlib.models.funding.capital import cost_of, dilution, weighted_cost
from capexlib.models.funding.debts import debt_schedule, schedules, whole_years
from capexlib.models.funding.inputs import medians
from capexlib.models.funding.lenders import average, breaches, covers, cushion, lowest
from capexlib.models.funding.mix import MixProgramme, frontier
from capexlib.models.funding.needs import ProjectFlows, together
from capexlib.models.funding.sampled import chance, sampled
from capexlib.models.funding.sources import own_cash, sources_and_uses
from capexlib.models.roi.model import input_laws
from capexlib.params import load_case
from capexlib.params.funding import Covenant, FundingParams, Instrument

BN = 1e9
YEARS = 8


def flows_of(needs, deliveries=None, cfads=None, tax=0.2) -> ProjectFlows:
    needs = np.atleast_2d(np.asarray(needs, float))
    deliveries = needs if deliveries is None else np.atleast_2d(np.asarray(deliveries, float))
    cfads = np.full_like(needs, 3 * BN) if cfads is None else np.atleast_2d(np.asarray(cfads, float))
    return ProjectFlows(needs, deliveries, cfads, cfads, cfads, np.full(len(needs), tax))


def inputs_of(case, paths: int = 1, **changes: float) -> dict[str, np.ndarray]:
    """Every input at its median, some at another value; double underscores stand for dots."""
    values = medians(input_laws(case)) | {name.replace("__", "."): value for name, value in changes.items()}
    return {name: np.full(paths, value) for name, value in values.items()}


def loan(**terms: Any) -> Instrument:
    """A bank loan on other terms."""
    case = acme()[1]
    known = case.funding.instruments["bank_loan"].model_dump()
    written = {name: assumed(*value) if isinstance(value, tuple) else value for name, value in terms.items()}
    return Instrument.model_validate(known | written)


@settings(deadline=None)
@given(
    st.lists(st.floats(-1e9, 3e10), min_size=YEARS, max_size=YEARS), st.floats(0, 2), st.floats(0, 4e10),
    st.floats(0, 1), st.floats(0, 0.05),
)  # fmt: skip
def test_sources_equal_uses_to_the_cent(needs, delivered, cash, share, fee):
    _, case = acme()
    inputs = inputs_of(case, funding__company__cash=cash, funding__instruments__bank_loan__share=share,
                       funding__instruments__bank_loan__fee=fee)  # fmt: skip
    flows = flows_of(needs, np.maximum(needs, 0) * delivered)
    account = sources_and_uses(case.funding, flows, inputs)
    assert np.abs(account.sources - account.uses).max() < 0.005
    assert (account.gap >= 0).all()
    assert account.needs == pytest.approx(np.maximum(flows.needs, 0))
    for name, terms in case.funding.instruments.items():
        drawn = account.draws[name]
        assert (drawn >= 0).all()
        if terms.kind == "retained":
            assert (np.cumsum(drawn, axis=1) <= own_cash(case.funding.company, inputs, YEARS) + 0.01)[drawn > 0].all()
        else:
            assert account.total(name)[0] <= inputs[f"funding.instruments.{name}.limit"][0] * (1 + 1e-12)
        if terms.draws == "deliveries":
            most = inputs[f"funding.instruments.{name}.share"] * flows.deliveries
            assert (drawn - account.fees[name] <= most + 0.01).all()


def test_the_last_resort_pays_only_what_is_left_and_then_there_is_a_gap():
    _, case = acme()
    poor = inputs_of(case, funding__company__cash=0.0, funding__company__cash_flow=0.0)
    account = sources_and_uses(case.funding, flows_of([30 * BN, 0]), poor)
    limits = {name: poor.get(f"funding.instruments.{name}.limit", np.zeros(1))[0] for name in case.funding.order}
    assert account.total("retained")[0] == 0
    assert account.total("convertible")[0] == pytest.approx(limits["convertible"])
    assert account.gap[0, 0] == pytest.approx(30 * BN - sum(
        account.draws[name][0, 0] - account.fees[name][0, 0] for name in account.draws
    ))  # fmt: skip
    assert account.gap[0, 0] > 0
    rich = sources_and_uses(case.funding, flows_of([5 * BN, 0]), inputs_of(case))
    assert rich.total("convertible")[0] == rich.gap.sum() == 0


def test_cash_that_is_not_used_waits_for_the_next_year():
    _, case = acme()
    inputs = inputs_of(case, funding__company__cash=12 * BN, funding__company__cash_flow=2 * BN,
                       funding__company__growth=0.0)  # fmt: skip
    assert own_cash(case.funding.company, inputs, 3)[0].tolist() == [3 * BN, 4 * BN, 5 * BN]
    assert own_cash(None, inputs, 3).tolist() == [[0.0, 0.0, 0.0]]


@settings(deadline=None)
@given(
    st.lists(st.floats(0, 1e10), min_size=YEARS, max_size=YEARS),
    st.sampled_from(["annuity", "straight", "bullet", "sculpted"]), st.integers(1, 10), st.integers(0, 4),
    st.floats(0, 0.3), st.lists(st.floats(-2, 9), min_size=YEARS, max_size=YEARS),
)  # fmt: skip
def test_every_debt_ends_at_zero_and_is_worth_what_was_drawn(draws, way, tenor, grace, rate, cash):
    terms = loan(amortisation=way, tenor=(tenor, "years"), grace=(12 * grace, "months"))
    debt = debt_schedule(terms, np.array([draws]), np.array([rate]), np.array(cash))
    size = 1 + sum(draws)
    assert debt.balance[0, -1] == 0
    assert (debt.balance >= -1e-9 * size).all()
    assert debt.principal.sum() == pytest.approx(sum(draws))
    flows = debt.draws - debt.paid
    assert npv(rate, flows)[0] == pytest.approx(0, abs=1e-9 * size)
    owed = np.concatenate([[0.0], debt.balance[0, :-1]])
    assert debt.interest[0] == pytest.approx(rate * owed, abs=1e-9 * size)


def test_terms_are_kept():
    drawn = np.zeros((1, YEARS))
    drawn[0, 0] = 1_000.0
    cash = np.array([0, 0, 100.0, 200, 300, 0, 0, 0])
    ways = {way: debt_schedule(loan(amortisation=way, tenor=(4, "years"), grace=(12, "months")), drawn, np.array([0.1]),
                               cash) for way in ("annuity", "straight", "bullet", "sculpted")}  # fmt: skip
    assert ways["straight"].principal[0, 2:5] == pytest.approx([1_000 / 3] * 3)
    assert ways["bullet"].paid[0, 1:5] == pytest.approx([100, 100, 100, 1_100])
    level = 1_000 * 0.1 / (1 - 1.1**-3)
    assert ways["annuity"].paid[0, 1:5] == pytest.approx([100, level, level, level])
    sculpted = ways["sculpted"].paid[0, 1:5]
    assert sculpted[0] == pytest.approx(100)
    assert sculpted[1:] / sculpted[1] == pytest.approx([1, 2, 3])


def test_what_the_account_cannot_follow_to_its_end_is_settled_and_no_debt_service():
    drawn = np.zeros((1, 3))
    drawn[0, 0] = 1_000.0
    debt = debt_schedule(loan(amortisation="straight", tenor=(5, "years"), grace=(0, "months")), drawn, np.zeros(1),
                         np.ones(3))  # fmt: skip
    assert debt.principal[0] == pytest.approx([0, 200, 800])
    assert debt.service[0] == pytest.approx([0, 200, 200])
    assert debt.settled == pytest.approx([600])


def test_terms_in_whole_years():
    assert whole_years(loan(tenor=(30, "months"), grace=(36, "months"))) == (2, 1)
    assert whole_years(acme()[1].funding.instruments["retained"]) == (0, 0)


def test_covers_by_hand():
    _, case = acme()
    inputs = inputs_of(case, funding__company__cash_flow=1_000.0, funding__company__growth=0.0,
                       funding__company__debt=500.0, funding__company__debt_service=100.0)  # fmt: skip
    drawn = np.array([[1_000.0, 0, 0]])
    debt = debt_schedule(loan(amortisation="straight", tenor=(2, "years"), grace=(0, "months")), drawn, np.array([0.1]),
                         np.ones(3))  # fmt: skip
    found = covers(flows_of([[1_000, 0, 0]], cfads=[[0, 900, 275]]), {"loan": debt}, inputs)
    assert found.service[0].tolist() == pytest.approx([0, 600, 550])
    assert found.dscr[0, 1:].tolist() == pytest.approx([1.5, 0.5])
    assert np.isnan(found.dscr[0, 0])
    assert found.llcr[0] == pytest.approx((900 / 1.1 + 275 / 1.21) / 1_000)
    assert found.company_dscr[0].tolist() == pytest.approx([1_000 / 100, 1_900 / 700, 1_275 / 650])
    assert found.interest_cover[0, 1:].tolist() == pytest.approx([9, 5.5])
    assert found.company_leverage[0].tolist() == pytest.approx([1_500 / 1_000, 1_000 / 1_900, 500 / 1_275])
    assert found.leverage[0, 0] == np.inf
    assert found.leverage[0, 1] == pytest.approx(500 / 900)
    assert lowest(found.dscr)[0] == pytest.approx(0.5)
    assert (
        found.dscr_average[0] == average(np.array([[0, 900, 275.0]]), found.service)[0] == pytest.approx(1_175 / 1_150)
    )
    assert found.by_plan[0] == pytest.approx((600 + 275) / 1_150)

    def failed(measure, level, threshold):
        test = Covenant.model_validate({"title": "t", "measure": measure, "level": level, "why": "Only for tests.",
                                        "threshold": assumed(threshold, "ratio")})  # fmt: skip
        return breaches(test, np.array([threshold]), found)[0].tolist()

    assert failed("dscr", "plan", 1.0) == [False, False, True]
    assert failed("dscr", "plan", 1.6) == [False, True, True]
    assert failed("leverage", "company", 1.4) == [True, False, False]
    assert failed("interest_cover", "plan", 6.0) == [False, False, True]


def test_no_debt_means_nothing_to_cover():
    _, case = acme()
    found = covers(flows_of([[1.0, 0]]), {}, inputs_of(case))
    assert np.isnan(found.dscr).all()
    assert np.isinf(lowest(found.dscr)).all()
    assert cushion(np.array([np.inf])).tolist() == [1.0]


def test_the_average_cost_of_capital_by_hand():
    _, case = acme()
    inputs = inputs_of(case, funding__cost_of_equity=0.12, funding__benchmarks__usd_overnight=0.04,
                       funding__instruments__bank_loan__margin=0.01, funding__instruments__bank_loan__fee=0.01)  # fmt: skip
    assert cost_of(case.funding, "bank_loan", inputs, 0.25) == pytest.approx([0.75 * (0.05 + 0.01 / 5)])
    drawn = {"bank_loan": np.array([30.0]), "retained": np.array([50.0])}
    found = weighted_cost(case.funding, drawn, np.array([20.0]), inputs, np.array([0.25]))
    assert found == pytest.approx([0.3 * 0.052 * 0.75 + 0.7 * 0.12])
    assert weighted_cost(case.funding, {}, np.zeros(1), inputs, np.zeros(1)) == pytest.approx([0.12])


def test_a_convertible_costs_more_than_its_coupon_and_less_than_equity():
    """IAS 32's own example: 2,000 notes of 1,000 at 6 %, three years, market rate 9 %: liability 1,848,122."""
    _, case = acme()
    inputs = inputs_of(case, funding__cost_of_equity=0.12, funding__instruments__convertible__margin=0.06,
                       funding__instruments__convertible__straight=0.03, funding__instruments__convertible__fee=0.0)  # fmt: skip
    terms = case.funding.instruments["convertible"].model_dump() | {"tenor": assumed(3, "years")}
    instruments = dict(case.funding.instruments) | {"convertible": Instrument.model_validate(terms)}
    params = case.funding.model_copy(update={"instruments": instruments})
    liability = 1_848_122 / 2_000_000
    assert cost_of(params, "convertible", inputs, 0.25) == pytest.approx(
        [liability * 0.09 * 0.75 + (1 - liability) * 0.12], abs=1e-7
    )


def test_dilution_by_hand():
    _, case = acme()
    inputs = inputs_of(case, funding__company__equity_value=100.0, funding__instruments__convertible__premium=0.25)
    assert dilution(case.funding, {"convertible": np.array([12.5])}, inputs) == pytest.approx([0.1 / 1.1])
    assert dilution(case.funding, {"bank_loan": np.array([12.5])}, inputs) == pytest.approx([0.0])


@pytest.fixture(scope="module")
def programme():
    facts, case = acme()
    operations, _ = run(deployment(512), facts, case)
    return MixProgramme(case.funding, operations.project_flows(), operations.inputs)


def feasible(programme, shares, *, disclosure, tail):
    """Whether a mix keeps every limit, worked out anew."""
    cash = np.maximum(np.quantile(programme.cash, tail, axis=0), 0) / programme.need
    params = programme.params
    diluted = programme.dilution @ shares * programme.need
    return (
        (shares <= programme.limit / programme.need + 1e-9).all()
        and programme.disclosure @ shares <= disclosure * 1 + 1e-9
        and diluted / (1 + diluted) <= params.dilution_cap + 1e-9
        and (programme.cover * (shares @ programme.service) <= cash + 1e-9)[programme.service.any(axis=0)].all()
    )


@pytest.mark.parametrize("tail", [0.0, 0.05, 0.5])
def test_no_mix_of_a_thousand_is_cheaper_than_the_cheapest(programme, tail):
    cap = programme.params.disclosure_cap
    best = programme.solve(tail=tail)
    shares = np.array(list(best.shares.values()))
    assert shares.sum() + best.gap == pytest.approx(1)
    assert feasible(programme, shares, disclosure=cap, tail=tail)
    if best.gap > 1e-9:
        return
    random = np.random.default_rng(1)
    found = 0
    while found < 1_000:
        other = random.dirichlet(np.full(len(shares), 0.5)) * 0.9 + shares * 0.1
        near = shares + random.uniform(0, 1) * (other - shares)
        if feasible(programme, near, disclosure=cap, tail=tail):
            found += 1
            assert programme.cost @ near >= best.cost - 1e-9
        else:
            found += 0.01


def test_looser_limits_never_cost_more(programme):
    free = programme.solve(disclosure=1.0)
    assert programme.solve(disclosure=0.3).cost >= free.cost - 1e-12
    assert programme.solve(disclosure=1.0, flexibility=0.9).cost >= free.cost - 1e-12
    assert programme.solve(flexibility=1.01).gap == pytest.approx(1.0), "nothing is that free"
    curves = frontier(programme, steps=5)
    for name, sign in (("flexibility", 1), ("disclosure", -1)):
        costs = [sign * mix.cost for mix in curves[name]]
        assert len(costs) > 1
        assert costs == sorted(costs)


def test_the_cheapest_mix_keeps_its_cover_on_enough_paths():
    facts, case = acme(funding__cover_level="plan")
    operations, _ = run(deployment(512), facts, case)
    found = MixProgramme(case.funding, operations.project_flows(), operations.inputs).solve_for_paths()
    assert found is not None
    assert found.held >= case.funding.confidence
    company_facts, company_case = acme()
    wider, _ = run(deployment(512), company_facts, company_case)
    other = MixProgramme(company_case.funding, wider.project_flows(), wider.inputs).solve_for_paths()
    assert other is not None
    assert other.held >= company_case.funding.confidence
    assert other.cost <= found.cost


def test_a_plan_without_needs_has_no_mix(programme):
    _, case = acme()
    with pytest.raises(ValueError, match="needs no money"):
        MixProgramme(case.funding, flows_of([0.0, -5.0]), inputs_of(case))


def test_less_cash_from_the_plan_means_lower_covers():
    facts, case = acme()
    rich, poor = (run(deployment(256), *acme(**change)) for change in ({}, {"roi__price_level__family": "lognormal"}))
    assert rich[0].inputs.keys() == poor[0].inputs.keys()
    operations = rich[0]
    flows = operations.project_flows()
    lean = ProjectFlows(
        flows.needs, flows.deliveries, 0.8 * flows.ebitda, flows.ebit, 0.8 * flows.cfads, flows.tax_rate
    )
    both = [funding_model.assess(case, one, operations.inputs) for one in (flows, lean)]
    positive = flows.cfads > 0
    better, worse = (found.covered.dscr for found in both)
    known = positive & ~np.isnan(better)
    assert (better[known] > worse[known]).all()
    assert facts.as_of == case.as_of


def test_what_lags_behind_deliveries_is_paid_by_the_rest_of_the_mix():
    _, case = acme()
    kept = 1 - medians(input_laws(case))["funding.instruments.vendor_finance.fee"]
    flows = flows_of([4 * BN, 4 * BN, 0.0], [0.0, 2 * BN, 2 * BN])
    inputs = inputs_of(case, funding__instruments__bank_loan__limit=9 * BN)
    account = sources_and_uses(case.funding, flows, inputs, {"vendor_finance": 0.25, "bank_loan": 0.65})
    vendor, bank = (
        account.draws[name][0] - account.fees[name][0] for name in ("vendor_finance", "bank_loan")
    )  # fmt: skip
    assert vendor == pytest.approx([0.0, 0.25 * 2 * 2 * BN, 0.0]), "half of the goods come when money is needed"
    assert account.draws["vendor_finance"][0] * kept == pytest.approx(vendor)
    assert bank == pytest.approx([0.9 * 4 * BN, 0.9 * 4 * BN - vendor[1], 0.0]), "all that the mix is to pay is paid"
    assert account.gap[0] == pytest.approx([0.1 * 4 * BN, 0.1 * 4 * BN, 0.0])
    assert account.sources == pytest.approx(account.uses)


def test_a_mix_is_held_to_the_debt_that_pays_for_the_whole_plan():
    facts, case = acme()
    operations, _ = run(deployment(256), facts, case)
    programme = MixProgramme(case.funding, operations.project_flows(), operations.inputs)
    mix = programme.solve_for_paths()
    assert mix is not None
    account = sources_and_uses(case.funding, programme.flows, programme.inputs, mix.shares)
    assert account.gap.sum(axis=1).mean() / programme.need == pytest.approx(mix.gap, abs=1e-6)
    debts = schedules(case.funding, account.draws, programme.inputs, programme.flows.cfads)
    assert mix.held == programme.held_by(together([debt.service for debt in debts.values()]))


def test_an_incomplete_company_is_a_params_error():
    _, case = acme()
    without = case.model_copy(update={"funding": None})
    with pytest.raises(ParamsError, match="funding"):
        funding_model.assess(without, flows_of([1.0, 0]), {})


@pytest.mark.parametrize(("change", "message"), [
    ({"funding.order": ["retained"]}, "must name every instrument once"),
    ({"funding.instruments.bank_loan.benchmark": "libor"}, "names the benchmark 'libor'"),
    ({"funding.instruments.bank_loan.currency": "XXX"}, "is no currency"),
    ({"funding.instruments.bank_loan.premium": assumed(0.3, "fraction")}, "convertible, and nothing else"),
    ({"funding.instruments.retained.amortisation": "bullet"}, "does not go with kind 'retained'"),
    ({"funding.confidence": 0.4}, "greater than 0.5"),
])  # fmt: skip
def test_contradictions_are_refused(change, message):
    with pytest.raises(ParamsError, match=message):
        load_case(params_of("acme"), change)


def test_samples_that_do_not_exist_are_counted_not_dropped_silently():
    figure = sampled("a.b", "T", np.array([1.0, 2.0, 3.0, np.nan]), "ratio", (), "f")
    assert figure.value == 2.0
    assert "25.0% of paths have no such number" in figure.note
    beyond = sampled("a.b", "T", np.array([1.0, 2.0, 3.0, np.inf]), "ratio", (), "f")
    assert (beyond.high, "25.0% of paths lie beyond any number") == (None, beyond.note)
    none = sampled("a.b", "T", np.full(4, np.nan), "ratio", (), "f")
    assert none.value is None
    assert "no path" in none.note
    assert chance("a.c", "T", np.array([True, False]), (), "f").value == 0.5


def test_funding_of_the_case_is_a_section_of_its_own():
    params = acme()[1].funding
    assert isinstance(params, FundingParams)
    assert params.company is not None
