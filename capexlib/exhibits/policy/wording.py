"""Names and numbers as the policy brief words them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Span
from capexlib.exhibits.prose import (
    MINUS,
    NBSP,
    amount,
    marked,
    part_of,
    span_of,
)
from capexlib.exhibits.theme import percent
from capexlib.figures import Figure
from capexlib.models.policy.breaking import SHUT
from capexlib.models.policy.gate_draws import is_gate_input
from capexlib.models.policy.sensitivity import LUCK
from capexlib.models.policy.setting import LAG, PATIENCE, PLAN, SHARE, TRAINING, Setting
from capexlib.units import parse_unit

if TYPE_CHECKING:
    from capexlib.study import Study

_INPUTS = {
    PLAN: "Which plan is right, and how it turns out",
    SHARE: "Processors' share of the plan",
    PATIENCE: "Months that goods wait at a gate",
    LAG: "Months to order again",
    TRAINING: "Share of training in the work",
    "policy.prior_events": "Weight of the prior on gates' rates",
    "policy.prior_rate": "Gates' rates expected before looking",
}
_TERMS = {
    "price": "price", "training": "performance in training", "inference": "performance in inference",
    "maturity": "software at the start", "learning": "time to learn", "porting_cost": "cost of porting",
    "supply_start": "supply at the start", "supply_end": "supply at the end", "ramp": "ramp of supply",
    "good_units": "units that pass", "quota": "quota", "lead_time": "lead time", "audit_delay": "delay by audits",
    "audit_cost": "cost of audits", "prepayment": "prepayment", "refund": "refund",
    "duty_passed_on": "duty passed on", "electricity": "electricity",
}  # fmt: skip


def figures_of(study: Study) -> dict[str, Figure]:
    """Return the policy model's results by id."""
    return {figure.id: figure for figure in study.policy.results}


def input_name(setting: Setting, name: str) -> str:
    """Say an input's dotted name in words."""
    if name in _INPUTS:
        return _INPUTS[name]
    if name.startswith((LUCK, SHUT)):
        prefix, _, key = name.partition(".")
        title = setting.gates[key].params.label
        return f"{title}: {'its course' if prefix == 'luck' else 'months in which it is mostly shut'}"
    kind, key, *rest = name.split(".")
    if kind == "vendors":
        return f"{setting.vendors[key].title}: {_TERMS.get(rest[0], rest[0])}"
    gate = setting.gates[key].params
    if rest[0] == "states":
        return f"{gate.label}: part let through when {gate.states[rest[1]].title}"
    if rest[0] == "scheduled":
        return f"{gate.label}: {gate.scheduled[rest[1]].title}"
    start, _, end = rest[0].partition(">")
    return f"{gate.label}: pace from {gate.states[start].title} to {gate.states[end].title}"


def input_value(setting: Setting, name: str, value: float) -> str:
    """Say an input's value in its unit; the gates' rates and luck are told by their place in their law."""
    assumption = setting.assumption(name)
    if name == PLAN:
        return amount(value, "USD bn")
    if name == SHARE:
        return percent(value)
    if name.startswith(SHUT):
        return f"{value:.0f}{NBSP}month{'' if value == 1 else 's'}"
    if is_gate_input(name) or name.startswith(LUCK) or assumption is None:
        return f"percentile {value * 100:.0f}"
    model_units = {"time": "months", "unit/time": "units/month"}
    unit = parse_unit(assumption.unit)
    if unit.currency:
        return amount(value, "/".join(("USD", *assumption.unit.split("/")[1:])))
    return amount(value, model_units.get("/".join(unit.dimension), assumption.unit))


def points(figure: Figure) -> list[Span]:
    """Write a difference of shares in percentage points, with its sampling error."""
    sign = MINUS if figure.best < 0 else "+"
    return marked(f"{sign}{abs(figure.best) * 100:.1f}", figure.id)


def with_error(figure: Figure) -> list[Span]:
    """Write a difference of shares in percentage points, with half of its sampling interval."""
    if figure.low is None or figure.high is None:
        return points(figure)
    return [*points(figure), NBSP, *part_of(f"±{NBSP}{(figure.high - figure.low) * 50:.1f}", figure.id)]


def with_range(figure: Figure, unit: str) -> list[Span]:
    """Write a figure with its interval behind it, in a unit that the sentence completes."""
    text = amount(figure.best, unit)
    if figure.low is None or figure.high is None:
        return marked(text, figure.id)
    return [*marked(text, figure.id), " (", *marked(span_of(figure.low, figure.high, unit), figure.id), ")"]
