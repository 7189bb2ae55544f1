"""What changed between two editions: parts add up, reasons fit, and nothing is made up."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import pytest
from acme_evidence import claim, ledger_of, study_of
from hypothesis import given, settings
from hypothesis import strategies as st

from capexlib.changes import Changes, news_between, shares
from capexlib.changes.inputs import Inputs, changed_keys
from capexlib.changes.records import by_id
from capexlib.errors import ParamsError
from capexlib.exhibits import scale
from capexlib.exhibits import since_last as exhibit
from capexlib.figures import agree
from capexlib.params.rebuild import rebuilt_case
from capexlib.previous import Previous, digest
from capexlib.study import Study, open_study

ROOT = Path(__file__).parents[1]
LATER = {"as_of": "2026-05-31"}


def manifest_of(study: Study) -> dict[str, Any]:
    return json.loads(json.dumps(study.manifest("scale")))


def after(old: Mapping[str, Any] | None, study: Study, state: Any = "found") -> Study:
    return Study(study.loaded, study.ledger, "scale", Previous(state, old or {}))


def changes_of(case: str, **overrides: Any) -> Changes:
    return after(manifest_of(study_of(case)), study_of(case, **overrides)).changes


def add_up(changes: Changes) -> bool:
    return all(
        math.isclose(
            sum(row.contributions.values()), row.difference,
            rel_tol=1e-9, abs_tol=1e-9 * max(abs(row.before.best), abs(row.now.best)),
        )
        for row in changes.rows if row.difference is not None
    )  # fmt: skip


# ------------------------------------------------------------------ sharing out


GROUPS: tuple[str, ...] = ("a", "b", "c")
STATES: list[frozenset[str]] = [frozenset(group) for size in range(4) for group in combinations(GROUPS, size)]
values = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(values, min_size=8, max_size=8))
def test_shares_sum_to_the_change_and_are_the_mean_over_orders(drawn: list[float]) -> None:
    game = dict(zip(STATES, drawn, strict=True))
    found = shares(GROUPS, lambda on: {"x": game[on]})["x"]
    assert math.isclose(sum(found.values()), game[STATES[-1]] - game[STATES[0]], rel_tol=1e-9, abs_tol=1e-6)
    for group in GROUPS:
        steps = [game[frozenset(order[: i + 1])] - game[frozenset(order[:i])]
                 for order in permutations(GROUPS) for i in [order.index(group)]]  # fmt: skip
        assert math.isclose(found[group], sum(steps) / 6, rel_tol=1e-9, abs_tol=1e-6)


@given(values, values, values)
def test_what_adds_up_by_itself_keeps_its_parts(a: float, b: float, c: float) -> None:
    parts = dict(zip(GROUPS, (a, b, c), strict=True))
    found = shares(GROUPS, lambda on: {"x": sum(parts[group] for group in on)})["x"]
    assert all(math.isclose(found[group], parts[group], rel_tol=1e-9, abs_tol=1e-6) for group in GROUPS)


def test_impossible_orders_are_left_out() -> None:
    game = {frozenset(): 1.0, frozenset("a"): 3.0, frozenset("ab"): 10.0}
    asked = []

    def value(on: frozenset[str]) -> dict[str, float] | None:
        asked.append(on)
        return {"x": game[on]} if on in game else None

    assert shares(("a", "b"), value) == {"x": {"a": 2.0, "b": 7.0}}
    assert len(asked) == len(set(asked)) == 4


def test_a_quantity_that_no_order_carries_has_no_shares() -> None:
    assert shares(("a", "b"), lambda on: {"x": 1.0} if len(on) != 1 else {}) == {}
    assert shares(("a", "b"), lambda on: None if len(on) == 1 else {"x": 1.0}) == {}


# ------------------------------------------------------------------ groups of inputs


def test_news_is_data_or_revision() -> None:
    ledger = ledger_of([
        claim("old", stated_on="2026-01-15"),
        claim("newer", stated_on="2026-03-01"),
        claim("next_year", period="2027", stated_on="2026-03-01"),
        claim("denial", unit="text", text="No.", stated_on="2026-03-01"),
        claim("mended", period="2028", stated_on="2026-03-01", supersedes=["old"]),
        claim("later", stated_on="2026-09-01"),
    ])  # fmt: skip
    news = news_between(ledger, date(2026, 2, 1), date(2026, 6, 30))
    assert news.data == {"next_year", "denial"}
    assert news.revision == {"newer", "mended"}
    assert news.hidden(frozenset({"data"})) == news.revision
    assert news_between(ledger, date(2026, 6, 30), date(2026, 6, 30), ["newer"]).revision == {"newer"}


def test_changed_keys_are_those_that_move_numbers() -> None:
    old = {"as_of": "2025-01-01", "plan": {"period": "2026"}, "chips": {"a": {"title": "A", "price": "x"}},
           "scale": {"pue": {"value": 1.2, "low": 1.1, "why": "because"}}}  # fmt: skip
    new = {"as_of": "2026-01-01", "plan": {"period": "2026", "pool": {"c": {"weight": 1}}}, "peers": ["b"],
           "chips": {"a": {"title": "B", "price": "x"}},
           "scale": {"pue": {"value": 1.3, "low": 1.0, "why": "other"}}}  # fmt: skip
    assert changed_keys(old, new) == ("plan.pool", "scale.pue", "peers")


def test_params_of_an_older_schema_are_rebuilt() -> None:
    study = study_of("acme")
    resolved = manifest_of(study)["params"]
    older = json.loads(json.dumps(resolved))
    del older["scale"]["pue"]
    older["forgotten"] = 1
    again = rebuilt_case(older, study.loaded.path, resolved)
    assert again.case == study.case
    with pytest.raises(ParamsError, match=r"scale\.pue"):
        rebuilt_case(older, study.loaded.path)


@pytest.mark.parametrize("case", ["windmark", "bytedance-2025-12-23", "bytedance"])
def test_a_case_rebuilt_from_its_manifest_gives_the_same_results(case: str) -> None:
    folder = ROOT / ("tests/params" if case.startswith("windmark") else "params")
    study = open_study(folder / f"{case}.yml", {"sampling.draws": 256})
    params = json.loads(json.dumps(study.loaded.resolved, sort_keys=True, default=str))
    again = Study(rebuilt_case(params, study.loaded.path), study.ledger)
    first, second = (by_id(one.results_of("")) for one in (study, again))
    assert len(first) > 100
    assert first.keys() == second.keys()
    assert [name for name, figure in first.items() if not agree(figure.best, second[name].best)] == []


def test_everything_switched_is_the_new_study() -> None:
    old, new = study_of("acme"), study_of("acme", **LATER, scale__guidance_outcome__value=1.05)
    news = news_between(new.ledger, old.case.as_of, new.case.as_of)
    inputs = Inputs(old.loaded, new.loaded, new.ledger, news)
    assert inputs.moved == ("data", "revision", "assumption")
    assert Study(*inputs.at(frozenset(inputs.moved))).scale.results == new.scale.results
    assert Study(*inputs.at(frozenset())).scale.results == old.scale.results


# ------------------------------------------------------------------ Acme


def test_a_superseding_claim_is_a_revision() -> None:
    changes = changes_of("acme", **LATER)
    growth = changes.of("plan.growth")
    assert growth is not None
    assert set(growth.contributions) == {"revision"}
    assert growth.causes == {"revision": ("acme_guidance_apr26",)}
    assert add_up(changes)


def test_an_assumption_alone() -> None:
    changes = changes_of("acme", scale__guidance_outcome__value=1.05)
    assert changes.moved == {"assumption": ("scale.guidance_outcome",)}
    assert {group for row in changes.rows for group in row.contributions} == {"assumption"}
    outcome = changes.of("plan.outcome")
    assert outcome is not None
    assert outcome.causes == {"assumption": ("scale.guidance_outcome",)}


def test_all_at_once_add_up_in_order_of_size() -> None:
    changes = changes_of("acme", **LATER, scale__guidance_outcome__value=1.05, sampling__seed=5)
    assert add_up(changes)
    assert set(changes.moved) == {"data", "revision", "assumption"}
    sizes = [row.size for row in changes.rows]
    assert sizes == sorted(sizes, reverse=True)
    assert all(row.causes.keys() == row.contributions.keys() for row in changes.rows)
    led = changes.ordered(("plan.usd", "plan.growth"))
    assert {led[0].id, led[1].id} == {"plan.usd", "plan.growth"}
    assert led[0].size >= led[1].size
    assert [row.id for row in led[2:]] == [r.id for r in changes.rows if r.id not in ("plan.usd", "plan.growth")]


def test_what_old_inputs_do_not_give_back_is_method() -> None:
    old = manifest_of(study_of("acme"))
    row = next(row for row in old["results"] if row["id"] == "plan.outcome")
    row["value"] -= 1.5
    moved = after(old, study_of("acme")).changes
    assert [change.id for change in moved.rows] == ["plan.outcome"]
    assert moved.rows[0].contributions == {"method": pytest.approx(1.5)}
    assert moved.rows[0].causes == {"method": ("not attributed",)}
    packages = {"versions": {"packages": {"capexlib": "0.0.1"}}}
    assert after({**old, **packages}, study_of("acme")).changes.rows[0].causes["method"] == (
        "another version of the code",
    )
    row["formula"] = "a guess"
    assert after(old, study_of("acme")).changes.rows[0].causes == {"method": ("another formula",)}
    both = after(old, study_of("acme", **LATER)).changes
    outcome = both.of("plan.outcome")
    assert outcome is not None
    assert outcome.contributions["method"] == pytest.approx(1.5)
    assert outcome.contributions["revision"] > 0
    assert add_up(both)


def test_claims_that_entered_the_ledger_late_are_not_method() -> None:
    study = study_of("acme")
    before = {name: claim for name, claim in study.ledger.claims.items() if name != "acme_guidance_feb26"}
    params = json.loads(json.dumps(study.loaded.resolved))
    params["parts"], params["orders"], params["checks"] = {}, {}, {}
    loaded = rebuilt_case(params, study.loaded.path)
    old = manifest_of(Study(loaded, replace(study.ledger, claims=before)))
    changes = after(old, Study(loaded, study.ledger)).changes
    usd = changes.of("plan.usd")
    assert usd is not None
    assert set(usd.contributions) == {"revision"}
    assert usd.causes == {"revision": ("acme_guidance_feb26",)}
    assert add_up(changes)


def test_first_edition_and_no_change_are_said() -> None:
    study = study_of("acme")
    first = after(None, study, "first")
    assert first.changes.state == "first"
    assert exhibit.changes(first).block["text"] == ["First edition: nothing to compare with."]
    assert exhibit.since_words(first, "plan.usd") == ""
    assert exhibit.summary(after(None, study, "unasked").changes) == exhibit.UNASKED
    same = after(manifest_of(study), study)
    assert same.changes.is_empty
    assert same.changes.unchanged == len(study.scale.results)
    assert exhibit.changes(same).block["text"] == ["No change since 31 Mar 2026."]
    assert exhibit.since_words(same, "plan.usd") == "unchanged since 31 Mar 2026"
    words = after(manifest_of(study), study_of("acme", as_of="2026-04-01"))
    assert exhibit.summary(words.changes).startswith("No change since 31 Mar 2026")


def test_a_brief_that_is_new_has_nothing_to_compare_with() -> None:
    study = study_of("acme")
    old = manifest_of(study)
    other = [{**row, "id": f"other.{row['id']}"} for row in old["results"]]
    briefs = {"policy": {"results": [row["id"] for row in other]}}
    assert after({**old, "briefs": briefs, "results": other}, study).changes.state == "first"
    shared = after({**old, "briefs": briefs, "results": [*other, old["results"][0]]}, study).changes
    assert (shared.unchanged, shared.gone) == (1, ())


def test_a_case_that_cannot_be_rebuilt_gives_numbers_without_reasons() -> None:
    study = study_of("acme", **LATER)
    for broken in ({"plan": "x"}, {"adopt": {"acme/capex_cash/FY2026/06": {"claim": "no_such", "why": "No reason."}}}):
        old = manifest_of(study_of("acme"))
        old["params"] |= broken
        changes = after(old, study).changes
        if broken == {"plan": "x"}:
            assert "cannot be rebuilt" in changes.note
            assert changes.rows
            assert all(not row.contributions for row in changes.rows)
            assert "Reasons are not given" in exhibit.summary(changes)
        else:  # a ruling for a claim that no ledger has any more is dropped
            assert changes.note == ""


def test_a_unit_that_changed_is_restated() -> None:
    old = manifest_of(study_of("acme"))
    row = next(row for row in old["results"] if row["id"] == "plan.usd")
    row["unit"] = "EUR bn"
    study = after(old, study_of("acme"))
    change = study.changes.of("plan.usd")
    assert change is not None
    assert change.difference is None
    assert exhibit.change_words(change, study.ledger).change == "another unit"
    assert exhibit.since_words(study, "plan.usd") == "restated since 31 Mar 2026"


@settings(max_examples=12, deadline=None)
@given(st.floats(0.95, 1.1), st.integers(0, 3))
def test_parts_add_up_whatever_the_assumption(value: float, seed: int) -> None:
    changes = changes_of("acme", **LATER, scale__guidance_outcome__value=round(value, 3), sampling__seed=seed)
    assert add_up(changes)


# ------------------------------------------------------------------ words


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (5.72, "USD bn", "+US$5.72bn"),
        (-40.0, "CNY bn", "−RMB\xa040bn"),
        (0.046, "fraction", "+4.6 percentage points"),
        (-0.2, "fraction", "−20 percentage points"),
        (0.00032, "fraction", "+0.03 percentage points"),
        (2.5, "percent", "+2.5 percentage points"),
        (1.25, "ratio", "+1.25×"),
    ],
)
def test_signed(value: float, unit: str, said: str) -> None:
    assert exhibit.signed(value, unit) == said


def test_block_and_key_figures_say_the_same() -> None:
    study = after(manifest_of(study_of("acme")), study_of("acme", **LATER))
    block = scale.changes(study).block
    assert block["title"] == "What changed since 31 Mar 2026"
    moved = {row[0]: row[3] for row in block["rows"]}
    strip = scale.key_figures(study).block["items"]
    growth = next(item for item in strip if item["label"] == "Growth")
    title = next(figure.title for figure in study.scale.results if figure.id == "plan.growth")
    assert growth["change"] == f"{moved[title]} since 31 Mar 2026"
    assert len(block["rows"]) <= len(strip)


# ------------------------------------------------------------------ ByteDance


def test_bytedance_since_the_first_report() -> None:
    old = manifest_of(study_of("bytedance-2025-12-23"))
    study = after(old, study_of("bytedance"))
    changes = study.changes
    assert changes.since == date(2025, 12, 23)
    assert add_up(changes)
    unexplained = [row.id for row in changes.rows if row.difference is not None and not row.contributions]
    assert unexplained == []
    assert not any("method" in row.contributions for row in changes.rows)
    stated = changes.of("plan.stated")
    assert stated is not None
    assert stated.contributions == {"revision": pytest.approx(40.0)}
    assert stated.causes == {"revision": ("bd_capex_2026_scmp_may26",)}
    outcome = changes.of("plan.outcome")
    assert outcome is not None
    assert set(outcome.contributions) == {"data", "revision", "assumption"}
    assert "plan.pool" in outcome.causes["assumption"]
    assert exhibit.since_words(study, "plan.stated") == "+RMB\xa040bn since 23 Dec 2025"


def test_the_digest_is_of_what_is_compared() -> None:
    old = manifest_of(study_of("acme"))
    assert digest(old) == digest({**old, "revision": {"commit": "x"}, "files": [], "versions": {}})
    assert digest(old) != digest({**old, "as_of": "2026-04-01"})
