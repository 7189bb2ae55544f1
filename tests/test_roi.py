"""The return model on an invented company, and on published cases."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from money_specimen import MONTHS, acme, assumed, deployment, run

from capexlib.errors import ParamsError
from capexlib.figures import lineage
from capexlib.models import funding as funding_model
from capexlib.models import roi as roi_model
from capexlib.models.finance import npv
from capexlib.models.funding import FundedPlan, ProjectFlows
from capexlib.models.funding.inputs import draw
from capexlib.models.funding.sources import SourcesAndUses
from capexlib.models.roi.alternatives import margin_per_idle_point, own_or_rent, use, value_grid
from capexlib.models.roi.assets import Assets
from capexlib.models.roi.deployment import Deployment, VendorDeployment
from capexlib.models.roi.model import input_laws, reference_power
from capexlib.models.roi.operations import Operations, operate
from capexlib.models.roi.prices import price_shocks
from capexlib.models.roi.returns import equity_flows, multiple_roots, returns, worth
from capexlib.models.roi.sensitivity import DELIVERIES, Chain, sensitivity
from capexlib.units import parse_unit


@pytest.fixture(scope="module")
def acme_run():
    facts, case = acme()
    plan = deployment(512)
    operations, funded = run(plan, facts, case)
    return facts, case, plan, operations, funded


@pytest.fixture(scope="module")
def acme_roi(acme_run):
    facts, case, plan, operations, _ = acme_run
    funding = funding_model.assess(case, operations.project_flows(), operations.inputs)
    return roi_model.assess(facts, case, plan, operations, funding), funding


def measured(operations, funded):
    return returns(operations, funded, operations.inputs["funding.cost_of_equity"])


def test_present_value_at_the_rate_of_return_is_zero(acme_run):
    *_, operations, funded = acme_run
    made = measured(operations, funded)
    known = ~np.isnan(made.irr)
    assert known.mean() > 0.9
    size = np.abs(made.project_flows[known]).sum(axis=1)
    assert np.abs(npv(made.irr[known], made.project_flows[known]) / size).max() < 1e-9


def test_economic_profit_is_worth_the_net_present_value(acme_run):
    *_, operations, funded = acme_run
    made = measured(operations, funded)
    assert worth(funded.wacc, made.economic_profit) == pytest.approx(made.npv, rel=1e-9, abs=1.0)


def test_shareholders_and_lenders_together_get_what_the_project_gives(acme_run):
    *_, operations, funded = acme_run
    with_shield = operations.flows(interest=funded.charges)
    lenders = sum(debt.paid - debt.draws for debt in funded.debts.values())
    fees = sum(funded.account.fees[name] for name in funded.debts)
    assert equity_flows(operations, funded) + lenders + fees == pytest.approx(with_shield, abs=0.01)
    assert (with_shield - operations.flows() >= -0.01).all(), "interest never raises tax"


def test_at_the_break_even_shareholders_earn_just_their_cost(acme_run):
    *_, operations, funded = acme_run
    made = measured(operations, funded)
    cost = operations.inputs["funding.cost_of_equity"]
    assert np.isfinite(made.break_even).all()
    at = equity_flows(operations, funded, made.break_even[:, None])
    assert worth(cost, at) == pytest.approx(np.zeros(len(cost)), abs=10.0)
    assert ((made.break_even < 1) == (made.equity_npv > 0)).all()


def test_tax_is_never_negative_and_needs_a_profit(acme_run):
    *_, operations, funded = acme_run
    tax = operations.tax(funded.charges)
    assert (tax >= 0).all()
    profit = operations.revenue - operations.running - operations.charges - funded.charges
    assert (tax[profit <= 0] == 0).all()
    assert (tax <= np.maximum(profit, 0) * operations.tax_rate[:, None] + 0.01).all()
    assert tax.sum() > 0


def test_the_account_of_every_asset_closes(acme_run):
    *_, operations, _ = acme_run
    for assets in operations.classes.values():
        gone = (assets.depreciation + assets.write_off + assets.proceeds).sum(axis=1)
        assert assets.spending.sum(axis=1) == pytest.approx(gone + assets.book[:, -1], abs=0.01)
    paid = operations.classes["processors"].spending.sum(axis=1)
    assert paid == pytest.approx(sum(one.payments_usd.sum(axis=1) for one in acme_run[2].vendors if not one.leased))


@pytest.mark.parametrize("name", ["roi.price_level", "roi.utilisation_mature"])
def test_a_better_price_and_a_better_use_never_lower_the_value(acme_run, name):
    facts, case, plan, operations, _ = acme_run
    power = reference_power(facts, case)[0]
    shocks = np.random.default_rng(0).standard_normal(operations.price.shape)
    values = []
    for factor in (0.8, 1.0, 1.2):
        inputs = dict(operations.inputs) | {name: operations.inputs[name] * factor}
        moved = operate(case.roi, plan, inputs, shocks, power)
        values.append(worth(np.full(plan.paths, 0.08), moved.flows()))
    assert (values[0] < values[1]).all()
    assert (values[1] < values[2]).all()


def test_ten_times_the_plan_is_worth_ten_times_as_much(acme_run):
    facts, case, _, small, _ = acme_run
    large = roi_model.run_operations(facts, case, deployment(512, scale=10.0))
    rate = np.full(512, 0.08)
    assert worth(rate, large.flows()) == pytest.approx(10 * worth(rate, small.flows()), rel=1e-9, abs=10)
    assert large.load_mw == pytest.approx(10 * small.load_mw)


def test_blocked_deliveries_leave_money_idle_and_raise_the_bar():
    facts, case = acme()
    free, blocked = (deployment(512, arriving=arriving) for arriving in (1.0, 0.1))
    outcomes = []
    for plan in (free, blocked):
        operations, funded = run(plan, facts, case)
        funding = funding_model.assess(case, operations.project_flows(), operations.inputs)
        made = measured(operations, funded)
        outcomes.append((operations.idle_usd.mean(), np.median(made.break_even), np.median(made.levelised),
                         -np.nanmedian(funding.covered.llcr), -np.nanmedian(funding.covered.dscr_average),
                         operations.classes["processors"].write_off.mean()))  # fmt: skip
    assert all(better < worse for better, worse in zip(*outcomes, strict=True))


def test_leased_compute_has_rent_and_no_assets():
    facts, case = acme()
    owned, leased = (roi_model.run_operations(facts, case, deployment(64, leased=way)) for way in (False, True))
    assert (leased.costs["leases"].sum(axis=1) > 0).all()
    assert "leases" not in owned.costs
    assert (leased.spending.sum(axis=1) < owned.spending.sum(axis=1)).all()
    assert (leased.load_mw < owned.load_mw + 1e-9).all()


def power_plan(megawatts: float, kilowatts: float) -> Deployment:
    """A load that stands from the first day."""
    units = np.zeros((1, 12))
    units[0, 0] = megawatts * 1e3 / kilowatts
    site = VendorDeployment("v", "V", np.zeros((1, 12)), units, np.cumsum(units, axis=1), np.ones(1))
    return Deployment((site,), np.zeros(1), np.zeros(1), np.zeros((1, 12)), np.zeros((1, 12)))


def test_twenty_megawatts_cost_what_cushman_and_wakefield_printed():
    """20 MW × PUE 1.5 × US$0.115 a kWh: US$30.2m a year (Cushman & Wakefield, November 2024)."""
    facts, case = acme()
    inputs = {name: one.ppf([0.5]) for name, one in input_laws(case).items()} | {
        "scale.power_overhead": np.ones(1), "scale.pue": np.array([1.5]), "roi.load": np.ones(1),
        "roi.tariff": np.array([0.115]),
    }  # fmt: skip
    made = operate(case.roi, power_plan(20, 0.7), inputs, np.zeros((1, case.roi.years)), 0.7)
    assert made.costs["electricity"][0, 1] / 1e6 == pytest.approx(30.2, abs=0.05)
    assert facts.as_of == case.as_of


def cluster_of_64() -> tuple[Operations, FundedPlan]:
    """64 GPUs at 70 % for four years: US$1.92m to buy, US$728,681 to run, US$2.00 an hour to rent; 10 %."""
    years, flat = 5, np.array([[0.0, 1.0, 1.0, 1.0, 1.0]])
    capacity = 64 * 8_760.0 * flat
    spending = np.array([[1_920_000.0, 0, 0, 0, 0]])
    none = np.zeros((1, years))
    assets = Assets(spending, spending, 480_000 * flat, none, none, np.cumsum(spending - 480_000 * flat, axis=1))
    operations = Operations(
        inputs={"roi.rent_premium": np.zeros(1), "roi.utilisation_mature": np.array([0.7]),
                "roi.price_level": np.array([2.0])},
        capacity=capacity, served=0.7 * capacity, price=np.full((1, years), 2.0),
        costs={"all": 728_681 / 4 * flat}, classes={"gpu": assets}, load_mw=none, tax_rate=np.zeros(1), loss_years=5,
        idle_usd=none,
    )  # fmt: skip
    return operations, FundedPlan(
        SourcesAndUses(spending, {"own": none}, {"own": spending}, none), {}, np.array([0.10])
    )


def test_owning_64_gpus_against_renting_them():
    operations, funded = cluster_of_64()
    undiscounted = own_or_rent(operations, np.zeros(1))
    assert undiscounted.own == pytest.approx([2_648_681])
    assert undiscounted.rent == pytest.approx([3_139_584])
    made = returns(operations, replace(funded, wacc=np.array([0.10])), np.zeros(1))
    assert made.payback - 0.5 == pytest.approx([3.2], abs=0.05)
    assert 0.7 * made.break_even == pytest.approx([0.59], abs=0.002)
    assert made.npv * 1.1**0.5 == pytest.approx([-9_441], abs=10)
    assert use(operations) == pytest.approx([0.7])
    assert margin_per_idle_point(operations) == pytest.approx([100 * 2_648_681 / 3_139_584 * 0.01 / 0.69])
    grid = value_grid(operations, funded, np.array([0.5, 0.7, 0.9]), np.array([1.5, 2.0]))
    assert grid.median[1, 1] == pytest.approx(made.npv[0])
    assert (np.diff(grid.median, axis=0) > 0).all()
    assert (np.diff(grid.median, axis=1) > 0).all()
    assert grid.chance.tolist() == (grid.median > 0).astype(float).tolist()


def test_the_margin_per_idle_point_is_the_margin_lost():
    operations, _ = cluster_of_64()
    less = replace(operations, served=operations.capacity * 0.69)

    def margin(made):
        return 100 * (1 - (made.running + made.charges).sum() / made.revenue.sum())

    assert margin_per_idle_point(operations)[0] == pytest.approx(margin(operations) - margin(less))


def test_many_rates_of_return_are_counted():
    flows = np.array([[-1_000.0, 2_300, -1_320], [-100, 60, 60], [-100, 230, -126], [0, 0, 0]])
    assert multiple_roots(flows) == pytest.approx(0.5)
    assert multiple_roots(flows[1:2]) == 0.0


def test_every_result_is_unique_and_complete(acme_roi):
    roi, funding = acme_roi
    figures = [*funding.results, *roi.results]
    assert len({figure.id for figure in figures}) == len(figures)
    assert lineage(figures)
    for figure in figures:
        parse_unit(figure.unit)
        assert figure.formula, figure.id
        assert figure.interval, figure.id
        assert figure.assumptions, figure.id
        if figure.low is not None and figure.high is not None and figure.value is not None:
            assert figure.low - 1e-9 <= figure.value <= figure.high + 1e-9, figure.id
    ids = {figure.id for figure in figures}
    assert {"roi.npv", "roi.irr", "roi.breakeven_utilisation", "roi.breakeven_price", "roi.levelised",
            "funding.dscr_min", "funding.gap", "funding.breach.plan_cover", "roi.roic.1"} <= ids  # fmt: skip


def test_the_same_seed_gives_the_same_results(acme_run, acme_roi):
    facts, case, plan, _, _ = acme_run
    operations = roi_model.run_operations(facts, case, plan)
    funding = funding_model.assess(case, operations.project_flows(), operations.inputs)
    again = roi_model.assess(facts, case, plan, operations, funding)
    assert [figure.row() for figure in again.results] == [figure.row() for figure in acme_roi[0].results]
    assert [figure.row() for figure in funding.results] == [figure.row() for figure in acme_roi[1].results]


def test_inputs_are_independent_of_streams_drawn_beside_them():
    from capexlib.models.uncertainty import uniforms

    _, case = acme()
    found = input_laws(case)
    mine = draw(found, 4_096, case.sampling.seed)
    beside = list(uniforms([f"policy {place}" for place in range(8)], 4_096, case.sampling.seed).values())
    for place, name in enumerate(["funding.cover", "roi.load", "roi.tariff", "roi.price_level"]):
        assert np.median(mine[name]) == pytest.approx(float(found[name].ppf([0.5])[0]), rel=2e-3), place
        for other in beside:
            assert abs(np.corrcoef(mine[name], other)[0, 1]) < 4 / 64


def test_a_number_of_paths_that_is_no_power_of_two_is_drawn_too():
    _, case = acme()
    assert {len(values) for values in draw(input_laws(case), 100, 1).values()} == {100}


def test_sensitivity_finds_what_moves_the_value(acme_run):
    facts, case, plan, operations, _ = acme_run
    shocks = price_shocks(plan.paths, case.roi.years, case.sampling.seed)
    drawn = (operations.inputs, shocks)
    chain = Chain(case.roi, case.funding, plan, reference_power(facts, case)[0], input_laws(case), drawn)
    found = sensitivity(chain, "npv", case.funding.company.unknowns, seed=3)
    widths = {swing.name: swing.width for swing in found.swings}
    assert widths["roi.price_level"] > widths["roi.tariff"] > 0
    assert widths["funding.company.growth"] < 1e-3 * widths["roi.price_level"]
    assert DELIVERIES in widths
    alone, together = found.unknowns_share
    assert -0.05 < alone <= together + 0.05
    assert {"funding.company.cash_flow", "roi.tax"} <= set(found.indices.names if found.indices else ())
    covers = sensitivity(chain, "company_dscr_min", case.funding.company.unknowns, seed=3)
    assert covers.unknowns_share[0] > 0.3, "what the company earns decides whether it can pay"


def test_where_most_paths_owe_nothing_the_burden_has_indices_and_the_cover_no_swing(acme_run):
    facts, case, plan, operations, _ = acme_run
    drawn = (operations.inputs, price_shocks(plan.paths, case.roi.years, case.sampling.seed))
    chain = Chain(case.roi, case.funding, plan, reference_power(facts, case)[0], input_laws(case), drawn)

    def outcomes(rows, inputs, shocks):
        price = inputs["roi.price_level"]
        return {"company_dscr_min": np.where(price > np.median(operations.inputs["roi.price_level"]), np.inf, price)}

    chain._outcomes = outcomes
    found = sensitivity(chain, "company_dscr_min", (), seed=3)
    assert "roi.price_level" in found.freeing
    assert found.indices is not None
    place = found.indices.names.index("roi.price_level")
    assert found.indices.total[place] > 0.9
    chain._outcomes = lambda rows, inputs, shocks: {"company_dscr_min": np.full(len(rows), np.inf)}
    nothing = sensitivity(chain, "company_dscr_min", (), seed=3)
    assert (nothing.swings, nothing.indices) == ((), None)


def test_a_fixed_input_moves_nothing_else(acme_run):
    facts, case, plan, operations, _ = acme_run
    held = roi_model.run_operations(facts, case, plan, {"roi.tariff": 0.2})
    assert (held.inputs["roi.tariff"] == 0.2).all()
    assert (held.price == operations.price).all()
    assert (held.costs["electricity"] > operations.costs["electricity"]).all(where=operations.capacity > 0)
    with pytest.raises(ParamsError, match=r"roi\.tarif"):
        roi_model.run_operations(facts, case, plan, {"roi.tarif": 0.2})


def test_a_case_without_its_company_is_told_what_to_write():
    facts, case = acme()
    without = case.model_copy(update={"funding": case.funding.model_copy(update={"company": None})})
    with pytest.raises(ParamsError, match=r"funding\.company"):
        roi_model.run_operations(facts, without, deployment(64))
    none = case.model_copy(update={"roi": None})
    with pytest.raises(ParamsError, match="assumptions"):
        roi_model.run_operations(facts, none, deployment(64))


def test_foreign_money_and_unknown_unknowns_are_refused_together_with_where_they_stand():
    _, case = acme(roi__tariff__unit="CNY/kWh")
    with pytest.raises(ParamsError, match=r"roi\.tariff.*US dollars"):
        input_laws(case)
    company = case.funding.company.model_copy(update={"unknowns": ("roi.taxes",)})
    _, good = acme()
    wrong = good.model_copy(update={"funding": good.funding.model_copy(update={"company": company})})
    with pytest.raises(ParamsError, match=r"Did you mean 'roi\.tax'"):
        input_laws(wrong)


def test_a_plan_too_long_for_the_account_is_refused():
    facts, case = acme(roi__years=2)
    plan = deployment(64)
    assert plan.months == MONTHS
    roi_model.run_operations(facts, case, plan)
    longer = power_plan(1, 0.7)
    stretched = {name: np.zeros((1, 36)) for name in ("payments_usd", "delivered_units", "effective_h100e")}
    wide = Deployment((replace(longer.vendors[0], **stretched),), np.zeros(1), np.zeros(1), np.zeros((1, 36)),
                      np.zeros((1, 36)))  # fmt: skip
    with pytest.raises(ValueError, match="lengthen"):
        roi_model.run_operations(facts, case, wide)


@pytest.mark.parametrize(("change", "message"), [
    ({"roi.classes.servers.per_mw": assumed(1, "USD m/MW")}, "does not go with the cost given"),
    ({"roi.classes.processors.basis": "processors"}, "does not go with the cost given"),
    ({"roi.utilisation_start": assumed(0.9, "fraction")}, "starts above its mature value"),
])  # fmt: skip
def test_params_that_contradict_themselves_are_refused(change, message):
    from acme_evidence import params_of

    from capexlib.params import load_case

    with pytest.raises(ParamsError, match=message):
        load_case(params_of("acme"), change)


def test_nothing_delivered_is_all_cost_and_no_answer():
    facts, case = acme()
    operations, funded = run(deployment(64, arriving=0.0), facts, case)
    made = measured(operations, funded)
    assert (made.npv < 0).all()
    empty = replace(operations, served=np.zeros_like(operations.served))
    lost = returns(empty, funded, operations.inputs["funding.cost_of_equity"])
    assert np.isinf(lost.break_even).all()
    assert np.isnan(lost.levelised).all()


def test_flows_for_funding_are_those_of_the_operations(acme_run):
    *_, operations, _ = acme_run
    flows: ProjectFlows = operations.project_flows()
    assert flows.cfads - flows.needs + operations.proceeds == pytest.approx(operations.flows(), abs=0.01)
    assert flows.ebitda - flows.ebit == pytest.approx(operations.charges)


def test_the_middle_of_the_swings_is_that_of_the_paths(acme_roi):
    roi, _ = acme_roi
    made = roi.returns.npv
    for swing in roi.sensitivities["npv"].swings:
        assert swing.outcome_base == pytest.approx(np.median(made), abs=0.1 * abs(np.median(made)))
        assert min(made) <= min(swing.outcome_low, swing.outcome_high)
        assert max(swing.outcome_low, swing.outcome_high) <= max(made)


def test_the_price_level_expected_is_on_the_grid(acme_roi, acme_run):
    roi, _ = acme_roi
    level = acme_run[1].roi.price_level
    assert np.isclose(roi.grid.price[::2], level.value).sum() == 1
    assert roi.grid.price[0] == pytest.approx(level.low / 2)
    assert roi.grid.price[-1] > level.high
    assert np.diff(roi.grid.price) == pytest.approx(np.diff(roi.grid.price)[0])
