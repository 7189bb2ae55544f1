"""Gates: what the facts say of their past, the rates that follow, paths, and closed forms beside them."""

from __future__ import annotations

import dataclasses
import math
from datetime import date

import numpy as np
import pytest
from acme_evidence import facts_of

from capexlib.facts import load_ledger
from capexlib.facts.adopt import Facts
from capexlib.facts.records import Entity, Event, Regime
from capexlib.models import markov as mk
from capexlib.models.policy.exact import beside, expected_deliveries, gate_laws, occupancy, passage_by_month
from capexlib.models.policy.gate_evidence import gate_from_history, gate_model
from capexlib.models.policy.gates import scenario_states
from capexlib.models.policy.history import GateHistory, Spell, gate_history
from capexlib.models.uncertainty import uniforms
from capexlib.params.assumption import Assumption
from capexlib.params.policy import GateParams, PolicyParams, ScenarioStep

AS_OF, FIRST = date(2026, 6, 30), date(2026, 7, 1)


def judged(value, low=None, high=None, unit="fraction", **more):
    low, high = (value if end is None else end for end in (low, high))
    return {
        "value": value,
        "low": low,
        "high": high,
        "unit": unit,
        "basis": "Invented.",
        "why": "For the tests.",
        **more,
    }


def state(passes=1.0, **more):
    return {"title": "Invented", "passes": judged(passes), **more}


def params(**more):
    base = {
        "title": "Acme gate", "authority": "US",
        "states": {"barred": state(0.0), "open": state(0.8, duty=judged(0.25)), "quota": state(0.4, quota=True)},
        "moves": {"barred": ["open"], "open": ["barred", "quota"], "quota": ["open"]},
    }  # fmt: skip
    return GateParams.model_validate({**base, **more})


def policy(weight=None, rate=None):
    return PolicyParams.model_construct(
        prior_events=Assumption.model_validate(weight or judged(1.0, 0.5, 2.0, "events")),
        prior_rate=Assumption.model_validate(rate or judged(1.0, 0.25, 4.0, "events/year", family="lognormal")),
    )


def history(*spells, as_of=AS_OF):
    rows = [Spell(s, a, b, lasts=False, event=f"e{i}", is_judgement=False) for i, (s, a, b) in enumerate(spells)]
    return GateHistory("acme_gate", as_of, (*rows[:-1], dataclasses.replace(rows[-1], lasts=True)) if rows else ())


PAST = history(("barred", date(2024, 1, 1), date(2025, 1, 1)), ("open", date(2025, 1, 1), AS_OF))


def gate(past=PAST, horizon=24, first=FIRST, prior=None, **more):
    return gate_from_history(past, params(**more), prior or policy(), first, horizon)


def sample(model, n=4096, seed=5):
    draws = uniforms(list(model.inputs()), n, seed)
    rates, chances = model.rates(draws), model.chances(draws)
    return draws, model.simulate(rates, seed, n, chances=chances)


# ---------------------------------------------------------------- the past


def event(name, day, **more):
    row = {
        "id": name, "date": day, "date_precision": "day", "actor": ["US"], "direction": "tighten", "binding": True,
        "title": "Invented", "what_changed": "Invented.", "status": "official", "source": "page", **more,
    }  # fmt: skip
    return Event.model_validate(row)


def spell(state, start, end, begun="", **more):
    row = {
        "gate": "acme_gate",
        "state": state,
        "start": start,
        "end": end,
        "right_censored": False,
        "start_event": begun,
    }
    return Regime.model_validate({**row, **more})


def acme_facts(as_of):
    ledger = facts_of(as_of=as_of).ledger
    events = [
        event("told", "2025-03-01", stated_on="2025-03-20", later=[{"on": "2025-09-01", "text": "It failed."}]),
        event("promised", "2026-09-01", stated_on="2025-04-01"),
        event("talks", "2025-06", actor=["CN"], binding=False),
    ]
    regimes = (
        spell("open", "2024-03-01", "2025-03-01", "on sale since spring"),
        spell("barred", "2025-03-01", "2025-06-30", "told"),
        spell("quota", "2025-06-30", "2026-03-01", "talks", ambiguous=True, otherwise="barred", right_censored=True),
    )
    gates = {"acme_gate": Entity(id="acme_gate", name="Acme gate", kind="gate")}
    return Facts(dataclasses.replace(ledger, entities=gates, events={e.id: e for e in events}, regimes=regimes), as_of)


