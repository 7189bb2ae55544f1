"""Every exhibit of the policy brief, for an invented and a real case, and at the edges."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from test_exhibits_scale import is_fit_to_print, spans

from capexlib.exhibits import policy
from capexlib.exhibits.block import Exhibit, words
from capexlib.exhibits.policy.wording import input_value
from capexlib.exhibits.prose import likelihood
from capexlib.publish.blocks import KINDS
from capexlib.study import Study, open_study

TESTS = Path(__file__).resolve().parent
CASES = {"windmark": TESTS / "params" / "windmark.yml", "first": TESTS.parent / "params" / "bytedance-2025-12-23.yml"}
POLICY: dict[str, Callable[[Study], Exhibit]] = {name: getattr(policy, name) for name in policy.__all__}

NOT_FIGURES = {
    "timeline": {"Date", "What changed", "Measure"},  # words of dated measures, each with its source
    "vendors": {"Vendor", "Share of orders", "Gates"},  # the lever's mix, a choice that the params state
    "frontier": {"Lever or mix"},
    "mixes": {"Vendor", "Base mix"},  # the lever's mix, a choice that the params state
    "chances": {"What"},  # the part of the plan that is asked about
    "backtest": {"Question", "Asked as of", "About", "Happened"},
    "scenarios": {"Course of the gates", "What happens"},
    "regret": {"Lever"},
    "rates": {"Gate", "Move"},
    "agreement": {"Gate or vendor", "Expectation"},
    "sensitivity": {"Input", "At the 5th percentile", "At the 95th"},  # quantiles of assumptions' own ranges
    "breaking": {"Condition"},  # quantiles of the drawn inputs, told with the condition's own figure
    "watch": {"When", "Gate", "Event or course", "What it would mean"},
    "worth": {"Vendor or timing", "Compared with"},
    "arrival": {"Month"},
    "money": {"Money"},
    "changes": {"What", "Before", "Now", "Why"},
}
"""Columns whose digits are no computed number, by exhibit, with the reason where it is not plain."""


@cache
def study_of(case: str) -> Study:
    return open_study(CASES[case], {"sampling.draws": 256}, brief="policy")


@cache
def shown(case: str, name: str) -> Exhibit:
    return POLICY[name](study_of(case))


def is_whole(study: Study, exhibit: Exhibit) -> None:
    """The block is valid and fit to print, its figures are in the manifest, and every number opens one."""
    KINDS[exhibit.block["block"]].model_validate(json.loads(json.dumps(exhibit.block)))
    is_fit_to_print(without_quotes(exhibit))
    manifest = study.manifest()
    known = {row["id"] for part in ("results", "figures", "claim_details") for row in manifest[part]}
    assert {span["figure"] for span in spans(exhibit.block) if "figure" in span} <= known
    assert list(bare_numbers(exhibit)) == []


def without_quotes(exhibit: Exhibit) -> Exhibit:
    """The exhibit without the ledger's own words of what measures are, which keep their sources' hyphens."""
    if exhibit.id != "timeline":
        return exhibit
    rows = [[*row[:2], "said", "said", *row[4:]] for row in exhibit.block["rows"]]
    return Exhibit({**exhibit.block, "rows": rows, "text": []})


def bare_numbers(exhibit: Exhibit) -> Iterator[str]:
    """Cells with digits that open no figure, outside the stated exceptions."""
    block = exhibit.block
    if block["block"] not in ("chart", "table"):
        return
    labels = [words(one["label"]) for one in block["columns"]]
    for row in block["rows"]:
        for label, cell in zip(labels, row, strict=True):
            bare = cell if isinstance(cell, str) else "".join(
                span if isinstance(span, str) else "" if {"figure", "badge"} & set(span) else span["t"] for span in cell
            )  # fmt: skip
            allowed = label in NOT_FIGURES.get(exhibit.id, set())
            if re.search(r"\d", bare) and not allowed:
                yield f"{exhibit.id} / {label}: {words(cell)}"


# ---------------------------------------------------------------- every exhibit


@pytest.mark.parametrize("name", POLICY)
@pytest.mark.parametrize("case", CASES)
def test_every_exhibit(case: str, name: str) -> None:
    is_whole(study_of(case), shown(case, name))


@pytest.mark.parametrize("case", CASES)
def test_a_figure_that_is_opened_shows_the_number_that_was_clicked(case: str) -> None:
    results = {figure.id: figure for figure in study_of(case).policy.results}
    for name in ("vendors", "regret", "backtest", "agreement"):
        for span in spans(shown(case, name).block):
            if "figure" in span:
                assert span["figure"].startswith(("policy.vendors.", "policy.regret.", "policy.levers.", "policy.question.",
                                                  "policy.backtest.", "policy.agreement.")), name  # fmt: skip
                assert span["figure"] in results


@pytest.mark.parametrize("case", CASES)
def test_ids_are_unique_and_links_lead_somewhere(case: str) -> None:
    ids = [shown(case, name).id for name in POLICY]
    assert len(set(ids)) == len(ids)
    judgements = shown(case, "headline").block["judgements"]
    assert 2 <= len(judgements) <= 5
    assert {item["exhibit"] for item in judgements} <= set(ids)
    assert len(shown(case, "headline").block["sentences"]) <= 3


@pytest.mark.parametrize("case", CASES)
def test_words_of_likelihood_come_from_the_probabilities(case: str) -> None:
    results = {figure.id: figure.best for figure in study_of(case).policy.results}
    first, second, *rest = shown(case, "headline").block["judgements"]
    assert first["word"] == likelihood(round(results["policy.chance_enough"], 2))
    assert second["word"] == likelihood(round(results["policy.never_ninety"], 2))
    assert all(not item["word"] and item["confidence"] for item in rest)
    for row, name in zip(
        shown(case, "chances").block["rows"], ("never_half", "never_ninety", "chance_enough"), strict=True
    ):
        reached = results[f"policy.{name}"] if name == "chance_enough" else 1 - results[f"policy.{name}"]
        assert words(row[-1]) == likelihood(round(reached, 2))


def test_no_chance_is_printed_as_certain() -> None:
    for case in CASES:
        strip = {item["label"]: words(item["value"]) for item in shown(case, "key_figures").block["items"]}
        assert strip["Chance of enough"] not in ("100\u00a0%", "0\u00a0%")


def test_the_first_edition_names_nothing_later() -> None:
    study = study_of("first")
    later = {claim.id for claim in study.ledger.claims.values() if claim.known_on > study.case.as_of}
    for name in POLICY:
        block = {key: value for key, value in shown("first", name).block.items() if key not in ("spec", "svg")}
        text = json.dumps(block, ensure_ascii=False)
        assert not later & set(re.findall(r"[a-z0-9_]+", text)), name
    days = [words(row[0]) for row in shown("first", "timeline").block["rows"]]
    assert days[0].endswith(("2025", "2026")), "a scheduled measure may lie ahead"


def test_charts_name_gates_in_full() -> None:
    for name in ("rates", "timeline"):
        text = shown("first", name).block["svg"]
        assert "China: imports" in text
        assert "Chinese import permis" not in text


def test_watch_reads_as_a_list_of_triggers() -> None:
    rows = [[words(cell) for cell in row] for row in shown("windmark", "watch").block["rows"]]
    assert rows[0][:4] == ["1 Sep 2026", "Licence", "Review of the licence", "to “open”"]
    assert rows[0][4].startswith("30")
    assert [row[0] for row in rows[1:]] == ["if it happens"] * 3
    assert [row[1] for row in rows[1:3]] == ["none moves", "Licence, Permission of the second capital, Rule on compute abroad"]  # fmt: skip
    assert all(row[4].startswith("share of the plan ") for row in rows[1:])


def test_the_backtest_says_how_it_did() -> None:
    block = shown("windmark", "backtest").block
    assert block["title"] == "The model did worse than a base rate"
    assert words(block["text"][0]).startswith("On 2 of 2 questions the model gave what happened a lower chance than")
    rows = [[words(cell) for cell in row] for row in block["rows"]]
    assert [row[-1] for row in rows[:2]] == ["yes", "no"]
    assert rows[2][1] == "2 forecasts"


def test_the_split_is_answered_in_print() -> None:
    study, block = study_of("windmark"), shown("windmark", "mixes").block
    found = {figure.id: figure for figure in study.policy.results}
    rows = {words(row[0]): [words(cell) for cell in row[1:]] for row in block["rows"]}
    assert rows["Mean share of the plan"][0] == f"{found['policy.frontier.reported.mean'].best * 100:.0f}\u00a0%"
    drawn = found["policy.frontier.levers.reported.mean"], found["policy.frontier.reported.mean"]
    assert drawn[0].best == pytest.approx(drawn[1].best), "the dot is the one of the claim"
    lost = found["policy.frontier.equal.mean"].best - drawn[1].best
    assert found["policy.frontier.mean_lost"].best == pytest.approx(max(lost, 0.0))


def test_the_first_edition_answers_for_the_questions_of_its_time() -> None:
    study = study_of("first")
    assert {one.key for one in study.policy.forecasts} == {"h20_closed", "h20_reopened", "china_blocks"}
    past = [item for item in shown("first", "headline").block["judgements"] if item["exhibit"] == "backtest"]
    assert [item["confidence"] for item in past] == ["low confidence"]
    assert "10 Nov 2026" in [words(row[0]) for row in shown("first", "watch").block["rows"]]


def test_inputs_of_the_gates_are_told_by_their_place_in_their_law() -> None:
    setting = study_of("first").policy.setting
    inputs = {name for gate in setting.gates.values() for name in gate.inputs()}
    assert {"policy.prior_events", "policy.prior_rate"} <= inputs
    assert {input_value(setting, name, 0.05) for name in inputs} == {"percentile 5"}


def test_levers_within_the_sampling_error_tie() -> None:
    for case in CASES:
        block = shown(case, "regret").block
        assert ("tie for" in block["title"]) == bool(block["text"])


@pytest.mark.parametrize("name", ["scenarios", "rates", "money", "frontier", "sensitivity"])
def test_specs_stay_as_they_are(name: str, snapshot: SnapshotAssertion) -> None:
    spec = shown("windmark", name).block["spec"]
    rounded = json.loads(json.dumps(spec), parse_float=lambda text: float(f"{float(text):.3g}"))
    assert rounded == snapshot(extension_class=JSONSnapshotExtension)


# ---------------------------------------------------------------- the edges

SURE = "{value: 0, low: 0, high: 0, unit: fraction, family: fixed, basis: Invented., why: Only for tests.}"
EDGES: dict[str, dict[str, Any]] = {
    "one month": {"policy.horizon_months": 1},
    "no scenario": {"scenarios": None},
    "no question": {"backtests": None},
    "every gate held": {"gates.wm_licence.hold": "closed", "gates.wm_permit.hold": "slowed", "gates.wm_abroad.hold": "free"},
    "no money": {"scale.processor_share": SURE},
    "one vendor, one lever, no gate": {
        "vendors.corax": None, "vendors.egret": None, "gates": None, "scenarios": None, "backtests": None,
        "levers": "{reported: {title: All, mix: {dunlin: 1}, why: Only for tests.}}",
    },
    "a hopeless bet": {"levers.reported.mix": "{corax: 1}", "policy.fallback": None, "gates.wm_licence.hold": "closed"},
    "breaks sometimes": {"policy.enough": 0.85},
    "few draws": {"sampling.draws": 64},
}  # fmt: skip


@pytest.mark.parametrize("edge", EDGES)
def test_edges(edge: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "capexlib.exhibits.render.to_svg", lambda spec: f"<svg>{json.dumps(spec, allow_nan=False)}</svg>"
    )
    study = open_study(CASES["windmark"], EDGES[edge], brief="policy")
    for function in POLICY.values():
        is_whole(study, function(study))
