"""The policy model whole, on a company that does not exist: identities, hand-made answers, extremes, no hindsight."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from capexlib.errors import EvidenceError, ParamsError
from capexlib.facts.adopt import Facts
from capexlib.facts.records import Claim, Event, Regime
from capexlib.models.assumptions import distribution
from capexlib.models.decisions import tail
from capexlib.models.policy import supply
from capexlib.models.policy.agreement import agreements
from capexlib.models.policy.backtest import Forecast, asked, every_quarter, scores, stays
from capexlib.models.policy.breaking import SHUT, months_shut, quasi_p, what_breaks
from capexlib.models.policy.choices import compare_scenarios, find_frontier, worth, worth_of_vendors
from capexlib.models.policy.history import gate_history
from capexlib.models.policy.model import Policy
from capexlib.models.policy.outcomes import share_of
from capexlib.models.policy.sensitivity import policy_sensitivity
from capexlib.models.policy.setting import PLAN, SHARE, Setting, make_setting, plan_samples
from capexlib.models.policy.world import World, draw_world, luck_bank, lucky_states
from capexlib.models.uncertainty import Distribution
from capexlib.study import Study, open_study

GATES = ("wm_licence", "wm_permit", "wm_abroad")
WINDMARK = Path(__file__).resolve().parent / "params" / "windmark.yml"
DRAWS = 256


def sure(value: float, unit: str = "fraction") -> dict[str, Any]:
    """An assumption without a range."""
    return {"value": value, "low": value, "high": value, "unit": unit, "family": "fixed", "basis": "Invented.",
            "why": "Only for tests."}  # fmt: skip


def opened(**overrides: Any) -> Study:
    """Open Windmark with dotted keys changed; double underscores stand for dots."""
    return open_study(WINDMARK, {key.replace("__", "."): value for key, value in overrides.items()}, brief="policy")


@cache
def windmark() -> Study:
    return opened()


def setting_of(study: Study, *, other_way: bool = False) -> Setting:
    return make_setting(study.facts, study.case, study.scale, other_way=other_way)


def world_of(study: Study) -> World:
    return draw_world(setting_of(study), plan_samples(study.scale, study.case.entity), study.case.sampling.seed)


def rates(gate: str, value: float) -> dict[str, Any]:
    """Set every rate of a gate, in events a year."""
    moves = windmark().case.gates[gate].moves
    return {f"gates__{gate}__rates": {f"{a}>{b}": sure(value, "events/year") for a, to in moves.items() for b in to}}


def delivered(world: World, vendor: str) -> np.ndarray:
    """Units that a vendor delivers by each month's end on the reported mix, nothing ordered again."""
    flows = world.run(world.setting.case.levers["reported"], by_vendor=True, fallback=False).flows
    return np.cumsum(flows.delivered[list(world.terms).index(vendor)], axis=1)


@pytest.fixture(scope="module")
def policy() -> Policy:
    return windmark().policy


@pytest.fixture(scope="module")
def world() -> World:
    return world_of(windmark())


# ---------------------------------------------------------------- one seed, one answer


def test_the_seed_and_nothing_else_decides(policy: Policy) -> None:
    again = opened().policy.results
    assert [figure.row() for figure in again] == [figure.row() for figure in policy.results]
    other = {figure.id: figure.best for figure in opened(sampling__seed=7).policy.results}
    moved = [f.id for f in policy.results if f.id.startswith("policy.worth") and other.get(f.id) != f.best]
    assert moved
    assert other["policy.share"] == pytest.approx(policy.reported.share.mean(), abs=0.06)


def test_results_have_ids_of_their_own_and_numbers(policy: Policy) -> None:
    counted = Counter(figure.id for figure in policy.results)
    assert [name for name, count in counted.items() if count > 1] == []
    assert all(name.startswith("policy.") for name in counted)
    for figure in policy.results:
        assert math.isfinite(figure.best), figure.id
        assert figure.interval, figure.id
        assert figure.low is None or figure.high is None or figure.low <= figure.high, figure.id


