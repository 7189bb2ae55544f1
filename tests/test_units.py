"""The closed vocabulary of units."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capexlib.units import UnknownUnitError, convert, parse_unit

MONEY = ["USD", "USD m", "USD bn", "USD tn"]
COUNTS = ["units", "thousand units", "million units"]
RATIOS = ["fraction", "ratio", "percent", "bp"]
POWER = ["W", "kW", "MW", "GW"]


@pytest.mark.parametrize(
    ("symbol", "dimension", "factor"),
    [
        ("CNY bn", ("CNY",), 1e9),
        ("USD", ("USD",), 1.0),
        ("EUR tn", ("EUR",), 1e12),
        ("USD/unit", ("USD", "unit"), 1.0),
        ("USD m/MW/year", ("USD", "power", "time"), 1e6 / 1e6 / 31556952.0),
        ("CNY/USD", ("CNY", "USD"), 1.0),
        ("million users", ("user",), 1e6),
        ("thousand units", ("unit",), 1e3),
        ("percent", ("ratio",), 0.01),
        ("TFLOPS", ("compute rate",), 1.0),
        ("USD/8-GPU module", ("USD", "8-GPU module"), 1.0),
        ("text", ("text",), 1.0),
    ],
)
def test_parse(symbol: str, dimension: tuple[str, ...], factor: float) -> None:
    unit = parse_unit(symbol)
    assert (unit.symbol, unit.dimension) == (symbol, dimension)
    assert unit.factor == pytest.approx(factor)


@pytest.mark.parametrize(
    ("symbol", "hint"),
    [
        ("CNYbn", "'CNY bn'"),
        ("USD bn ", "'USD bn'"),
        ("USD ", "'USD"),
        (" USD", "'USD"),
        ("usd bn", "'USD bn'"),
        ("USD billion", "USD"),
        ("milion users", "'million users'"),
        ("million fraction", "million"),
        ("Percent", "'percent'"),
        ("XYZ bn", "bn"),
        ("USD//unit", "Known"),
        ("", "Known"),
        ("USD/unit/year/month", "USD"),
        ("%", "Known"),
    ],
)
def test_unknown_units_are_refused_with_the_nearest(symbol: str, hint: str) -> None:
    with pytest.raises(UnknownUnitError, match="unknown unit") as caught:
        parse_unit(symbol)
    assert hint in str(caught.value)


def test_money_words_and_rates_are_told_apart() -> None:
    assert parse_unit("CNY bn/year").currency == "CNY"
    assert parse_unit("units").currency is None
    assert parse_unit("CNY/USD").is_exchange_rate
    assert not parse_unit("CNY/unit").is_exchange_rate
    assert not parse_unit("USD").is_exchange_rate
    assert parse_unit("text").is_statement


@pytest.mark.parametrize("group", [MONEY, COUNTS, RATIOS, POWER], ids=["money", "counts", "ratios", "power"])
@given(value=st.floats(-1e12, 1e12), data=st.data())
def test_conversion_there_and_back(group: list[str], value: float, data: st.DataObject) -> None:
    one, other = data.draw(st.sampled_from(group)), data.draw(st.sampled_from(group))
    assert convert(convert(value, one, other), other, one) == pytest.approx(value, rel=1e-12, abs=1e-12)
    assert convert(value, one, one) == value


@given(value=st.floats(1e-6, 1e9), shift=st.floats(1e-3, 1e3))
def test_conversion_keeps_order_and_ratio(value: float, shift: float) -> None:
    one, other = convert(value, "USD bn", "USD m"), convert(value * shift, "USD bn", "USD m")
    assert other / one == pytest.approx(shift)


def test_one_currency_never_becomes_another() -> None:
    with pytest.raises(ValueError, match="dated exchange rate"):
        convert(1, "CNY bn", "USD bn")
    with pytest.raises(ValueError, match="cannot become"):
        convert(1, "MW", "units")
    with pytest.raises(ValueError, match="cannot become"):
        convert(1, "USD/unit", "USD")