def test_a_view_sees_an_event_from_the_day_it_was_public():
    seen = {
        day: [e.id for e in acme_facts(date.fromisoformat(day)).events()]
        for day in ("2025-03-19", "2025-03-20", "2025-04-01", "2025-06-29", "2025-06-30")
    }
    assert list(seen.values()) == [
        [],
        ["told"],
        ["told", "promised"],
        ["told", "promised"],
        ["told", "talks", "promised"],
    ]


def test_a_view_does_not_see_what_was_learnt_later():
    assert acme_facts(date(2025, 8, 31)).events()[0].later == ()
    assert acme_facts(date(2025, 9, 1)).events()[0].later[0].text == "It failed."


def test_a_view_codes_only_what_was_public_and_censors_at_its_date():
    def coded(day):
        return [(r.state, r.end, r.right_censored) for r in acme_facts(date.fromisoformat(day)).regimes("acme_gate")]

    assert coded("2024-02-29") == []
    assert coded("2025-03-10") == [("open", "2025-03-10", True)]
    assert coded("2025-03-20") == [("open", "2025-03-01", False), ("barred", "2025-03-20", True)]
    assert coded("2026-06-30")[1:] == [("barred", "2025-06-30", False), ("quota", "2026-03-01", True)]
    assert acme_facts(AS_OF).regimes("borealis_gate") == []


def test_the_other_coding_merges_spells():
    one, other = (gate_history(acme_facts(AS_OF), "acme_gate", other_way=way) for way in (False, True))
    assert (one.state, other.state) == ("quota", "barred")
    assert one.seen_until == other.seen_until == date(2026, 3, 1)
    assert one.moves == {("open", "barred"): ("told",), ("barred", "quota"): ("talks",)}
    assert [spell.is_judgement for spell in one.spells] == [False, False, True]
    assert other.moves == {("open", "barred"): ("told",)}
    assert other.exposure_years == pytest.approx({"open": 365 / 365.25, "barred": 365 / 365.25})


REFERENCE = [
    # gate, from, to (None: only exposure), moves, days: the published table's numbers
    ("us_h20_class", "open_no_licence", "closed", 1, 464), ("us_h20_class", "closed", "licensed_15pct", 1, 121),
    ("us_h20_class", "licensed_15pct", None, 0, 412), ("us_h200_class", "closed", "licensed_25pct", 1, 1238),
    ("us_h200_class", "licensed_25pct", None, 0, 252), ("cn_import", "open", "discouraged", 1, 1028),
    ("cn_import", "discouraged", "blocked", 1, 48), ("cn_import", "blocked", "conditional", 1, 188),
    ("cn_import", "blocked", "rationed", 1, 188), ("cn_import", "conditional", "blocked", 1, 106),
    ("cn_import", "rationed", None, 0, 78), ("us_overseas_subsidiary", "restricted", "unenforced", 1, 659),
    ("us_overseas_subsidiary", "unenforced", "restricted", 1, 383),
]  # fmt: skip


@pytest.mark.parametrize(("key", "start", "end", "moves", "days"), REFERENCE)
def test_moves_and_exposure_of_the_ledger(key, start, end, moves, days):
    past = gate_history(Facts(load_ledger(), date(2026, 11, 23)), key)
    assert past.exposure_years[start] * 365.25 == pytest.approx(days)
    assert sum(len(events) for (a, b), events in past.moves.items() if a == start and end in (None, b)) == moves


def test_rates_of_the_ledger():
    from scipy.stats import chi2

    published = {
        464: (0.787, 4.386),
        121: (3.019, 16.819),
        1238: (0.295, 1.644),
        48: (7.609, 42.397),
        188: (1.943, 10.825),
    }
    for days, (rate, upper) in published.items():
        assert round(365.25 / days, 3) == rate
        assert round(float(chi2.ppf(0.975, 4)) / 2 * 365.25 / days, 3) == upper


