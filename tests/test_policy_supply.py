"""Orders, deliveries and money: by hand, against a slow simulator, and what must hold on every path."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from policy_worlds import FLOWS, TOTALS, Case, N, cases, doors_of, lone, plain_terms, slowly

from capexlib.models.policy import supply
from capexlib.models.policy.doors import Doors, doors, open_doors
from capexlib.models.policy.orders import order_plan

ample = settings(deadline=None, max_examples=60, derandomize=True, database=None)


# ---------------------------------------------------------------- orders
@pytest.mark.parametrize(
    ("timing", "by_month"),
    [("even", [0.125] * 8), ("front", [0.5, 0.5] + [0.0] * 6), ("wait", [0.0] * 4 + [0.25] * 4)],
)
def test_timing(timing, by_month):
    plan = order_plan({"acme": 0.75, "umbra": 0.25}, ["umbra", "acme"], order_months=8, horizon=9, timing=timing)
    assert plan.shares[1] == pytest.approx([0.75 * part for part in [*by_month, 0.0]])
    assert plan.shares.sum() == pytest.approx(1)


def test_orders_past_the_horizon_are_not_placed():
    plan = order_plan({"acme": 1.0}, ["acme"], order_months=8, horizon=2, reserve=0.2)
    assert plan.shares.sum() == pytest.approx(0.8 * 2 / 8)
    assert plan.reserve == pytest.approx(0.2)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mix": {"umbra": 1.0}}, {"mix": {"acme": 1.1}}, {"mix": {"acme": -0.1}}, {"order_months": 0},
        {"horizon": 0}, {"reserve": 1.5}, {"reserve_month": 0},
    ],
)  # fmt: skip
def test_unusable_orders_are_refused(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        order_plan(**{"mix": {"acme": 1.0}, "vendors": ["acme"], "order_months": 3, "horizon": 3} | wrong)


# ---------------------------------------------------------------- by hand
def test_a_vendor_without_limits_delivers_at_once():
    paths = lone(1000.0, plain_terms(audit_cost_usd=25.0, porting_cost_usd=500.0, inference=2.0)).run()
    assert paths.installed.tolist() == [[4.0]]
    assert paths.compute.tolist() == [[8.0]]
    assert paths.spent.tolist() == [[1000.0]]


def test_lead_audit_capacity_and_yield():
    terms = plain_terms(
        lead_months=1.2, audit_months=0.3, supply_start=2.0, supply_end=6.0, ramp_months=4.0, good_units=0.5
    )
    paths = lone(1000.0, terms, months=8).run()
    assert paths.flows.delivered[0, 0].tolist() == [0.0, 0.0, 2.0, 2.5, 3.0, 2.5, 0.0, 0.0]
    assert paths.flows.in_transit[0, 0].tolist() == [10.0, 10.0, 8.0, 5.5, 2.5, 0.0, 0.0, 0.0]


def test_a_shut_gate_strands_then_loses_the_prepayment_and_the_rest_goes_to_the_fallback():
    case = lone(1000.0, plain_terms(prepayment=0.5, refund=0.6), doors_of(0, 0, 0, 0, 0), patience=np.array([2.0]))
    paths = case.run()
    assert paths.stranded.tolist() == [[500.0, 500.0, 0.0, 0.0, 0.0]]
    assert paths.lost.tolist() == [[0.0, 0.0, 200.0, 200.0, 200.0]]
    assert paths.held.tolist() == [[500.0, 500.0, 800.0, 800.0, 800.0]]
    assert paths.flows.refunded[0, 0].tolist() == [0.0, 0.0, 300.0, 0.0, 0.0]
    terms = {"acme": case.terms["acme"], "umbra": plain_terms(price_usd=200.0)}
    plan = order_plan({"acme": 1.0}, list(terms), order_months=1, horizon=5)
    again = case.run(terms=terms, plan=plan, fallback="umbra", reorder_lag=np.array([2.0]))
    assert again.flows.delivered[1, 0].tolist() == [0.0, 0.0, 0.0, 0.0, 4.0]
    assert (again.spent[0, -1], again.held[0, -1], again.lost[0, -1]) == (800.0, 0.0, 200.0)


def test_part_of_what_waits_passes_each_month_whatever_its_age():
    half = doors_of(0.5, 0.5, 0.5)
    assert lone(800.0, plain_terms(), half).run().flows.delivered[0, 0].tolist() == [4.0, 2.0, 1.0]
    hasty = lone(800.0, plain_terms(), half, patience=np.array([1.0])).run().flows
    assert hasty.delivered[0, 0].tolist() == [4.0, 2.0, 0.0]
    assert hasty.cancelled[0, 0].tolist() == [0.0, 2.0, 0.0]


def test_a_quota_counts_all_that_was_delivered_but_cuts_only_where_it_binds():
    free, bound = doors_of(0.5, 1.0), doors_of(0.5, 1.0, binds=True)
    mixed = Doors(free.passes, np.array([[False, True]]), free.duty)
    late = Doors(free.passes, np.array([[True, False]]), free.duty)
    terms = plain_terms(quota=5.0)
    found = [lone(800.0, terms, door).run().flows.delivered[0, 0].tolist() for door in (free, bound, mixed, late)]
    assert found == [[4.0, 4.0], [4.0, 1.0], [4.0, 1.0], [4.0, 4.0]]


def test_duty_is_added_to_the_price_of_the_month_of_order():
    terms = plain_terms(duty_passed_on=0.5, audit_cost_usd=5.0)
    case = lone(1000.0, terms, doors_of(1.0, 1.0, duty=(0.25, 0.0)))
    plan = order_plan({"acme": 1.0}, ["acme"], order_months=2, horizon=2)
    assert case.run(plan=plan).flows.ordered[0, 0] == pytest.approx([500 / 117.5, 500 / 105])


def test_software_matures_from_the_first_delivery():
    terms = plain_terms(lead_months=1.0, maturity=0.4, learning_months=2.0)
    gap = 0.6 * np.exp(-np.arange(3) / 2)
    assert lone(100.0, terms, months=4).run().compute[0] == pytest.approx([0.0, *(1 - gap)])
    ready = plain_terms(maturity=0.4)
    assert lone(100.0, ready).run().compute.tolist() == [[1.0]]


def test_leased_compute_serves_only_while_the_gate_lets_it():
    paths = lone(100.0, plain_terms(recallable=True), doors_of(1.0, 0.0, 0.5)).run()
    assert paths.compute.tolist() == [[1.0, 0.0, 0.5]]
    assert paths.installed.tolist() == [[1.0]]


@pytest.mark.parametrize(
    ("acme", "umbra", "fallback", "ordered"),
    [
        (1, 1, None, [6.0, 4.0, 0.0]), (1, 0, None, [10.0, 0.0, 0.0]), (0, 0, "gallia", [0.0, 0.0, 10.0]),
        (0, 0, None, [0.0, 0.0, 0.0]),
    ],
)  # fmt: skip
def test_a_reserve_goes_to_those_let_through(acme, umbra, fallback, ordered):
    terms = dict.fromkeys(("acme", "umbra", "gallia"), plain_terms())
    plan = order_plan({"acme": 0.6, "umbra": 0.4}, list(terms), order_months=1, horizon=3, reserve=1.0, reserve_month=2)
    shut = {"acme": doors_of(1, acme, 1), "umbra": doors_of(0, umbra, 1)}
    case = replace(lone(1000.0, plain_terms()), terms=terms, plan=plan, doors=shut, fallback=fallback)
    paths = case.run()
    assert paths.flows.ordered[:, 0, 1] == pytest.approx(ordered)
    assert paths.held[0, 0] == pytest.approx(1000)


def test_a_fallback_does_not_order_again_from_itself():
    paths = lone(1000.0, plain_terms(), doors_of(0, 0, 0), patience=np.zeros(1), fallback="acme").run()
    assert paths.flows.ordered[0, 0].tolist() == [10.0, 0.0, 0.0]
    assert paths.held[0, -1] == 1000


# ---------------------------------------------------------------- against a slow simulator
@ample
@given(cases())
def test_every_path_is_as_the_slow_simulator_follows_it(case):
    paths = case.run()
    for path in range(N):
        totals, flows = slowly(case, path)
        scale = 1e-9 * case.budget[path] + 1e-6
        for name in TOTALS:
            assert getattr(paths, name)[path] == pytest.approx(totals[name], rel=1e-8, abs=scale), name
        for name in FLOWS:
            assert getattr(paths.flows, name)[:, path] == pytest.approx(flows[name], rel=1e-8, abs=scale), name


def test_long_horizons_and_nearly_open_doors_stay_exact():
    rng = np.random.default_rng(5)
    passes = rng.choice([0.0, 0.999999, 1.0], (N, 120), p=[0.1, 0.7, 0.2])
    door = Doors(passes, np.zeros((N, 120), dtype=bool), np.zeros((N, 120)))
    plan = order_plan({"acme": 1.0}, ["acme"], order_months=120, horizon=120)
    case = replace(lone(1e6, plain_terms(N), door), plan=plan, patience=np.arange(N) / 2.0)
    paths = case.run()
    for path in range(N):
        assert paths.flows.cancelled[0, path] == pytest.approx(
            slowly(case, path)[1]["cancelled"][0], rel=1e-9, abs=1e-6
        )


# ---------------------------------------------------------------- identities
@ample
@given(cases())
def test_goods_and_money_are_accounted_for(case):
    paths = case.run()
    flows = paths.flows
    ordered, delivered, cancelled = (x.cumsum(axis=2) for x in (flows.ordered, flows.delivered, flows.cancelled))
    assert ordered == pytest.approx(delivered + cancelled + flows.in_transit, rel=1e-12, abs=1e-7)
    whole = paths.spent + paths.stranded + paths.lost + paths.held
    assert whole == pytest.approx(np.broadcast_to(case.budget[:, None], whole.shape), rel=1e-12, abs=1e-9)
    out = (flows.paid - flows.refunded).sum(axis=0).cumsum(axis=1)
    assert out == pytest.approx(paths.spent + paths.stranded + paths.lost, rel=1e-12, abs=1e-6)
    for name in TOTALS:
        assert (getattr(paths, name) >= -1e-9 * case.budget[:, None]).all(), name
    for name in FLOWS:
        assert (getattr(flows, name) >= -1e-6).all(), name


@ample
@given(cases(), st.integers(1, 7))
def test_no_path_depends_on_its_neighbours(case, block):
    whole, few = case.run(), supply._BLOCK
    supply._BLOCK = block
    try:
        parts = case.run(workers=block)
    finally:
        supply._BLOCK = few
    for name in ("installed", *TOTALS):
        assert (getattr(whole, name) == getattr(parts, name)).all()
    for name in FLOWS:
        assert (getattr(whole.flows, name) == getattr(parts.flows, name)).all()


# ---------------------------------------------------------------- more never delivers less
def own(paths):
    return paths.flows.delivered.cumsum(axis=2)


def at_least(more, less):
    assert (more >= less * (1 - 1e-9) - 1e-7).all()


def loosened(case: Case, seed: int, vendor: str) -> Case:
    """One vendor's doors pass as much or more in every month, and a quota binds in fewer."""
    rng = np.random.default_rng(seed)
    door = case.doors[vendor]
    passes = np.maximum(door.passes, rng.choice([0, 0, 0.5, 1], door.passes.shape))
    binds = door.quota_binds & (rng.random(door.passes.shape) < 0.7)
    return replace(case, doors=dict(case.doors) | {vendor: replace(door, passes=passes, quota_binds=binds)})


