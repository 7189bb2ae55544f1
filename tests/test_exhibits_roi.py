"""Every exhibit of the brief on funding and return: form, figures, words, and findings that follow the numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest
from acme_evidence import params_of

from capexlib.exhibits import roi
from capexlib.exhibits.block import Exhibit, words
from capexlib.exhibits.prose import amount, likelihood
from capexlib.exhibits.roi import grids, inputs, wording
from capexlib.publish.blocks import KINDS
from capexlib.study import Study, open_study

DRAWS = 256
RICH = {"roi.price_level.value": 12, "roi.price_level.low": 9, "roi.price_level.high": 16, "roi.price_now.value": 12,
        "roi.price_now.low": 9, "roi.price_now.high": 16}  # fmt: skip
CASES = {"bytedance": ("bytedance", {}), "alibaba": ("alibaba", {}), "rich": ("bytedance", RICH)}
INPUTS = {"At the 5th percentile", "At the 95th", "Threshold", "90 % of paths, or next date", "Stands at", "Use"}
"""Columns whose numbers are places in an input's law, not results."""


@cache
def opened(name: str) -> Study:
    case, overrides = CASES[name]
    return open_study(params_of(case), {"sampling.draws": DRAWS, **overrides}, brief="roi")


@cache
def shown(case: str, name: str) -> Exhibit:
    return getattr(roi, name)(opened(case))


@cache
def known_ids(case: str) -> set[str]:
    manifest = opened(case).manifest()
    return {row["id"] for part in ("results", "figures", "claim_details") for row in manifest[part]}


def spans(value: Any) -> Iterator[dict[str, Any]]:
    """Every span of rich text inside a block."""
    if isinstance(value, Mapping):
        if "t" in value:
            yield dict(value)
        for key, inner in value.items():
            if key not in ("spec", "study"):
                yield from spans(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from spans(inner)


@pytest.mark.parametrize("name", roi.__all__)
@pytest.mark.parametrize("case", ["bytedance", "alibaba"])
def test_form(case: str, name: str) -> None:
    block = shown(case, name).block
    KINDS[block["block"]].model_validate(block)
    json.dumps(block, allow_nan=False)
    said = " ".join([shown(case, name).plain(), block.get("alt", ""), block.get("subtitle", ""),
                     *(words(note) for note in block.get("notes", []))])  # fmt: skip
    assert not re.search(r"\b(None|nan|NaN|inf|True|False)\b", said), said
    assert not re.search(r"\{\w*\}|<\w+\.", said), said
    assert not re.search(r"(?<![A-Za-z0-9])-\d", said), "true minus"
    if block["block"] in ("chart", "table"):
        assert "Sources" in words(block["source"])
        assert block["subtitle"]
    if block["block"] == "chart":
        assert "NaN" not in block["svg"]
        assert "undefined" not in block["svg"]


@pytest.mark.parametrize("name", roi.__all__)
@pytest.mark.parametrize("case", ["bytedance", "alibaba"])
def test_figures_are_in_the_manifest(case: str, name: str) -> None:
    named = {span["figure"] for span in spans(shown(case, name).block) if span.get("figure")}
    assert named <= known_ids(case), named - known_ids(case)


@pytest.mark.parametrize("name", roi.__all__)
def test_numbers_in_tables_open_their_figures(name: str) -> None:
    block = shown("bytedance", name).block
    for row in block.get("rows", []):
        for column, cell in zip(block["columns"], row, strict=True):
            if column["align"] == "right" and column["label"] not in INPUTS and re.search(r"\d", words(cell)):
                assert any(span.get("figure") for span in spans(cell)), (column["label"], words(cell))


@pytest.mark.parametrize("case", CASES)
def test_judgements_give_the_icd_word_of_their_probability(case: str) -> None:
    study, block = opened(case), shown(case, "headline").block
    figures = wording.figures_of(study)
    assert 3 <= len(block["judgements"]) <= 5
    for judgement in block["judgements"]:
        assert bool(judgement["word"]) != bool(judgement["confidence"])
        figure = next(span["figure"] for span in spans(judgement["figure"]) if "figure" in span)
        if judgement["word"]:
            assert judgement["word"] == likelihood(round(figures[figure].best, 2))
        assert shown(case, _function(judgement["exhibit"])).id == judgement["exhibit"]


def _function(exhibit: str) -> str:
    return next(name for name in roi.__all__ if name == exhibit)


def test_ids_are_unique() -> None:
    ids = [shown("bytedance", name).id for name in roi.__all__]
    assert len(ids) == len(set(ids))


def test_findings_follow_the_numbers() -> None:
    poor, rich = (
        {name: shown(case, name).block.get("title", "") for name in roi.__all__} for case in ("bytedance", "rich")
    )
    assert "stands to lose" in poor["masthead"]
    assert "stands to gain" in rich["masthead"]
    assert poor["returns"] == "Every measure says no"
    assert rich["returns"] == "Every measure says yes"
    assert poor["own_or_rent"].startswith("Renting would save")
    assert rich["own_or_rent"].startswith("Owning saves")
    assert poor["cash"].endswith("too little")
    assert rich["cash"].endswith("enough")
    assert poor["roic"] != rich["roic"]
    assert poor["levelised"] != rich["levelised"]
    assert "loses" in words(shown("bytedance", "headline").block["sentences"][0])
    assert "gains" in words(shown("rich", "headline").block["sentences"][0])


def test_blocked_gate_is_explained_by_amounts() -> None:
    study = opened("bytedance")
    said = " ".join(words(text) for text in shown("bytedance", "courses").block["text"])
    key = roi_most_idle(study)
    for name in ("idle_money", "compute", "breakeven_utilisation", "breakeven_price", "dscr_average"):
        figure = wording.figures_of(study)[f"roi.courses.{key}.{name}.change"]
        assert wording.signed_text(figure.best, figure.unit) in said
    assert len(shown("bytedance", "explained").block["rows"]) == len(study.case.scenarios)


def roi_most_idle(study: Study) -> str | None:
    from capexlib.exhibits.roi.courses import most_idle

    return most_idle(study)


def test_what_the_company_hides_is_told() -> None:
    block = shown("bytedance", "secrets").block
    company = opened("bytedance").funding
    assert company is not None
    named = opened("bytedance").roi.sensitivities["npv"].unknowns
    assert named
    assert len(block["rows"]) == len(named) + 2
    assert shown("alibaba", "secrets").block["title"] == "No input is marked as the company's secret"


def test_slider_has_a_setting_for_every_use() -> None:
    spec = shown("bytedance", "slider").block["spec"]
    uses = opened("bytedance").roi.grid.utilisation
    (param,) = [one for one in spec["params"] if one.get("bind")]
    assert param["bind"]["input"] == "range"
    assert param["bind"]["max"] == pytest.approx(100 * uses[-1])
    assert len(shown("bytedance", "slider").block["rows"]) == len(uses)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (-0.004, "fraction", "−0.4\u00a0%"),
        (1.484, "fraction", "148\u00a0%"),
        (-1e-15, "ratio", "0.0\u00a0times"),
        (-9.88, "USD bn", "−US$9.88bn"),
        (2.7, "percent", "2.7\u00a0points"),
    ],
)
def test_value_text(value: float, unit: str, said: str) -> None:
    assert wording.value_text(value, unit) == said