@pytest.mark.parametrize("key", ["reported", "reserve"])
def test_the_first_half_of_twice_the_paths_is_the_same(key: str) -> None:
    large = world_of(opened(sampling__draws=2 * DRAWS))
    lever = windmark().case.levers[key]
    one, whole = (made.run(lever) for made in (large.head(DRAWS), large))
    for name in ("compute", "spent", "stranded", "lost", "held"):
        assert np.array_equal(getattr(one, name), getattr(whole, name)[:DRAWS]), name


@pytest.mark.parametrize(
    "changed",
    [{"gates__wm_licence__hold": "closed"}, {"gates__wm_permit__states__slowed__passes": sure(0.3)},
     {"vendors__corax__quota": None}, {"vendors__corax__price": sure(1.0, "USD/unit")}, {"policy__horizon_months": 5}],
)  # fmt: skip
def test_a_variant_draws_all_else_alike(world: World, changed: dict[str, Any]) -> None:
    variant = world_of(opened(**changed))
    stem = next(iter(changed)).replace("__", ".").rsplit(".", 1)[0]
    for name in variant.values.keys() - {name for name in variant.values if name.startswith(stem)}:
        assert np.array_equal(variant.values[name], world.values[name]), name
    months = variant.setting.months
    for gate, states in variant.states.items():
        if not stem.endswith(gate):
            assert np.array_equal(states, world.states[gate][:, :months]), gate


@pytest.mark.parametrize("block", [1, 37, 255, 10_000])
def test_the_size_of_blocks_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    lever = windmark().case.levers["reserve"]
    before = world.run(lever, by_vendor=True)
    monkeypatch.setattr(supply, "_BLOCK", block)
    some = slice(None) if block > 30 else slice(0, 16)
    after = (world if block > 30 else world.head(16)).run(lever, by_vendor=True)
    assert np.array_equal(before.compute[some], after.compute)
    assert np.array_equal(before.flows.paid[:, some], after.flows.paid)


@pytest.mark.parametrize("workers", [1, 3])
def test_chunks_and_workers_draw_the_same_gates(world: World, workers: int) -> None:
    seed = windmark().case.sampling.seed
    for key, gate in world.setting.gates.items():
        rows, chances = gate.rates(world.values), gate.chances(world.values)
        parts = [
            gate.simulate(rows[low:high], seed, high - low, low, chances=chances[low:high], workers=workers)
            if len(rows) > 1 and len(chances) > 1
            else gate.simulate(rows, seed, DRAWS, chances=chances, workers=workers)[low:high]
            for low, high in [(0, 100), (100, 101), (101, DRAWS)]
        ]
        assert np.array_equal(np.concatenate(parts), world.states[key]), key


def test_paths_from_given_luck_are_walked_once_and_rightly(world: World) -> None:
    setting = world.setting
    bank = luck_bank(setting, 8, 3)
    values = {name: np.repeat(column[:6], 40) for name, column in world.values.items()}
    rows = {key: np.random.default_rng(place).integers(0, 8, 240) for place, key in enumerate(setting.gates)}
    found = lucky_states(setting, values, bank, rows)
    for key, gate in setting.gates.items():
        each = gate.simulate_from(bank[key][rows[key]], gate.rates(values), chances=gate.chances(values))
        assert np.array_equal(found[key], each), key


# ---------------------------------------------------------------- identities


def test_money_is_spent_stranded_lost_or_held_on_every_path(world: World) -> None:
    case = windmark().case
    for here in (world, world.opened(), *(world.under(course) for course in case.scenarios.values())):
        for lever in case.levers.values():
            paths = here.run(lever)
            total = paths.spent + paths.stranded + paths.lost + paths.held
            assert np.allclose(total, paths.budget[:, None], rtol=1e-9, atol=1.0)
            assert min(part.min() for part in (paths.spent, paths.stranded, paths.lost, paths.held)) >= -1.0


def test_full_reopening_brings_the_plan(policy: Policy) -> None:
    assert policy.named["reopening"] == pytest.approx(np.ones(DRAWS), abs=1e-12)
    assert policy.named["shut"].mean() < policy.named["persists"].mean() < 1.0
    assert policy.scenarios is not None
    row = policy.scenarios.levers.index("reported")
    assert policy.scenarios.table.by_scenario[row, policy.scenarios.scenarios.index("reopening")] == pytest.approx(1.0)


