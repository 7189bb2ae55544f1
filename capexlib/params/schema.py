"""What a params file may say: one case, its plan, its peers and every assumption."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, model_validator

from capexlib.params.assumption import (
    Assumption,
    CaseName,
    Day,
    FactKey,
    Id,
    Multiple,
    Overhead,
    Payment,
    PeriodLabel,
    Share,
    Spread,
    Term,
    Text,
    Why,
)
from capexlib.params.funding import FundingParams
from capexlib.params.policy import BackTest, GateParams, LeverParams, PolicyParams, ScenarioParams, VendorParams
from capexlib.params.roi import RoiParams
from capexlib.params.watch import Step, Trigger
from capexlib.schemas import Strict


class Ruling(Strict):
    """A case's decision between claims; firmer ones, or claims newer than the decision, overtake it."""

    claim: Id
    why: Why
    on: Day | None = Field(default=None, description="Day up to which claims were judged; without it only ties are")


class Baseline(Strict):
    """What the plan's growth is measured against."""

    quantity: Id
    period: PeriodLabel
    why: Why


class PooledClaim(Strict):
    """One rival claim's weight in the pool."""

    weight: Annotated[float, Field(gt=0, le=1)]
    why: Why


def _sums_to_one(pool: dict[str, PooledClaim]) -> dict[str, PooledClaim]:
    total = sum(pooled.weight for pooled in pool.values())
    if pool and abs(total - 1) > 1e-9:
        msg = f"the weights of the pool sum to {total:g} || Make them sum to 1."
        raise ValueError(msg)
    return pool


class Plan(Strict):
    """The spending plan that the case is about."""

    quantity: Id
    period: PeriodLabel
    baseline: Baseline | None = None
    pool: Annotated[dict[Id, PooledClaim], AfterValidator(_sums_to_one)] = Field(
        default={}, description="Rival claims by id, with weights that sum to 1"
    )


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
    annual: Payment | None = Field(default=None, description="Payment a year, when nobody has stated one")
    total: Id | None = Field(default=None, description="Claim: payments over the whole term")
    term: Term

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


def _power_of_two(draws: int) -> int:
    if draws & (draws - 1):
        msg = f"draws is {draws}, not a power of two || Write 1024, 4096, 16384 or the like."
        raise ValueError(msg)
    return draws


class Sampling(Strict):
    """How many draws, from which seed."""

    seed: Annotated[int, Field(ge=0, lt=2**63)]
    draws: Annotated[int, Field(ge=64, le=2**20), AfterValidator(_power_of_two)]


class ScaleParams(Strict):
    """Assumptions of the scale brief."""

    first_year: Annotated[int, Field(ge=1990, le=2100)]
    conversion_spread: Spread
    guidance_outcome: Multiple
    press_outcome: Multiple
    estimate_outcome: Multiple
    floor_outcome: Multiple
    ceiling_outcome: Multiple
    neighbour_year: Multiple
    rest_of_year_pace: Multiple
    processor_share: Share
    power_overhead: Overhead
    pue: Overhead
    lease_rate: Share
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
    gates: dict[Id, GateParams] = {}
    vendors: dict[Id, VendorParams] = {}
    levers: dict[Id, LeverParams] = {}
    scenarios: dict[Id, ScenarioParams] = {}
    backtests: dict[Id, BackTest] = {}
    watch: dict[Id, Trigger] = {}
    steps: dict[Id, Step] = {}
    sampling: Sampling
    scale: ScaleParams
    policy: PolicyParams | None = None
    funding: FundingParams | None = None
    roi: RoiParams | None = None


def assumptions_of(part: BaseModel, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Assumption]]:
    """Every assumption of a case with its dotted key, in the schema's order."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        for key, item in value.items() if isinstance(value, dict) else [("", value)]:
            here = (*path, name, *([key] if key else []))
            if isinstance(item, Assumption):
                yield ".".join(here), item
            elif isinstance(item, BaseModel):
                yield from assumptions_of(item, here)
