"""The scale model on companies that do not exist."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from acme_evidence import INVENTED, PROJECT, TESTS, amount, params_of, results_of, study_of
from hypothesis import given
from hypothesis import strategies as st

from capexlib.errors import EvidenceError
from capexlib.figures import Figure, Status
from capexlib.models.finance import annuity_factor
from capexlib.models.scale import affordable_units, h100_equivalents, power_mw
from capexlib.models.scale.arithmetic import product, ratio, rounding_bounds
from capexlib.study import Study, open_study

POSITIVE = st.floats(0.01, 1e6)

# ---------------------------------------------------------------- arithmetic


@pytest.mark.parametrize(
    ("value", "low", "high"),
    [(160, 155, 165), (85, 84.5, 85.5), (20000, 19500, 20500), (22.7, 22.65, 22.75), (0.53, 0.525, 0.535),
     (150, 145, 155), (1, 0.95, 1.05), (100, 95, 105), (0, 0, 0), (-5.9, -5.95, -5.85), (1979, 1978.5, 1979.5)],
)  # fmt: skip
def test_rounding(value: float, low: float, high: float) -> None:
    assert rounding_bounds(value) == pytest.approx((low, high))


@given(st.decimals(min_value="0.001", max_value="99999", places=3))
def test_a_printed_number_lies_inside_its_rounding(value: Any) -> None:
    low, high = rounding_bounds(float(value))
    assert low <= float(value) <= high
    assert high - low <= 0.1 * float(value) + 1e-12 or value < 10


def test_shares_and_growth_by_hand() -> None:
    part, whole = amount("2026", 85.0, unit="CNY bn"), amount("2025", 160.0, unit="CNY bn")
    share = ratio("s", "share", part, whole)
    assert (share.best, share.low, share.high) == pytest.approx((85 / 160, 84.5 / 165, 85.5 / 155))
    growth = ratio("g", "growth", amount("2026", 160.0), amount("2025", 150.0), minus_one=True)
    assert (growth.best, growth.low, growth.high) == pytest.approx((160 / 150 - 1, 155 / 155 - 1, 165 / 145 - 1))
    assert growth.unit == "fraction"


def test_scales_and_currencies_are_minded() -> None:
    assert ratio("s", "s", amount("2026", 500.0, unit="USD m"), amount("2025", 1.0)).best == pytest.approx(0.5)
    fx = (
        Figure("fx", "fx", 0.14, "USD/CNY", "fact", Status.OFFICIAL),
        Figure("one", "one", 1.0, "ratio", "fact", Status.OFFICIAL),
    )
    mixed = ratio("s", "s", amount("2026", 10.0, unit="CNY bn"), amount("2025", 2.8), rates=fx)
    assert mixed.best == pytest.approx(0.5)
    with pytest.raises(ValueError, match="dated exchange rate"):
        ratio("s", "s", amount("2026", 10.0, unit="CNY bn"), amount("2025", 2.8))


@pytest.mark.parametrize(
    ("part", "whole", "bound"),
    [("point", "point", "point"), ("at_least", "point", "at_least"), ("at_most", "point", "at_most"),
     ("point", "at_least", "at_most"), ("point", "at_most", "at_least"), ("at_least", "at_most", "at_least"),
     ("at_least", "at_least", "point"), ("at_most", "at_most", "point")],
)  # fmt: skip
def test_bounds_of_ratios(part: str, whole: str, bound: str) -> None:
    def one(kind: str) -> Figure:
        ends = {"at_least": {"low": 5.0}, "at_most": {"high": 5.0}}.get(kind, {})
        return amount("2026", None if ends else 5.0, bound=kind, **ends)

    found = ratio("r", "r", one(part), one(whole))
    assert found.bound == bound
    if part == whole != "point":
        assert found.low is None
        assert "bounds nothing" in found.interval


@pytest.mark.parametrize("whole", [0.0, -2.0])
def test_nothing_is_divided_by_nothing(whole: float) -> None:
    with pytest.raises(EvidenceError, match="would divide by"):
        ratio("r", "Growth", amount("2026"), amount("2025", whole))


def test_products() -> None:
    units, price = amount("2026", 20_000.0, unit="units"), amount("2025", 20_000.0, unit="USD/unit")
    value = product("p", "p", units, price, "USD m")
    assert (value.best, value.low, value.high) == pytest.approx((400.0, 380.25, 420.25))
    thousand = amount("2026", 20.0, unit="thousand units")
    assert product("p", "p", thousand, price, "USD bn").best == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("units", "price", "unit"),
    [("units", "USD", "USD m"), ("units", "CNY/unit", "USD m"), ("units", "units", "USD m"), ("USD bn", "USD/unit", "USD m"),
     ("units", "USD/MW", "USD m"), ("MW", "USD/unit", "USD m")],
)  # fmt: skip
def test_products_that_make_no_sense(units: str, price: str, unit: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        product("p", "p", amount("2026", unit=units), amount("2026", unit=price), unit)


# ---------------------------------------------------------------- compute


def test_published_power_case() -> None:
    assert float(power_mw(32_051, 1.0, 1.3, 1.2)) == pytest.approx(50.0, abs=5e-4)
    assert math.floor(50_000 / (1.0 * 1.3 * 1.2)) == 32_051


def test_h100_equivalents() -> None:
    assert float(h100_equivalents(1000, 1979, 1979)) == 1000
    assert h100_equivalents([1000, 2000], [989.5, 3958], 1979).tolist() == [500, 4000]
    assert float(affordable_units(85e9, 20_000)) == 4_250_000


@given(rate=st.floats(1e-5, 1) | st.floats(-0.5, -1e-5), years=st.floats(0.1, 50))
def test_annuity_against_its_closed_form(rate: float, years: float) -> None:
    assert float(annuity_factor(rate, years)) == pytest.approx((1 - (1 + rate) ** -years) / rate, rel=1e-8)


@given(rate=st.floats(-1e-12, 1e-12), years=st.floats(0.1, 50))
def test_annuity_at_rates_near_zero(rate: float, years: float) -> None:
    assert float(annuity_factor(rate, years)) == pytest.approx(years)


def test_annuity_against_print_and_the_sum_of_payments() -> None:
    assert round(float(annuity_factor(0.10, 5)), 3) == 3.791
    assert float(annuity_factor(0.0, 7)) == 7.0
    assert float(annuity_factor(1e-12, 7)) == pytest.approx(7.0)
    paid = sum(1.06**-year for year in range(1, 11))
    assert float(annuity_factor(0.06, 10)) == pytest.approx(paid)
    assert annuity_factor([0.0, 0.1], 5).tolist() == pytest.approx([5.0, 3.790786769])


@given(units=POSITIVE, kw=POSITIVE, overhead=st.floats(1, 3), pue=st.floats(1, 2), factor=st.floats(1, 10))
def test_power_grows_with_everything(units: float, kw: float, overhead: float, pue: float, factor: float) -> None:
    base = float(power_mw(units, kw, overhead, pue))
    for more in (power_mw(units * factor, kw, overhead, pue), power_mw(units, kw, overhead * factor, pue)):
        assert float(more) == pytest.approx(base * factor)


# ---------------------------------------------------------------- whole studies


@pytest.mark.parametrize("case", INVENTED)
def test_no_python_is_needed_for_a_company(case: str) -> None:
    study = study_of(case, "scale")
    found = results_of(study)
    assert {"plan.stated", "plan.usd", "plan.outcome", "plan.share_of_group", "processors.usd"} <= set(found)
    assert len(found) == len(study.results), "ids are unique"
    for figure in study.results:
        numbers = [n for n in (figure.low, figure.value, figure.high) if n is not None]
        assert numbers, figure.id
        assert all(math.isfinite(n) for n in numbers), figure.id
        assert numbers == sorted(numbers), figure.id
        assert figure.title
        assert figure.unit
        assert figure.interval, figure.id
        assert figure.claims or figure.assumptions, figure.id


@pytest.mark.parametrize("case", INVENTED)
def test_ranks_and_shares(case: str) -> None:
    scale = study_of(case, "scale").scale
    table = scale.ranking.probabilities
    assert table.sum(axis=0) == pytest.approx(np.ones(len(table)))
    assert table.sum(axis=1) == pytest.approx(np.ones(len(table)))
    shares = [scale.ranking.share(entity) for entity in scale.ranking.entities]
    assert all(0 <= share.low <= share.median <= share.high <= 1 for share in shares)
    assert sum(share.mean for share in shares) == pytest.approx(1.0)


def test_acme_by_hand() -> None:
    study, found = study_of("acme", "scale"), results_of(study_of("acme", "scale"))
    assert study.scale.capex["acme", 2024].usd.best == pytest.approx(7.5)
    assert study.scale.capex["acme", 2025].usd.best == pytest.approx(11.5)
    assert {study.scale.capex["acme", year].method for year in (2024, 2025)} == {"exact from parts"}
    assert (found["plan.usd"].low, found["plan.usd"].best, found["plan.usd"].high) == (13, 14, 15)
    assert found["plan.growth"].best == pytest.approx(14 / 9 - 1)
    assert found["part.processors.share"].best == pytest.approx(0.5)
    assert found["processors.usd"].best == pytest.approx(7.0)
    assert (found["processors.usd"].low, found["processors.usd"].high) == pytest.approx((7.0, 7.0)), (
        "no rate, no spread"
    )
    assert found["order.first.value"].best == pytest.approx(1250)
    assert found["order.first.share"].best == pytest.approx(1.25 / 7)
    assert found["chips.acme_one.units"].best == pytest.approx(280_000)
    assert found["chips.acme_one.h100e"].best == pytest.approx(560_000)
    assert found["intensity.acme.revenue"].best == pytest.approx(11.5 / 54)
    assert found["intensity.acme.cash_flow"].best == pytest.approx(11.5 / 20)
    assert (found["per_user.acme_monthly"].best, found["per_user.acme_monthly"].bound) == (pytest.approx(56), "at_most")
    assert [checked.verdict for checked in study.scale.checks] == ["agrees", "not printed"]
    assert not [figure for figure in study.results if figure.unit == "ratio" and figure.id.startswith("fx.")]
    assert "acme_guidance_apr26" not in str(study.manifest())
    rivals = {rival.claim.id for rival in study.scale.plan.rivals}
    assert "acme_guidance_feb26" in rivals
    assert "acme_guidance_nov25" not in rivals, "guidance that was revised is no rival"


def test_umbra_by_hand() -> None:
    study, found = study_of("umbra", "scale"), results_of(study_of("umbra", "scale"))
    assert study.scale.plan.claim.id == "umbra_2026_floor"
    assert [rival.claim.id for rival in study.scale.plan.rivals] == ["umbra_2026_ceiling", "umbra_2026_floor"]
    assert (found["plan.stated"].bound, found["plan.stated"].low, found["plan.stated"].value) == ("at_least", 30, None)
    assert found["plan.usd"].best == pytest.approx(30 / 6.95, rel=0.02)
    assert found["plan.growth"].low is None, "a floor against a floor"
    assert "umbra_2026_tenfold" not in study.manifest()["claims"]
    assert study.scale.comparison_year == 2026
    assert study.scale.capex["deltaworks", 2026].method == "part of the year"
    assert study.scale.ranking.assumptions["deltaworks"] == "rest_of_year_pace"


def test_gallia_by_hand() -> None:
    study, found = study_of("gallia", "scale"), results_of(study_of("gallia", "scale"))
    rate = study.scale.plan.rate
    assert rate.unit == "USD/EUR"
    assert 1.0 < rate.best < 1.4
    usd = found["plan.usd"]
    assert (usd.low, usd.best, usd.high) == pytest.approx(
        (8 * rate.best * 0.991, 8.5 * rate.best, 9 * rate.best * 1.009)
    )
    assert usd.bound == "range"
    total = 3.0 / 6 * rate.best * float(annuity_factor(0.06, 6))
    rented = 0.4 * rate.best * float(annuity_factor(0.06, 3))
    assert found["leases.gallia"].best == pytest.approx(total + rented, rel=0.15)
    assert found["all_in.gallia"].best == pytest.approx(found["leases.gallia"].best + 8.5 * rate.best)
    assert "intensity.gallia.cash_flow" not in found, "a negative cash flow divides nothing"
    assert "fjordal" not in study.scale.compared
    assert found["per_user.gallia_daily"].best == pytest.approx(8.5e9 * rate.best / 90e6)


def test_same_study_same_numbers_and_the_seed_matters() -> None:
    one, two = (open_study(params_of("umbra"), brief="scale").manifest() for _ in range(2))
    assert one == two
    other = study_of("umbra", "scale", sampling__seed=1).manifest()
    assert other["results"] != one["results"]
    assert other["overridden"] == ["sampling.seed"]
    drawn = {r["id"]: r["value"] for r in one["results"]}
    again = {r["id"]: r["value"] for r in other["results"]}
    assert again["plan.outcome"] == pytest.approx(drawn["plan.outcome"], rel=0.02)
    assert again["plan.usd"] == drawn["plan.usd"]


# ---------------------------------------------------------------- what must hold when things change


def scaled(tmp_path: Path, case: str, change: Any) -> Study:
    """Copy a case and its evidence, with each line of the evidence changed."""
    (tmp_path / "evidence").mkdir(parents=True)
    for path in (TESTS / "evidence").glob("*.yml"):
        (tmp_path / "evidence" / path.name).write_text(change(path.read_text("utf-8")), "utf-8")
    for base in (params_of(case), *(PROJECT / "params").glob("base*.yml")):
        text = base.read_text("utf-8").replace("../../params/base.yml", "base.yml").replace("../evidence", "evidence")
        (tmp_path / base.name).write_text(text, "utf-8")
    return open_study(tmp_path / f"{case}.yml", {"sampling.draws": 512}, brief="scale")


def expected_rank(study: Study) -> float:
    chances = study.scale.ranking.of(study.case.entity)
    return float((chances * np.arange(1, len(chances) + 1)).sum())


@pytest.mark.parametrize("factor", [1, 2, 4, 8])
def test_a_larger_plan_never_ranks_lower(tmp_path: Path, factor: int) -> None:
    def larger(by: int) -> Study:
        return scaled(tmp_path / str(by), "umbra", lambda text: text.replace("low: 30,", f"low: {30 * by},"))

    before, after = larger(factor), larger(2 * factor)
    assert expected_rank(after) <= expected_rank(before)
    assert after.scale.ranking.share("umbra").median >= before.scale.ranking.share("umbra").median


def test_the_scale_of_a_unit_changes_nothing(tmp_path: Path) -> None:
    one = scaled(tmp_path / "bn", "gallia", lambda text: text)
    two = scaled(
        tmp_path / "m",
        "gallia",
        lambda text: (
            text.replace("low: 8, high: 9, unit: EUR bn", "low: 8000, high: 9000, unit: EUR m")
            .replace("value: 7.1, unit: EUR bn", "value: 7100, unit: EUR m")
            .replace("value: 3.0, unit: EUR bn", "value: 0.003, unit: EUR tn")
        ),
    )
    first, second = results_of(one), results_of(two)
    assert set(first) == set(second)
    for name, figure in first.items():
        if name in ("plan.stated", "plan.baseline"):
            continue
        assert second[name].best == pytest.approx(figure.best), name


def test_money_of_everybody_times_ten_changes_no_share(tmp_path: Path) -> None:
    import re

    def ten_times(text: str) -> str:
        def row(found: re.Match[str]) -> str:
            numbers = re.sub(r"(value|low|high): (-?[\d.]+)", lambda m: f"{m[1]}: {10 * float(m[2]):g}", found[0])
            return numbers if re.search(r"unit: (USD|EUR|CNY) bn", numbers) else found[0]

        return re.sub(r"period: [^\n]*", row, text)

    one, two = scaled(tmp_path / "a", "gallia", lambda text: text), scaled(tmp_path / "b", "gallia", ten_times)
    first, second = results_of(one), results_of(two)
    for name in first:
        if first[name].unit in ("fraction", "ratio") and not name.startswith("plan.growth"):
            assert second[name].best == pytest.approx(first[name].best), name
        if name in ("plan.usd", "capex.borealis.2026", "plan.outcome"):
            assert second[name].best == pytest.approx(10 * first[name].best)


def test_many_rivals_are_no_limit(tmp_path: Path) -> None:
    def crowd(text: str) -> str:
        if "umbra_2026_floor" not in text:
            return text
        more = [
            f"- {{id: umbra_r{n}, entity: umbra, quantity: capex_unspecified, period: '2026', value: {20 + n}, unit: CNY bn,\n"
            f"   status: analyst_estimate, origin: A, stated_on: '2026-01-{n % 28 + 1:02d}', source: invented_press}}"
            for n in range(70)
        ]
        return text + "\n".join(more) + "\n"

    study = scaled(tmp_path, "umbra", crowd)
    assert len(study.scale.plan.rivals) == 72
    assert study.scale.sensitivity.swings