def test_the_ledger_coded_the_other_way():
    view = Facts(load_ledger(), date(2026, 11, 23))
    china = gate_history(view, "cn_import", other_way=True)
    assert {move: len(events) for move, events in china.moves.items()} == {
        ("open", "blocked"): 1,
        ("blocked", "conditional"): 1,
    }
    assert china.state == "conditional"
    assert gate_history(view, "us_overseas_subsidiary", other_way=True).moves == {}


# ---------------------------------------------------------------- rates and start


def test_rates_are_gamma_quantiles_under_each_paths_own_prior():
    from scipy.stats import gamma

    model = gate()
    draws = uniforms(list(model.inputs()), 64, 1)
    weight, mean = (
        model.inputs()[f"policy.{name}"].ppf(draws[f"policy.{name}"]) for name in ("prior_events", "prior_rate")
    )
    seen = {
        ("barred", "open"): (1, 366 / 365.25),
        ("open", "barred"): (0, 545 / 365.25),
        ("open", "quota"): (0, 545 / 365.25),
        ("quota", "open"): (0, 0.0),
    }
    for column, (move, (events, years)) in enumerate(seen.items()):
        assert model.moves[column] == move
        expected = gamma.ppf(
            draws[f"gates.acme_gate.{'>'.join(move)}"], weight + events, scale=1 / (weight / mean + years)
        )
        np.testing.assert_allclose(model.rates(draws)[:, column], expected, rtol=1e-9)
    assert model.posteriors["barred", "open"].law.mean == pytest.approx(2 / (1 + 366 / 365.25))


def test_a_prior_without_weight_leaves_what_was_seen():
    model = gate()
    nothing = {name: np.full(4, 0.5) for name in model.inputs()}
    still = dataclasses.replace(
        model, prior=(model.prior[0].model_copy(update={"value": 0.0, "low": 0.0, "high": 0.0}), model.prior[1])
    )
    assert still.rates(nothing)[:, 1:].tolist() == np.zeros((4, 3)).tolist()
    assert still.rates(nothing)[0, 0] == pytest.approx(math.log(2.0) / (366 / 365.25))


def test_the_case_may_set_a_rate_hold_a_state_or_say_where_the_gate_stands():
    fixed = gate(rates={"open>barred": judged(0.5, unit="events/month")})
    draws = uniforms(list(fixed.inputs()), 8, 1)
    assert "gates.acme_gate.open>barred" not in fixed.inputs()
    assert fixed.rates(draws)[:, 1].tolist() == [6.0] * 8
    assert fixed.generator().matrix[1, 0] == 6.0
    held = gate(hold="quota", scheduled={"talks": scheduled("2026-08-01", "open")})
    assert (held.states[held.start], held.moves, held.jumps) == ("quota", (), ())
    assert (sample(held, 64)[1] == 2).all()
    assert gate(start="barred").start == 0
    assert gate(history(), start="barred").start == 0


def test_the_first_step_reaches_back_to_the_last_page():
    late = gate(
        dataclasses.replace(PAST, as_of=date(2026, 9, 10)),
        first=date(2026, 10, 1),
        rates=dict.fromkeys(["barred>open", "open>quota", "quota>open"], judged(0.0, unit="events/year"))
        | {"open>barred": judged(2.0, unit="events/year")},
    )
    laws = gate_laws(late, {})
    assert occupancy(laws)[0, 0, 1] == pytest.approx(math.exp(-2.0 * (93 / 365.25 + 1 / 12)), rel=1e-12)
    assert occupancy(laws)[0, 5, 1] == pytest.approx(math.exp(-2.0 * (93 / 365.25 + 0.5)), rel=1e-12)
    assert dataclasses.replace(late, history=PAST).first_years == late.first_years
    assert gate(start="open", first=FIRST).first_years == pytest.approx(1 / 365.25 + 1 / 12)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: gate(history()), "nothing says where"),
        (lambda: gate(first=date(2026, 6, 1)), "before the state was last seen"),
        (lambda: gate(horizon=0), "at least one month"),
        (lambda: gate(moves={"open": ["barred"]}), "seen to move barred>open"),
        (lambda: gate(states={"open": state(), "ajar": state()}, moves={}), "codes gates.acme_gate as barred"),
        (lambda: gate().rates({"other": np.zeros(3)}), "not drawn"),
        (lambda: gate().simulate(np.ones((3, 4)), 1, 5), "each of 5 paths"),
        (lambda: scenario_states(gate(), [ScenarioStep(month=1, state="ajar")]), "no state 'ajar'"),
    ],
)
def test_what_does_not_fit_is_refused(make, says):
    with pytest.raises(ValueError, match=says):
        make()