seeds = st.integers(0, 10**6)
more = st.sampled_from([1.001, 1.5, 7.0])


@ample
@given(cases(), more)
def test_more_budget_never_lowers_what_comes_of_a_vendors_own_orders(case, factor):
    at_least(own(case.run(budget=case.budget * factor, fallback=None)), own(case.run(fallback=None)))


@ample
@given(cases(prices_move=False), more)
def test_more_budget_never_lowers_deliveries_or_compute_while_no_price_moves(case, factor):
    rich, poor = case.run(budget=case.budget * factor), case.run()
    at_least(own(rich), own(poor))
    at_least(rich.compute, poor.compute)


@ample
@given(cases(), seeds)
def test_a_looser_gate_never_lowers_its_vendors_deliveries(case, seed):
    for place, vendor in enumerate(case.terms):
        if vendor in case.doors:
            at_least(own(loosened(case, seed, vendor).run())[place], own(case.run())[place])


@ample
@given(cases(reserve=False), seeds)
def test_without_a_reserve_and_a_fallback_looser_gates_never_lower_compute(case, seed):
    case = replace(case, fallback=None)
    loose = case
    for vendor in case.doors:
        loose = loosened(loose, seed, vendor)
    at_least(loose.run().compute, case.run().compute)


@ample
@given(cases(reserve=False, prices_move=False), seeds)
def test_a_looser_gate_never_lowers_compute_if_the_fallback_gives_less_for_the_money(case, seed):
    if case.fallback is None:
        return
    weak = replace(
        case.terms[case.fallback], training=np.zeros(N), inference=np.zeros(N), quota=None,
        maturity=np.ones(N), learning_months=np.zeros(N),
    )  # fmt: skip
    firm = {v: replace(found, quota=None, recallable=False) for v, found in case.terms.items()}
    for vendor in case.doors:
        if vendor == case.fallback:
            continue
        sold = case.terms[vendor]
        at_first = sold.maturity * np.minimum(sold.training, sold.inference) / (sold.price_usd + sold.audit_cost_usd)
        as_good = at_first * (weak.price_usd + weak.audit_cost_usd)
        terms = firm | {case.fallback: replace(weak, training=as_good, inference=as_good)}
        tight = replace(case, terms=terms)
        at_least(loosened(tight, seed, vendor).run().compute, tight.run().compute)