def test_every_input_has_words() -> None:
    study = opened("bytedance")
    for found in study.roi.sensitivities.values():
        for swing in found.swings:
            name = inputs.input_name(study.case, swing.name)
            assert "_" not in name
            assert "." not in name
            for value in (swing.input_low, swing.input_high):
                assert "_" not in inputs.input_value(study.case, swing.name, value)


def test_money_is_bridged_from_the_plan_to_what_is_spent() -> None:
    study, block = opened("bytedance"), shown("bytedance", "bridge").block
    told = {span["figure"] for row in block["rows"] for span in spans(row) if span.get("figure")}
    wanted = {"plan.outcome", "policy.budget", "roi.capex.processors", "roi.cost.leases", "roi.budget.held"}
    assert wanted | {"roi.capex", *(f"roi.capex.{name}" for name in study.case.roi.classes)} <= told  # type: ignore[union-attr]


def test_a_course_is_dated_by_the_gates_that_it_moves_alone() -> None:
    study = opened("bytedance")
    rows = {words(row[0]): words(row[3]) for row in shown("bytedance", "thresholds").block["rows"]}
    gates = study.policy.setting.gates
    for scenario in study.case.scenarios.values():
        moved = {key for key, steps in scenario.gates.items()
                 if any(step.state != gates[key].states[gates[key].start] for step in steps)}  # fmt: skip
        if not any(gates[key].jumps for key in moved):
            assert rows[f"Gates: {scenario.title}"] == "any day"
    assert rows[f"Gates: {study.case.scenarios['persists'].title}"] == "any day"


def test_title_gives_the_number_plotted() -> None:
    study, block = opened("bytedance"), shown("bytedance", "courses").block
    figure = wording.figures_of(study)[f"roi.courses.{roi_most_idle(study)}.idle_money.change"]
    assert amount(figure.best, "USD bn") in block["title"]
    assert f"+{figure.best:.2f}" in block["svg"]


def test_prices_in_titles_lie_between_the_grids_columns() -> None:
    assert grids._turns(np.array([1.0, 2.0, 3.0]), np.array([-2.0, -1.0, 1.0]), 0.0) == pytest.approx(2.5)
    assert grids._turns(np.array([1.0, 2.0]), np.array([0.1, 0.6]), 0.0) == 1.0
    assert grids._turns(np.array([1.0, 2.0]), np.array([0.1, 0.4]), 0.5) is None


def test_the_bottom_line_tells_rents_apart_and_what_is_secret() -> None:
    first, second, third = (words(one) for one in shown("bytedance", "headline").block["sentences"])
    for said in ("today, are assumed to settle near", "before tax", "a year"):
        assert said in first
    assert "after debt and tax" in second
    assert "of the spread of the group's debt burden" in third
    assert shown("bytedance", "masthead").block["title"].startswith("On our assumptions")
    assert not shown("alibaba", "masthead").block["title"].startswith("On our assumptions")
