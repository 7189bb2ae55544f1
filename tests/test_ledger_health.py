"""The evidence itself is tested: what the ledger says must hang together."""

from __future__ import annotations

import math
import re
from collections import Counter
from datetime import date

import pytest

from capexlib.facts import Claim, Ledger, load_ledger
from capexlib.facts.adopt import Facts
from capexlib.facts.exchange import Exchange
from capexlib.facts.records import Event
from capexlib.figures import Status
from capexlib.periods import first_day, last_day
from capexlib.units import convert, parse_unit

COLLECTED = date(2026, 11, 23)
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_DATE_IN_WORDS = re.compile(rf"\b(20\d\d-\d\d(?:-\d\d)?)\b|\b({'|'.join(_MONTHS)})[a-z]* (20\d\d)\b")


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return load_ledger()


def _about(ledger: Ledger, entity: str, quantity: str, status: Status = Status.REPORTED_FILING) -> dict[str, Claim]:
    return {
        claim.period: claim
        for claim in ledger.claims.values()
        if (claim.entity, claim.quantity, claim.status) == (entity, quantity, status) and claim.is_adoptable
    }


def test_nothing_is_missing(ledger: Ledger) -> None:
    assert len(ledger.claims) >= 1000
    assert len(ledger.events) == 59
    assert len(ledger.regimes) == 14


def test_every_reference_resolves(ledger: Ledger) -> None:
    for claim in ledger.claims.values():
        assert claim.source in ledger.sources, claim.id
        assert claim.entity in ledger.entities, claim.id
        assert claim.quantity in ledger.quantities, claim.id
        others = {*claim.supersedes, *claim.conflicts_with, *claim.denies, *filter(None, [claim.repeats])}
        assert others <= set(ledger.claims), claim.id
        assert claim.id not in others, claim.id
    for event in ledger.events.values():
        assert event.source in ledger.sources, event.id
    for regime in ledger.regimes:
        assert regime.gate in ledger.entities
        assert regime.start_event_id is None or regime.start_event_id in ledger.events, regime.start_event


def test_nothing_is_unused(ledger: Ledger) -> None:
    sources = {c.source for c in ledger.claims.values()} | {e.source for e in ledger.events.values()}
    assert set(ledger.sources) == sources
    assert set(ledger.quantities) == {claim.quantity for claim in ledger.claims.values()}
    entities = {claim.entity for claim in ledger.claims.values()} | {regime.gate for regime in ledger.regimes}
    parents = {ledger.entities[entity].parent for entity in ledger.entities}
    assert set(ledger.entities) == entities | (parents - {None})


def test_sources_can_be_found_again(ledger: Ledger) -> None:
    for source in ledger.sources.values():
        assert source.url or source.tier == "note", source.id
        assert last_day(source.accessed) <= COLLECTED, source.id
        assert source.published is None or first_day(source.published) <= last_day(source.accessed), source.id
    pages = Counter((source.publisher, source.url, source.published) for source in ledger.sources.values())
    assert not [page for page, count in pages.items() if count > 1]


def test_numbers_are_finite_and_bounds_are_not_points(ledger: Ledger) -> None:
    for claim in ledger.claims.values():
        numbers = [number for number in (claim.low, claim.value, claim.high) if number is not None]
        assert all(math.isfinite(number) for number in numbers), claim.id
        assert claim.value is None or claim.value not in (claim.low, claim.high), claim.id
        if claim.value is not None:
            assert (claim.low is None) == (claim.high is None), claim.id
        if claim.status is Status.GUIDANCE and claim.low is not None and claim.high is not None:
            assert claim.value is None, f"{claim.id}: the midpoint of guidance is computed"


def test_statements_are_words_and_denials_name_what_they_deny(ledger: Ledger) -> None:
    for claim in ledger.claims.values():
        assert claim.is_statement == bool(claim.text), claim.id
        assert not claim.denies or claim.status is Status.COMPANY_DENIED, claim.id
        assert claim.status is not Status.COMPANY_DENIED or claim.is_statement, claim.id
    denied = {other for claim in ledger.claims.values() for other in claim.denies}
    assert {"bd_capex_2025_reuters_jan25", "bd_ai_2025_ft_jan25", "bd_seedchip_units_2026"} <= denied
    assert not ledger.claims["bd_capex_2026_ft_nocomment"].denies, "silence is not a denial"