def test_a_looser_gate_lowers_compute_if_the_fallback_gives_more_for_the_money():
    shut, open_ = doors_of(0, 0, 0), doors_of(1, 1, 1)
    terms = {"acme": plain_terms(), "umbra": plain_terms(inference=3.0)}
    plan = order_plan({"acme": 1.0}, list(terms), order_months=1, horizon=3)
    case = lone(1000.0, terms["acme"], shut, terms=terms, plan=plan, patience=np.zeros(1), fallback="umbra")
    assert case.run().compute[0, -1] == 30
    assert case.run(doors={"acme": open_}).compute[0, -1] == 10


def test_more_budget_lowers_compute_if_dear_orders_queue_behind_cheap_ones_and_come_back_late():
    terms = {"acme": plain_terms(supply_start=10.0, supply_end=10.0, price_usd=1.0, duty_passed_on=1.0)}
    terms |= {"umbra": plain_terms(price_usd=1.0)}
    plan = order_plan({"acme": 1.0}, list(terms), order_months=2, horizon=3)
    shut = {"acme": doors_of(0, 0, 0, duty=(0.0, 9.0, 0.0))}
    case = lone(30.0, terms["acme"], terms=terms, plan=plan, doors=shut, patience=np.zeros(1), fallback="umbra")
    poor, rich = case.run(), case.run(budget=np.array([600.0]))
    assert rich.compute[0, -1] < poor.compute[0, -1]


