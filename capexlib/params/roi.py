"""What a params file says about building the compute, running it, and what it is worth."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from capexlib.params.assumption import (
    Assumption,
    CostPerPower,
    Delay,
    HourPrice,
    Id,
    Multiple,
    Share,
    Spread,
    Tariff,
    Term,
    Text,
    YearlyCostPerPower,
)
from capexlib.schemas import Strict


class AssetClass(Strict):
    """What is bought together, wears out together and is written off by one rule."""

    title: Text
    basis: Literal["payments", "processors", "it_load"] = Field(
        description="What its cost follows: the payments to vendors, the processors' cost, or the IT load in MW"
    )
    ratio: Multiple | None = Field(default=None, description="Cost over the processors' cost")
    per_mw: CostPerPower | None = Field(default=None, description="Cost of one MW of IT load")
    life: Term = Field(description="Years in which it earns and is written off")
    residual: Share = Field(description="Part of the cost that is got back when it is retired")
    method: Literal["straight", "declining"] = "straight"

    @model_validator(mode="after")
    def _one_cost(self) -> AssetClass:
        needed = {"payments": (False, False), "processors": (True, False), "it_load": (False, True)}[self.basis]
        if (self.ratio is not None, self.per_mw is not None) != needed:
            words = {"payments": "neither", "processors": "'ratio'", "it_load": "'per_mw'"}[self.basis]
            msg = f"the basis {self.basis!r} does not go with the cost given || Give {words} of 'ratio' and 'per_mw'."
            raise ValueError(msg)
        return self


class RoiParams(Strict):
    """Assumptions of the return brief that are not about funding."""

    years: Annotated[int, Field(ge=2, le=30)] = Field(description="Years of the account, from the as-of date")
    reference_power: Id = Field(description="Claim: power of one H100, the unit of effective compute")
    classes: dict[Id, AssetClass]
    committed: Share = Field(description="Part of the planned sites that is built whatever arrives")
    build_time: Delay = Field(description="Months over which committed sites are built")
    load: Share = Field(description="Average draw of the IT load over its rated power")
    tariff: Tariff
    maintenance: Share = Field(description="Upkeep a year over the cost of what is in service")
    site_cost: YearlyCostPerPower = Field(description="Staff and site, without electricity and upkeep")
    lease_term: Term = Field(description="Years for which leased compute is served")
    utilisation_start: Share = Field(description="Part of the hours used when compute enters service")
    utilisation_mature: Share = Field(description="Part of the hours used after the ramp")
    utilisation_ramp: Delay = Field(description="Months from the first to the second")
    demand_lag: Delay = Field(description="Months after delivery before demand begins")
    price_now: HourPrice = Field(description="What renting one H100-equivalent for an hour costs on the as-of date")
    price_level: HourPrice = Field(description="The level that the price returns to, on the as-of date")
    price_decline: Spread = Field(description="Decline of that level a year")
    price_half_life: Term = Field(description="Time in which half of a deviation from the level goes")
    price_volatility: Multiple = Field(description="Standard deviation of the log price's shocks in a year")
    tax: Share
    loss_life: Term = Field(description="Years for which a tax loss may be carried forward")
    rent_premium: Assumption = Field(description="What a rented hour costs beyond the price, as a share of it")

    @model_validator(mode="after")
    def _one_class_of_processors(self) -> RoiParams:
        paid = [name for name, asset in self.classes.items() if asset.basis == "payments"]
        if len(paid) != 1:
            msg = f"{len(paid)} asset classes follow the payments || Give exactly one class 'basis: payments'."
            raise ValueError(msg)
        if self.utilisation_start.value > self.utilisation_mature.value:
            msg = "utilisation starts above its mature value || Put utilisation_start below utilisation_mature."
            raise ValueError(msg)
        return self