def test_a_looser_gate_never_lowers_what_passes_it() -> None:
    held = [opened(gates__wm_licence__hold=state) for state in ("closed", "licensed", "open")]
    shut, licensed, free = (delivered(world_of(study), "corax") for study in held)
    assert (shut == 0).all()
    assert (licensed >= shut).all()
    assert (free >= licensed - 1e-9).all()
    assert free.sum() > licensed.sum() > 0


def test_with_all_gates_closed_only_ungated_vendors_deliver() -> None:
    world = world_of(opened(gates__wm_licence__hold="closed", gates__wm_abroad__hold="barred"))
    paths = world.run(windmark().case.levers["reported"], by_vendor=True)
    sums = dict(zip(world.terms, paths.flows.delivered.sum(axis=(1, 2)), strict=True))
    assert sums["corax"] == 0
    assert sums["egret"] == 0
    assert sums["dunlin"] > 0
    alone = paths.flows.compute[list(world.terms).index("dunlin")]
    assert np.array_equal(paths.compute, alone)


def test_a_quota_of_nothing_is_a_closed_gate() -> None:
    none = opened(
        gates__wm_licence__hold="licensed", gates__wm_licence__states__licensed__duty=None,
        vendors__corax__quota=sure(0, "units"),
    )  # fmt: skip
    shut = opened(gates__wm_licence__hold="closed", vendors__corax__quota=sure(0, "units"))
    lever = windmark().case.levers["reported"]
    one, other = (world_of(study).run(lever) for study in (none, shut))
    assert (delivered(world_of(none), "corax") == 0).all()
    for name in ("compute", "spent", "stranded", "lost", "held"):
        assert np.allclose(getattr(one, name), getattr(other, name), rtol=1e-12, atol=1e-6), name


def test_more_money_never_brings_less() -> None:
    worlds = [world_of(opened(scale__processor_share=sure(share))) for share in (0.2, 0.4, 0.8)]
    held = [made.run(windmark().case.levers["reported"], fallback=False).compute for made in worlds]
    assert (held[1] >= held[0] - 1e-9).all()
    assert (held[2] >= held[1] - 1e-9).all()


# ---------------------------------------------------------------- gates as the case sets them


def test_hold_start_and_rates_of_the_case() -> None:
    held = world_of(opened(gates__wm_licence__hold="closed"))
    assert (held.states["wm_licence"] == 0).all()
    begun = opened(gates__wm_permit__start="allowed", **rates("wm_permit", 0.0))
    assert (world_of(begun).states["wm_permit"] == 0).all()
    stays = world_of(opened(**rates("wm_licence", 0.0), gates__wm_licence__scheduled=None))
    assert (stays.states["wm_licence"] == 1).all()
    quick = world_of(opened(**rates("wm_permit", 1e6)))
    assert quick.states["wm_permit"].mean() == pytest.approx(0.5, abs=0.05)


def test_a_scheduled_event_moves_the_gate_in_its_month() -> None:
    sure_open = opened(gates__wm_licence__scheduled__review__probability=sure(1.0), **rates("wm_licence", 0.0))
    states = world_of(sure_open).states["wm_licence"]
    review = 4  # September, the fifth month from May
    assert (states[:, :review] == 1).all()
    assert (states[:, review:] == 2).all()
    never = opened(gates__wm_licence__scheduled__review__probability=sure(0.0), **rates("wm_licence", 0.0))
    assert (world_of(never).states["wm_licence"] == 1).all()
    late = opened(gates__wm_licence__scheduled__review__on="2027-06-01")
    assert setting_of(late).gates["wm_licence"].jumps == ()