@ample
@given(cases(), st.sampled_from([1.3, 4.0, 1e9]))
def test_a_larger_quota_never_lowers_deliveries(case, factor):
    for place, vendor in enumerate(case.terms):
        quota = case.terms[vendor].quota
        if quota is not None:
            larger = replace(case.terms[vendor], quota=quota * factor + (factor - 1))
            at_least(own(case.run(terms=dict(case.terms) | {vendor: larger}))[place], own(case.run())[place])


@ample
@given(cases(), st.sampled_from([1.3, 4.0]))
def test_larger_supply_never_lowers_deliveries_while_nothing_is_cancelled(case, factor):
    case = replace(case, patience=np.full(N, 99.0))
    for place, vendor in enumerate(case.terms):
        old = case.terms[vendor]
        larger = replace(old, supply_start=old.supply_start * factor, supply_end=old.supply_end * factor)
        at_least(own(case.run(terms=dict(case.terms) | {vendor: larger}))[place], own(case.run())[place])


def test_larger_supply_lowers_deliveries_if_goods_meet_a_shut_gate_sooner():
    case = lone(1000.0, plain_terms(supply_start=1.0, supply_end=1.0), doors_of(0, 0, 1, 1), patience=np.ones(1))
    swift = case.run(terms={"acme": plain_terms()})
    assert (case.run().installed[0, 0], swift.installed[0, 0]) == (3.0, 0.0)


