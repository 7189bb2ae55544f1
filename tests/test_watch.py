"""The watch-list: where each trigger stands, and what it would do, by running the models again."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from watch_specimen import LICENCE, row, trigger, watching

from capexlib.errors import ParamsError
from capexlib.models import watch as watch_model
from capexlib.study import Study

NEWEST = {"entity": "windmark", "quantity": "capex_unspecified"}
"""Two rival reports of one year; the case's ruling takes the one of US$4bn."""


def accounts(study: Study) -> dict[str, np.ndarray]:
    """What a study's own models say, path by path, in the units of the watch-list."""
    lowest = np.nanmin(study.funding.covered.company_dscr, axis=1)
    return {"compute": study.policy.paths.compute[:, -1] / 1e3, "npv": study.roi.returns.npv / 1e9, "dscr": lowest}


def effects(study: Study, key: str = "one") -> dict[str, float]:
    return {name: figure.best for name, figure in row(study, key).effects.items()}


# ---------------------------------------------------------------- where a trigger stands


@pytest.mark.parametrize(("state", "pulled"), [("closed", True), ("licensed", False)])
def test_a_gate_that_stands_where_the_trigger_waits_for_it_is_pulled(state: str, pulled: bool) -> None:
    found = row(watching({"one": trigger()}, gates__wm_licence__start=state))
    assert (found.state, found.pulled) == (state, pulled)


@pytest.mark.parametrize(
    ("passes", "low", "high", "pulled"),
    [("below", 5, 9, True), ("below", 3, 9, False), ("above", 1, 3, True), ("above", 1, 5, False)],
)
def test_a_fact_pulls_its_trigger_when_it_passes_the_named_end(
    passes: str, low: float, high: float, pulled: bool
) -> None:
    cash = {"value": (low + high) / 2, "unit": "USD bn", "low": low, "high": high, "family": "metalog",
            "basis": "Invented.", "why": "Only for tests."}  # fmt: skip
    looked = {**NEWEST, "passes": passes, "threshold": "funding.company.cash_floor"}
    found = row(watching({"one": trigger(indicator=looked)}, funding__company__cash_floor=cash))
    assert found.fact is not None
    assert found.threshold is not None
    assert (found.fact.best, found.threshold.best) == (4, low if passes == "below" else high)
    assert found.pulled is pulled


def test_a_fact_without_a_threshold_is_left_to_the_reader() -> None:
    found = row(watching({"one": trigger(indicator=NEWEST)}))
    assert found.fact is not None
    assert found.fact.claims == ("windmark_plan_feb26",)
    assert found.pulled is None


def test_a_quantity_of_which_nothing_is_known_has_no_fact() -> None:
    found = row(watching({"one": trigger(indicator={"entity": "windmark", "quantity": "revenue"})}))
    assert (found.fact, found.pulled) == (None, None)


# ---------------------------------------------------------------- what it would do


def test_a_course_of_the_gates_does_what_a_case_that_holds_them_so_does() -> None:
    base = watching({"one": trigger(scenario="barred")})
    held = watching(
        gates__wm_abroad__hold="barred", gates__wm_licence__hold="licensed", gates__wm_permit__hold="slowed"
    )
    before, after = accounts(base), accounts(held)
    for name, effect in row(base).effects.items():
        assert effect.best == pytest.approx((after[name] - before[name]).mean(), rel=1e-9), name


def test_an_input_at_its_end_does_what_a_case_that_fixes_it_there_does() -> None:
    base = watching({"one": trigger(inputs={"vendors.corax.supply_start": "low", "roi.price_level": "high"})})
    case = base.case
    assert case.roi is not None
    ends = {"vendors__corax__supply_start": case.vendors["corax"].supply_start.low,
            "roi__price_level": case.roi.price_level.high}  # fmt: skip
    laws = {f"{key}__{part}": end for key, end in ends.items() for part in ("value", "low", "high")}
    fixed = watching(None, **laws, **{f"{key}__family": "fixed" for key in ends})
    before, after = accounts(base), accounts(fixed)
    for name, effect in row(base).effects.items():
        assert effect.best == pytest.approx((after[name] - before[name]).mean(), rel=1e-6), name


def test_a_trigger_that_changes_nothing_has_no_effect_on_a_part_of_the_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_model, "WATCHED_PATHS", 32)
    study = watching({"idle": trigger(inputs={"policy.reorder_lag": "low"})}, sampling__seed=5)
    for effect in row(study, "idle").effects.values():
        assert (effect.low, effect.best, effect.high) == (0, 0, 0)