def test_codings_the_other_way(policy: Policy, world: World) -> None:
    other = setting_of(windmark(), other_way=True)
    assert other.gates["wm_permit"].states[other.gates["wm_permit"].start] == "allowed"
    seed = windmark().case.sampling.seed
    again, afresh = world.recoded(other, seed), draw_world(other, world.values[PLAN], seed)
    for key in world.states:
        assert np.array_equal(again.states[key], afresh.states[key]), key
    assert again.states["wm_licence"] is world.states["wm_licence"], "what is coded alike is not drawn again"
    assert not np.array_equal(again.states["wm_permit"], world.states["wm_permit"])
    assert policy.other_way.mean() > policy.reported.share.mean(), "Beijing's permit is looser the other way"


def test_exact_beside_simulated(world: World) -> None:
    found = agreements(world)
    assert {one.kind for one in found} == {"months", "reached", "stayed", "delivered"}
    assert {one.subject for one in found if one.kind == "delivered"} == {"corax", "egret"}
    assert max(abs(one.beside.z) for one in found) < 4
    by_gate: dict[str, float] = {}
    for one in found:
        if one.kind == "months":
            by_gate[one.subject] = by_gate.get(one.subject, 0.0) + one.beside.exact
    assert list(by_gate.values()) == pytest.approx([12.0] * 3)


# ---------------------------------------------------------------- what decides the outcome


def moments(law: Distribution) -> tuple[float, float]:
    """Mean and variance by the midpoint rule on the quantile function."""
    values = law.ppf((np.arange(200_000) + 0.5) / 200_000)
    return float(values.mean()), float(values.var())


def test_sensitivities_of_a_product_are_known() -> None:
    endless, none = sure(1e12, "units/month"), sure(0.0, "months")
    study = opened(
        levers={"reported": {"title": "All", "mix": {"dunlin": 1}, "why": "Only for tests."}}, scenarios=None,
        backtests=None, policy__training_share=sure(0.0), vendors__dunlin__price=sure(100.0, "USD/unit"),
        vendors__dunlin__inference=sure(1.0, "ratio"), vendors__dunlin__maturity=sure(1.0),
        vendors__dunlin__porting_cost=sure(0.0, "USD m"), vendors__dunlin__supply_start=endless,
        vendors__dunlin__supply_end=endless, vendors__dunlin__good_units=sure(1.0), vendors__dunlin__lead_time=none,
    )  # fmt: skip
    setting = setting_of(study)
    found = policy_sensitivity(setting, study.case.levers["reported"], 5)
    plan, share = setting.laws[PLAN], setting.laws[SHARE]
    middle = float(plan.ppf(0.5)) * float(share.ppf(0.5)) * 1e9 / 100
    assert found.central == pytest.approx(middle)
    swings = {swing.name: swing for swing in found.swings}
    assert set(swings) == {PLAN, SHARE}, "nothing else moves it"
    for name, law in ((PLAN, plan), (SHARE, share)):
        low, median, high = law.ppf([0.05, 0.5, 0.95])
        assert swings[name].outcome_low == pytest.approx(middle * low / median)
        assert swings[name].outcome_high == pytest.approx(middle * high / median)
    (mean_p, var_p), (mean_s, var_s) = moments(plan), moments(share)
    total = mean_s**2 * var_p + mean_p**2 * var_s + var_p * var_s
    assert found.indices is not None
    first = dict(zip(found.indices.names, found.indices.first, strict=True))
    assert first[PLAN] == pytest.approx(mean_s**2 * var_p / total, abs=0.03)
    assert first[SHARE] == pytest.approx(mean_p**2 * var_s / total, abs=0.03)
    rivals = found.claims[PLAN]
    assert set(rivals.labels) == {"windmark_plan_feb26", "windmark_plan_mar26"}
    means = [moments(part)[0] for part in getattr(plan, "components", ())]
    if means:
        assert rivals.means[1] / rivals.means[0] == pytest.approx(means[1] / means[0], rel=0.01)


def test_luck_counts_where_only_gates_move() -> None:
    study = opened(levers__reported__mix={"corax": 1}, policy__fallback=None)
    found = policy_sensitivity(setting_of(study), study.case.levers["reported"], 5, n=256)
    assert found.indices is not None
    assert {name for name in found.indices.names if name.startswith("luck.")} == {"luck.wm_licence", "luck.wm_permit"}
    assert not any("dunlin" in swing.name or "wm_abroad" in swing.name for swing in found.swings)


