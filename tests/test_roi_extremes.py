"""Plans at the edge: no debt, one month, nothing delivered; a right brief, or an error that names key and cure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from acme_evidence import params_of

from capexlib.errors import ParamsError
from capexlib.exhibits import roi
from capexlib.exhibits.block import words
from capexlib.exhibits.prose import interval_words
from capexlib.exhibits.roi.wording import spread
from capexlib.models.funding.sampled import sampled
from capexlib.publish.blocks import KINDS
from capexlib.study import Study, open_study

INSTRUMENTS = ("bank_loan", "vendor_finance", "equipment_lease", "convertible")
STATES = {
    "us_h200_class": "closed", "us_h20_class": "closed", "cn_import": "blocked", "us_overseas_subsidiary": "restricted"
}  # fmt: skip


def held(key: str, value: float) -> dict[str, Any]:
    """Fix an assumption."""
    return {f"{key}.value": value, f"{key}.low": value, f"{key}.high": value, f"{key}.family": "fixed"}


def all_of(parts: Iterator[dict[str, Any]]) -> dict[str, Any]:
    return {key: value for part in parts for key, value in part.items()}


NO_DEBT = all_of(held(f"funding.instruments.{name}.limit", 0) for name in INSTRUMENTS) | all_of(
    held(f"funding.company.{name}", 0) for name in ("debt", "debt_service")
)
LEASED = {"levers.reported.mix": {"leased_abroad": 1.0}}
ONE_MONTH = {"policy.horizon_months": 1}
SHUT = {
    **{f"gates.{gate}.hold": state for gate, state in STATES.items()}, "levers.reported.mix": {"nvidia_h200": 1.0},
    "policy.fallback": None,
}  # fmt: skip
EXTREMES = {
    "one month, all leased, no debt": ONE_MONTH | LEASED | NO_DEBT,
    "no debt": NO_DEBT,
    "all gates shut": SHUT,
    "nothing spent": SHUT
    | held("roi.committed", 0)
    | held("vendors.nvidia_h200.prepayment", 0)
    | held("vendors.nvidia_h200.porting_cost", 0),
    "no quota": held("vendors.nvidia_h200.quota", 0),
    "tiny budget": held("scale.processor_share", 1e-9),
    "worthless hours": held("roi.price_level", 1e-4) | held("roi.price_now", 1e-4),
    "no courses": {"scenarios": {}},
}


def opened(overrides: dict[str, Any]) -> Study:
    return open_study(params_of("bytedance"), {"sampling.draws": 64, **overrides}, brief="roi")


@pytest.mark.parametrize("name", EXTREMES)
def test_an_extreme_plan_gets_its_brief(name: str) -> None:
    study = opened(EXTREMES[name])
    for exhibit in roi.__all__:
        block = getattr(roi, exhibit)(study).block
        KINDS[block["block"]].model_validate(block)
        said = json.dumps({key: value for key, value in block.items() if key not in ("spec", "study")}, default=str)
        assert not re.search(r"\b(nan|NaN|None|inf|Infinity)\b", said), (exhibit, said)


def test_where_nothing_breaks_even_the_brief_says_so() -> None:
    study = opened(EXTREMES["all gates shut"])
    first, second, _ = (words(one) for one in roi.headline(study).block["sentences"])
    assert "not used" in first
    assert "at any level of rents on more than 99 % of paths" in second.replace("\u00a0", " ")
    figures = {figure.id: figure for figure in study.roi.results}
    assert (figures["roi.breakeven_price"].value, figures["roi.breakeven_none"].value) == (None, 1.0)
    assert roi.breakeven_price(study).block["title"] == "No price pays on almost every path"


def test_without_debt_no_cover_is_claimed() -> None:
    study = opened(NO_DEBT)
    assert "no debt has to be served" in words(roi.headline(study).block["sentences"][2])
    assert roi.group_cover(study).block["title"] == "The group owes no debt service"
    assert roi.cover_sensitivity(study).block["title"] == "No debt service is due"


@pytest.mark.parametrize(
    ("overrides", "key", "cure"),
    [
        ({"policy.horizon_months": 120}, "roi.years", "Set it to 10 or more"),
        (held("scale.processor_share", 0), "scale.processor_share", "above zero"),
        (held("funding.company.equity_value", 0), "funding.company.equity_value", "above zero"),
        (held("roi.utilisation_start", 0) | held("roi.utilisation_mature", 0), "roi.utilisation_mature", "above zero"),
    ],
)
def test_what_has_no_account_is_refused_before_anything_runs(overrides: dict[str, Any], key: str, cure: str) -> None:
    with pytest.raises(ParamsError) as caught:
        opened(overrides).check()
    (problem,) = caught.value.problems
    assert problem.where == key
    assert cure in problem.cure
    with pytest.raises(ParamsError):
        roi.masthead(opened(overrides))


def test_quantiles_count_infinite_samples_as_beyond_all_others() -> None:
    samples = np.concatenate([np.arange(1.0, 81.0), np.full(20, np.inf)])
    made = sampled("a.b", "T", samples, "years", (), "f", beyond="never end")
    assert (made.value, made.low, made.high) == (50.5, pytest.approx(5.95), None)
    assert made.note == "20.0% of paths never end"
    assert made.interval == "90 % of paths, without an upper end"
    most = sampled("a.b", "T", np.concatenate([np.arange(49.0), np.full(51, np.inf)]), "years", (), "f")
    assert (most.value, most.low, most.high, most.interval) == (None, None, None, "no number")
    below = sampled("a.b", "T", -samples, "years", (), "f")
    assert (below.low, below.interval) == (None, "90 % of paths, without a lower end")


def test_an_open_interval_is_told_with_the_end_it_has() -> None:
    samples = np.concatenate([np.arange(1.0, 81.0), np.full(20, np.inf)])
    made = sampled("a.b", "T", samples, "years", (), "f")
    assert interval_words(made).replace("\u00a0", " ") == "5.95 years or more (90 % of paths, without an upper end)"
    assert words(spread(made)).replace("\u00a0", " ") == "5.95 years or more"
