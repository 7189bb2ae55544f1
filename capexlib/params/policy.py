"""What a params file says about gates, vendors, levers and scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from capexlib.params.assumption import (
    Day,
    Delay,
    EventRate,
    Events,
    Id,
    Multiple,
    Payment,
    Share,
    Text,
    UnitCount,
    UnitFlow,
    UnitPrice,
    Why,
)
from capexlib.schemas import Strict

Month = Annotated[int, Field(ge=1, le=120, description="Month of the horizon, from 1")]
Move = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]*>[a-z0-9][a-z0-9_]*$", description="from>to")]


class GateState(Strict):
    """One state of a gate, and what it lets through."""

    title: Text
    passes: Share = Field(description="Part of the goods waiting that is let through in a month")
    quota: bool = Field(default=False, description="Whether the quota for each customer binds in this state")
    duty: Share | None = Field(default=None, description="Rate of the duty or fee that is due in this state")


class ScheduledEvent(Strict):
    """A dated event that may move a gate on its day."""

    title: Text
    on: Day
    to: Id
    probability: Share
    reference: tuple[str, ...] = Field(default=(), strict=False)


class GateParams(Strict):
    """A gate: a permission that goods need, and how it may move."""

    title: Text
    short: Annotated[str, Field(min_length=1, max_length=22)] | None = Field(
        default=None, description="Its name in charts, where space is short"
    )
    authority: Literal["US", "CN"]
    states: Annotated[dict[Id, GateState], Field(min_length=1)]
    moves: dict[Id, Annotated[tuple[Id, ...], Field(strict=False)]] = Field(
        default={}, description="From each state, where it may move next"
    )
    rates: dict[Move, EventRate] = Field(default={}, description="Rates that the case sets instead of the posterior")
    hold: Id | None = Field(default=None, description="State that the case holds for the whole horizon")
    start: Id | None = Field(default=None, description="State on the as-of date, where no coding of events gives it")
    scheduled: dict[Id, ScheduledEvent] = {}

    @property
    def label(self) -> str:
        """Its name in charts."""
        return self.short or self.title

    @model_validator(mode="after")
    def _states_exist(self) -> GateParams:
        for place, state in self._named():
            if state not in self.states:
                msg = f"{place} names the state {state!r} || Use one of: {', '.join(self.states)}."
                raise ValueError(msg)
        for move in self.rates:
            origin, _, target = move.partition(">")
            if target not in self.moves.get(origin, ()):
                msg = f"rates sets {move!r}, which is not among the moves || Add it to 'moves' or drop the rate."
                raise ValueError(msg)
        return self

    def _named(self) -> Iterator[tuple[str, str]]:
        for origin, targets in self.moves.items():
            yield "moves", origin
            yield from ((f"moves.{origin}", target) for target in targets)
        for key, event in self.scheduled.items():
            yield f"scheduled.{key}.to", event.to
        for place in ("hold", "start"):
            if state := getattr(self, place):
                yield place, state


class VendorParams(Strict):
    """Where compute can be bought or leased, and on which terms."""

    title: Text
    gates: tuple[Id, ...] = Field(default=(), strict=False, description="Gates that its goods pass, all of them")
    leased: bool = Field(default=False, description="Rented from somebody else's site: no assets, no power bill")
    recallable: bool = Field(default=False, description="What is in service stops while its gates are shut")
    price: UnitPrice = Field(description="Money for one unit, as the buyer pays it; leases: over the term")
    duty_passed_on: Share = Field(description="Part of a state's duty that is added to the price")
    training: Multiple = Field(description="H100-equivalents of one unit in training, with mature software")
    inference: Multiple = Field(description="H100-equivalents of one unit in inference, with mature software")
    maturity: Share = Field(description="Part of that which the software reaches at the start")
    learning: Delay = Field(description="Months in which two thirds of the gap to mature software close")
    porting_cost: Payment = Field(description="One-off cost of moving the workload, if anything is ordered")
    electricity: Multiple = Field(description="Electricity for a unit of work, as a multiple of the H100's")
    supply_start: UnitFlow = Field(description="Units a month that this buyer can get at the start")
    supply_end: UnitFlow = Field(description="Units a month at the end of the ramp")
    ramp: Delay = Field(description="Months from the first to the second")
    good_units: Share = Field(description="Part of the supply that passes acceptance: yield and returns")
    quota: UnitCount | None = Field(default=None, description="Units that one customer may get where a quota binds")
    lead_time: Delay = Field(description="Months from order to goods ready")
    audit_delay: Delay = Field(description="Months that testing and end-use audits add")
    audit_cost: UnitPrice = Field(description="Cost of testing and audits for one unit")
    prepayment: Share = Field(description="Part of the price paid with the order")
    refund: Share = Field(description="Part of the prepayment that comes back when an order is cancelled")


def _is_mix(mix: dict[str, float]) -> dict[str, float]:
    total = sum(mix.values())
    if abs(total - 1) > 1e-9:
        msg = f"the shares of the mix sum to {total:g} || Make them sum to 1."
        raise ValueError(msg)
    return mix


class LeverParams(Strict):
    """A way to place the orders: a choice, not a forecast."""

    title: Text
    mix: Annotated[dict[Id, Annotated[float, Field(ge=0, le=1)]], AfterValidator(_is_mix)] = Field(
        description="Share of the budget by vendor; the shares sum to 1"
    )
    timing: Literal["even", "front", "wait"] = "even"
    reserve: Annotated[float, Field(ge=0, lt=1)] = Field(default=0.0, description="Share held back at first")
    why: Why
    reference: tuple[str, ...] = Field(default=(), strict=False)


class ScenarioStep(Strict):
    """A gate's state from a month on."""

    month: Month
    state: Id