def test_a_gate_is_made_from_a_view_of_the_facts():
    one, other = (
        gate_model(
            acme_facts(AS_OF),
            "acme_gate",
            params(moves={"open": ["barred"], "barred": ["quota"]}),
            policy(),
            FIRST,
            6,
            other_way=way,
        )
        for way in (False, True)
    )
    assert [model.states[model.start] for model in (one, other)] == ["quota", "barred"]
    assert [model.posteriors["barred", "quota"].events for model in (one, other)] == [1, 0]
    assert one.first_years == pytest.approx(122 / 365.25 + 1 / 12)


# ---------------------------------------------------------------- paths


def scheduled(day, to, chance=0.25, **more):
    return {"title": "Invented", "on": day, "to": to, "probability": judged(chance, **more)}


def test_a_scheduled_event_moves_the_gate_in_its_month():
    still = dict.fromkeys(["barred>open", "open>barred", "open>quota", "quota>open"], judged(0.0, unit="events/year"))
    dates = {
        "unseen": scheduled("2026-06-30", "barred"),
        "talks": scheduled("2026-09-15", "barred"),
        "beyond": scheduled("2028-07-01", "quota"),
        "sure": scheduled("2028-06-30", "quota", 1.0),
    }
    model = gate(rates=still, scheduled=dates)
    assert [(jump.id, jump.month) for jump in model.jumps] == [("talks", 2), ("sure", 23)]
    law = occupancy(gate_laws(model, {}))[0]
    assert law[1].tolist() == [0.0, 1.0, 0.0]
    assert law[2].tolist() == [0.25, 0.75, 0.0]
    assert law[23].tolist() == [0.0, 0.0, 1.0]
    states = model.simulate(model.rates({}), 3, 20_000)
    assert (states[:, 1] == 1).all()
    assert (states[:, 23] == 2).all()
    assert abs(beside(0.25, states[:, 2] == 0).z) < 4
    silent = gate(
        dataclasses.replace(PAST, as_of=date(2026, 8, 31)),
        first=date(2026, 9, 1),
        scheduled={"past": scheduled("2026-07-15", "barred")},
    )
    assert silent.jumps[0].month == 0, "nobody has seen what came of it"


def test_paths_are_the_same_in_any_chunk_and_from_their_uniforms():
    model = gate(scheduled={"talks": scheduled("2026-09-15", "barred", 0.3, low=0.1, high=0.6)})
    draws = uniforms(list(model.inputs()), 16384, 9)
    rates, chances = model.rates(draws), model.chances(draws)
    whole = model.simulate(rates, 9, 16384, chances=chances)
    part = slice(8000, 9000)
    assert np.array_equal(whole[part], model.simulate(rates[part], 9, 1000, 8000, chances=chances[part]))
    assert np.array_equal(whole, model.simulate(rates, 9, 16384, chances=chances, workers=2))
    longer = dataclasses.replace(model, horizon=30)
    assert np.array_equal(whole, longer.simulate(rates, 9, 16384, chances=chances)[:, :24])
    numbers = np.random.default_rng(1).random((9000, 24))
    found = model.simulate_from(numbers, rates[:9000], chances=chances[:9000])
    assert np.array_equal(
        found[5000:6000], model.simulate_from(numbers[5000:6000], rates[5000:6000], chances=chances[5000:6000])
    )
    one = rates[:1]
    assert np.array_equal(model.simulate(one, 9, 9000), model.simulate(np.repeat(one, 9000, 0), 9, 9000))