def test_an_interval_covers_the_effect_on_all_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = row(watching({"one": trigger()})).effects
    monkeypatch.setattr(watch_model, "WATCHED_PATHS", 64)
    study = watching({"one": trigger()})
    (found,) = watch_model.watch(study.facts, study.case, study.policy).rows
    for name, effect in found.effects.items():
        assert effect.low is not None
        assert effect.high is not None
        reach = effect.high - effect.low
        assert reach > 0
        assert effect.low - reach <= whole[name].best <= effect.high + reach, name


@pytest.mark.parametrize(
    ("vendor", "gate", "state"), [("corax", "wm_licence", "closed"), ("egret", "wm_abroad", "barred")]
)
def test_shutting_the_gate_of_the_only_vendor_takes_all_of_its_compute(vendor: str, gate: str, state: str) -> None:
    shut = {"title": "Shut", "gates": {gate: [{"month": 1, "state": state}]}, "why": "Only for tests."}
    study = watching({"one": trigger(scenario="gone")}, scenarios__gone=shut, levers__reported__mix={vendor: 1},
                     policy__fallback=None)  # fmt: skip
    before = study.policy.paths.compute[:, -1].mean() / 1e3
    assert before > 0
    assert effects(study)["compute"] == pytest.approx(-before)


def test_the_largest_effect_on_compute_comes_first() -> None:
    study = watching({"small": trigger(inputs={"policy.reorder_lag": "low"}), "large": trigger()})
    assert [each.key for each in study.watch.rows] == ["large", "small"]
    assert {figure.id for figure in study.watch.results} == {
        f"watch.{key}.{name}" for key in ("large", "small") for name in ("compute", "npv", "dscr")
    }


def test_a_case_without_triggers_watches_nothing() -> None:
    watched = watching().watch
    assert (watched.rows, watched.results, watched.shown_claims) == ((), (), ())


# ---------------------------------------------------------------- what is refused

THRESHOLD = {**NEWEST, "passes": "below"}
MISFITS: dict[str, tuple[dict[str, Any], str, str]] = {
    "scenario": (trigger(scenario="sutt"), "watch.one.scenario", "Did you mean 'shut'?"),
    "input": (trigger(inputs={"vendors.corx.price": "low"}), "watch.one.inputs.vendors.corx.price", "'vendors.corax.price'"),
    "gate": (trigger(indicator={**LICENCE, "gate": "wm_licenze"}), "watch.one.indicator.gate", "Did you mean 'wm_licence'?"),
    "state": (trigger(indicator={**LICENCE, "states": ["clsed"]}), "watch.one.indicator.states", "Did you mean 'closed'?"),
    "entity": (trigger(indicator={**NEWEST, "entity": "windmrk"}), "watch.one.indicator.entity", "Did you mean 'windmark'?"),
    "quantity": (trigger(indicator={**NEWEST, "quantity": "capex_unspecifed"}), "watch.one.indicator.quantity", "'capex_unspecified'"),
    "threshold": (trigger(indicator={**THRESHOLD, "threshold": "funding.company.cahs"}), "watch.one.indicator.threshold", "'funding.company.cash'"),
}  # fmt: skip


@pytest.mark.parametrize("kind", MISFITS)
def test_a_name_that_is_not_there_is_refused_before_anything_is_drawn(kind: str) -> None:
    given, where, cure = MISFITS[kind]
    with pytest.raises(ParamsError) as caught:
        watching({"one": given}).check()
    (problem,) = caught.value.problems
    assert problem.where == where
    assert cure in problem.cure


def test_all_names_that_are_not_there_are_told_at_once() -> None:
    both = {"one": MISFITS["gate"][0], "two": trigger(scenario="sutt", indicator={**LICENCE, "states": ["clsed"]})}
    with pytest.raises(ParamsError) as caught:
        _ = watching(both).watch
    assert {problem.where for problem in caught.value.problems} == {
        "watch.one.indicator.gate", "watch.two.scenario", "watch.two.indicator.states"}  # fmt: skip


def test_a_fact_and_a_threshold_of_different_kinds_are_refused() -> None:
    looked = {**THRESHOLD, "threshold": "funding.company.growth"}
    with pytest.raises(ParamsError, match="cannot be compared"):
        _ = watching({"one": trigger(indicator=looked)}).watch


def test_a_gate_without_a_course_moves_alone() -> None:
    """The trigger's gate stays in its first state; the other gates move as in a case that holds only that one."""
    base = watching({"one": trigger(scenario=None)})
    held = watching(gates__wm_licence__hold="closed")
    before, after = accounts(base), accounts(held)
    assert row(base).effects["compute"].best < 0
    for name, effect in row(base).effects.items():
        assert effect.best == pytest.approx((after[name] - before[name]).mean(), rel=1e-9), name


def test_a_trigger_on_a_gate_that_the_case_holds_so_already_has_no_effect() -> None:
    study = watching({"one": trigger(scenario=None)}, gates__wm_licence__hold="closed")
    assert effects(study) == {"compute": 0, "npv": 0, "dscr": 0}
