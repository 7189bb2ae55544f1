"""What would change our mind: indicators, thresholds, effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from capexlib.exhibits.block import Exhibit, Rich, column, table
from capexlib.exhibits.prose import amount, marked, part_of, sentence
from capexlib.exhibits.provenance import source_line
from capexlib.exhibits.roi.inputs import input_name, input_value
from capexlib.exhibits.roi.wording import BN, figures_of, hour, is_known, signed_text, spread, told
from capexlib.exhibits.theme import percent
from capexlib.periods import day_name

if TYPE_CHECKING:
    from capexlib.params.policy import ScenarioParams
    from capexlib.study import Study


def thresholds(study: Study) -> Exhibit:
    """Show what would change our mind: where each indicator stands, its threshold, its effect."""
    figures, case = figures_of(study), study.case
    roi, value = case.roi, figures["roi.npv"]
    rows: list[list[Rich]] = []
    if roi is not None:
        rows += [
            ["Price level of an hour", marked(hour(roi.price_level.value), "assumption.roi.price_level"),
             told(figures["roi.breakeven_price"]), spread(figures["roi.breakeven_price"]),
             "the plan breaks even after debt and tax"],
            ["Use after the ramp", marked(percent(roi.utilisation_mature.value), "assumption.roi.utilisation_mature"),
             told(figures["roi.breakeven_utilisation"]), spread(figures["roi.breakeven_utilisation"]),
             "the plan breaks even after debt and tax; above all hours it cannot be reached"],
        ]  # fmt: skip
    shown = ("roi.price_level", "roi.utilisation_mature")
    for one in [swing for swing in study.roi.sensitivities["npv"].swings if swing.name not in shown][:3]:
        ends = sorted((one.outcome_low / BN, one.outcome_high / BN))
        better = one.input_high if one.outcome_high >= one.outcome_low else one.input_low
        rows.append([
            input_name(case, one.name), "as drawn", input_value(case, one.name, better), "–",
            sentence("median value, all else as drawn: ", part_of(amount(ends[1], "USD bn"), value.id), "; other end ",
                     part_of(amount(ends[0], "USD bn"), value.id)),
        ])  # fmt: skip
    for key, scenario in case.scenarios.items():
        npv, use = figures[f"roi.courses.{key}.npv.change"], figures[f"roi.courses.{key}.breakeven_utilisation.change"]
        if not is_known(npv):
            continue
        rows.append([
            f"Gates: {scenario.title}", "drawn", "this course", _next_date(study, scenario),
            sentence("value ", _moved(npv.best, npv.id, "USD bn"), ", break-even use ",
                     _moved(use.best, use.id, "fraction")
                     if is_known(use) else "out of reach"),
        ])  # fmt: skip
    price = figures["roi.breakeven_price"]
    title = (f"Rents {'at' if value.best < 0 else 'below'} {hour(price.best)} would turn the verdict"
             if is_known(price) else "No level of rents would turn the verdict")  # fmt: skip
    return table(
        "thresholds", title,
        [column("Indicator"), column("Stands at", right=True), column("Threshold", right=True),
         column("90 % of paths, or next date", right=True), column("Then")],
        rows, source=source_line(study, [value]), wide=True,
        subtitle="Indicator, where it stands, the threshold, and the effect on value and break-even",
        notes=[("Effects of gates against the gates as they may go, on the same paths: on value the mean, on break-even"
               " use the median, as some paths never break even.")],
    )  # fmt: skip


def _moved(value: float, figure_id: str, unit: str) -> Rich:
    return part_of(signed_text(value, unit), figure_id)


def _next_date(study: Study, scenario: ScenarioParams) -> str:
    """Say the first date set for a gate that the course moves away from where it stands."""
    gates = study.policy.setting.gates
    moved = [
        gates[key] for key, steps in scenario.gates.items()
        if key in gates and any(step.state != gates[key].states[gates[key].start] for step in steps)
    ]  # fmt: skip
    events = [gate.params.scheduled[jump.id].on for gate in moved for jump in gate.jumps]
    coming = sorted(day for day in events if day >= study.case.as_of)
    return day_name(coming[0]) if coming else "any day"