def test_the_box_finds_what_breaks_a_made_up_plan(world: World) -> None:
    columns = months_shut(world) | {PLAN: world.values[PLAN]}
    shut = columns[SHUT + "wm_permit"]
    assert 0.1 < (shut > 9).mean() < 0.9
    share = np.where(shut > 9, 0.1, 0.9)
    found = what_breaks(world, share, [PLAN])
    assert found is not None
    failing, box = share < 0.5, found.chosen
    inside = np.all([one.holds(columns[one.name]) for one in box.restrictions], axis=0)
    assert box.coverage * failing.sum() == pytest.approx((failing & inside).sum())
    assert box.density * inside.sum() == pytest.approx((failing & inside).sum())
    assert [one.name for one in box.restrictions] == [SHUT + "wm_permit"]
    assert box.density > 0.95
    assert box.coverage > 0.9
    assert set(quasi_p(found)) == {SHUT + "wm_permit"}
    assert max(quasi_p(found).values()) < 1e-3
    assert what_breaks(world, np.ones(DRAWS), [PLAN]) is None
    assert what_breaks(world, np.zeros(DRAWS), [PLAN]) is None


def test_months_shut_are_counted() -> None:
    world = world_of(opened(gates__wm_licence__hold="closed", gates__wm_abroad__hold="free"))
    shut = months_shut(world)
    assert (shut[SHUT + "wm_licence"] == 12).all()
    assert (shut[SHUT + "wm_abroad"] == 0).all()


# ---------------------------------------------------------------- choices


@pytest.mark.parametrize(
    "mix", [{"corax": 1.0}, {"dunlin": 0.4, "egret": 0.6}, {"corax": 0.5, "dunlin": 0.3, "egret": 0.2}]
)
def test_no_mix_lies_beyond_the_frontier(world: World, mix: Mapping[str, float]) -> None:
    lever = windmark().case.levers["reported"].model_copy(update={"mix": mix})
    planned = world.opened().run(lever).compute[:, -1]
    found = find_frontier(world, planned, lever, points=5)
    assert found.reported.mean_lost >= -1e-9
    assert found.reported.cvar_excess >= -1e-9
    assert found.shares.sum(axis=1) == pytest.approx(np.ones(len(found.mean)))
    assert (np.diff(found.mean) > 0).all()
    assert (np.diff(found.cvar) >= 0).all()
    assert found.reported.shares.sum() == pytest.approx(1)
    if found.cvar[0] <= found.reported_cvar:
        assert found.reported.cvar <= found.reported_cvar + 1e-9
        assert found.reported.mean_lost == pytest.approx(max(found.reported.mean - found.reported_mean, 0))


def test_levers_beside_the_frontier_obey_its_rule(world: World) -> None:
    levers = windmark().case.levers
    planned = world.opened().run(levers["reported"]).compute[:, -1]
    found = find_frontier(world, planned, levers["reported"], levers, points=5)
    assert set(found.levers) == set(levers)
    for key, (mean, cvar) in found.levers.items():
        share = share_of(world.run(levers[key], fallback=False).compute[:, -1], planned)
        assert mean == pytest.approx(share.mean())
        assert cvar == pytest.approx(float(tail(np.maximum(1 - share, 0), world.setting.policy.tail).cvar))
    assert found.levers["reported"] == pytest.approx((found.reported_mean, found.reported_cvar))
    assert (np.diff(found.mixes.mean) >= -1e-9).all()
    assert (np.diff(found.mixes.cvar) >= -1e-9).all()