class ScenarioParams(Strict):
    """A named course of the gates; a gate that is not named keeps today's state."""

    title: Text
    gates: dict[Id, Annotated[tuple[ScenarioStep, ...], Field(strict=False)]] = {}
    quota: Annotated[float, Field(ge=0, le=10)] = Field(default=1.0, description="Factor on every quota")
    why: Why


class BackTest(Strict):
    """A question asked as of an earlier day whose answer is known by now."""

    title: Text
    params: str | None = Field(default=None, description="Params file of the earlier view; deliveries only")
    made_on: Day
    by: Day
    vendor: Id | None = None
    at_least: UnitCount | None = Field(default=None, description="Units delivered by the day")
    outcome: Id | None = Field(default=None, description="Claim of what had been delivered")
    gate: Id | None = None
    states: tuple[Id, ...] = Field(default=(), strict=False, description="The gate is in one of these on the day")

    @model_validator(mode="after")
    def _one_question(self) -> BackTest:
        delivery = (self.vendor, self.at_least, self.outcome)
        gate = (self.gate, self.states or None)
        if not (all(delivery) and not any(gate)) and not (all(gate) and not any(delivery)):
            msg = (
                "a back-test asks for a delivery (vendor, at_least, outcome) or for a gate (gate, states)"
                " || Give one of the two, whole."
            )
            raise ValueError(msg)
        if self.vendor and not self.params:
            msg = (
                "a delivery is asked of an earlier view, and today's judgements would carry hindsight into it"
                " || Name the params file of that view in 'params'."
            )
            raise ValueError(msg)
        if self.gate and self.params:
            msg = "a gate is asked of the coding of events alone || Drop 'params'."
            raise ValueError(msg)
        if self.made_on >= self.by:
            msg = f"the answer's day {self.by} is not after {self.made_on} || Put the days in order."
            raise ValueError(msg)
        return self


class PolicyParams(Strict):
    """Assumptions of the policy brief that belong to no single gate or vendor."""

    horizon_months: Month = Field(description="Months simulated, from the month after the as-of date")
    order_months: Month = Field(description="Months over which the budget is ordered")
    reserve_month: Month = Field(description="Month in which a reserve is ordered, from vendors then let through")
    tail: Annotated[float, Field(gt=0.5, lt=1)] = Field(description="Level of CVaR")
    enough: Annotated[float, Field(gt=0, le=1)] = Field(description="Share of the plan that counts as enough")
    reported_mix: Id = Field(description="The lever that stands for what was reported")
    fallback: Id | None = Field(default=None, description="Vendor that money from cancelled orders goes to")
    training_share: Share = Field(description="Part of the workload that is training")
    patience: Delay = Field(description="Months for which ready goods wait at a gate before the order is cancelled")
    reorder_lag: Delay = Field(description="Months from a cancellation to the order placed with the fallback")
    prior_events: Events = Field(description="Weight of the prior on each rate, in events")
    prior_rate: EventRate = Field(description="Moves a year expected before looking")
