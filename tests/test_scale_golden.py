"""The real case, against the numbers that were asked for and against hindsight."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from acme_evidence import results_of, study_of
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from capexlib.figures import Figure, Status
from capexlib.study import Study

FIRST, NEWEST = "bytedance-2025-12-23", "bytedance"
PRESS = Status.MEDIA_REPORT_UNVERIFIED


@pytest.fixture(scope="module")
def first() -> Study:
    return study_of(FIRST, "scale")


@pytest.fixture(scope="module")
def newest() -> Study:
    return study_of(NEWEST, "scale")


# ---------------------------------------------------------------- the story as first told


@pytest.mark.parametrize(
    ("name", "value", "within", "unit", "claims"),
    [
        ("plan.stated", 160.0, 0.0, "CNY bn", {"bd_capex_2026_ft_dec25"}),
        ("plan.usd", 22.8, 0.2, "USD bn", {"bd_capex_2026_ft_dec25"}),
        ("plan.growth", 0.0667, 0.0001, "fraction", {"bd_capex_2026_ft_dec25", "bd_capex_2025_ft_dec25"}),
        ("part.processors.share", 0.531, 0.0005, "fraction", {"bd_chips_2026_ft_dec25", "bd_capex_2026_ft_dec25"}),
        ("part.processors", 85.0, 0.0, "CNY bn", {"bd_chips_2026_ft_dec25"}),
        ("order.h200_test.value", 400.0, 1e-9, "USD m", {"bd_h200_test_units_ft", "bd_h200_test_price_ft"}),
        ("order.h200_test.share", 0.033, 0.0005, "fraction", {"bd_h200_test_units_ft", "bd_h200_test_price_ft", "bd_chips_2026_ft_dec25"}),
        ("check.growth", 0.0667, 0.0001, "fraction", {"bd_capex_2026_ft_dec25", "bd_capex_2025_ft_dec25"}),
        ("check.processors_half", 0.531, 0.0005, "fraction", {"bd_chips_2026_ft_dec25"}),
        ("check.dollars", 22.8, 0.2, "USD bn", {"bd_capex_2026_ft_dec25"}),
        ("check.test_order", 400.0, 1e-9, "USD m", {"bd_h200_test_units_ft"}),
    ],
)  # fmt: skip
def test_the_first_edition(first: Study, name: str, value: float, within: float, unit: str, claims: set[str]) -> None:
    figure = results_of(first)[name]
    assert figure.best == pytest.approx(value, abs=within + 1e-12)
    assert (figure.unit, figure.status) == (unit, PRESS)
    assert claims <= set(figure.claims)
    assert figure.interval
    if "share" in name or "growth" in name or name == "plan.usd":
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < figure.best < figure.high


def test_dollars_are_converted_at_the_banks_rate_of_the_day(first: Study) -> None:
    rate = first.scale.plan.rate
    assert rate.period == "2025-12-23"
    assert rate.status is Status.OFFICIAL
    assert all(first.ledger.claims[name].known_on.isoformat() == "2025-12-23" for name in rate.claims)


def test_verdicts_of_the_first_edition(first: Study) -> None:
    verdicts = {checked.id: checked.verdict for checked in first.scale.checks}
    assert verdicts == {
        "growth": "not printed", "processors_half": "agrees", "dollars": "agrees", "test_order": "not printed",
        "peers_300": "agrees",
    }  # fmt: skip
    peers = results_of(first)["check.peers_300"]
    assert peers.low is not None
    assert peers.low > 300
    assert peers.bound == "at_least", "Microsoft's year was not over"


# ---------------------------------------------------------------- no hindsight


def later_claims(study: Study) -> set[str]:
    return {claim.id for claim in study.ledger.claims.values() if claim.known_on > study.case.as_of}


def texts(value: Any) -> list[str]:
    """Every string inside a manifest, keys too."""
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (key, *texts(inner))]
    if isinstance(value, list | tuple):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []


def test_no_later_claim_is_used_or_named(first: Study) -> None:
    later = later_claims(first)
    assert len(later) > 100, "there is something to find"
    manifest = first.manifest()
    words = set(re.findall(r"[a-z0-9_]+", json.dumps(manifest, default=str)))
    assert not later & words
    assert not later & set(manifest["claims"])
    assert all(first.ledger.claims[name].known_on <= first.case.as_of for name in manifest["claims"])


def test_no_later_day_stands_in_any_text(first: Study) -> None:
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    named = re.compile(rf"\b2026-(0[1-9]|1[0-2])|\b({'|'.join(months)})[a-z]* 2026\b|\b202[7-9]-\d")
    manifest = first.manifest()
    gates, watch = manifest["params"]["gates"].values(), manifest["params"]["watch"].values()
    awaited = {str(event["on"]) for gate in gates for event in gate.get("scheduled", {}).values()}
    awaited |= {str(trigger["next"]) for trigger in watch if "next" in trigger}
    found = [text for text in texts(manifest) if named.search(text) and text not in awaited]
    assert awaited, "a day that an announcement named in advance stands alone, as the value of a key"
    assert [text for text in found if not re.search(r"FY2026|year to May 2026|Jan 2026–Feb 2026", text)] == []


@pytest.mark.parametrize("case", [FIRST, NEWEST])
def test_rates_of_later_days_are_not_used(case: str) -> None:
    study = study_of(case, "scale")
    for name in study.manifest()["claims"]:
        claim = study.ledger.claims[name]
        assert claim.known_on <= study.case.as_of, name
        assert claim.is_adoptable, name


# ---------------------------------------------------------------- the newest edition


def test_rivals_are_visible_and_the_choice_has_a_reason(newest: Study) -> None:
    plan = newest.scale.plan
    rivals = {rival.claim.id: rival for rival in plan.rivals}
    assert {"bd_capex_2026_ft_dec25", "bd_capex_2026_scmp_may26", "bd_capex_2026_bloomberg_may26"} <= set(rivals)
    first, floor, ceiling = (rivals[f"bd_capex_2026_{name}"] for name in ("ft_dec25", "scmp_may26", "bloomberg_may26"))
    assert (first.stated.best, first.stated.unit, first.stated.bound) == (160, "CNY bn", "point")
    assert (floor.stated.best, floor.stated.unit, floor.stated.bound) == (200, "CNY bn", "at_least")
    assert (ceiling.stated.best, ceiling.stated.unit, ceiling.stated.bound) == (70, "USD bn", "at_most")
    assert plan.claim.id == "bd_capex_2026_scmp_may26"
    assert plan.why.startswith("The latest report of a budget that was set")
    assert newest.scale.pool is not None
    assert set(newest.scale.pool.claims) == set(rivals)
    assert sum(newest.scale.pool.weights) == pytest.approx(1)


def test_flagged_claims_and_reprints_are_nowhere(newest: Study) -> None:
    used = newest.manifest()["claims"]
    for name in (
        "bd_capex_2026_garbled_1600",
        "bd_capex_2026_stale23",
        "bd_capex_2026_dataset15",
        "bd_capex_2026_28bn",
    ):
        assert name in newest.ledger.claims
        assert name not in used


def test_microsofts_calendar_year_is_exact_from_quarters(newest: Study) -> None:
    amount = newest.scale.capex["microsoft", 2025]
    assert amount.method == "exact from parts"
    assert amount.usd.best == pytest.approx(83.07, abs=1e-9)
    assert amount.usd.status is Status.REPORTED_FILING


def test_the_four_largest_against_their_filings(newest: Study) -> None:
    checked = next(checked for checked in newest.scale.checks if checked.id == "peers_300")
    assert checked.verdict == "agrees"
    parts = [newest.scale.capex[entity, 2025].usd.best for entity in checked.check.of]
    assert checked.computed.best == pytest.approx(sum(parts))
    assert checked.computed.best == pytest.approx(378.532)
    assert checked.computed.status is Status.REPORTED_FILING


def test_most_likely_ranks_do_not_hang_on_the_draws() -> None:
    few, many = study_of(NEWEST, "scale", sampling__draws=512), study_of(NEWEST, "scale", sampling__draws=8192)
    assert few.scale.ranking.of("bytedance") == pytest.approx(many.scale.ranking.of("bytedance"), abs=0.03)
    assert few.scale.plan_outcome.median == pytest.approx(many.scale.plan_outcome.median, rel=0.02)


# ---------------------------------------------------------------- golden numbers


def row(figure: Figure) -> dict[str, Any]:
    def short(number: float | None) -> float | None:
        return None if number is None else float(f"{number:.9g}")

    return {
        "value": short(figure.value), "low": short(figure.low), "high": short(figure.high), "unit": figure.unit,
        "bound": figure.bound, "status": figure.status.value, "claims": list(figure.claims),
        "assumptions": list(figure.assumptions),
    }  # fmt: skip


class GoldenFile(JSONSnapshotExtension):
    """One readable file a case below ``golden/``."""

    @classmethod
    def dirname(cls, *, test_location: Any) -> str:
        return str(Path(test_location.filepath).parent / "golden" / test_location.basename)


@pytest.mark.parametrize("case", [FIRST, NEWEST])
def test_published_results(case: str, snapshot: SnapshotAssertion) -> None:
    found = {figure.id: row(figure) for figure in study_of(case, "scale").results}
    assert found == snapshot(extension_class=GoldenFile)