def test_what_a_vendor_is_worth(world: World) -> None:
    dear = opened(vendors__egret__price=sure(1e12, "USD/unit"))
    useless = world_of(dear)
    lever = windmark().case.levers["reported"]
    target = world.opened().run(lever).compute[:, -1]
    share = share_of(useless.run(lever).compute[:, -1], target)
    found = worth_of_vendors(useless, target, lever, share)
    assert set(found) == {"corax", "dunlin", "egret"}
    assert found["egret"].mean.difference < 0 < found["dunlin"].mean.difference
    assert found["egret"].tail.difference > 0 > found["dunlin"].tail.difference
    mine, other = np.array([1.0, 0.5, 0.2, 0.9]), np.array([0.5, 0.5, 0.4, 0.9])
    made = worth(mine, other, 0.75)
    assert made.mean.difference == pytest.approx(0.075)
    assert made.tail.difference == pytest.approx(0.8 - 0.6), "the worst quarter is one path"


def test_regret_of_the_best_lever_is_nothing(world: World) -> None:
    case = windmark().case
    target = world.opened().run(case.levers["reported"]).compute[:, -1]
    found = compare_scenarios(world, target, case.levers, case.scenarios)
    assert found is not None
    assert (found.table.regret.min(axis=0) == 0).all()
    assert found.shares.shape == (4, 3, DRAWS)
    alone = share_of(world.under(case.scenarios["shut"]).run(case.levers["wait"]).compute[:, -1], target)
    assert np.array_equal(found.of_lever("wait")["shut"], alone)
    assert compare_scenarios(world, target, case.levers, {}) is None


# ---------------------------------------------------------------- the past


def test_scores_by_hand() -> None:
    day = date(2025, 1, 1)
    pair = [Forecast("a", "A", day, date(2025, 7, 1), 0.8, 0.5, 0.9, happened=True),
            Forecast("b", "B", day, date(2025, 7, 1), 0.4, 0.1, 0.2, happened=False)]  # fmt: skip
    made = scores(pair)
    assert made.n == 2
    assert made.brier == pytest.approx((0.04 + 0.16) / 2)
    assert made.naive_brier == pytest.approx((0.25 + 0.01) / 2)
    assert made.log == pytest.approx(-(math.log(0.8) + math.log(0.6)) / 2)
    assert made.naive_log == pytest.approx(-(math.log(0.5) + math.log(0.9)) / 2)
    assert made.persistence_brier == pytest.approx((0.01 + 0.04) / 2)
    assert made.persistence_log == pytest.approx(-(math.log(0.9) + math.log(0.8)) / 2)
    sure_and_wrong = Forecast("c", "C", day, date(2025, 7, 1), 1.0, 0.0, 0.5, happened=False)
    assert scores([sure_and_wrong]).log == pytest.approx(math.log(1e6))
    with pytest.raises(ValueError, match="nothing to score"):
        scores([])


def test_questions_and_base_rates(policy: Policy) -> None:
    told = {one.key: one for one in policy.forecasts}
    assert set(told) == {"corax_any", "licence_closed"}, "June's answer is not known in April"
    assert (told["corax_any"].happened, told["corax_any"].naive) == (True, 0.5)
    closed = told["licence_closed"]
    years_open, years_closed = 547 / 365.25, 91 / 365.25
    assert closed.naive == pytest.approx((years_closed + 0.5) / (years_open + years_closed + 1.0))
    assert closed.happened is False


def test_expecting_no_change_follows_the_rule_of_succession(policy: Policy) -> None:
    one = next(f for f in every_quarter(windmark().facts, windmark().case) if f.key == "wm_abroad/2025-10-01")
    assert one.persistence == pytest.approx((639 + 181) / (639 + 2 * 181)), "the state asked for is that of the day"
    closed = next(f for f in policy.forecasts if f.key == "licence_closed")
    past = gate_history(Facts(windmark().facts.ledger, closed.made_on, {}), "wm_licence")
    assert past.state == "closed"
    lasted, ahead = (closed.made_on - past.spells[-1].start).days, (closed.by - closed.made_on).days
    assert closed.persistence == pytest.approx((lasted + ahead) / (lasted + 2 * ahead))
    delivery = next(f for f in policy.forecasts if f.key == "corax_any")
    assert 0 < delivery.persistence < 1, "paths with the gates held, and one of each kind that was not drawn"
    assert stays(0, 5) == 0.5