def test_what_the_states_let_through():
    model = gate(
        states={
            "barred": state(0.0),
            "open": {"title": "x", "passes": judged(0.8, 0.6, 0.9), "duty": judged(0.25)},
            "quota": state(0.4, quota=True),
        }
    )
    draws, states = sample(model, 256)
    passes = model.passes(states, draws)
    opened = model.inputs()["gates.acme_gate.states.open.passes"].ppf(draws["gates.acme_gate.states.open.passes"])
    expected = np.select([states == 0, states == 1], [0.0, np.broadcast_to(opened[:, None], states.shape)], 0.4)
    assert np.array_equal(passes, expected)
    assert np.array_equal(model.duty(states, draws), np.where(states == 1, 0.25, 0.0))
    assert np.array_equal(model.quota_binds(states), states == 2)


def test_a_scenario_is_written_down():
    steps = [ScenarioStep(month=4, state="quota"), ScenarioStep(month=3, state="barred")]
    assert scenario_states(gate(horizon=5), steps).tolist() == [1, 1, 0, 2, 2]
    assert scenario_states(gate(), [], 2).tolist() == [1, 1]


@pytest.mark.parametrize("rate", [0.0, 1e6])
def test_extreme_rates_over_one_month(rate):
    model = gate(
        horizon=1,
        rates=dict.fromkeys(
            ["barred>open", "open>barred", "open>quota", "quota>open"], judged(rate, unit="events/year")
        ),
    )
    states = model.simulate(model.rates({}), 1, 30_000)
    shares = np.bincount(states[:, 0], minlength=3) / 30_000
    np.testing.assert_allclose(shares, [0.0, 1.0, 0.0] if rate == 0.0 else [1 / 3] * 3, atol=0.015)


def test_a_gate_of_one_state():
    only = gate_from_history(history(), params(states={"open": state()}, moves={}, start="open"), policy(), FIRST, 6)
    assert not only.inputs()
    assert not only.simulate(only.rates({}), 1, 5).any()
    assert expected_deliveries([gate_laws(only, {})], np.ones(6))[0].tolist() == [1, 2, 3, 4, 5, 6]


# ---------------------------------------------------------------- exact beside simulated


@pytest.mark.parametrize("seed", range(12))
def test_simulated_occupancy_and_passage_agree_with_the_exact_ones(seed):
    rng = np.random.default_rng(seed)
    spells = history(
        ("quota", date(2020, 1, 1), date(2021, 1, 1)),
        ("open", date(2021, 1, 1), date(2023, 6, 1)),
        ("barred", date(2023, 6, 1), AS_OF),
    )
    model = gate(
        spells,
        prior=policy(rate=judged(float(rng.uniform(0.5, 6)), 0.2, 9.0, "events/year")),
        scheduled={"talks": scheduled("2026-12-01", "open", 0.4, low=0.2, high=0.7)},
    )
    draws, states = sample(model, seed=seed)
    laws = gate_laws(model, draws)
    law = occupancy(laws)
    found = [beside(law[:, month, which], states[:, month] == which) for month in (0, 5, 23) for which in range(3)]
    found += [beside(law[:, :, which].sum(axis=1), (states == which).sum(axis=1)) for which in range(3)]
    reached = passage_by_month(laws, [1])
    found += [beside(reached[:, month], (states[:, : month + 1] == 1).any(axis=1)) for month in (0, 8, 23)]
    assert max(abs(pair.z) for pair in found) < 4


