"""What the ledger's files hold: sources, entities, quantities, claims, events, regimes.

A claim is what a source says: dated, immutable. It is a number (a value, or bounds
that are not points) or a statement in words, such as a denial.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from capexlib.errors import did_you_mean
from capexlib.figures import Bound, Figure, Status
from capexlib.periods import Period, first_day, last_day, parse_period
from capexlib.schemas import Number, Strict
from capexlib.units import parse_unit

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_]{0,79}$")]
Text = Annotated[str, Field(min_length=1, max_length=600)]


def _known_period(text: object) -> object:
    if isinstance(text, int):
        text = str(text)
    if isinstance(text, str):
        parse_period(text)
    return text


def _known_date(text: object) -> object:
    if isinstance(text, int):
        text = str(text)
    if isinstance(text, str):
        last_day(text)
    return text


def _known_unit(text: object) -> object:
    if isinstance(text, str):
        parse_unit(text)
    return text


def _status(text: object) -> object:
    if not isinstance(text, str):
        return text
    if text not in set(Status):
        known = [status.value for status in Status if status is not Status.ASSUMPTION]
        msg = f"unknown status {text!r} || {did_you_mean(text, known)}"
        raise ValueError(msg)
    return Status(text)


PeriodLabel = Annotated[str, BeforeValidator(_known_period)]
PartialDate = Annotated[str, BeforeValidator(_known_date)]
UnitSymbol = Annotated[str, BeforeValidator(_known_unit)]
StatusName = Annotated[Status, BeforeValidator(_status)]


class Source(Strict):
    """A page that was read, and how close it is to the origin."""

    id: Id
    publisher: Text
    title: str = ""
    url: Annotated[str, Field(pattern=r"^https?://[^\s<>\"]+$", max_length=500)] | None = None
    published: PartialDate | None = None
    accessed: PartialDate
    tier: Literal["primary", "original", "relay", "note"]
    note: str = ""


class Entity(Strict):
    """Who or what claims are about."""

    id: Id
    name: Text
    kind: Literal["company", "product", "group", "market", "chip", "currency_pair", "gate", "site", "benchmark"]
    parent: Id | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    fiscal_year_end: Annotated[int, Field(ge=1, le=12)] = 12
    listed: bool | None = None
    sec_cik: str | None = None
    capex_bases: tuple[Id, ...] = Field(default=(), strict=False)
    hint: str = ""


class Quantity(Strict):
    """What is counted: one definition, never two under one name."""

    id: Id
    title: Text
    kind: Literal["flow", "stock", "rate", "price", "ratio", "statement", "plan"]
    dimension: UnitSymbol
    family: str = ""
    short: Annotated[str, Field(max_length=24)] = ""
    definition: Text


class Flag(Strict):
    """Why a claim is kept but never adopted nor aggregated."""

    kind: Literal["error", "stale", "low_trust", "misread", "derived_by_us"]
    reason: Text


class Claim(Strict):
    """One figure or statement of one origin on one day."""

    id: Id
    entity: Id
    quantity: Id
    period: PeriodLabel
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    unit: UnitSymbol
    text: str = ""
    status: StatusName
    origin: Text
    stated_on: PartialDate
    source: Id
    supersedes: tuple[Id, ...] = Field(default=(), strict=False)
    conflicts_with: tuple[Id, ...] = Field(default=(), strict=False)
    denies: tuple[Id, ...] = Field(default=(), strict=False)
    repeats: Id | None = None
    flag: Flag | None = None
    confirmed: bool | None = None
    note: str = ""

    @model_validator(mode="after")
    def _number_or_words(self) -> Claim:
        bounds = [number for number in (self.low, self.value, self.high) if number is not None]
        if parse_unit(self.unit).is_statement:
            if bounds or not self.text:
                msg = "a statement (unit: text) has words and no number || Write 'text:' and drop the numbers."
                raise ValueError(msg)
        elif not bounds:
            msg = "the claim has no number || Give value, low or high, or make it a statement (unit: text)."
            raise ValueError(msg)
        elif self.status is Status.COMPANY_DENIED:
            msg = "a denial gives no figure || Make it a statement (unit: text) and name what it 'denies'."
            raise ValueError(msg)
        elif bounds != sorted(bounds):
            msg = "low, value and high are not in ascending order || Put them in order."
            raise ValueError(msg)
        return self

    @cached_property
    def span(self) -> Period:
        """The period, parsed."""
        return parse_period(self.period)

    @cached_property
    def known_on(self) -> date:
        """First day on which it surely was public: a partial date's last day."""
        return last_day(self.stated_on)

    @cached_property
    def earliest_known(self) -> date:
        """First day on which it may have been public."""
        return first_day(self.stated_on)

    @property
    def is_statement(self) -> bool:
        """Whether it is words, not a number."""
        return parse_unit(self.unit).is_statement

    @property
    def bound(self) -> Bound:
        """What the words bound: a point, a floor, a ceiling or a range."""
        if self.low is not None and self.high is not None:
            return "range"
        if self.value is not None:
            return "point"
        return "at_least" if self.low is not None else "at_most"

    @property
    def best(self) -> float:
        """The one number to compare with: value, else midpoint, else the bound."""
        if self.value is not None:
            return self.value
        if self.low is not None and self.high is not None:
            return (self.low + self.high) / 2
        return self.low if self.low is not None else self.high  # type: ignore[return-value]

    @property
    def is_adoptable(self) -> bool:
        """Whether it may become a fact: a number of its own, not flagged, not a reprint."""
        return not (self.is_statement or self.flag or self.repeats)