def test_a_delivery_is_asked_of_an_earlier_view_only() -> None:
    with pytest.raises(ParamsError) as caught:
        opened(backtests__corax_any__params=None)
    (problem,) = caught.value.problems
    assert "backtests.corax_any" in problem.where
    assert "'params'" in problem.cure
    with pytest.raises(ParamsError, match="Drop 'params'"):
        opened(backtests__licence_closed__params="windmark-2025.yml")


def test_a_gates_forecast_against_an_independent_draw() -> None:
    facts, case = windmark().facts, windmark().case
    one = next(f for f in every_quarter(facts, case) if f.key == "wm_abroad/2025-10-01")
    rng, n, seen = np.random.default_rng(1), 200_000, 639 / 365.25
    assert case.policy is not None
    weight = distribution(case.policy.prior_events).ppf(rng.random(n))
    mean = distribution(case.policy.prior_rate).ppf(rng.random(n))
    leave = rng.gamma(weight, 1 / (weight / mean + seen))
    back = rng.gamma(weight, 1 / (weight / mean))
    years = 182 / 365.25
    stays = (back + leave * np.exp(-(leave + back) * years)) / np.where(leave + back > 0, leave + back, 1.0)
    assert one.probability == pytest.approx(stays.mean(), abs=0.01)
    assert one.naive == pytest.approx((seen + 0.5) / (seen + 1.0))
    assert one.happened is True


def later(study: Study) -> Facts:
    """The same view with claims, events and spells of later days in the ledger."""
    ledger = study.ledger
    claim = ledger.claims["windmark_plan_feb26"]
    more = Claim.model_validate(
        {**claim.model_dump(exclude={"span"}), "id": "windmark_plan_late", "value": 40.0, "stated_on": "2026-04-14"}
    )
    event = Event.model_validate({
        **ledger.events["wm_licence_granted"].model_dump(), "id": "wm_licence_late", "date": "2026-04-10",
    })  # fmt: skip
    spell = Regime(gate="wm_licence", state="open", start="2026-04-10", end="2026-04-14", right_censored=True,
                   start_event="wm_licence_late")  # fmt: skip
    place = max(row for row, old in enumerate(ledger.regimes) if old.gate == "wm_licence")
    spells = list(ledger.regimes)
    spells[place] = spells[place].model_copy(update={"end": "2026-04-10", "right_censored": False})
    spells.insert(place + 1, spell)
    grown = replace(
        ledger, claims={**ledger.claims, more.id: more}, events={**ledger.events, event.id: event},
        regimes=tuple(spells),
    )  # fmt: skip
    return Facts(grown, study.case.as_of, study.case.adopt)


def test_an_earlier_view_knows_nothing_later() -> None:
    study = windmark()
    before = {one.key: one for one in asked(study.facts, study.case, WINDMARK.parent)}
    after = {one.key: one for one in asked(later(study), study.case, WINDMARK.parent)}
    assert after == before
    old, new = (
        {one.key: one for one in every_quarter(facts, study.case)} for facts in (study.facts, later(study))
    )  # fmt: skip
    assert set(old) <= set(new)
    for key, one in old.items():
        assert new[key] == one, key


def test_a_case_that_was_set_by_hand_is_not_asked_for_its_past() -> None:
    plain = {one.key: one.probability for one in every_quarter(windmark().facts, windmark().case)}
    forced = opened(gates__wm_abroad__hold="barred", **rates("wm_licence", 50.0))
    assert {one.key: one.probability for one in every_quarter(forced.facts, forced.case)} == plain


# ---------------------------------------------------------------- extremes

ALONE = {"vendors.corax": None, "vendors.egret": None, "backtests": None,
         "levers": {"reported": {"title": "All", "mix": {"dunlin": 1}, "why": "Only for tests."}}}  # fmt: skip