def test_occupancy_and_passage_of_two_states_are_the_textbooks():
    leave, back = 0.7, 2.3
    rates = {"barred>open": judged(leave, unit="events/year"), "open>barred": judged(back, unit="events/year")}
    model = gate_from_history(
        history(as_of=FIRST),
        params(
            states={"barred": state(0.0), "open": state()},
            moves={"barred": ["open"], "open": ["barred"]},
            rates=rates,
            start="barred",
        ),
        policy(),
        FIRST,
        600,
    )
    laws = gate_laws(model, {})
    years = np.arange(1, 601) / 12
    opened = leave / 3 * -np.expm1(-3 * years)
    np.testing.assert_allclose(occupancy(laws)[0, :, 1], opened, rtol=0.0, atol=1e-10)
    assert occupancy(laws)[0, -1].tolist() == pytest.approx(mk.stationary_law(model.generator()).tolist(), abs=1e-10)
    assert mk.holding_years(model.generator()).tolist() == pytest.approx([1 / leave, 1 / back], abs=1e-10)
    stays = back / 3 + leave / 3 * math.exp(-3 / 12)
    np.testing.assert_allclose(passage_by_month(laws, [1])[0], 1 - stays ** np.arange(1, 601), rtol=0.0, atol=1e-10)


def served(passes, ready, patience=None):
    """Serve goods month by month and path by path, in the plainest way."""
    n, months = passes.shape
    waiting = np.zeros((n, months))
    delivered = np.zeros((n, months))
    for month in range(months):
        waiting[:, month] += ready[month]
        given = waiting * passes[:, [month]]
        waiting -= given
        delivered[:, month] = given.sum(axis=1)
        if patience is not None and month + 1 >= patience:
            waiting[:, month + 1 - patience] = 0.0
    return np.cumsum(delivered, axis=1)


@pytest.mark.parametrize("patience", [None, 1, 4])
def test_expected_deliveries_behind_two_gates(patience):
    one = gate(
        states={"barred": state(0.0), "open": {"title": "x", "passes": judged(0.5, 0.2, 0.9)}, "quota": state(0.3)}
    )
    other = dataclasses.replace(
        gate(history(("open", date(2020, 1, 1), date(2022, 1, 1)), ("barred", date(2022, 1, 1), AS_OF))),
        id="borealis_gate",
    )
    draws = uniforms([*one.inputs(), *(name for name in other.inputs() if name not in one.inputs())], 4096, 3)
    passes = np.ones((4096, 24))
    for model in (one, other):
        states = model.simulate(model.rates(draws), 3, 4096, chances=model.chances(draws))
        passes *= model.passes(states, draws)
    ready = np.r_[0.0, 0.0, np.full(10, 100.0), np.zeros(12)]
    exact = expected_deliveries([gate_laws(one, draws), gate_laws(other, draws)], ready, patience)
    simulated = served(passes, ready, patience)
    assert max(abs(beside(exact[:, month], simulated[:, month]).z) for month in (2, 3, 6, 12, 23)) < 4
    assert (np.diff(exact, axis=1) >= -1e-9).all()
    assert exact.max() <= 1000.0 + 1e-9


def test_every_path_may_have_its_own_goods_and_patience():
    laws = gate_laws(gate(), {name: np.array([0.3, 0.5]) for name in gate().inputs()})
    goods = np.array([[5.0] * 24, [2.0] + [0.0] * 23])
    both = expected_deliveries([laws], goods, [2, 5])
    alone = [expected_deliveries([laws], goods[path], patience)[path] for path, patience in ((0, 2), (1, 5))]
    np.testing.assert_allclose(both, alone, rtol=1e-12)
    assert expected_deliveries([], goods).tolist() == np.cumsum(goods, axis=1).tolist()
    with pytest.raises(ValueError, match="different sizes"):
        expected_deliveries([laws], np.ones((3, 24)))
    with pytest.raises(ValueError, match="at least the month"):
        expected_deliveries([laws], goods, 0)


def test_beside_says_when_nothing_was_left_to_luck():
    assert beside(1.0, [1.0, 1.0]).z == 0.0
    assert beside(1.0, [2.0, 2.0]).z == math.inf
    rare = beside(np.full(100, 0.001), np.zeros(100, dtype=bool))
    assert rare.z == pytest.approx(-0.1 / math.sqrt(0.0999), rel=1e-9), "no luck in a hundred tries is no surprise"
    with pytest.raises(ValueError, match="at least two"):
        beside(1.0, [1.0])