# ---------------------------------------------------------------- ends
@ample
@given(cases())
def test_all_gates_shut_deliver_only_ungated_vendors(case):
    shape = (N, case.months)
    shut = {v: replace(door, passes=np.zeros(shape)) for v, door in case.doors.items()}
    delivered = own(case.run(doors=shut))
    for place, vendor in enumerate(case.terms):
        assert vendor not in case.doors or not delivered[place].any()


@ample
@given(cases(reserve=False))
def test_a_quota_of_zero_equals_a_shut_gate(case):
    shape = (N, case.months)
    bound = {v: replace(door, quota_binds=np.ones(shape, dtype=bool)) for v, door in case.doors.items()}
    shut = {v: replace(door, passes=np.zeros(shape)) for v, door in case.doors.items()}
    none = {v: replace(t, quota=np.zeros(N), recallable=False) for v, t in case.terms.items()}
    one, other = case.run(doors=bound, terms=none), case.run(doors=shut, terms=none)
    for name in TOTALS:
        assert (getattr(one, name) == getattr(other, name)).all()
    for name in FLOWS:
        assert (getattr(one.flows, name) == getattr(other.flows, name)).all()


def test_without_vendors_the_budget_stays_held():
    plan = order_plan({}, [], order_months=1, horizon=2)
    paths = replace(lone(100.0, plain_terms()), plan=plan, terms={}).run()
    assert paths.held.tolist() == [[100.0, 100.0]]
    assert paths.compute.tolist() == [[0.0, 0.0]]
    assert paths.flows.paid.shape == (0, 1, 2)


def test_no_budget_buys_nothing():
    paths = lone(0.0, plain_terms(porting_cost_usd=5.0), months=3).run()
    assert not any(getattr(paths, name).any() for name in TOTALS)


def test_flows_are_kept_only_where_asked_for():
    case = lone(100.0, plain_terms())
    paths = supply.simulate_supply(
        case.budget, case.plan, case.terms, {}, training_share=case.training_share, patience=case.patience,
        reorder_lag=case.reorder_lag, by_vendor=False,
    )  # fmt: skip
    assert (paths.compute == case.run().compute).all()
    with pytest.raises(ValueError, match="by_vendor=True"):
        _ = paths.flows


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"budget": np.array([-1.0])}, "not negative"), ({"budget": np.array([np.nan])}, "finite"),
        ({"fallback": "umbra"}, "fallback 'umbra'"), ({"doors": {"acme": doors_of(1, 1, 1)}}, "shape"),
        ({"terms": {"umbra": plain_terms()}}, "the plan is for"), ({"patience": np.ones(3)}, "patience"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(wrong, words):
    with pytest.raises(ValueError, match=words):
        lone(100.0, plain_terms()).run(**wrong)


# ---------------------------------------------------------------- doors
def test_doors_combine():
    one = Doors(np.array([[0.5, 1.0]]), np.array([[True, False]]), np.array([[0.1, 0.0]]))
    other = Doors(np.array([[0.5, 0.0], [1.0, 1.0]]), np.zeros((2, 2), dtype=bool), np.full((2, 2), 0.2))
    both = doors([one, other], 2, 2)
    assert both.passes.tolist() == [[0.25, 0.0], [0.5, 1.0]]
    assert both.quota_binds.tolist() == [[True, False]] * 2
    assert both.duty == pytest.approx(np.array([[0.3, 0.2]] * 2))
    assert doors([], 2, 3).is_open
    assert open_doors(2, 3).is_open


def test_impossible_doors_are_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        doors([doors_of(1.5)], 1, 1)