@pytest.mark.parametrize(
    ("claim", "kind"),
    [
        ("bd_capex_2026_garbled_1600", "error"),
        ("bd_huawei_2026_iprice", "error"),
        ("bd_h200_price_iprice", "error"),
        ("chip_910c_bw_low", "error"),
        ("bd_capex_2026_stale23", "stale"),
        ("chip_910c_plan_2025_ft", "stale"),
        ("chip_910b_plan_2025_ft", "stale"),
        ("bd_capex_2026_dataset15", "low_trust"),
        ("bd_capex_2027_dataset18", "low_trust"),
        ("bd_h200_order_32k_feb26", "low_trust"),
        ("bd_huawei_2026_usd", "low_trust"),
        ("bd_profit_2025_163", "low_trust"),
        ("bd_profit_2025_caixin", "low_trust"),
        ("chip_mlu590_fp8", "low_trust"),
        ("chip_910c_mfu_2026", "low_trust"),
        ("chip_atlas350_inference_multiple_of_h20", "low_trust"),
        ("fin_wacc_tcehy", "low_trust"),
        ("bd_h200_import_aug26_joint", "misread"),
        ("meta_capex_2024_conflict", "misread"),
        ("msft_guid_fy26_misread", "misread"),
        ("msft_guid_fy2027_laundered", "misread"),
        ("bd_capex_2026_cnyes", "misread"),
        ("bd_chips_china_2024_ft", "derived_by_us"),
    ],
)
def test_known_negative_cases_are_flagged(ledger: Ledger, claim: str, kind: str) -> None:
    flag = ledger.claims[claim].flag
    assert flag is not None
    assert flag.kind == kind
    assert len(flag.reason) > 10
    assert not ledger.claims[claim].is_adoptable


def test_no_price_or_budget_that_may_be_adopted_is_ten_times_the_rest(ledger: Ledger) -> None:
    exchange = Exchange(ledger, COLLECTED)
    groups: dict[tuple[str, str, str], list[float]] = {}
    for claim in ledger.claims.values():
        currency = parse_unit(claim.unit).currency
        if not claim.is_adoptable or currency is None or parse_unit(claim.unit).is_exchange_rate or claim.best <= 0:
            continue
        amount = claim.best * parse_unit(claim.unit).factor
        if currency in ("USD", "CNY", "EUR"):
            amount *= exchange.rate(currency, "USD", claim.known_on).best
            groups.setdefault((claim.entity, claim.quantity, claim.period), []).append(amount)
    assert len(groups) > 300
    assert not {key: amounts for key, amounts in groups.items() if max(amounts) > 4 * min(amounts)}


def test_reprints_say_the_same_and_point_at_a_claim_of_their_own(ledger: Ledger) -> None:
    for claim in ledger.claims.values():
        if claim.repeats is None:
            continue
        first = ledger.claims[claim.repeats]
        assert first.repeats is None, claim.id
        assert last_day(claim.stated_on) >= first.earliest_known, claim.id
        assert claim.is_statement == first.is_statement, claim.id


def test_reprints_in_another_currency_agree_with_the_central_bank(ledger: Ledger) -> None:
    exchange, pairs = Exchange(ledger, COLLECTED), 0
    for claim in ledger.claims.values():
        first = ledger.claims.get(claim.repeats or "")
        if first is None or parse_unit(claim.unit).currency == parse_unit(first.unit).currency:
            continue
        currency, to = parse_unit(first.unit).currency, parse_unit(claim.unit).currency
        if currency is None or to is None:
            continue
        pairs += 1
        rate = exchange.rate(currency, to, first.known_on).best
        expected = first.best * parse_unit(first.unit).factor * rate / parse_unit(claim.unit).factor
        explained = "conversion at" in claim.note.lower()
        assert explained or claim.best == pytest.approx(expected, rel=0.05), claim.id
    assert pairs >= 7


def test_nothing_is_known_before_it_can_be(ledger: Ledger) -> None:
    for claim in ledger.claims.values():
        assert claim.known_on <= COLLECTED, claim.id
        if claim.status is Status.REPORTED_FILING:
            assert claim.known_on >= claim.span.end, claim.id
        if claim.quantity.startswith("fx_") and claim.status is Status.OFFICIAL:
            assert claim.earliest_known >= min(claim.span.end, date(claim.span.end.year, 12, 28)), claim.id


