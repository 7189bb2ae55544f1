"""Adoption by the written rule, and dated exchange rates."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from acme_evidence import amount, claim, facts_of, rate
from hypothesis import given
from hypothesis import strategies as st

from capexlib.errors import EvidenceError
from capexlib.facts.exchange import Exchange
from capexlib.figures import Status
from capexlib.periods import parse_period

KEY = "acme/capex/2026"
FIRM_FIRST = [
    "reported_filing", "official", "vendor_spec", "guidance", "media_report_unverified", "analyst_estimate",
]  # fmt: skip


def adopted(*claims: Any, **more: Any) -> str | None:
    fact = facts_of(*claims, **more).fact("acme", "capex", "2026")
    return fact.claims[0] if fact else None


# ---------------------------------------------------------------- the rule


@pytest.mark.parametrize(("firmer", "weaker"), list(pairwise(FIRM_FIRST)))
def test_the_firmest_status_wins_even_if_older(firmer: str, weaker: str) -> None:
    old = claim("old", status=firmer, stated_on="2025-01-01", period="2024")
    new = claim("new", status=weaker, stated_on="2026-05-01", value=99.0, period="2024")
    for order in ((old, new), (new, old)):
        fact = facts_of(*order).fact("acme", "capex", "2024")
        assert fact is not None
        assert (fact.claims, fact.status) == (("old",), Status(firmer))


def test_then_the_newest_wins() -> None:
    assert adopted(claim("b", stated_on="2026-01-02", value=5.0), claim("a", stated_on="2026-01-01")) == "b"
    assert adopted(claim("b", stated_on="2026-01"), claim("a", stated_on="2025-12-31", value=3.0)) == "b"


@pytest.mark.parametrize(
    "more",
    [
        {"flag": {"kind": "error", "reason": "Ten times too large."}},
        {"flag": {"kind": "stale", "reason": "An old figure."}},
        {"repeats": "first"},
        {"text": "No comment.", "unit": "text"},
        {"stated_on": "2026-07-01"},
        {"stated_on": "2026-07"},
        {"stated_on": "2026"},
        {"period": "2027"},
        {"entity": "borealis"},
        {"quantity": "revenue"},
    ],
    ids=lambda more: next(iter(more)),
)
def test_what_never_becomes_the_fact(more: dict[str, Any]) -> None:
    first = claim("first", stated_on="2026-01-01", status="analyst_estimate")
    other = claim("other", **{"stated_on": "2026-06-01", **more})
    assert adopted(first, other) == "first"
    assert adopted(other) is None


def test_a_superseded_claim_is_out_once_its_correction_is_known() -> None:
    old, new = (
        claim("old"),
        claim("new", value=20.0, status="analyst_estimate", supersedes=["old"], stated_on="2026-03-01"),
    )
    assert adopted(old, new) == "new"
    assert adopted(old, new, as_of=date(2026, 2, 28)) == "old"
    flagged = claim("new", supersedes=["old"], stated_on="2026-03-01", flag={"kind": "error", "reason": "A misprint."})
    assert adopted(old, flagged) == "old", "a flagged correction corrects nothing"


def test_bounds_stay_bounds() -> None:
    floor = facts_of(claim("c", low=5.0)).fact("acme", "capex", "2026")
    ceiling = facts_of(claim("c", high=5.0)).fact("acme", "capex", "2026")
    band = facts_of(claim("c", low=4.0, high=6.0)).fact("acme", "capex", "2026")
    assert floor is not None
    assert ceiling is not None
    assert band is not None
    assert (floor.bound, floor.value, floor.low, floor.best) == ("at_least", None, 5.0, 5.0)
    assert (ceiling.bound, ceiling.value, ceiling.high, ceiling.best) == ("at_most", None, 5.0, 5.0)
    assert (band.bound, band.value, band.low, band.high) == ("range", 5.0, 4.0, 6.0)


# ---------------------------------------------------------------- ties


@pytest.mark.parametrize(
    ("one", "other", "is_tied"),
    [
        ({"value": 10.0}, {"value": 10.5}, False),
        ({"value": 10.0}, {"value": 10.6}, True),
        ({"value": 0.0}, {"value": 0.0}, False),
        ({"value": 0.0}, {"value": 1.0}, True),
        ({"value": -10.0}, {"value": 10.0}, True),
        ({"low": 10.0}, {"high": 20.0}, True),
        ({"low": 10.0, "high": 12.0}, {"value": 11.0}, False),
        ({"stated_on": "2026-05"}, {"value": 20.0, "stated_on": "2026-05-20"}, True),
        ({"stated_on": "2026-05"}, {"value": 20.0, "stated_on": "2026-04-30"}, False),
        ({"stated_on": "2026-05"}, {"value": 20.0, "stated_on": "2026-05-01"}, True),
        ({"stated_on": "2026-05-20"}, {"value": 20.0, "stated_on": "2026-05-19"}, False),
        ({"stated_on": "2025"}, {"value": 20.0, "stated_on": "2025-01-01"}, True),
        ({"value": 10.0, "unit": "USD bn"}, {"value": 10_200.0, "unit": "USD m"}, False),
        ({"value": 10.0, "unit": "USD bn"}, {"value": 70.0, "unit": "CNY bn"}, False),
        ({"value": 10.0, "unit": "USD bn"}, {"value": 80.0, "unit": "CNY bn"}, True),
    ],
)
def test_the_tie_rule(one: dict[str, Any], other: dict[str, Any], is_tied: bool) -> None:
    rivals = (claim("one", **one), claim("other", **other), rate("CNY/USD", "2025-01-01", 7.0))
    for order in (rivals, rivals[::-1]):
        if not is_tied:
            assert adopted(*order) is not None
            continue
        with pytest.raises(EvidenceError) as caught:
            adopted(*order)
        problem = caught.value.problems[0]
        assert problem.where == f"adopt.{KEY}"
        assert "one" in problem.what
        assert "other" in problem.what
        assert "adopt:" in problem.cure


def test_a_ruling_settles_a_tie_and_says_why() -> None:
    rivals = claim("one"), claim("other", value=20.0)
    fact = facts_of(*rivals, rulings={KEY: ("other", "It quotes a document.")}).fact("acme", "capex", "2026")
    assert fact is not None
    assert (fact.claims, fact.note, fact.best) == (("other",), "It quotes a document.", 20.0)


def test_a_ruling_does_not_outlive_firmer_or_newer_news() -> None:
    rivals = claim("one"), claim("other", value=20.0)
    ruling = {KEY: ("other", "It quotes a document.")}
    for news in (
        claim("news", status="official", stated_on="2025-01-01"),
        claim("news", stated_on="2026-03-01"),
        claim("news", value=20.0, stated_on="2026-03-01", supersedes=["other"]),
    ):
        with pytest.raises(EvidenceError, match="overtaken"):
            adopted(*rivals, news, rulings=ruling)
    assert adopted(*rivals, claim("weak", status="analyst_estimate", stated_on="2026-05-01"), rulings=ruling) == "other"


@pytest.mark.parametrize("label", ["2026", "2026-01..2026-12", "FY2026/12", "2026Q1..2026Q4"])
def test_one_span_has_many_names(label: str) -> None:
    one, other = claim("one"), claim("other", value=20.0, period=label)
    with pytest.raises(EvidenceError, match="differ by more than 5"):
        adopted(one, other)
    for key, chosen in ((KEY, "one"), (f"acme/capex/{label}", "other")):
        facts = facts_of(one, other, rulings={key: (chosen, "It quotes a document.")})
        assert len(facts.periods("acme", "capex")) == 1
        for name in ("2026", label):
            fact = facts.fact("acme", "capex", name)
            assert fact is not None
            assert fact.claims == (chosen,)


@pytest.mark.parametrize(
    ("key", "chosen", "what"),
    [
        (KEY, "nothing", "Unknown claim"),
        ("acme/capex/2027", "good", "is about acme/capex/2026"),
        ("borealis/capex/2026", "good", "is about acme/capex/2026"),
        (KEY, "later", "was not public"),
        (KEY, "month", "was not public"),
        (KEY, "flagged", "flagged, a reprint or a statement"),
        (KEY, "reprint", "flagged, a reprint or a statement"),
        (KEY, "words", "flagged, a reprint or a statement"),
    ],
)
def test_rulings_that_evidence_cannot_carry(key: str, chosen: str, what: str) -> None:
    claims = (
        claim("good"),
        claim("later", stated_on="2026-07-01"),
        claim("month", stated_on="2026-06-30", period="2026").model_copy(update={"stated_on": "2026-07"}),
        claim("flagged", flag={"kind": "error", "reason": "A misprint."}),
        claim("reprint", repeats="good"),
        claim("words", text="No comment.", unit="text"),
    )
    with pytest.raises(EvidenceError) as caught:
        facts_of(*claims, rulings={key: (chosen, "A long enough reason.")})
    assert caught.value.problems[0].where == f"adopt.{key}"
    assert what in caught.value.problems[0].what


def test_every_bad_ruling_is_told() -> None:
    with pytest.raises(EvidenceError) as caught:
        facts_of(claim("good"), rulings={KEY: ("x", "reason"), "acme/capex/2027": ("y", "reason")})
    assert len(caught.value.problems) == 2


# ---------------------------------------------------------------- no look-ahead

DAYS = st.dates(date(2025, 1, 1), date(2026, 12, 31))
DATES = DAYS.flatmap(lambda day: st.sampled_from([day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]]))
CLAIMS = st.lists(
    st.tuples(DATES, st.sampled_from(FIRM_FIRST[1:]), st.sampled_from([10.0, 10.2, 20.0]), st.booleans()),
    min_size=1,
    max_size=8,
)


@given(rows=CLAIMS, as_of=DAYS, later=CLAIMS)
def test_what_is_said_later_changes_nothing(rows: list[Any], as_of: date, later: list[Any]) -> None:
    def made(prefix: str, given_rows: list[Any]) -> list[Any]:
        return [
            claim(f"{prefix}{n}", stated_on=day, status=status, value=value,
                  supersedes=[f"known{n - 1}"] if n and corrects else [])
            for n, (day, status, value, corrects) in enumerate(given_rows)
        ]  # fmt: skip

    known = [c for c in made("known", rows) if c.known_on <= as_of]
    unknown = [c for c in [*made("known", rows), *made("later", later)] if c.known_on > as_of]

    def outcome(*claims: Any) -> Any:
        try:
            fact = facts_of(*claims, as_of=as_of).fact("acme", "capex", "2026")
        except EvidenceError as error:
            return str(error)
        assert fact is None or all(c.known_on <= as_of for c in claims if c.id in fact.claims)
        return fact

    assert outcome(*known) == outcome(*unknown, *known) == outcome(*known[::-1], *unknown)


# ---------------------------------------------------------------- exchange


@pytest.fixture
def exchange() -> Exchange:
    return facts_of(
        rate("CNY/USD", "2026-01-02", 7.0),
        rate("CNY/USD", "2026-02-02", 7.2),
        rate("CNY/USD", "2026-07-01", 9.9),
        rate("USD/EUR", "2026-01-02", 1.2),
        rate("CNY/USD", "2024", 7.1),
        rate("CNY/USD", "2025", 7.3),
        rate("USD/EUR", "2025", 1.1),
        rate("CNY/USD", "2026-01-30", 70.0, flag={"kind": "error", "reason": "A misprint."}),
    ).exchange


def test_direct_inverse_and_same(exchange: Exchange) -> None:
    day = date(2026, 3, 1)
    assert exchange.rate("USD", "CNY", day).best == 7.2
    assert exchange.rate("CNY", "USD", day).best == pytest.approx(1 / 7.2)
    assert exchange.rate("CNY", "CNY", day).best == 1.0
    assert exchange.rate("CNY", "CNY", day).claims == ()


def test_through_the_dollar(exchange: Exchange) -> None:
    cross = exchange.rate("EUR", "CNY", date(2026, 2, 2))
    assert cross.best == pytest.approx(1.2 * 7.2)
    assert set(cross.claims) == {"fx_usdeur_20260102", "fx_cnyusd_20260202"}
    assert cross.unit == "CNY/EUR"
    back = exchange.rate("CNY", "EUR", date(2026, 2, 2))
    assert back.best == pytest.approx(1 / cross.best)


@pytest.mark.parametrize(
    ("day", "value"), [("2026-01-02", 7.0), ("2026-02-01", 7.0), ("2026-02-02", 7.2), ("2030-01-01", 7.2)]
)
def test_the_latest_on_or_before_the_day_and_never_after_the_view(exchange: Exchange, day: str, value: float) -> None:
    assert exchange.rate("USD", "CNY", date.fromisoformat(day)).best == value


def test_a_missing_rate_says_what_to_add(exchange: Exchange) -> None:
    for currency, to, day in [("JPY", "USD", date(2026, 3, 1)), ("CNY", "USD", date(2026, 1, 1))]:
        with pytest.raises(EvidenceError) as caught:
            exchange.rate(currency, to, day)
        assert caught.value.problems[0].where == f"fx {currency}/{to}"
        assert f"unit {to}/{currency}" in caught.value.problems[0].cure


def test_averages(exchange: Exchange) -> None:
    average = exchange.average("USD", "CNY", 2025)
    assert average is not None
    assert average.best == 7.3
    cross = exchange.average("EUR", "CNY", 2025)
    assert cross is not None
    assert cross.best == pytest.approx(1.1 * 7.3)
    assert exchange.average("USD", "CNY", 2026) is None


@pytest.mark.parametrize(
    ("label", "value"),
    [
        ("2025", 7.3),
        ("2025Q2", 7.3),
        ("FY2025/06", (184 * 7.1 + 181 * 7.3) / 365),
        ("2024..2025", (366 * 7.1 + 365 * 7.3) / 731),
        ("2026", 7.2),
        ("2026Q1", 7.2),
        ("FY2026/06", 7.2),
        ("2025-12-31", 7.2),
    ],
)
def test_finished_flows_at_averages_plans_and_stocks_at_the_day(exchange: Exchange, label: str, value: float) -> None:
    found = exchange.rate_for("USD", "CNY", parse_period(label), date(2026, 2, 10))
    assert found.best == pytest.approx(value)
    assert found.claims


@given(value=st.floats(0.01, 1000), days=st.integers(0, 300))
def test_there_and_back_is_one(value: float, days: int) -> None:
    known = facts_of(rate("CNY/USD", "2025-12-31", value)).exchange
    day = date(2026, 1, 1) + timedelta(days=days)
    assert known.rate("USD", "CNY", day).best * known.rate("CNY", "USD", day).best == pytest.approx(1.0)


# ---------------------------------------------------------------- figures


def test_status_is_the_weakest_and_provenance_is_the_union() -> None:
    from capexlib.figures import Figure, result, weakest

    filed, rumour = (
        amount("2025", claims=("a", "b")),
        amount("2026", status=Status.MEDIA_REPORT_UNVERIFIED, claims=("b", "c")),
    )
    judged = Figure("assumption.x", "x", 1.0, "ratio", "assumption", Status.ASSUMPTION)
    fx = Figure("fx", "rate", 7.0, "CNY/USD", "fact", Status.OFFICIAL, claims=("d",))
    made = result("r", "r", 1.0, "USD bn", [filed, rumour, judged, fx], formula="")
    assert (made.status, made.claims, made.assumptions) == (
        Status.MEDIA_REPORT_UNVERIFIED,
        ("a", "b", "c", "d"),
        ("assumption.x",),
    )
    assert made.is_modelled
    assert result("r", "r", 1.0, "USD bn", [filed, fx], formula="").status is Status.REPORTED_FILING
    assert result("r", "r", 1.0, "ratio", [judged], formula="").status is Status.ASSUMPTION
    assert result("r", "r", 1.0, "CNY/USD", [fx], formula="").status is Status.OFFICIAL
    assert weakest([]) is Status.ASSUMPTION
    with pytest.raises(ValueError, match="no number"):
        _ = amount("2026", None).best


def test_a_ruling_of_a_day_is_overtaken_by_news() -> None:
    old = claim("floor", low=200.0, stated_on="2026-03-18")
    later = claim("ceiling", high=475.0, stated_on="2026-03-27")
    news = claim("news", value=300.0, stated_on="2026-05-01")
    dated = {KEY: ("floor", "a budget, not a ceiling", date(2026, 4, 1))}
    assert adopted(old, later, rulings=dated) == "floor"
    with pytest.raises(EvidenceError, match="overtaken"):
        adopted(old, later, rulings={KEY: ("floor", "without a day it settles ties only")})
    with pytest.raises(EvidenceError, match="overtaken: 'news'"):
        adopted(old, later, news, rulings=dated)