def as_fact(claim: Claim, why: str = "") -> Figure:
    """Turn one claim into a fact: ranges get their midpoint, bounds stay bounds."""
    has_point = claim.bound in ("point", "range")
    return Figure(
        id=f"{claim.entity}.{claim.quantity}.{claim.period}",
        title=f"{claim.quantity.replace('_', ' ')}, {claim.span}",
        value=claim.best if has_point else None,
        unit=claim.unit, kind="fact", status=claim.status, low=claim.low, high=claim.high,
        period=claim.period, bound=claim.bound, claims=(claim.id,), note=why or claim.note,
        interval="the source gives a point" if claim.bound == "point" else "as the source bounds it",
    )  # fmt: skip


class Later(Strict):
    """What became known of an event or a spell after it was public."""

    on: PartialDate
    text: Text

    @cached_property
    def known_on(self) -> date:
        """First day on which it surely was public."""
        return last_day(self.on)


class Event(Strict):
    """A dated measure of an authority, or a firm's answer to one."""

    id: Id
    date: PartialDate
    date_precision: str
    stated_on: PartialDate | None = Field(default=None, description="When it became public, if not on its date")
    effective_date: PartialDate | None = None
    actor: tuple[Literal["US", "CN", "firm"], ...] = Field(strict=False)
    direction: str
    binding: bool
    chips: tuple[str, ...] = Field(default=(), strict=False)
    title: Text
    what_changed: Text
    status: StatusName
    source: Id
    confirmed: bool | None = None
    note: str = ""
    later: tuple[Later, ...] = Field(default=(), strict=False)

    @cached_property
    def known_on(self) -> date:
        """First day on which it surely was public."""
        return last_day(self.stated_on or self.date)


class Regime(Strict):
    """Our coding of one state of a gate over time; a judgement, not a source."""

    gate: Id
    state: Id
    start: PartialDate
    end: PartialDate | None = None
    right_censored: bool
    start_event: str = Field(default="", description="Id of an event, or words where no event began it")
    ambiguous: bool = False
    otherwise: Id | None = Field(default=None, description="The state, coded the other way")
    note: str = ""
    later: tuple[Later, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _two_codings_or_one(self) -> Regime:
        if self.ambiguous != (self.otherwise is not None):
            msg = "an ambiguous spell, and no other, says how else it could be coded || Set both or neither."
            raise ValueError(msg)
        if self.otherwise == self.state:
            msg = f"coded the other way the spell is {self.state!r} again || Name another state."
            raise ValueError(msg)
        if self.end is not None and last_day(self.end) < last_day(self.start):
            msg = f"the spell ends on {self.end}, before it starts on {self.start} || Put the days in order."
            raise ValueError(msg)
        return self

    @property
    def first_day(self) -> date:
        """Day from which the gate surely was in the state."""
        return last_day(self.start)

    @property
    def last_day(self) -> date | None:
        """Day on which the next state began, or the last on which a page showed this one."""
        return None if self.end is None else last_day(self.end)

    @property
    def start_event_id(self) -> str | None:
        """Id of the event that began it; None where words stand instead."""
        return self.start_event if re.fullmatch(r"[a-z0-9_]+", self.start_event) else None
