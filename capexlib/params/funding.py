"""What a params file says about how the plan is paid for."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from capexlib.params.assumption import (
    Delay,
    Id,
    Multiple,
    Payment,
    Share,
    Spread,
    Term,
    Text,
    Why,
    YearlyAmount,
)
from capexlib.schemas import Strict
from capexlib.units import CURRENCIES


class Score(Strict):
    """A judgement between 0 and 1 that a choice of funding uses."""

    value: Annotated[float, Field(ge=0, le=1)]
    why: Why


class Instrument(Strict):
    """One way to pay, on its terms."""

    title: Text
    kind: Literal["retained", "loan", "vendor", "convertible", "lease"]
    limit: Payment | None = Field(default=None, description="Most that it can bring; retained earnings have their own")
    share: Share = Field(description="Largest part of a year's need, or of a year's deliveries, that it pays")
    benchmark: Id | None = Field(default=None, description="Key of funding.benchmarks; without one the rate is fixed")
    margin: Spread | None = Field(default=None, description="Rate above the benchmark, or the fixed rate whole")
    fee: Share = Field(description="Paid on drawing, over the amount drawn")
    tenor: Term | None = Field(default=None, description="From drawing to the last repayment")
    grace: Delay | None = Field(default=None, description="Interest only, from drawing")
    amortisation: Literal["annuity", "straight", "bullet", "sculpted", "none"]
    draws: Literal["needs", "deliveries"] = Field(description="What it may be drawn against")
    currency: str
    security: Text
    disclosure: Score = Field(description="How much the company must show: 0 nothing, 1 everything")
    flexibility: Score = Field(description="How free it leaves the company: 0 bound, 1 free")
    premium: Share | None = Field(default=None, description="Conversion price over today's, convertibles only")
    straight: Spread | None = Field(
        default=None, description="What the same note without conversion would pay beyond it, convertibles only"
    )

    @model_validator(mode="after")
    def _terms_of_its_kind(self) -> Instrument:
        if self.currency not in CURRENCIES:
            msg = f"{self.currency!r} is no currency || Write a code such as USD or CNY."
            raise ValueError(msg)
        debt = self.kind != "retained"
        terms = {"limit": self.limit, "margin": self.margin, "tenor": self.tenor, "grace": self.grace}
        wrong = [name for name, term in terms.items() if (term is not None) != debt]
        if wrong or (self.amortisation == "none") == debt:
            what = f"{', '.join(wrong) or 'amortisation'} does not go with kind {self.kind!r}"
            msg = f"{what} || Retained earnings have no terms; every debt has limit, margin, tenor and grace."
            raise ValueError(msg)
        if {self.premium is not None, self.straight is not None} != {self.kind == "convertible"}:
            msg = "a convertible, and nothing else, has 'premium' and 'straight' || Add or drop them."
            raise ValueError(msg)
        return self


class Company(Strict):
    """What the company brings besides the plan's own cash flow; guesses where it files nothing."""

    cash: Payment = Field(description="Cash and liquid investments on the as-of date")
    cash_floor: Payment = Field(description="Cash that it will not go below")
    cash_flow: YearlyAmount = Field(description="Cash flow before this plan's spending, after all else")
    growth: Spread = Field(description="Growth of that cash flow a year")
    debt: Payment = Field(description="Debt on the as-of date")
    debt_service: YearlyAmount = Field(description="Interest and principal on it a year")
    equity_value: Payment = Field(description="Worth of all shares, for dilution")
    unknowns: tuple[str, ...] = Field(
        default=(), strict=False, description="Dotted keys of inputs that it does not publish; their weight is reported"
    )


class Covenant(Strict):
    """A test that a lender sets."""

    title: Text
    measure: Literal["dscr", "interest_cover", "leverage"]
    level: Literal["plan", "company"]
    threshold: Multiple
    why: Why


class FundingParams(Strict):
    """How the plan is paid for, in which order, under which tests."""

    benchmarks: dict[Id, Share]
    instruments: Annotated[dict[Id, Instrument], Field(min_length=1)]
    order: tuple[Id, ...] = Field(strict=False, description="Instruments in the order in which they are drawn")
    company: Company | None = Field(default=None, description="Set by the case")
    covenants: dict[Id, Covenant] = {}
    cost_of_equity: Share
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = Field(description="Share of paths in which a test must hold")
    cover_level: Literal["plan", "company"] = Field(
        default="plan", description="Whose cash flow the cheapest mix may count on"
    )
    cover: Multiple = Field(description="Debt service cover that the cheapest mix keeps in that share of paths")
    disclosure_cap: Annotated[float, Field(ge=0, le=1)] = Field(description="Highest average disclosure of the mix")
    dilution_cap: Annotated[float, Field(ge=0, le=1)] = Field(description="Highest share that conversion may take")
    mix_why: Why

    @model_validator(mode="after")
    def _names_exist(self) -> FundingParams:
        if sorted(self.order) != sorted(self.instruments):
            msg = "'order' must name every instrument once || Use: " + ", ".join(self.instruments) + "."
            raise ValueError(msg)
        for name, instrument in self.instruments.items():
            if instrument.benchmark is not None and instrument.benchmark not in self.benchmarks:
                known = ", ".join(self.benchmarks) or "none yet"
                msg = f"{name} names the benchmark {instrument.benchmark!r} || Known benchmarks: {known}."
                raise ValueError(msg)
        return self