def test_notes_hold_no_hindsight(ledger: Ledger) -> None:
    for claim in ledger.claims.values():
        words = f"{claim.note} {claim.flag.reason if claim.flag else ''} {claim.origin}"
        for found in _DATE_IN_WORDS.finditer(words):
            day = found[1] or f"{found[3]}-{_MONTHS.index(found[2]) + 1:02d}"
            inside = claim.span.start <= first_day(day) <= claim.span.end
            assert inside or first_day(day) <= claim.known_on, f"{claim.id}: {found[0]}"


AHEAD = {
    "pol_20231017", "pol_20250115", "pol_20251110", "pol_20260114_us", "pol_20260924_sum", "pol_20261110_sched",
}  # fmt: skip
"""Events whose own text sets a later date: when a rule takes effect, ends or is reviewed."""


def _days_in(words: str) -> list[date]:
    found = _DATE_IN_WORDS.finditer(words)
    return [first_day(one[1] or f"{one[3]}-{_MONTHS.index(one[2]) + 1:02d}") for one in found]


def test_events_and_spells_hold_no_hindsight(ledger: Ledger) -> None:
    for event in ledger.events.values():
        told = _days_in(f"{event.title} {event.what_changed} {event.note}")
        assert event.id in AHEAD or all(day <= event.known_on for day in told), event.id
    for spell in ledger.regimes:
        assert all(day <= spell.first_day for day in _days_in(spell.note)), f"{spell.gate} {spell.state}"
    for item in (*ledger.events.values(), *ledger.regimes):
        begins = item.known_on if isinstance(item, Event) else item.first_day
        for remark in item.later:
            assert begins < remark.known_on <= COLLECTED, remark
            assert all(day <= remark.known_on for day in _days_in(remark.text)), remark


def test_events_name_only_events_already_public(ledger: Ledger) -> None:
    for event in ledger.events.values():
        for other in re.findall(r"pol_\w+", f"{event.what_changed} {event.note}"):
            assert ledger.events[other].known_on <= event.known_on, (event.id, other)
        for remark in event.later:
            for other in re.findall(r"pol_\w+", remark.text):
                assert ledger.events[other].known_on <= remark.known_on, (event.id, other)


def test_a_spell_without_a_binding_measure_is_a_judgement(ledger: Ledger) -> None:
    for spell in ledger.regimes:
        event = ledger.events.get(spell.start_event)
        bound = event is None or (event.binding and "firm" not in event.actor)
        assert spell.ambiguous or bound, f"{spell.gate} {spell.state}"
    judged = {(spell.gate, spell.state, spell.otherwise) for spell in ledger.regimes if spell.ambiguous}
    assert judged == {
        ("cn_import", "discouraged", "open"),
        ("cn_import", "blocked", "conditional"),
        ("cn_import", "rationed", "conditional"),
        ("us_overseas_subsidiary", "unenforced", "restricted"),
    }


@pytest.mark.parametrize(
    ("event", "before", "after"),
    [
        ("pol_20250409", date(2025, 4, 14), date(2025, 4, 15)),
        ("pol_20250812", date(2025, 8, 30), date(2025, 8, 31)),
        ("pol_20251207", date(2025, 12, 13), date(2025, 12, 14)),
        ("pol_20261110_sched", date(2025, 11, 9), date(2025, 11, 10)),
        ("pol_20260514_sum", date(2026, 5, 14), date(2026, 5, 15)),
    ],
)
def test_a_view_knows_an_event_once_it_was_public(ledger: Ledger, event: str, before: date, after: date) -> None:
    for day, known in ((before, False), (after, True)):
        assert (event in {e.id for e in Facts(ledger, day).events()}) is known


@pytest.mark.parametrize(
    ("entity", "quantity", "periods"),
    [
        ("alphabet", "capex_cash", ["2019", "2024", "2025-9M"]),
        ("amazon", "capex_cash", ["2019", "2024", "2025Q1", "2025Q2", "2025Q3"]),
        ("meta", "capex_incl_finance_lease_principal", ["2024", "2025-9M", "2025Q3"]),
        ("microsoft", "capex_cash", ["FY2025/06", "FY2025Q3/06", "FY2025Q4/06", "FY2026Q1/06"]),
        ("oracle", "capex_cash", ["FY2024/05", "FY2025/05"]),
        ("alibaba", "capex_cash", ["FY2025/03", "FY2026Q1/03", "FY2026Q2/03"]),
        ("tencent", "capex_issuer_defined", ["2024", "2025Q1", "2025Q2", "2025Q3"]),
    ],
)
def test_the_first_edition_knows_what_was_filed(ledger: Ledger, entity: str, quantity: str, periods: list[str]) -> None:
    filed = _about(ledger, entity, quantity)
    assert set(periods) <= {period for period, claim in filed.items() if claim.known_on <= date(2025, 12, 23)}
    assert "2025" not in {period for period, claim in filed.items() if claim.known_on <= date(2025, 12, 23)}


