"""What a params file may say: one case, its plan, its peers and every assumption."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from capexlib.periods import parse_period
from capexlib.schemas import Strict
from capexlib.units import parse_unit

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,79}$")]
CaseName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Text = Annotated[str, Field(min_length=1, max_length=800)]
Why = Annotated[str, Field(min_length=8, max_length=800, description="The reason, printed in the brief.")]
FactKey = Annotated[str, Field(pattern=r"^[a-z0-9_]+/[a-z0-9_]+/\S+$")]


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


PeriodLabel = Annotated[str, BeforeValidator(_period)]
Day = Annotated[date, BeforeValidator(_day, json_schema_input_type=str)]
UnitSymbol = Annotated[str, BeforeValidator(_unit)]


class Assumption(Strict):
    """Our own judgement: a value with its range, what it is based on, and why."""

    value: float
    unit: UnitSymbol
    low: float = Field(description="5th percentile")
    high: float = Field(description="95th percentile")
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


class Ruling(Strict):
    """Which of several equally good claims to adopt, and why."""

    claim: Id
    why: Why


class Baseline(Strict):
    """What the plan's growth is measured against."""

    quantity: Id
    period: PeriodLabel
    why: Why


class PooledClaim(Strict):
    """One rival claim's weight in the pool."""

    weight: Annotated[float, Field(gt=0, le=1)]
    why: Why


class Plan(Strict):
    """The spending plan that the case is about."""

    quantity: Id
    period: PeriodLabel
    baseline: Baseline | None = None
    pool: dict[Id, PooledClaim] = Field(default={}, description="Rival claims by id, with weights that sum to 1")

    @model_validator(mode="after")
    def _weights_sum_to_one(self) -> Plan:
        total = sum(pooled.weight for pooled in self.pool.values())
        if self.pool and abs(total - 1) > 1e-9:
            msg = f"the weights of the pool sum to {total:g} || Make them sum to 1."
            raise ValueError(msg)
        return self


class Part(Strict):
    """A part of the plan that the same report names."""

    title: Text
    claim: Id
    of: Id = Field(description="Claim of the whole, from the same report")


class Order(Strict):
    """An order reported in units, with a unit price."""

    title: Text
    units: Id
    price: Id
    of: Id = Field(description="Claim of the budget it would come from")


class Chip(Strict):
    """An accelerator that the budget could buy."""

    title: Text
    price: Id = Field(description="Claim: price of one")
    performance: Id = Field(description="Claim: dense 8-bit operations per second")
    power: Id = Field(description="Claim: thermal design power of one")
    price_per: Annotated[int, Field(ge=1)] = Field(default=1, description="Chips that the price buys")


class UserCount(Strict):
    """Which users an amount is divided by."""

    entity: Id
    quantity: Id
    label: Text = Field(description="The definition, printed with every figure per user")
    cadence: Literal["monthly", "daily"]


class Lease(Strict):
    """Compute or data centres leased, outside capex."""

    entity: Id
    title: Text
    annual: Assumption | None = Field(default=None, description="Payment a year, when nobody has stated one")
    total: Id | None = Field(default=None, description="Claim: payments over the whole term")
    term: Assumption

    @model_validator(mode="after")
    def _one_amount(self) -> Lease:
        if (self.annual is None) == (self.total is None):
            msg = "a lease needs either 'annual' or 'total' || Give exactly one of them."
            raise ValueError(msg)
        return self


class Check(Strict):
    """A consistency check of the story: arithmetic on claims against what was printed."""

    title: Text
    kind: Literal["growth", "share", "conversion", "product", "at_least_sum"]
    of: tuple[Id, ...] = Field(strict=False, description="Claims; for at_least_sum the entities")
    printed: Id | None = Field(default=None, description="Claim with the printed outcome")
    tolerance: Annotated[float, Field(gt=0, lt=1)] = 0.05
    note: str = ""


class Sampling(Strict):
    """How many draws, from which seed."""

    seed: Annotated[int, Field(ge=0, lt=2**63)]
    draws: Annotated[int, Field(ge=64, le=2**20)]

    @model_validator(mode="after")
    def _power_of_two(self) -> Sampling:
        if self.draws & (self.draws - 1):
            msg = f"draws is {self.draws}, not a power of two || Write 1024, 4096, 16384 or the like."
            raise ValueError(msg)
        return self


class ScaleParams(Strict):
    """Assumptions of the scale brief."""

    first_year: Annotated[int, Field(ge=1990, le=2100)]
    conversion_spread: Assumption
    guidance_outcome: Assumption
    press_outcome: Assumption
    estimate_outcome: Assumption
    floor_outcome: Assumption
    ceiling_outcome: Assumption
    rest_of_year_pace: Assumption
    processor_share: Assumption
    power_overhead: Assumption
    pue: Assumption
    lease_rate: Assumption
    reference_chip: Id = Field(description="Claim: dense 8-bit operations per second of one H100")


class Case(Strict):
    """One company, one plan, one as-of date."""

    case: CaseName
    entity: Id
    as_of: Day
    coverage: Text = Field(description="How far the evidence reaches, printed in the masthead")
    evidence: tuple[str, ...] = Field(default=(), strict=False, description="Folders or files with more claims")
    plan: Plan
    peers: tuple[Id, ...] = Field(strict=False)
    adopt: dict[FactKey, Ruling] = {}
    parts: dict[Id, Part] = {}
    orders: dict[Id, Order] = {}
    chips: dict[Id, Chip] = {}
    users: dict[Id, UserCount] = {}
    leases: dict[Id, Lease] = {}
    checks: dict[Id, Check] = {}
    sampling: Sampling
    scale: ScaleParams
