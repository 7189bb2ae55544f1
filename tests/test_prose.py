"""Numbers and likelihoods in words, by the house rules."""

from __future__ import annotations

import math

import pytest
from acme_evidence import INVENTED, REAL, amount, study_of
from hypothesis import given
from hypothesis import strategies as st

from capexlib.exhibits import prose, scale
from capexlib.figures import Status

NB = "\u00a0"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (160, "CNY bn", f"RMB{NB}160bn"), (22.7657, "USD bn", "US$22.8bn"), (-5.9, "USD bn", "−US$5.9bn"),
        (0, "USD bn", "US$0bn"), (1.1919, "EUR bn", "€1.19bn"), (9.996, "USD bn", "US$10.0bn"),
        (99.96, "USD bn", "US$100bn"), (999.96, "USD bn", "US$1,000bn"), (1234.5, "USD bn", "US$1,230bn"),
        (25_000, "USD/unit", "US$25,000 a unit"), (56.04, "USD/user", "US$56.0 a user"), (3, "JPY tn", "¥3tn"),
        (2.5, "SGD m", f"SGD{NB}2.5m"), (400, "USD m", "US$400m"), (0.000123, "USD bn", "US$0.000123bn"),
        (None, "USD bn", "n/a"), (math.nan, "USD bn", "US$n/a"),
    ],
)  # fmt: skip
def test_money(value: float | None, unit: str, text: str) -> None:
    if value is not None and math.isnan(value):
        assert "nan" not in prose.money(value, unit).lower()
        return
    assert prose.money(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.5313, "fraction", f"53{NB}%"), (0.0667, "fraction", f"6.7{NB}%"), (0, "fraction", f"0{NB}%"),
        (-0.25, "fraction", f"−25{NB}%"), (53, "percent", f"53{NB}%"), (1.3, "ratio", "1.3×"), (20_000, "units", "20,000"),
        (1015.6, "MW", f"1,020{NB}MW"), (779_331, "H100e", f"779,000{NB}H100-equivalents"),
        (2.5, "million users", f"2.5{NB}million users"), (None, "fraction", "n/a"), (5, "years", f"5{NB}years"),
        (0.09999, "fraction", f"10.0{NB}%"),
    ],
)  # fmt: skip
def test_amounts(value: float | None, unit: str, text: str) -> None:
    assert prose.amount(value, unit) == text


@pytest.mark.parametrize(
    ("low", "high", "unit", "text"),
    [
        (22.56, 22.97, "USD bn", "US$22.6–23.0bn"), (195, 205, "USD bn", "US$195–205bn"),
        (0.5, 0.56, "fraction", f"50–56{NB}%"), (0.03, 0.035, "fraction", f"3.0 to 3.5{NB}%"),
        (-0.1, 0.2, "fraction", f"−10 to 20{NB}%"), (-5.9, 3, "USD bn", "−US$5.9bn to US$3bn"),
        (-5.9, -3, "USD bn", "−US$5.9bn to −US$3bn"), (0.8, 1.25, "ratio", "0.8–1.25×"), (-0.2, 0.1, "ratio", "−0.2× to 0.1×"),
        (19_500, 20_500, "units", "19,500–20,500"), (400, 500, "MW", f"400–500{NB}MW"), (50, 60, "USD/user", "US$50–60 a user"),
        (84.907, 84.911, "USD bn", "US$84.9bn"), (7, 7, "CNY bn", f"RMB{NB}7bn"), (0.5, 0.5, "fraction", f"50{NB}%"),
    ],
)  # fmt: skip
def test_spans(low: float, high: float, unit: str, text: str) -> None:
    assert prose.span_of(low, high, unit) == text


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (amount("2026", 160.0, unit="CNY bn"), f"RMB{NB}160bn"),
        (amount("2026", None, low=200.0, unit="CNY bn", bound="at_least"), f"at least RMB{NB}200bn"),
        (amount("2026", None, high=70.0, bound="at_most"), "up to US$70bn"),
        (amount("2026", 200.0, low=195.0, high=205.0, bound="range"), "US$195–205bn"),
    ],
)
def test_bounds_keep_their_words(figure: object, text: str) -> None:
    assert prose.bounded(figure) == text  # pyright: ignore[reportArgumentType]


def test_badges_follow_the_number_when_asked() -> None:
    figure = amount("2026", status=Status.MEDIA_REPORT_UNVERIFIED)
    assert prose.shown(figure) == [{"t": "US$10bn", "figure": figure.id}]
    assert prose.shown(figure, with_badge=True)[-1] == {"t": "press, unverified", "badge": "media_report_unverified"}
    assert prose.badge(Status.GUIDANCE, modelled=True) == {"t": "guidance, modelled", "badge": "guidance"}


@given(st.floats(-1e15, 1e15).filter(lambda value: value == 0 or abs(value) > 1e-6))
def test_numbers_read_back_within_three_digits(value: float) -> None:
    text = prose.number(value)
    assert "-" not in text
    assert float(text.replace(",", "").replace("−", "-")) == pytest.approx(value, rel=5.1e-3)
    assert len(text.strip("−0.").replace(",", "").replace(".", "").rstrip("0")) <= 3 or abs(value) >= 1000


# ---------------------------------------------------------------- likelihood


@pytest.mark.parametrize(
    ("probability", "phrase"),
    [
        (0.0, "almost no chance"), (0.01, "almost no chance"), (0.049, "almost no chance"),
        (0.05, "very unlikely"), (0.199, "very unlikely"),
        (0.20, "unlikely"), (0.449, "unlikely"),
        (0.45, "roughly even chance"), (0.50, "roughly even chance"), (0.549, "roughly even chance"),
        (0.55, "likely"), (0.799, "likely"),
        (0.80, "very likely"), (0.949, "very likely"),
        (0.95, "almost certain"), (0.99, "almost certain"), (1.0, "almost certain"),
    ],
)  # fmt: skip
def test_icd_203(probability: float, phrase: str) -> None:
    assert prose.likelihood(probability) == phrase


@pytest.mark.parametrize("wrong", [-0.01, 1.01, math.nan, math.inf])
def test_what_is_no_probability(wrong: float) -> None:
    with pytest.raises(ValueError, match="not a probability"):
        prose.likelihood(wrong)


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.0, f"less than 1{NB}%"), (0.0099, f"less than 1{NB}%"), (0.01, f"1{NB}%"), (0.5, f"50{NB}%"),
     (0.99, f"99{NB}%"), (0.991, f"more than 99{NB}%"), (1.0, f"more than 99{NB}%")],
)  # fmt: skip
def test_chances_never_claim_certainty(probability: float, text: str) -> None:
    assert prose.chance(probability) == text


@pytest.mark.parametrize("case", [*INVENTED, *REAL])
def test_likelihood_and_confidence_never_stand_together(case: str) -> None:
    judgements = scale.headline(study_of(case)).block["judgements"]
    phrases = {phrase for _, phrase in prose._ICD_203}
    assert 3 <= len(judgements) <= 5
    for judgement in judgements:
        assert bool(judgement["word"]) != bool(judgement["confidence"])
        assert judgement["word"] in {"", *phrases}
        assert "confidence" not in str(judgement["text"])
        assert not [phrase for phrase in phrases if phrase in str(judgement["text"])]


@pytest.mark.parametrize(
    ("names", "text"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_lists(names: list[str], text: str) -> None:
    assert prose.listed(names) == text