def test_quarters_add_up_for_alphabet_and_amazon(ledger: Ledger) -> None:
    google = {period: claim.best for period, claim in _about(ledger, "alphabet", "capex_cash").items()}
    assert google["2025-9M"] - google["2025H1"] == pytest.approx(google["2025Q3"], abs=1e-6)
    assert google["2025Q1"] + google["2025Q2"] == pytest.approx(google["2025H1"], abs=0.01)
    assert google["2025"] > google["2025-9M"]
    amazon = {period: claim.best for period, claim in _about(ledger, "amazon", "capex_cash").items()}
    assert amazon["2025Q1"] + amazon["2025Q2"] == pytest.approx(amazon["2025H1"], abs=1e-6)
    assert amazon["2025"] - amazon["2025H1"] + amazon["2026H1"] == pytest.approx(amazon["2025-07..2026-06"], abs=0.05)


def test_quarters_add_up_for_tencent_and_microsoft(ledger: Ledger) -> None:
    tencent = {period: claim.best for period, claim in _about(ledger, "tencent", "capex_issuer_defined").items()}
    assert sum(tencent[f"2025Q{n}"] for n in range(1, 5)) == pytest.approx(tencent["2025"], abs=0.1)
    assert tencent["2026Q1"] + tencent["2026Q2"] == pytest.approx(tencent["2026H1"], abs=0.1)
    microsoft = {period: claim.best for period, claim in _about(ledger, "microsoft", "capex_cash").items()}
    known = sum(microsoft[f"FY2026Q{n}/06"] for n in (1, 3, 4))
    second = microsoft["FY2026/06"] - known
    headline = _about(ledger, "microsoft", "capex_incl_finance_leases")["FY2026Q2/06"].best
    assert 0 < second < headline, "what is left for the second quarter is below its headline with leases"


def test_meta_headline_is_cash_plus_lease_principal(ledger: Ledger) -> None:
    cash = _about(ledger, "meta", "capex_cash")
    principal = _about(ledger, "meta", "finance_lease_principal_payments")
    headline = _about(ledger, "meta", "capex_incl_finance_lease_principal")
    for year in ("2024", "2025"):
        assert cash[year].best + principal[year].best == pytest.approx(headline[year].best, abs=0.01)
    assert headline["2025-9M"].best + headline["2025Q4"].best == pytest.approx(headline["2025"].best, abs=0.01)


def test_the_story_as_first_told_hangs_together(ledger: Ledger) -> None:
    claims, day = ledger.claims, date(2025, 12, 23)
    plan, processors = claims["bd_capex_2026_ft_dec25"], claims["bd_chips_2026_ft_dec25"]
    baseline = claims["bd_capex_2025_ft_dec25"]
    assert plan.best / baseline.best - 1 == pytest.approx(0.0667, abs=1e-4)
    assert processors.best / plan.best == pytest.approx(0.531, abs=1e-3)
    dollars = plan.best * Exchange(ledger, day).rate("CNY", "USD", day).best
    assert dollars == pytest.approx(22.77, abs=0.01)
    order = claims["bd_h200_test_units_ft"].best * claims["bd_h200_test_price_ft"].best
    assert convert(order, "USD", "USD m") == pytest.approx(400)
    assert all(claim.known_on <= day for claim in (plan, processors, baseline))


def test_month_ends_have_a_rate(ledger: Ledger) -> None:
    for entity in ("usd_cny", "eur_usd"):
        months = {
            claim.period[:7]
            for claim in ledger.claims.values()
            if claim.entity == entity and claim.quantity == "fx_daily_rate"
        }
        wanted = {f"{year}-{month:02d}" for year in range(2019, 2026) for month in range(1, 13)}
        assert wanted | {f"2026-{month:02d}" for month in range(1, 11)} <= months