RIGHT: dict[str, dict[str, Any]] = {
    "rates of nothing": {key: value for gate in GATES for key, value in rates(gate, 0).items()},
    "rates of a million": {key: value for gate in GATES for key, value in rates(gate, 1e6).items()},
    "one vendor": ALONE,
    "one vendor and no gate": {**ALONE, "gates": None, "scenarios": None},
    "a quota of nothing": {"vendors.corax.quota": sure(0, "units")},
    "one month": {"policy.horizon_months": 1},
    "orders beyond the horizon": {"policy.order_months": 60, "policy.reserve_month": 60},
    "no scenario": {"scenarios": None},
    "one lever": {"levers.wait": None, "levers.reserve": None, "levers.domestic": None},
    "no fallback": {"policy.fallback": None},
    "no patience": {"policy.patience": sure(0, "months")},
    "the smallest sample": {"sampling.draws": 64, "policy.tail": 0.98},
    "no money": {"scale.processor_share": sure(0.0)},
    "nothing can be bought": {**ALONE, "vendors.dunlin.supply_start": sure(0, "units/month"), "vendors.dunlin.supply_end": sure(0, "units/month")},
    "all gates held shut": {"gates.wm_licence.hold": "closed", "gates.wm_permit.hold": "slowed", "gates.wm_abroad.hold": "barred"},
    "one bold bet": {"levers.reported.mix": {"corax": 1.0}, "policy.fallback": None, "gates.wm_licence.hold": "closed"},
    "everything is enough": {"policy.enough": 0.001},
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_extremes_have_answers(name: str) -> None:
    made = opened(**RIGHT[name]).policy
    for figure in made.results:
        assert math.isfinite(figure.best), figure.id
    share = made.reported.share
    assert np.isfinite(share).all()
    assert (share >= 0).all()
    money = made.reported.spent + made.reported.stranded + made.reported.lost + made.reported.held
    assert np.allclose(money, made.reported.budget, rtol=1e-9, atol=1.0)
    if name in ("no money", "nothing can be bought"):
        assert (share == 1).all(), "where nothing is planned nothing is missing"
    if name == "one bold bet":
        assert (share == 0).all()
        assert not any(figure.id == "policy.cost" for figure in made.results)
    if name in ("one vendor", "one vendor and no gate"):
        assert share == pytest.approx(np.ones(len(share)))
    if name == "rates of nothing":
        assert made.named["persists"].mean() <= share.mean() + 0.05


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no vendor": ({"vendors": None}, r"levers\.reported\.mix.*'corax' is not there.*none is defined"),
    "no lever": ({"levers": None}, r"policy\.reported_mix.*'reported' is not there"),
    "no gates but gated vendors": ({"gates": None}, r"vendors\.corax\.gates.*'wm_licence' is not there"),
    "an unknown fallback": ({"policy.fallback": "acme"}, r"policy\.fallback.*'acme' is not there"),
    "an unknown state": ({"scenarios.shut.gates": {"wm_permit": [{"month": 1, "state": "ajar"}]}}, "'ajar' is not there"),
    "no policy section": ({"policy": None}, "no policy section"),
    "more paths than fit": ({"sampling.draws": 2**20, "policy.horizon_months": 60}, r"sampling\.draws.*too much memory.*at most 131,072"),
    "less than one path": ({"sampling.draws": 64, "policy.tail": 0.99}, r"policy\.tail.*less than one path"),
    "a move that was seen": ({"gates.wm_licence.moves": {"closed": ["open"]}}, r"seen to move.*Add the move"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_extremes_are_refused_clearly(name: str) -> None:
    overrides, words = WRONG[name]
    study = open_study(WINDMARK, overrides, brief="policy")
    with pytest.raises((ParamsError, EvidenceError)) as caught:
        make_setting(study.facts, study.case, windmark().scale)
    assert caught.value.exit_code == 2
    assert re.search(words, " ".join(str(caught.value).split())), str(caught.value)


def test_a_vendors_name_that_the_earlier_view_lacks() -> None:
    study = opened(backtests__corax_any__vendor="acme")
    with pytest.raises(ParamsError, match="not a vendor of that view"):
        asked(study.facts, study.case, WINDMARK.parent)
    gone = opened(backtests__licence_closed__made_on="2020-01-01", backtests__licence_closed__by="2020-06-01")
    with pytest.raises(EvidenceError, match="Nothing is coded"):
        asked(gone.facts, gone.case, WINDMARK.parent)
