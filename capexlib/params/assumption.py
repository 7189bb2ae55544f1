"""An assumption with its range and reason, and the words that params are written in."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from capexlib.periods import parse_period
from capexlib.schemas import Number, Strict
from capexlib.units import parse_unit

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,79}$")]
CaseName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Text = Annotated[str, Field(min_length=1, max_length=800)]
Why = Annotated[str, Field(min_length=8, max_length=800, description="The reason, printed in the brief.")]
FactKey = Annotated[str, Field(pattern=r"^[a-z0-9_]+/[a-z0-9_]+/\S+$")]
MONEY = "money"


def _period(text: Any) -> Any:
    text = str(text) if isinstance(text, int) and not isinstance(text, bool) else text
    if isinstance(text, str):
        parse_period(text)
    return text


def _day(text: Any) -> Any:
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        msg = "a full date is needed || Write YYYY-MM-DD, for instance 2025-12-23."
        raise ValueError(msg)
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        msg = f"no such day: {error} || Write an existing day as YYYY-MM-DD."
        raise ValueError(msg) from error


def _unit(text: Any) -> Any:
    if isinstance(text, str):
        parse_unit(text)
    return text


PeriodLabel = Annotated[str, BeforeValidator(_period, json_schema_input_type=str | int)]
Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=str)]
UnitSymbol = Annotated[str, BeforeValidator(_unit)]


class Assumption(Strict):
    """Our own judgement: a value with its range, what it is based on, and why."""

    value: Number
    unit: UnitSymbol
    low: Number = Field(description="5th percentile")
    high: Number = Field(description="95th percentile")
    family: Literal["pert", "triangular", "normal", "lognormal", "uniform", "metalog", "fixed"] = "pert"
    basis: Text = Field(description="What the range rests on: claims, a publication, experience")
    why: Why
    reference: tuple[str, ...] = Field(default=(), strict=False, description="Claim ids or addresses")

    @model_validator(mode="after")
    def _ordered(self) -> Assumption:
        if not self.low <= self.value <= self.high:
            msg = (
                f"low {self.low:g}, value {self.value:g} and high {self.high:g} are not in ascending order"
                " || Put them in order."
            )
            raise ValueError(msg)
        return self


def _ratio_from(lowest: float, highest: float = float("inf")) -> Callable[[Assumption], Assumption]:
    """Make a check that an assumption is a plain ratio inside what is possible."""

    def check(assumption: Assumption) -> Assumption:
        if assumption.unit not in ("fraction", "ratio"):
            msg = f"{assumption.unit!r} is not a plain ratio || Write decimals (0.06 for 6 %) and unit: fraction."
            raise ValueError(msg)
        if not lowest <= assumption.low <= assumption.high <= highest:
            msg = f"the range leaves what is possible, {lowest:g} to {highest:g} || Mend low or high."
            raise ValueError(msg)
        return assumption

    return check


def _is_time(assumption: Assumption) -> Assumption:
    if parse_unit(assumption.unit).dimension != ("time",) or assumption.low <= 0:
        msg = f"a term is a positive time, not {assumption.low:g} {assumption.unit} || Write for instance unit: years."
        raise ValueError(msg)
    return assumption


def _is_money(assumption: Assumption) -> Assumption:
    unit = parse_unit(assumption.unit)
    if unit.currency is None or len(unit.dimension) > 1 or assumption.low < 0:
        msg = f"a payment is money, not {assumption.low:g} {assumption.unit} || Write for instance unit: USD bn."
        raise ValueError(msg)
    return assumption


def _measured_in(dimension: tuple[str, ...], what: str, example: str) -> Callable[[Assumption], Assumption]:
    """Make a check that an assumption is a non-negative quantity of one dimension; money of any currency is MONEY."""

    def check(assumption: Assumption) -> Assumption:
        unit = parse_unit(assumption.unit)
        found = (MONEY, *unit.dimension[1:]) if unit.currency else unit.dimension
        if found != dimension or assumption.low < 0:
            msg = f"{what}, not {assumption.low:g} {assumption.unit} || Write for instance unit: {example}."
            raise ValueError(msg)
        return assumption

    return check


Spread = Annotated[Assumption, AfterValidator(_ratio_from(-0.5, 0.5))]
Multiple = Annotated[Assumption, AfterValidator(_ratio_from(0.0))]
Share = Annotated[Assumption, AfterValidator(_ratio_from(0.0, 1.0))]
Overhead = Annotated[Assumption, AfterValidator(_ratio_from(1.0))]
Term = Annotated[Assumption, AfterValidator(_is_time)]
Payment = Annotated[Assumption, AfterValidator(_is_money)]
Delay = Annotated[Assumption, AfterValidator(_measured_in(("time",), "a delay is a time, not negative", "months"))]
Events = Annotated[Assumption, AfterValidator(_measured_in(("event",), "a weight is a number of events", "events"))]
EventRate = Annotated[
    Assumption, AfterValidator(_measured_in(("event", "time"), "a rate is events in a time", "events/year"))
]
UnitPrice = Annotated[
    Assumption, AfterValidator(_measured_in((MONEY, "unit"), "a price is money for a unit", "USD/unit"))
]
UnitCount = Annotated[Assumption, AfterValidator(_measured_in(("unit",), "a count is a number of units", "units"))]
UnitFlow = Annotated[
    Assumption, AfterValidator(_measured_in(("unit", "time"), "a supply is units in a time", "units/month"))
]
Tariff = Annotated[
    Assumption, AfterValidator(_measured_in((MONEY, "energy"), "a tariff is money for energy", "USD/kWh"))
]
HourPrice = Annotated[
    Assumption, AfterValidator(_measured_in((MONEY, "GPU time"), "a price is money for an hour", "USD/GPU-hour"))
]
CostPerPower = Annotated[
    Assumption, AfterValidator(_measured_in((MONEY, "power"), "a cost is money for a load", "USD m/MW"))
]
YearlyCostPerPower = Annotated[
    Assumption, AfterValidator(_measured_in((MONEY, "power", "time"), "a cost is money a year", "USD m/MW/year"))
]
YearlyAmount = Annotated[
    Assumption, AfterValidator(_measured_in((MONEY, "time"), "an amount a year is money in a time", "USD bn/year"))
]
