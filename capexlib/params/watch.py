"""What a params file says about the watch-list: what would change our mind, and what to do then."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from capexlib.params.assumption import Day, Id, Text
from capexlib.schemas import Strict

InputName = Annotated[str, Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_>]+)+$", max_length=120)]


class Indicator(Strict):
    """What is looked at: the state of a gate, or the newest fact of a quantity against a model's input."""

    gate: Id | None = None
    states: tuple[Id, ...] = Field(default=(), strict=False, description="The trigger is pulled in these states")
    entity: Id | None = None
    quantity: Id | None = None
    passes: Literal["below", "above"] | None = Field(
        default=None, description="The trigger is pulled when the fact is below or above the threshold"
    )
    threshold: InputName | None = Field(default=None, description="The input whose low or high end is the threshold")

    @model_validator(mode="after")
    def _one_kind(self) -> Indicator:
        gate, fact, test = (self.gate, self.states or None), (self.entity, self.quantity), (self.passes, self.threshold)
        is_gate = all(gate) and not any(fact + test)
        is_fact = all(fact) and not any(gate) and all(test) == any(test)
        if not is_gate and not is_fact:
            msg = (
                "an indicator is a gate with its states, or a fact (entity, quantity), with 'passes' and 'threshold'"
                " where a model's input can be compared with it || Give one of the two, whole."
            )
            raise ValueError(msg)
        return self


class Trigger(Strict):
    """One line of the watch-list."""

    title: Text
    who: Text = Field(description="Whose decision or figure it is")
    indicator: Indicator
    next: Day | None = Field(default=None, description="Next date on which something is due")
    due: Text | None = Field(default=None, description="What is due then")
    action: Text = Field(description="What to do when it is pulled")
    scenario: Id | None = Field(
        default=None,
        description="Course of all gates when it is pulled; without it, the indicator's gate stays in its first state",
    )
    inputs: dict[InputName, Literal["low", "high"]] = Field(
        default={}, description="Inputs that go to their 5th or 95th percentile when it is pulled"
    )

    @model_validator(mode="after")
    def _does_something(self) -> Trigger:
        if not self.scenario and not self.inputs and not self.indicator.gate:
            msg = "a trigger without effect || Name a gate, a scenario, or inputs with low or high."
            raise ValueError(msg)
        if (self.next is None) != (self.due is None):
            msg = "a date without what is due, or the other way round || Give both 'next' and 'due', or neither."
            raise ValueError(msg)
        return self


class Step(Strict):
    """A next step for one group of readers."""

    who: Text
    what: Text
    watch: tuple[Id, ...] = Field(default=(), strict=False, description="Triggers that would change it")
